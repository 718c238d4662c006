import { useId, useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import type { Listener, ListenerChange } from '../api/schema'
import { useApp } from '../app-context'
import { Failure } from '../ui/basics'
import { Field } from '../ui/field'

/** Name and time zone of a listener. */
export function ListenerSettings(props: {
  listener: Listener
  change: (change: ListenerChange) => Promise<Listener>
}) {
  const { t, toast } = useApp()
  const [name, setName] = useState(props.listener.name)
  const [timezone, setTimezone] = useState(props.listener.timezone)
  const [error, setError] = useState<unknown>()
  const zones = useId()
  const of = (field: string) => (error instanceof ApiError ? error.field(field) : undefined)

  async function save() {
    setError(undefined)
    try {
      const saved = await props.change({ name, timezone: timezone.trim() })
      setName(saved.name)
      setTimezone(saved.timezone)
      toast(t('listener.settings.saved'))
    } catch (e) {
      setError(e)
    }
  }

  return (
    <section>
      <h2>{t('listener.settings')}</h2>
      <form
        class="form"
        noValidate
        aria-label={t('listener.settings')}
        onSubmit={(e) => {
          e.preventDefault()
          void save()
        }}
      >
        <Field label={t('listener.name')} required error={of('name')}>
          {(tied) => (
            <input
              {...tied}
              value={name}
              autocomplete="off"
              onInput={(e) => setName(e.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={t('listener.timezone')} help={t('listener.timezone.help')} error={of('timezone')}>
          {(tied) => (
            <input
              {...tied}
              list={zones}
              value={timezone}
              autocomplete="off"
              spellcheck={false}
              onInput={(e) => setTimezone(e.currentTarget.value)}
            />
          )}
        </Field>
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        {error !== undefined && <Failure error={error} shown={['name', 'timezone']} />}
        <div class="actions">
          <button type="submit">{t('listener.settings.save')}</button>
        </div>
      </form>
    </section>
  )
}
