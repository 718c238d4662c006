import { Text } from '@codemirror/state'
import { useMemo } from 'preact/hooks'
import { formatJSON } from '../api/json'
import type { TraceValue } from '../api/schema'
import { useApp } from '../app-context'
import { behaviorLanguage } from '../lang/behavior'
import { toOffset } from '../lang/positions'
import { spanOf } from '../lang/spans'
import { PlainText } from '../ui/text'

interface Line {
  number: number
  text: string
  values: { what: string; value: TraceValue }[]
}

/** The values that expressions had, by the lines that they stand in. */
export function TraceByLine(props: { source: string; trace: readonly TraceValue[] }) {
  const { t } = useApp()
  const { source, trace } = props
  const lines = useMemo(() => linesOf(source, trace), [source, trace])
  if (lines.length === 0) return null
  return (
    <details class="trace">
      <summary>{t('trace.title')}</summary>
      <ol>
        {lines.map((line) => (
          <li key={line.number}>
            <p class="line">
              <span class="muted">{t('delivery.line', { line: line.number })}</span>{' '}
              <code>
                <PlainText text={line.text} />
              </code>
            </p>
            <dl class="pairs">
              {line.values.map(({ what, value }) => (
                <div key={`${value.column} ${value.kind}`}>
                  <dt>
                    <PlainText text={what} />
                  </dt>
                  <dd>
                    <PlainText text={formatJSON(value.value)} />
                    {value.n > 1 && <span class="muted"> {t('trace.last', { n: value.n })}</span>}
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ol>
    </details>
  )
}

/** linesOf finds each value's expression in the source. */
export function linesOf(source: string, trace: readonly TraceValue[]): Line[] {
  const doc = Text.of(source.split(/\r?\n/))
  const whole = doc.toString()
  const tree = behaviorLanguage.parser.parse(whole)
  const lines = new Map<number, Line>()
  for (const value of trace) {
    const at = toOffset(doc, value.line, value.column)
    const span = spanOf(tree, value.kind, at)
    const what = span ? whole.slice(span.from, span.to).replace(/\s+/g, ' ') : value.kind
    const line = lines.get(value.line) ?? {
      number: value.line,
      text: doc.line(Math.min(Math.max(value.line, 1), doc.lines)).text.trim(),
      values: [],
    }
    line.values.push({ what, value })
    lines.set(value.line, line)
  }
  return [...lines.values()]
}
