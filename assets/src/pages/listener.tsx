import { useEffect, useRef } from 'preact/hooks'
import type { Behavior, Input, Listener, ListenerChange, SecretState } from '../api/schema'
import { useApp } from '../app-context'
import { declaredInputs } from '../inputs/declared'
import { InputFields } from '../inputs/form'
import { useInputsForm } from '../inputs/use-form'
import { FailedPage, Failure, Heading, Link, Loading } from '../ui/basics'
import { ConfirmButton } from '../ui/confirm-button'
import { CopyField } from '../ui/copy'
import { useLoad } from '../ui/load'
import { Value } from '../ui/value'
import { DeliveryTable } from './delivery-table'
import { SendSample } from './listener-sample'
import { ListenerSettings } from './listener-settings'
import { ListenerStates } from './listener-states'
import { ListenerState } from './listeners'

const everyTwoSeconds = 2000

export function ListenerPage(props: { id: string }) {
  const { client, may, router, t, toast } = useApp()
  const { id } = props
  const listener = useLoad((signal) => client.listener(id, signal), [id], everyTwoSeconds)
  const behaviorId = listener.value?.behavior_id
  const behavior = useLoad(
    async (signal) => {
      if (!behaviorId) return undefined
      const { value } = await client.behavior(behaviorId, signal)
      // Which inputs it declares is asked for by those who may fill them in.
      const inputs = may('manage') ? await declaredInputs(client, value, signal) : null
      return { behavior: value, inputs }
    },
    [behaviorId],
  )

  if (listener.error !== undefined) return <FailedPage error={listener.error} retry={listener.reload} />
  if (!listener.value) return <Loading />
  const shown = listener.value

  async function change(change: ListenerChange): Promise<Listener> {
    const changed = await client.changeListener(id, change)
    listener.set(changed)
    return changed
  }

  async function remove() {
    await client.deleteListener(id)
    toast(t('listener.deleted'))
    router.go(router.href('/'))
  }

  return (
    <>
      <Heading title={shown.name}>
        {may('edit') && (
          <Link to="/simulate" query={{ listener: id }} class="button">
            {t('nav.simulate')}
          </Link>
        )}
        {may('manage') && (
          <ConfirmButton label={t('listener.delete')} text={t('listener.delete.text')} act={remove} />
        )}
      </Heading>
      <section class="card">
        {may('edit') ? (
          <CopyField label={t('listener.url')} what={t('listener.urlWhat')} value={shown.url} />
        ) : (
          <p>
            {t('listener.urlWhat')}: <code>{shown.url}</code>{' '}
            <span class="muted">{t('listener.url.hidden')}</span>
          </p>
        )}
        {shown.open && <p class="warning">{t('listener.open')}</p>}
        {may('manage') ? (
          <ListenerStates listener={shown} change={change} />
        ) : (
          <p>
            {t('listeners.state')}: <ListenerState listener={shown} />
          </p>
        )}
        {behavior.value && <BehaviorLine behavior={behavior.value.behavior} />}
      </section>
      {may('manage') && <SendSample listener={shown} />}
      <Deliveries listener={shown} />
      <section>
        <h2>{t('listener.inputs')}</h2>
        {behavior.error !== undefined && <Failure error={behavior.error} retry={behavior.reload} />}
        {!may('manage') && <InputValues values={shown.inputs} />}
        {may('manage') && behavior.value && (
          <Inputs
            inputs={behavior.value.inputs}
            behavior={behavior.value.behavior}
            present={shown.inputs}
            save={async (inputs) => (await change({ inputs })).inputs}
          />
        )}
      </section>
      {may('manage') && <ListenerSettings listener={shown} change={change} />}
    </>
  )
}

