import { useState } from 'preact/hooks'
import { bodyText } from '../api/client'
import type { Listener, ListenerSample, SampleAnswer } from '../api/schema'
import { useApp } from '../app-context'
import { Failure, Link, StatusBadge } from '../ui/basics'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'
import { Pre } from '../ui/text'

/** Sends the listener one of its provider's samples. Nothing where there are none. */
export function SendSample(props: { listener: Listener }) {
  const { client, t } = useApp()
  const { id, behavior_id } = props.listener
  const samples = useLoad((signal) => client.samples(id, signal), [id, behavior_id])
  const items = samples.value?.items
  if (samples.error === undefined && !items?.length) return null
  return (
    <section>
      <h2>{t('sample.title')}</h2>
      {samples.error !== undefined && <Failure error={samples.error} retry={samples.reload} />}
      {items && items.length > 0 && <SampleForm listener={id} samples={items} />}
    </section>
  )
}

function SampleForm(props: { listener: string; samples: ListenerSample[] }) {
  const { client, t } = useApp()
  const { listener, samples } = props
  const [chosen, setChosen] = useState(samples[0]?.name ?? '')
  const [state, setState] = useState<{ busy?: boolean; answer?: SampleAnswer; error?: unknown }>({})

  async function send() {
    setState({ busy: true })
    try {
      setState({ answer: await client.sendSample(listener, chosen) })
    } catch (error) {
      setState({ error })
    }
  }

  return (
    <form
      class="form"
      aria-label={t('sample.title')}
      onSubmit={(e) => {
        e.preventDefault()
        void send()
      }}
    >
      <Field label={t('sample.which')} help={t('sample.help')}>
        {(tied) => (
          <select {...tied} value={chosen} onChange={(e) => setChosen(e.currentTarget.value)}>
            {samples.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </Field>
      <div class="actions">
        <button type="submit" disabled={state.busy}>
          {t(state.busy ? 'sample.sending' : 'sample.send')}
        </button>
      </div>
      <div role="status">{state.answer && <Answer answer={state.answer} />}</div>
      {state.error !== undefined && <Failure error={state.error} />}
    </form>
  )
}

function Answer(props: { answer: SampleAnswer }) {
  const { t } = useApp()
  const { status, delivery_id } = props.answer
  const body = bodyText(props.answer)
  return (
    <>
      <p>
        {t('sample.answer')} <StatusBadge status={status} />{' '}
        {delivery_id === null ? (
          <span class="muted">{t('sample.undelivered')}</span>
        ) : (
          <Link to={`/deliveries/${delivery_id}`}>{t('deliveries.id', { id: delivery_id })}</Link>
        )}
      </p>
      {body !== '' && <Pre label={`${t('sample.answer')} ${t('delivery.body')}`} text={body} />}
    </>
  )
}
