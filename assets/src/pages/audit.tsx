import { useState } from 'preact/hooks'
import type { AuditEntry, List } from '../api/schema'
import { useApp } from '../app-context'
import { Failure, Heading, Link, Loading, Time } from '../ui/basics'
import { useLoad } from '../ui/load'
import { PlainText } from '../ui/text'

/** Who changed what, newest first. */
export function AuditPage() {
  const { client, t } = useApp()
  const first = useLoad((signal) => client.audit(undefined, signal), [])
  const [older, setOlder] = useState<List<AuditEntry>>()
  const [error, setError] = useState<unknown>()
  const next = older ? older.next : first.value?.next
  const entries = [...(first.value?.items ?? []), ...(older?.items ?? [])]

  async function more() {
    setError(undefined)
    try {
      const page = await client.audit(next ?? undefined)
      setOlder({ items: [...(older?.items ?? []), ...page.items], next: page.next })
    } catch (e) {
      setError(e)
    }
  }

  return (
    <>
      <Heading title={t('audit.title')} />
      <p>{t('audit.text')}</p>
      {first.error !== undefined && <Failure error={first.error} retry={first.reload} />}
      {!first.value && first.error === undefined && <Loading />}
      {first.value && entries.length === 0 && <p class="empty">{t('audit.empty')}</p>}
      {entries.length > 0 && (
        <table aria-label={t('audit.title')}>
          <thead>
            <tr>
              <th scope="col">{t('audit.at')}</th>
              <th scope="col">{t('audit.who')}</th>
              <th scope="col">{t('audit.object')}</th>
              <th scope="col">{t('audit.action')}</th>
              <th scope="col">{t('audit.detail')}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <th scope="row" data-label={t('audit.at')}>
                  <Time value={entry.at} />
                </th>
                <td data-label={t('audit.who')}>
                  <PlainText text={entry.name || entry.by} />
                  {entry.token && <span class="muted"> {t('audit.token', { id: entry.token })}</span>}
                </td>
                <td data-label={t('audit.object')}>
                  <Subject text={entry.object} />
                </td>
                <td data-label={t('audit.action')}>
                  <code>{entry.action}</code>
                </td>
                <td data-label={t('audit.detail')}>
                  <PlainText text={entry.detail} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {error !== undefined && <Failure error={error} />}
      {next && (
        <div class="actions">
          <button type="button" onClick={more}>
            {t('action.more')}
          </button>
        </div>
      )}
    </>
  )
}

const pages: Record<string, string> = {
  listener: '/listeners',
  behavior: '/behaviors',
  delivery: '/deliveries',
}

/** What was changed, such as "listener 7, behavior 2", each with a link to its page. */
function Subject(props: { text: string }) {
  const parts = props.text.split(', ')
  return (
    <>
      {parts.map((part, i) => {
        const [, kind = '', id = ''] = /^([a-z]+) (\d+)$/.exec(part) ?? []
        const page = pages[kind]
        return (
          <>
            {i > 0 && ', '}
            {page ? <Link to={`${page}/${id}`}>{part}</Link> : <PlainText text={part} />}
          </>
        )
      })}
    </>
  )
}
