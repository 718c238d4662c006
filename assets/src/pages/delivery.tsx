import type { Attempt, Delivery, Step } from '../api/schema'
import { useApp } from '../app-context'
import {
  FailedPage,
  Heading,
  Link,
  Loading,
  OutcomeBadge,
  RunBadge,
  StatusBadge,
  StepBadge,
  Time,
} from '../ui/basics'
import { useLoad } from '../ui/load'
import { HTTPMessage } from '../ui/message'
import { StepParams, saysItself } from '../ui/step'
import { Steps } from '../ui/steps'
import { PlainText } from '../ui/text'
import { Value } from '../ui/value'
import { DeliveryTrace } from './delivery-trace'

const everyTwoSeconds = 2000

export function DeliveryPage(props: { id: string }) {
  const { client, may, t } = useApp()
  const { id } = props
  const delivery = useLoad((signal) => client.delivery(id, signal), [id], everyTwoSeconds)
  const listenerId = delivery.value?.listener_id
  const listener = useLoad(
    async (signal) => (listenerId ? client.listener(listenerId, signal) : undefined),
    [listenerId],
  )

  if (delivery.error !== undefined) return <FailedPage error={delivery.error} retry={delivery.reload} />
  if (!delivery.value) return <Loading />
  const d = delivery.value
  return (
    <>
      <Heading title={t('delivery.title', { id: d.id })}>
        {may('edit') && may('payloads') && (
          <Link to="/simulate" query={{ delivery: d.id }} class="button">
            {t('simulate.this')}
          </Link>
        )}
        {listener.value && (
          <Link to={`/behaviors/${listener.value.behavior_id}`} query={{ delivery: d.id }} class="button">
            {t('delivery.edit')}
          </Link>
        )}
      </Heading>
      <Facts delivery={d} listener={listener.value?.name} />
      {d.outcome === 'refused' && <Refusal delivery={d} />}
      {d.run && <RunSteps delivery={d} />}
      {may('payloads') && listener.value && d.version !== null && (
        <DeliveryTrace delivery={d} behavior={listener.value.behavior_id} version={d.version} />
      )}
      <div class="columns">
        <section>
          <h2>{t('delivery.request')}</h2>
          <p class="line">
            <code>
              <PlainText text={`${d.request.method} ${d.request.url}`} />
            </code>
          </p>
          <p class="muted">
            {t('delivery.body.size', { n: d.request.size })}
            {isCut(d.request) && ` ${t('delivery.body.cut')}`}
          </p>
          <HTTPMessage message={d.request} label={t('delivery.request')} />
        </section>
        <section>
          <h2>{t('delivery.response')}</h2>
          {d.response ? (
            <>
              <p class="line">
                <StatusBadge status={d.response.status} />
              </p>
              <HTTPMessage message={d.response} label={t('delivery.response')} />
            </>
          ) : (
            <p class="muted">{t('delivery.response.none')}</p>
          )}
        </section>
      </div>
    </>
  )
}

/** Of what was refused the log keeps the beginning only. */
function isCut({ body, body_base64: base64, size }: Delivery['request']): boolean {
  if (base64 !== undefined) return (base64.length / 4) * 3 < size
  return body !== undefined && new TextEncoder().encode(body).length < size
}

