import type { Delivery } from '../api/schema'
import { useApp } from '../app-context'
import { Link, OutcomeBadge, RunBadge, StatusBadge, Time } from '../ui/basics'
import { PlainText } from '../ui/text'

/** Deliveries as rows; with names, each says its listener. */
export function DeliveryTable(props: {
  label: string
  deliveries: readonly Delivery[]
  /** Names of the listeners by id. */
  names?: ReadonlyMap<string, string>
}) {
  const { t } = useApp()
  const { names } = props
  return (
    <table aria-label={props.label}>
      <thead>
        <tr>
          <th scope="col">{t('deliveries.time')}</th>
          {names && <th scope="col">{t('deliveries.listener')}</th>}
          <th scope="col">{t('deliveries.request')}</th>
          <th scope="col">{t('deliveries.outcome')}</th>
          <th scope="col">{t('deliveries.answer')}</th>
          <th scope="col">{t('deliveries.state')}</th>
        </tr>
      </thead>
      <tbody>
        {props.deliveries.map((d) => (
          <tr key={d.id}>
            <th scope="row" data-label={t('deliveries.time')}>
              <Link to={`/deliveries/${d.id}`}>
                <Time value={d.received_at} /> <span class="muted">#{d.id}</span>
              </Link>
            </th>
            {names && (
              <td data-label={t('deliveries.listener')}>
                {names.has(d.listener_id) ? (
                  <Link to={`/listeners/${d.listener_id}`}>{names.get(d.listener_id)}</Link>
                ) : (
                  <span class="muted">{t('deliveries.deleted', { id: d.listener_id })}</span>
                )}
              </td>
            )}
            <td data-label={t('deliveries.request')}>
              {d.request.method}{' '}
              <span class="muted">
                <PlainText text={d.request.content_type} />
              </span>
            </td>
            <td data-label={t('deliveries.outcome')}>
              <OutcomeBadge outcome={d.outcome} />{' '}
              {d.detail && (
                <span class="muted">
                  <PlainText text={d.detail} />
                </span>
              )}
            </td>
            <td data-label={t('deliveries.answer')}>
              {d.response && <StatusBadge status={d.response.status} />}
            </td>
            <td data-label={t('deliveries.state')}>{d.run && <RunBadge run={d.run} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
