import type { JSX } from 'preact'
import { ApiError } from '../api/client'
import { type Input, inputTypes, type Secret } from '../api/schema'
import { useApp } from '../app-context'
import { Field, type Tied } from '../ui/field'
import { type Draft, labelOf, type Unsendable } from './binding'
import { PickerField } from './picker-field'
import { SecretField } from './secret-field'

/** The fields of a behavior's inputs. */
export function InputFields(props: {
  inputs: readonly Input[]
  draft: Draft
  onChange: (draft: Draft) => void
  /** The listener's values, which say which secrets are set. */
  present?: Record<string, unknown>
  secrets: readonly Secret[]
  unsendable: Record<string, Unsendable>
  error: unknown
  /** What else is wrong, by the name of the input. */
  findings?: Record<string, string>
}) {
  const { may, t } = useApp()
  const { draft, error } = props

  function errorOf(name: string): string | undefined {
    const problem = props.unsendable[name]
    if (problem?.kind === 'number') return t('inputs.number')
    if (problem?.kind === 'json') return t('inputs.json', { why: problem.why })
    const refused = error instanceof ApiError ? error.field(`inputs.${name}`) : undefined
    return refused ?? props.findings?.[name]
  }

  return (
    <>
      {props.inputs.map((input) => {
        const change = (value: Draft[string]) => props.onChange({ ...draft, [input.name]: value })
        const entry = draft[input.name]
        if (typeof entry === 'object') {
          return (
            <SecretField
              key={input.name}
              input={input}
              change={entry}
              onChange={change}
              present={props.present?.[input.name]}
              secrets={props.secrets}
              error={errorOf(input.name)}
            />
          )
        }
        if (isPicked(input) && may('manage')) {
          return (
            <PickerField
              key={input.name}
              input={input}
              value={typeof entry === 'string' ? entry : ''}
              onChange={change}
              error={errorOf(input.name)}
            />
          )
        }
        return (
          <Field
            key={input.name}
            label={labelOf(input)}
            help={helpOf(input, t('inputs.list'))}
            error={errorOf(input.name)}
            required={input.required}
          >
            {(tied) => control(input, tied, entry ?? '', change, t('inputs.choose'))}
          </Field>
        )
      })}
    </>
  )
}

/** What the host offers is asked for by those who manage; others type the value. */
function isPicked(input: Input): boolean {
  return !(inputTypes as readonly string[]).includes(input.type)
}

function helpOf(input: Input, list: string): string | undefined {
  return [input.help, input.type === 'list' && list].filter(Boolean).join(' ') || undefined
}

function control(
  input: Input,
  tied: Tied,
  value: string | boolean,
  change: (value: string | boolean) => void,
  choose: string,
): JSX.Element {
  const onInput = (e: { currentTarget: { value: string } }) => change(e.currentTarget.value)
  const text = typeof value === 'string' ? value : ''
  switch (input.type) {
    case 'boolean':
      return (
        <input
          {...tied}
          required={false}
          type="checkbox"
          checked={value === true}
          onChange={(e) => change(e.currentTarget.checked)}
        />
      )
    case 'choice':
      return (
        <select {...tied} value={text} onChange={(e) => change(e.currentTarget.value)}>
          <option value="">{choose}</option>
          {input.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )
    case 'json':
    case 'list':
      return (
        <textarea
          {...tied}
          rows={4}
          class={input.type === 'json' ? 'mono' : ''}
          spellcheck={false}
          value={text}
          onInput={onInput}
        />
      )
    case 'number':
      return <input {...tied} inputMode="decimal" value={text} onInput={onInput} />
    case 'email':
      return <input {...tied} type="email" autocomplete="off" value={text} onInput={onInput} />
    case 'url':
      return <input {...tied} type="url" autocomplete="off" value={text} onInput={onInput} />
    default:
      return <input {...tied} value={text} autocomplete="off" onInput={onInput} />
  }
}
