import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'
import { useApp } from '../app-context'

/** What ties a control to its label, its help and its error. */
export interface Tied {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': boolean
  required: boolean
}

/** A labelled control with help underneath and what is wrong with it. */
export function Field(props: {
  label: string
  help?: string | undefined
  error?: string | undefined
  required?: boolean
  children: (tied: Tied) => ComponentChildren
}): JSX.Element {
  const { t } = useApp()
  const id = useId()
  const described = [props.help && `${id}-help`, props.error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>
        {props.label}
        {props.required && <span class="muted"> ({t('inputs.required')})</span>}
      </label>
      {props.children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': Boolean(props.error),
        required: Boolean(props.required),
      })}
      {props.help && (
        <p class="help" id={`${id}-help`}>
          {props.help}
        </p>
      )}
      {props.error && (
        <p class="error" id={`${id}-error`}>
          {props.error}
        </p>
      )}
    </div>
  )
}
