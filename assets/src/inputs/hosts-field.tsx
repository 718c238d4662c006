import { useState } from 'preact/hooks'
import { useApp } from '../app-context'
import { Field } from '../ui/field'
import { hostOf } from './hosts'

/** A list of hosts, to be added to and taken from one by one. */
export function HostsField(props: {
  hosts: readonly string[]
  onChange: (hosts: string[]) => void
  error: string | undefined
}) {
  const { t } = useApp()
  const { hosts } = props
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState<string>()

  function add() {
    const found = typed.split(/[\s,]+/).filter(Boolean)
    const bad = found.find((text) => hostOf(text) === undefined)
    setWrong(bad)
    if (bad !== undefined || found.length === 0) return
    props.onChange([...new Set([...hosts, ...found.map((text) => hostOf(text) ?? text)])])
    setTyped('')
  }

  return (
    <>
      <Field
        label={t('hosts.title')}
        help={t('hosts.help')}
        error={wrong === undefined ? props.error : t('hosts.wrong', { host: wrong })}
      >
        {(tied) => (
          <div class="copy">
            <input
              {...tied}
              value={typed}
              autocomplete="off"
              spellcheck={false}
              placeholder="hooks.example.com"
              onInput={(e) => setTyped(e.currentTarget.value)}
              onBlur={add}
              onKeyDown={(e) => {
                if (e.key !== 'Enter' || typed.trim() === '') return
                e.preventDefault()
                add()
              }}
            />
            <button type="button" onClick={add}>
              {t('hosts.add')}
            </button>
          </div>
        )}
      </Field>
      {hosts.length === 0 ? (
        <p class="muted">{t('hosts.none')}</p>
      ) : (
        <ul class="hosts" aria-label={t('hosts.title')}>
          {hosts.map((host) => (
            <li key={host}>
              <code>{host}</code>{' '}
              <button
                type="button"
                aria-label={t('hosts.remove', { host })}
                onClick={() => props.onChange(hosts.filter((h) => h !== host))}
              >
                {t('hosts.take')}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
