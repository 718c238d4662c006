import { useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import { useApp } from '../app-context'
import { Failure, Heading, Loading, Time } from '../ui/basics'
import { ConfirmButton } from '../ui/confirm-button'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'

/** Stored secrets: set and replaced, never read back. */
export function Secrets() {
  const { client, t, toast } = useApp()
  const list = useLoad((signal) => client.secrets(signal), [])
  return (
    <>
      <Heading title={t('secrets.title')} />
      <p>{t('secrets.text')}</p>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.value && list.error === undefined && <Loading />}
      {list.value?.items.length === 0 && <p class="empty">{t('secrets.empty')}</p>}
      {list.value && list.value.items.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('secrets.name')}</th>
              <th scope="col">{t('secrets.hosts')}</th>
              <th scope="col">{t('secrets.updated')}</th>
              <th scope="col">
                <span class="visually-hidden">{t('action.delete')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.value.items.map((s) => (
              <tr key={s.name}>
                <th scope="row" data-label={t('secrets.name')}>
                  {s.name}
                </th>
                <td data-label={t('secrets.hosts')}>{s.hosts.join(', ')}</td>
                <td data-label={t('secrets.updated')}>
                  <Time value={s.updated_at} />
                </td>
                <td>
                  <ConfirmButton
                    label={t('secrets.delete', { name: s.name })}
                    text={t('secrets.delete.text')}
                    act={async () => {
                      await client.deleteSecret(s.name)
                      toast(t('secrets.deleted', { name: s.name }))
                      list.reload()
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <PutSecret onStored={list.reload} />
    </>
  )
}

function PutSecret(props: { onStored: () => void }) {
  const { client, t, toast } = useApp()
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const [hosts, setHosts] = useState('')
  const [error, setError] = useState<unknown>()
  const of = (field: string) => (error instanceof ApiError ? error.field(field) : undefined)

  async function put() {
    setError(undefined)
    try {
      const listed = hosts.split(/[\s,]+/).filter(Boolean)
      await client.putSecret(name, { value, ...(listed.length > 0 && { hosts: listed }) })
      toast(t('secrets.stored', { name }))
      setName('')
      setValue('')
      setHosts('')
      props.onStored()
    } catch (e) {
      setError(e)
    }
  }

  return (
    <form
      class="form"
      noValidate
      aria-label={t('secrets.add')}
      onSubmit={(e) => {
        e.preventDefault()
        void put()
      }}
    >
      <h2>{t('secrets.add')}</h2>
      <Field label={t('secrets.name')} required error={of('name')}>
        {(tied) => (
          <input {...tied} value={name} autocomplete="off" onInput={(e) => setName(e.currentTarget.value)} />
        )}
      </Field>
      <Field label={t('secrets.value')} required error={of('value')}>
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
      <Field label={t('secrets.hosts')} help={t('secrets.hosts.help')} error={of('hosts')}>
        {(tied) => (
          <input
            {...tied}
            value={hosts}
            autocomplete="off"
            onInput={(e) => setHosts(e.currentTarget.value)}
          />
        )}
      </Field>
      {error !== undefined && <Failure error={error} shown={['name', 'value', 'hosts']} />}
      <div class="actions">
        <button type="submit" class="primary">
          {t('secrets.put')}
        </button>
      </div>
    </form>
  )
}
