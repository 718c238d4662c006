import { useState } from 'preact/hooks'
import type { Delivery } from '../api/schema'
import { useApp } from '../app-context'
import { Failure, Loading } from '../ui/basics'
import { lazy } from '../ui/lazy'
import { useLoad } from '../ui/load'
import { PlainText } from '../ui/text'

const Trace = lazy(async () => (await import('../ui/trace')).Trace)

/** The values that the behavior's expressions had, evaluated anew when it is opened. */
export function DeliveryTrace(props: { delivery: Delivery; behavior: string; version: number }) {
  const { t } = useApp()
  const [open, setOpen] = useState(false)
  return (
    <section>
      <h2>{t('trace.title')}</h2>
      <details onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>{t('trace.open')}</summary>
        {open && <Loaded {...props} />}
      </details>
    </section>
  )
}

function Loaded(props: { delivery: Delivery; behavior: string; version: number }) {
  const { client, t } = useApp()
  const { behavior, version } = props
  const { id } = props.delivery
  const loaded = useLoad(
    async (signal) => {
      const [delivery, { source }] = await Promise.all([
        client.traced(id, signal),
        client.version(behavior, version, signal),
      ])
      return { source, trace: delivery.trace ?? [], problem: delivery.trace_problem }
    },
    [id, behavior, version],
  )
  if (loaded.error !== undefined) return <Failure error={loaded.error} retry={loaded.reload} />
  if (!loaded.value) return <Loading />
  const { source, trace, problem } = loaded.value
  return (
    <>
      {problem && (
        <p class="warning">
          <PlainText text={problem} />
        </p>
      )}
      <Trace source={source} trace={trace} label={t('trace.source', { version })} />
      <button type="button" onClick={loaded.reload}>
        {t('trace.again')}
      </button>
    </>
  )
}
