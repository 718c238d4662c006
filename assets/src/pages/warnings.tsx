import { useApp } from '../app-context'
import { Link } from '../ui/basics'
import { useLoad } from '../ui/load'
import { PlainText } from '../ui/text'

const everyMinute = 60_000

/**
 * What the state of the plugin asks of those who manage it, above every page.
 * The server says what to do about each; where a page here helps, it is linked.
 */
export function Warnings() {
  const { may } = useApp()
  return may('manage') ? <Banner /> : null
}

function Banner() {
  const { client, t } = useApp()
  const status = useLoad((signal) => client.status(signal), [], everyMinute)
  // A call that fails says so on the page below, which needs more than this.
  if (!status.value) return null
  const { database, warnings } = status.value
  if (database.reachable && warnings.length === 0) return null
  return (
    <section class="failure banner" aria-label={t('warnings.title')}>
      <p>
        <strong>{t(database.reachable ? 'warnings.title' : 'warnings.away')}</strong>
      </p>
      <ul>
        {warnings.map((w) => (
          <li key={w.code + w.message}>
            <PlainText text={w.message} />
            {w.code === 'secrets-unreadable' && (
              <>
                {' '}
                <Link to="/secrets">{t('warnings.secrets')}</Link>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