function Facts(props: { delivery: Delivery; listener: string | undefined }) {
  const { t, exact } = useApp()
  const { delivery: d } = props
  return (
    <dl class="facts">
      <div>
        <dt>{t('delivery.outcome')}</dt>
        <dd>
          <OutcomeBadge outcome={d.outcome} />
        </dd>
      </div>
      {d.run && (
        <div>
          <dt>{t('delivery.run')}</dt>
          <dd>
            <RunBadge run={d.run} />
            {d.run.state === 'waiting' && d.run.due_at && (
              <span class="muted"> {t('delivery.due', { time: exact(new Date(d.run.due_at)) })}</span>
            )}
            {d.run.error && (
              <span class="error">
                {' '}
                <PlainText text={d.run.error} />
              </span>
            )}
          </dd>
        </div>
      )}
      <div>
        <dt>{t('delivery.received')}</dt>
        <dd>
          <Time value={d.received_at} />
        </dd>
      </div>
      <div>
        <dt>{t('delivery.listener')}</dt>
        <dd>
          {props.listener === undefined ? (
            d.listener_id
          ) : (
            <Link to={`/listeners/${d.listener_id}`}>{props.listener}</Link>
          )}
        </dd>
      </div>
      <div>
        <dt>{t('delivery.from')}</dt>
        <dd>{d.request.client_ip}</dd>
      </div>
      {d.version !== null && (
        <div>
          <dt>{t('delivery.version')}</dt>
          <dd>{d.version}</dd>
        </div>
      )}
      <Origin label={t('delivery.duplicate')} id={d.duplicate_of} />
      <Origin label={t('delivery.replay')} id={d.replay_of} />
    </dl>
  )
}

function Origin(props: { label: string; id: string | null }) {
  const { t } = useApp()
  if (!props.id) return null
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        <Link to={`/deliveries/${props.id}`}>{t('deliveries.id', { id: props.id })}</Link>
      </dd>
    </div>
  )
}

function Refusal(props: { delivery: Delivery }) {
  const { t, lookup } = useApp()
  const { cause, detail } = props.delivery
  return (
    <section class="failure">
      <h2>{t('delivery.why')}</h2>
      {cause && <p>{lookup(`cause.${cause}`) ?? t('cause.other', { cause })}</p>}
      {detail && (
        <p>
          <PlainText text={detail} />
        </p>
      )}
    </section>
  )
}

function RunSteps(props: { delivery: Delivery }) {
  const { t } = useApp()
  const steps = props.delivery.run?.steps ?? []
  return (
    <section>
      <h2>{t('delivery.steps')}</h2>
      {steps.length === 0 && <p class="muted">{t('delivery.steps.none')}</p>}
      <Steps steps={steps}>{(step) => <StepCard step={step} />}</Steps>
    </section>
  )
}

function StepCard(props: { step: Step }) {
  const { t } = useApp()
  const { step } = props
  return (
    <>
      <h3>
        {step.name || step.action} <StepBadge state={step.state} />
      </h3>
      <p class="muted">
        {step.name && `${step.action}, `}
        {step.path}, {t('delivery.line', { line: step.line })}
      </p>
      {step.error && !(step.action === 'fail' && hasValue(step.params)) && (
        <p class="error">
          {t('delivery.error')}: <PlainText text={step.error} />
        </p>
      )}
      {hasValue(step.params) && (
        <>
          {!saysItself(step.action) && <h4>{t('delivery.params')}</h4>}
          <StepParams action={step.action} params={step.params} />
        </>
      )}
      {hasValue(step.output) && (
        <>
          <h4>{t('delivery.output')}</h4>
          <Value value={step.output} />
        </>
      )}
      {step.attempts.length > 0 && <Attempts attempts={step.attempts} />}
    </>
  )
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null
}

function Attempts(props: { attempts: readonly Attempt[] }) {
  const { t } = useApp()
  return (
    <>
      <h4>{t('delivery.attempts', { n: props.attempts.length })}</h4>
      <ol class="attempts">
        {props.attempts.map((a) => (
          <li key={a.n}>
            {t('delivery.attempt', { n: a.n })}: <Time value={a.started_at} />,{' '}
            {a.finished_at
              ? t('delivery.took', { ms: took(a.started_at, a.finished_at) })
              : t('delivery.running')}
            {a.status !== null && (
              <>
                {' '}
                <StatusBadge status={a.status} />
              </>
            )}
            {a.error && (
              <span class="error">
                {' '}
                <PlainText text={a.error} />
              </span>
            )}
            {a.blame && <span class="muted"> ({t(`blame.${a.blame}`)})</span>}
          </li>
        ))}
      </ol>
    </>
  )
}

function took(from: string, to: string): number {
  return new Date(to).getTime() - new Date(from).getTime()
}
