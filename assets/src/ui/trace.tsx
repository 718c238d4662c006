import { useId, useMemo, useState } from 'preact/hooks'
import { formatJSON } from '../api/json'
import type { TraceValue } from '../api/schema'
import { useApp } from '../app-context'
import { annotate, type Part, type SourceLine } from '../lang/annotate'
import { Badge } from './basics'
import { PlainText } from './text'

const shortest = 40 // characters of a value that stand in the line

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
                title={part && `${part.text} = ${shortened(part.values.at(-1))}`}
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
              class={piece.values.includes(false) ? 'value bad' : 'value'}
              aria-expanded={open.includes(n)}
              aria-controls={`${id}-${n}`}
              onClick={() => toggle(n)}
              {...pointing(piece, onPoint)}
            >
              <PlainText text={shortened(piece.values.at(-1))} />
              {piece.n > 1 && ` ${t('trace.times', { n: piece.n })}`}
            </button>
          )
        })}
      </code>
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
            <span class={part.values.includes(false) ? 'error' : undefined}>
              <PlainText text={`= ${part.values.map((value) => formatJSON(value)).join(', ')}`} />
            </span>
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

/** While it is pointed at or has the focus, an expression is marked in the source. */
function pointing(part: Part, onPoint: Point) {
  return {
    onMouseEnter: () => onPoint(part),
    onMouseLeave: () => onPoint(undefined),
    onFocus: () => onPoint(part),
    onBlur: () => onPoint(undefined),
  }
}

function shortened(value: unknown): string {
  const text = formatJSON(value)
  const runes = [...text.slice(0, 2 * shortest + 2)]
  return runes.length > shortest ? `${runes.slice(0, shortest).join('')}…` : text
}
