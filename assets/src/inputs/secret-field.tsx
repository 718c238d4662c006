import type { Input, Secret } from '../api/schema'
import { useApp } from '../app-context'
import { Field } from '../ui/field'
import { labelOf, type SecretChange, secretState } from './binding'

/** A secret: kept, replaced, cleared or a stored one; what is set is never shown. */
export function SecretField(props: {
  input: Input
  change: SecretChange
  onChange: (change: SecretChange) => void
  present: unknown
  secrets: readonly Secret[]
  error: string | undefined
}) {
  const { t } = useApp()
  const { input, change, secrets } = props
  const state = secretState(props.present)
  const known = props.present !== undefined
  const label = labelOf(input)

  const choices: { value: string; text: string; change: SecretChange }[] = [
    ...(state.set ? [{ value: 'keep', text: t('inputs.secret.keep'), change: { do: 'keep' } as const }] : []),
    {
      value: 'set',
      text: t(state.set ? 'inputs.secret.replace' : 'inputs.secret.own'),
      change: { do: 'set', text: '' },
    },
    ...secrets.map((s) => ({
      value: `use ${s.name}`,
      text: t('inputs.secret.stored', { name: s.name }),
      change: { do: 'use', name: s.name } as const,
    })),
    ...(state.set && !input.required
      ? [{ value: 'clear', text: t('inputs.secret.clear'), change: { do: 'clear' } as const }]
      : []),
  ]
  const value = change.do === 'use' ? `use ${change.name}` : change.do
  const status = known && t(state.set ? 'inputs.secret.set' : 'inputs.secret.unset')
  const help = [input.help, status].filter(Boolean).join(' ') || undefined

  return (
    <>
      {choices.length > 1 && (
        <Field
          label={t('inputs.secret.how', { label })}
          {...(change.do !== 'set' && { help, error: props.error })}
        >
          {(tied) => (
            <select
              {...tied}
              value={value}
              onChange={(e) => {
                const chosen = choices.find((c) => c.value === e.currentTarget.value)
                if (chosen) props.onChange(chosen.change)
              }}
            >
              {choices.map((c) => (
                <option key={c.value} value={c.value}>
                  {c.text}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {change.do === 'set' && (
        <Field label={label} help={help} error={props.error} required={input.required && !state.set}>
          {(tied) => (
            <input
              {...tied}
              type="password"
              autocomplete="off"
              spellcheck={false}
              value={change.text}
              onInput={(e) => props.onChange({ do: 'set', text: e.currentTarget.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}
