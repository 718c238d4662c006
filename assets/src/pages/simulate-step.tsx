import { formatJSON } from '../api/json'
import type { SimulatedStep } from '../api/schema'
import { useApp } from '../app-context'
import { Field } from '../ui/field'
import { Value } from '../ui/value'
import type { Given } from './simulate-outputs'

/** What a step's action is taken to give: its example, another value, or an error. */
export function OutputField(props: {
  step: SimulatedStep
  example: unknown
  given: Given | undefined
  wrong: string | undefined
  onChange: (given: Given | undefined) => void
}) {
  const { t } = useApp()
  const { example, given, step } = props
  const { action, path } = step

  function choose(kind: string) {
    if (kind === 'value') props.onChange({ action, kind, text: formatJSON(example ?? null, 2) })
    else if (kind === 'error') props.onChange({ action, kind, text: t('outputs.error.start') })
    else props.onChange(undefined)
  }

  return (
    <details>
      <summary>{t(given ? `outputs.is.${given.kind}` : 'outputs.is.example')}</summary>
      <Field label={t('outputs.what', { path })}>
        {(tied) => (
          <select {...tied} value={given?.kind ?? ''} onChange={(e) => choose(e.currentTarget.value)}>
            <option value="">{t('outputs.example')}</option>
            <option value="value">{t('outputs.value')}</option>
            <option value="error">{t('outputs.error')}</option>
          </select>
        )}
      </Field>
      {given ? (
        <Field
          label={t(given.kind === 'value' ? 'outputs.json' : 'outputs.message', { path })}
          error={props.wrong && t('inputs.json', { why: props.wrong })}
        >
          {(tied) => (
            <textarea
              {...tied}
              class="mono"
              rows={given.kind === 'value' ? 6 : 2}
              spellcheck={false}
              value={given.text}
              onInput={(e) => props.onChange({ ...given, text: e.currentTarget.value })}
            />
          )}
        </Field>
      ) : (
        <Value value={example} />
      )}
    </details>
  )
}
