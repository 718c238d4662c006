import { useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import type { Secret } from '../api/schema'
import { useApp } from '../app-context'
import { isURL } from '../inputs/hosts'
import { HostsField } from '../inputs/hosts-field'
import { Badge, Failure, Heading, Loading, Time } from '../ui/basics'
import { ConfirmButton } from '../ui/confirm-button'
import { Dialog } from '../ui/dialog'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'

/** Stored secrets: set and replaced, never read back. */
export function Secrets() {
  const { client, t, toast } = useApp()
  const list = useLoad((signal) => client.secrets(signal), [])
  const [replacing, setReplacing] = useState<Secret>()

  async function remove(name: string) {
    await client.deleteSecret(name)
    toast(t('secrets.deleted', { name }))
    list.reload()
  }

  return (
    <>
      <Heading title={t('secrets.title')} />
      <p>{t('secrets.text')}</p>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.value && list.error === undefined && <Loading />}
      {list.value?.items.length === 0 && <p class="empty">{t('secrets.empty')}</p>}
      {list.value && list.value.items.length > 0 && (
        <table aria-label={t('secrets.title')}>
          <thead>
            <tr>
              <th scope="col">{t('secrets.name')}</th>
              <th scope="col">{t('secrets.hosts')}</th>
              <th scope="col">{t('secrets.used')}</th>
              <th scope="col">{t('secrets.updated')}</th>
              <th scope="col">
                <span class="visually-hidden">{t('secrets.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.value.items.map((s) => (
              <Row key={s.name} secret={s} onReplace={() => setReplacing(s)} remove={() => remove(s.name)} />
            ))}
          </tbody>
        </table>
      )}
      <section>
        <h2>{t('secrets.add')}</h2>
        <PutSecret label={t('secrets.add')} onStored={list.reload} />
      </section>
      {replacing && (
        <Dialog
          title={t('secrets.replace', { name: replacing.name })}
          onClose={() => setReplacing(undefined)}
        >
          <p>{t('secrets.replace.text', { n: replacing.used_by })}</p>
          <PutSecret
            label={t('secrets.replace', { name: replacing.name })}
            replaces={replacing}
            onCancel={() => setReplacing(undefined)}
            onStored={() => {
              setReplacing(undefined)
              list.reload()
            }}
          />
        </Dialog>
      )}
    </>
  )
}

function Row(props: { secret: Secret; onReplace: () => void; remove: () => Promise<void> }) {
  const { t } = useApp()
  const { secret: s } = props
  return (
    <tr>
      <th scope="row" data-label={t('secrets.name')}>
        {s.name} {s.unreadable && <Badge tone="bad">{t('secrets.unreadable')}</Badge>}
        {!s.set && !s.unreadable && <Badge tone="warn">{t('secrets.unset')}</Badge>}
        {s.unreadable && <p class="help">{t('secrets.unreadable.text')}</p>}
      </th>
      <td data-label={t('secrets.hosts')}>
        {s.hosts.length > 0 ? s.hosts.join(', ') : <span class="muted">{t('secrets.hosts.none')}</span>}
      </td>
      <td data-label={t('secrets.used')}>
        {s.used_by > 0 ? (
          t('secrets.used.by', { n: s.used_by })
        ) : (
          <span class="muted">{t('secrets.used.none')}</span>
        )}
      </td>
      <td data-label={t('secrets.updated')}>
        <Time value={s.updated_at} /> {s.updated_by && t('versions.by', { who: s.updated_by })}
      </td>
      <td>
        <div class="actions">
          <button type="button" aria-label={t('secrets.replace', { name: s.name })} onClick={props.onReplace}>
            {t('secrets.replace.short')}
          </button>
          <ConfirmButton
            label={t('secrets.delete', { name: s.name })}
            text={t('secrets.delete.text')}
            act={props.remove}
          />
        </div>
      </td>
    </tr>
  )
}

/** A new secret, or another value of one that is there. */
function PutSecret(props: { label: string; replaces?: Secret; onStored: () => void; onCancel?: () => void }) {
  const { client, t, toast } = useApp()
  const [name, setName] = useState(props.replaces?.name ?? '')
  const [value, setValue] = useState('')
  const [hosts, setHosts] = useState<readonly string[]>(props.replaces?.hosts ?? [])
  const [error, setError] = useState<unknown>()
  const of = (field: string) => (error instanceof ApiError ? error.field(field) : undefined)

  async function put() {
    setError(undefined)
    try {
      await client.putSecret(name, { value, hosts: [...hosts] })
      toast(t('secrets.stored', { name }))
      setName('')
      setValue('')
      setHosts([])
      props.onStored()
    } catch (e) {
      setError(e)
    }
  }

  return (
    <form
      class="form"
      noValidate
      aria-label={props.label}
      onSubmit={(e) => {
        e.preventDefault()
        void put()
      }}
    >
      {!props.replaces && (
        <Field label={t('secrets.name')} required error={of('name')}>
          {(tied) => (
            <input
              {...tied}
              value={name}
              autocomplete="off"
              onInput={(e) => setName(e.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <Field label={t(props.replaces ? 'secrets.value.new' : 'secrets.value')} required error={of('value')}>
        {(tied) => (
          <input
            {...tied}
            type="password"
            autocomplete="off"
            value={value}
            onInput={(e) => setValue(e.currentTarget.value)}
          />
        )}
      </Field>
      {isURL(value) ? (
        <p class="muted">{t('hosts.url')}</p>
      ) : (
        <HostsField hosts={hosts} onChange={setHosts} error={of('hosts')} />
      )}
      {error !== undefined && <Failure error={error} shown={['name', 'value', 'hosts']} />}
      <div class="actions">
        {props.onCancel && (
          <button type="button" onClick={props.onCancel}>
            {t('action.cancel')}
          </button>
        )}
        <button type="submit" class="primary">
          {t(props.replaces ? 'secrets.replace.short' : 'secrets.put')}
        </button>
      </div>
    </form>
  )
}