function BehaviorLine(props: { behavior: Behavior }) {
  const { t } = useApp()
  const { behavior } = props
  return (
    <p>
      {t('listeners.behavior')}: <Link to={`/behaviors/${behavior.id}`}>{behavior.name}</Link>{' '}
      <span class="muted">
        {behavior.published_version === null
          ? t('behavior.unpublished')
          : t('behavior.published', { version: behavior.published_version })}
      </span>
    </p>
  )
}

/** The newest deliveries, or what to do until the first one is there. */
function Deliveries(props: { listener: Listener }) {
  const { client, t, toast } = useApp()
  const { listener } = props
  const list = useLoad(
    (signal) => client.deliveries({ listener: listener.id, limit: '10' }, signal),
    [listener.id],
    everyTwoSeconds,
  )
  const count = list.value?.items.length
  const before = useRef<number | undefined>(undefined)
  useEffect(() => {
    if (before.current === 0 && count) toast(t('listener.first'))
    before.current = count
  }, [count, toast, t])

  return (
    <section>
      <h2>{t('listener.deliveries')}</h2>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {count === 0 && <Waiting listener={listener} />}
      {list.value && list.value.items.length > 0 && (
        <>
          <DeliveryTable label={t('listener.deliveries')} deliveries={list.value.items} />
          <p>
            <Link to="/deliveries" query={{ listener: listener.id }}>
              {t('listener.deliveries.all')}
            </Link>
          </p>
        </>
      )}
    </section>
  )
}

function Waiting(props: { listener: Listener }) {
  const { may, t } = useApp()
  const { url } = props.listener
  const curl = `curl -i -H 'Content-Type: application/json' -d '{"hello": "world"}' '${url.replaceAll("'", "'\\''")}'`
  return (
    <div class="empty">
      <h3>
        <span class="pulse" aria-hidden="true" /> {t('listener.waiting')}
      </h3>
      {may('edit') && (
        <>
          <p>{t('listener.waiting.text')}</p>
          <p>{t('listener.curl')}</p>
          <CopyField label={t('listener.curlWhat')} what={t('listener.curlWhat')} value={curl} />
        </>
      )}
    </div>
  )
}

/** The values, to be read by those who may not change them. */
function InputValues(props: { values: Record<string, unknown> }) {
  const { t } = useApp()
  const shown = Object.entries(props.values).map(([name, value]) => [
    name,
    isSecret(value) ? t(value.set ? 'inputs.secret.set' : 'inputs.secret.unset') : value,
  ])
  if (shown.length === 0) return <p class="muted">{t('listener.inputs.none')}</p>
  return <Value value={Object.fromEntries(shown)} />
}

function isSecret(value: unknown): value is SecretState {
  return typeof value === 'object' && value !== null && 'set' in value && 'secret' in value
}

function Inputs(props: {
  inputs: Input[] | null
  behavior: Behavior
  present: Record<string, unknown>
  /** Sends the values, and gives what the listener has now. */
  save: (inputs: Record<string, unknown>) => Promise<Record<string, unknown>>
}) {
  const { t, toast } = useApp()
  const form = useInputsForm(props.inputs ?? undefined, props.present)
  if (props.inputs === null) {
    return (
      <p class="failure">
        {t('new.compile')} <Link to={`/behaviors/${props.behavior.id}`}>{t('new.edit')}</Link>
      </p>
    )
  }
  if (props.inputs.length === 0) return <p class="muted">{t('listener.inputs.none')}</p>

  const save = () =>
    form.submit(async (values) => {
      form.reset(await props.save(values))
      toast(t('listener.inputs.saved'))
    })

  return (
    <form
      class="form"
      noValidate
      aria-label={t('listener.inputs')}
      onSubmit={(e) => {
        e.preventDefault()
        void save()
      }}
    >
      <InputFields {...form.fields} />
      {form.error !== undefined && <Failure error={form.error} shown={form.shown} />}
      <div class="actions">
        <button type="submit" class="primary" disabled={form.busy}>
          {t('listener.save')}
        </button>
      </div>
    </form>
  )
}
