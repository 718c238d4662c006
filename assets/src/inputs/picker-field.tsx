import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Choice, Input } from '../api/schema'
import { useApp } from '../app-context'
import { errorText } from '../ui/basics'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'
import { labelOf } from './binding'

const pause = 200 // ms without a keystroke before the host is asked

/** One of the host's choices, searched for by what is typed; its value is kept. */
export function PickerField(props: {
  input: Input
  value: string
  onChange: (value: string) => void
  error: string | undefined
}) {
  const { client, t } = useApp()
  const { input, value } = props
  const picked = useRef<Choice | undefined>(undefined)
  const found = useLoad(
    async (signal) => {
      if (value === '' || picked.current?.value === value) return picked.current
      return (await client.picked(input.type, value, signal)).items[0]
    },
    [input.type, value],
  )
  const known = value === '' ? undefined : found.value
  const isGone = value !== '' && found.error === undefined && found.loaded && !found.value
  const gone = isGone ? t('picker.gone', { value }) : undefined
  const failed = found.error === undefined ? undefined : errorText(found.error)

  return (
    <Field
      label={labelOf(input)}
      help={[input.help, t('picker.help')].filter(Boolean).join(' ')}
      error={props.error ?? gone ?? failed}
      required={input.required}
    >
      {(tied) => (
        <Combobox
          tied={tied}
          label={labelOf(input)}
          shown={known?.label ?? value}
          search={(text, signal) => client.pick(input.type, text, signal)}
          onPick={(choice) => {
            picked.current = choice
            props.onChange(choice?.value ?? '')
          }}
        />
      )}
    </Field>
  )
}

/** An input with a list that follows what is typed: ARIA's combobox pattern. */
function Combobox(props: {
  tied: object
  label: string
  /** What is chosen, as people read it. */
  shown: string
  search: (text: string, signal: AbortSignal) => Promise<{ items: Choice[] }>
  onPick: (choice: Choice | undefined) => void
}) {
  const { t } = useApp()
  const list = useId()
  const [typed, setTyped] = useState<string>()
  const [active, setActive] = useState(0)
  const [choices, setChoices] = useState<Choice[]>()
  const [error, setError] = useState<unknown>()
  const search = useRef(props.search)
  search.current = props.search
  const isOpen = typed !== undefined

  useEffect(() => {
    if (typed === undefined) return undefined
    const abort = new AbortController()
    const timer = window.setTimeout(
      () =>
        search.current(typed, abort.signal).then(
          ({ items }) => {
            if (abort.signal.aborted) return
            setChoices(items)
            setError(undefined)
            setActive(0)
          },
          (e: unknown) => !abort.signal.aborted && setError(e),
        ),
      typed === '' ? 0 : pause,
    )
    return () => {
      abort.abort()
      window.clearTimeout(timer)
    }
  }, [typed])

  function close() {
    setTyped(undefined)
    setChoices(undefined)
  }

  function pick(choice: Choice | undefined) {
    props.onPick(choice)
    close()
  }

  function onKeyDown(event: KeyboardEvent) {
    const n = choices?.length ?? 0
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        event.preventDefault()
        if (!isOpen) setTyped('')
        else if (n > 0) setActive((active + (event.key === 'ArrowDown' ? 1 : n - 1)) % n)
        break
      case 'Enter':
        if (!isOpen) return
        event.preventDefault()
        if (choices?.[active]) pick(choices[active])
        break
      case 'Escape':
        if (!isOpen) return
        event.preventDefault()
        close()
        break
    }
  }

  const option = (i: number) => `${list}-${i}`
  return (
    <div class="combobox">
      <input
        {...props.tied}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={list}
        aria-activedescendant={isOpen && choices?.[active] ? option(active) : undefined}
        autocomplete="off"
        spellcheck={false}
        value={typed ?? props.shown}
        placeholder={t('inputs.choose')}
        onInput={(e) => setTyped(e.currentTarget.value)}
        onClick={() => !isOpen && setTyped('')}
        onKeyDown={onKeyDown}
        onBlur={() => (isOpen ? close() : undefined)}
      />
      {!isOpen && props.shown !== '' && (
        <button
          type="button"
          aria-label={t('picker.clear', { label: props.label })}
          onClick={() => pick(undefined)}
        >
          {t('picker.clear.short')}
        </button>
      )}
      {/* The focus stays in the input, which has the keys. */}
      <div id={list} role="listbox" aria-label={props.label} hidden={!isOpen || !choices?.length}>
        {choices?.map((choice, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant names it
          <div
            key={choice.value}
            id={option(i)}
            role="option"
            aria-selected={i === active}
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => pick(choice)}
          >
            {choice.label}
          </div>
        ))}
      </div>
      {isOpen && (
        <p class="help" role="status">
          {error !== undefined ? errorText(error) : choices && t('picker.found', { n: choices.length })}
        </p>
      )}
    </div>
  )
}
