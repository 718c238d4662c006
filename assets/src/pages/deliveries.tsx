import { useState } from 'preact/hooks'
import type { Listener } from '../api/schema'
import { useApp } from '../app-context'
import { Failure, Heading, Loading } from '../ui/basics'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'
import { Switch } from '../ui/switch'
import { useDeliveryLog } from './delivery-log'
import { DeliveryTable } from './delivery-table'
import { all } from './listeners'

const outcomes = ['accepted', 'refused', 'duplicate', 'handshake'] as const
const states = ['open', 'waiting', 'done', 'failed', 'dead', 'canceled'] as const
const filters = ['listener', 'outcome', 'state'] as const

/** The log, newest first. Its filter stands in the URL. */
export function Deliveries() {
  const { client, router, t } = useApp()
  const { query } = router.place.value
  const filter = Object.fromEntries(filters.map((name) => [name, query.get(name) ?? ''])) as Record<
    (typeof filters)[number],
    string
  >
  const [live, setLive] = useState(true)
  const listeners = useLoad((signal) => all((cursor) => client.listeners(cursor, signal)), [])
  const page = useDeliveryLog(
    (cursor, signal) => client.deliveries({ ...filter, cursor }, signal),
    JSON.stringify(filter),
    live,
  )
  const names = new Map(listeners.value?.map((l) => [l.id, l.name]))

  function set(name: (typeof filters)[number], value: string) {
    const chosen = Object.entries({ ...filter, [name]: value }).filter(([, v]) => v !== '')
    router.go(router.href('/deliveries', Object.fromEntries(chosen)), { replace: true })
  }

  return (
    <>
      <Heading title={t('deliveries.title')} />
      {/* biome-ignore lint/a11y/useSemanticElements: <search> is a landmark of its own, a form here would submit */}
      <div class="bar" role="group" aria-label={t('deliveries.filter')}>
        <Filter label={t('deliveries.listener')} value={filter.listener} onChange={(v) => set('listener', v)}>
          {(listeners.value ?? []).map((l: Listener) => ({ value: l.id, text: l.name }))}
        </Filter>
        <Filter label={t('deliveries.outcome')} value={filter.outcome} onChange={(v) => set('outcome', v)}>
          {outcomes.map((value) => ({ value, text: t(`outcome.${value}`) }))}
        </Filter>
        <Filter label={t('deliveries.state')} value={filter.state} onChange={(v) => set('state', v)}>
          {states.map((value) => ({ value, text: t(`run.${value}`) }))}
        </Filter>
        <Switch
          label={t('deliveries.live')}
          on={live}
          hint={t(live ? 'deliveries.live.on' : 'deliveries.live.off')}
          onChange={setLive}
        />
      </div>
      <p class="visually-hidden" role="status">
        {page.arrived > 0 && t('deliveries.arrived', { n: page.arrived })}
      </p>
      {page.error !== undefined && <Failure error={page.error} retry={page.reload} />}
      {!page.log && page.error === undefined && <Loading />}
      {page.log?.items.length === 0 && (
        <p class="empty">
          {t(Object.values(filter).some(Boolean) ? 'deliveries.empty.filtered' : 'deliveries.empty')}
        </p>
      )}
      {page.log && page.log.items.length > 0 && (
        <DeliveryTable label={t('deliveries.title')} deliveries={page.log.items} names={names} />
      )}
      {page.log?.next && (
        <div class="actions">
          <button type="button" onClick={page.older}>
            {t('action.more')}
          </button>
        </div>
      )}
    </>
  )
}

function Filter(props: {
  label: string
  value: string
  onChange: (value: string) => void
  children: { value: string; text: string }[]
}) {
  const { t } = useApp()
  return (
    <Field label={props.label}>
      {(tied) => (
        <select {...tied} value={props.value} onChange={(e) => props.onChange(e.currentTarget.value)}>
          <option value="">{t('deliveries.any')}</option>
          {props.children.map((o) => (
            <option key={o.value} value={o.value}>
              {o.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
