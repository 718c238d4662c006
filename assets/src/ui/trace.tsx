import { useId, useMemo, useState } from 'preact/hooks'
import { formatJSON } from '../api/json'
import type { TraceValue } from '../api/schema'
import { useApp } from '../app-context'
import { annotate, type Part, type Remark, type SourceLine } from '../lang/annotate'
import { Badge } from './basics'
import { PlainText } from './text'

// Characters of a value that are shown: in the line, and in the list of the parts.
const shortest = 40
const short = 200

/** A source with the value of each expression behind it; a click shows those of its parts. */
export function Trace(props: { source: string; trace: readonly TraceValue[]; label: string }) {
  const { t } = useApp()
  const { source, trace, label } = props
  const lines = useMemo(() => annotate(source, trace), [source, trace])
  const [pointed, setPointed] = useState<Part>()
  return (
    <>
      <p class="muted small">{t('trace.help')}</p>
      <ol class="trace" aria-label={label}>
        {lines.map((line) => (
          <Line key={line.number} line={line} pointed={pointed} onPoint={setPointed} />
        ))}
      </ol>
    </>
  )
}

type Point = (part: Part | undefined) => void

function Line(props: { line: SourceLine; pointed: Part | undefined; onPoint: Point }) {
  const { t } = useApp()
  const { line, pointed, onPoint } = props
  const id = useId()
  const wholes = line.pieces.filter((piece): piece is Part => 'parts' in piece)
  const [open, setOpen] = useState<readonly number[]>(() =>
    wholes.flatMap((whole, i) => (whole.values.includes(false) && whole.path?.[0] === 'verify' ? [i] : [])),
  )
  const toggle = (i: number) => setOpen(open.includes(i) ? open.filter((n) => n !== i) : [...open, i])
  return (
    <li>
      <code>
        {line.pieces.map((piece, i) => {
          if (!('parts' in piece)) {
            const part = piece.within.at(-1)
            const isPointed = pointed !== undefined && piece.within.includes(pointed)
            return (
              <span
                key={i}
                class={`${piece.tokens}${part ? ' traced' : ''}${isPointed ? ' pointed' : ''}`}
                title={part && `${part.text} = ${shownOf(part)}`}
              >
                <PlainText text={piece.text} />
              </span>
            )
          }
          const n = wholes.indexOf(piece)
          return (
            <button
              key={i}
              type="button"
              class={isBad(piece) ? 'value bad' : 'value'}
              aria-expanded={open.includes(n)}
              aria-controls={`${id}-${n}`}
              onClick={() => toggle(n)}
              {...pointing(piece, onPoint)}
            >
              <PlainText text={shownOf(piece)} />
              {piece.n > 1 && ` ${t('trace.times', { n: piece.n })}`}
            </button>
          )
        })}
      </code>
      {line.remarks.map((remark, i) => (
        <Said key={i} remark={remark} />
      ))}
      {wholes.map((whole, n) => (
        <div key={n} id={`${id}-${n}`} class="parts" hidden={!open.includes(n)}>
          {open.includes(n) && <Parts parts={[whole]} onPoint={onPoint} />}
        </div>
      ))}
    </li>
  )
}

/** An expression's parts with their values, as they are made of each other. */
function Parts(props: { parts: readonly Part[]; onPoint: Point }) {
  const { t } = useApp()
  return (
    <ul>
      {props.parts.map((part) => (
        <li key={`${part.from} ${part.to}`}>
          <div {...pointing(part, props.onPoint)}>
            <code>
              <PlainText text={part.text} />
            </code>{' '}
            {!isLacking(part) && <Values part={part} />}
            {part.error !== undefined && (
              <span class="error">
                {' '}
                <PlainText text={part.error} />
              </span>
            )}
            {part.n > part.values.length && (
              <span class="muted"> {t('trace.some', { n: part.n, shown: part.values.length })}</span>
            )}
            {part.cause && (
              <>
                {' '}
                <Badge tone="bad">{t('trace.cause')}</Badge>
              </>
            )}
          </div>
          {part.parts.length > 0 && <Parts parts={part.parts} onPoint={props.onPoint} />}
        </li>
      ))}
    </ul>
  )
}

/** The values of a part; what is long can be opened. */
function Values({ part }: { part: Part }) {
  const { t } = useApp()
  const [all, setAll] = useState(false)
  const text = part.values.map((value) => formatJSON(value)).join(', ')
  const shown = all ? text : shortened(text, short)
  return (
    <>
      <span class={part.values.includes(false) ? 'error' : undefined}>
        <PlainText text={`= ${shown}`} />
      </span>
      {shown !== text && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          {t('text.all', { n: text.length })}
        </button>
      )}
    </>
  )
}

/** What is told of a line as a whole. */
function Said({ remark }: { remark: Remark }) {
  const { kind, value } = remark
  const text = typeof value === 'string' ? value : formatJSON(value)
  return kind === 'Policy' ? (
    <Badge tone="bad">
      <PlainText text={text} />
    </Badge>
  ) : (
    <span class="muted small">
      <PlainText text={`${kind} = ${shortened(text, short)}`} />
    </span>
  )
}

/** isLacking tells whether there is an error in place of the values. */
function isLacking({ error, values }: Part): boolean {
  return error !== undefined && values.every((value) => value === null)
}

function isBad(part: Part): boolean {
  return part.error !== undefined || part.values.includes(false)
}

/** What stands behind an expression: its last value, or what went wrong. */
function shownOf(part: Part): string {
  return shortened(isLacking(part) ? (part.error ?? '') : formatJSON(part.values.at(-1)), shortest)
}

/** While it is pointed at or has the focus, an expression is marked in the source. */
function pointing(part: Part, onPoint: Point) {
  return {
    onMouseEnter: () => onPoint(part),
    onMouseLeave: () => onPoint(undefined),
    onFocus: () => onPoint(part),
    onBlur: () => onPoint(undefined),
  }
}

function shortened(text: string, length: number): string {
  const runes = [...text.slice(0, 2 * length + 2)]
  return runes.length > length ? `${runes.slice(0, length).join('')}…` : text
}
