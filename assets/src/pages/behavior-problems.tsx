import type { Diagnostic, Fix } from '../api/schema'
import { useApp } from '../app-context'
import type { Findings } from '../editor/checking'
import { Badge, errorText } from '../ui/basics'

/** The findings as a list; a click goes to the place. */
export function Problems(props: {
  findings: Findings | undefined
  onGo: (diagnostic: Diagnostic) => void
  onFix: (fix: Fix) => void
}) {
  const { t } = useApp()
  const diagnostics = props.findings?.diagnostics ?? []
  const errors = diagnostics.filter((d) => d.severity === 'error').length
  return (
    <section class="problems">
      <h2>{t('problems.title')}</h2>
      <p role="status">
        {props.findings?.error !== undefined &&
          t('problems.unchecked', { why: errorText(props.findings.error) })}
        {props.findings &&
          props.findings.error === undefined &&
          diagnostics.length === 0 &&
          t('problems.none')}
        {diagnostics.length > 0 &&
          t('problems.count', {
            errors: t('problems.errors', { n: errors }),
            warnings: t('problems.warnings', { n: diagnostics.length - errors }),
          })}
      </p>
      <ProblemList diagnostics={diagnostics} onGo={props.onGo} onFix={props.onFix} />
    </section>
  )
}

export function ProblemList(props: {
  diagnostics: readonly Diagnostic[]
  onGo: (diagnostic: Diagnostic) => void
  onFix?: (fix: Fix) => void
}) {
  const { t } = useApp()
  if (props.diagnostics.length === 0) return null
  return (
    <ul class="problem-list">
      {props.diagnostics.map((d) => (
        <li key={`${d.line}:${d.column}:${d.code}:${d.message}`}>
          <button type="button" class="row" onClick={() => props.onGo(d)}>
            <Badge tone={d.severity === 'error' ? 'bad' : 'warn'}>{t(`problems.${d.severity}`)}</Badge>
            <span>
              {t('problems.at', { line: d.line })}: {d.message}
              {d.suggestion && `; ${d.suggestion}`} <span class="muted">{d.code}</span>
            </span>
          </button>
          {props.onFix &&
            d.fixes.map((fix) => (
              <button key={fix.title} type="button" onClick={() => props.onFix?.(fix)}>
                {fix.title}
              </button>
            ))}
        </li>
      ))}
    </ul>
  )
}
