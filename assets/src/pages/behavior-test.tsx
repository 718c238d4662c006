import { useState } from 'preact/hooks'
import { useApp } from '../app-context'
import { Failure, Loading } from '../ui/basics'
import { Field } from '../ui/field'
import type { Loaded } from '../ui/load'
import { SimulationResult, SimulationTrace } from './behavior-simulation'
import type { Samples } from './use-samples'
import { useSimulation } from './use-simulation'

/** A request, and what the behavior would do with it. It runs by itself. */
export function TestPanel(props: {
  samples: Loaded<Samples>
  source: string
  /** Counts up when the simulation is asked for at once. */
  turn: number
}) {
  const { t } = useApp()
  const { samples } = props
  if (samples.error !== undefined) return <Failure error={samples.error} retry={samples.reload} />
  if (!samples.value) return <Loading />
  return (
    <>
      <Test samples={samples.value} source={props.source} turn={props.turn} />
      <p class="muted">{t('test.nothing')}</p>
    </>
  )
}

function Test(props: { samples: Samples; source: string; turn: number }) {
  const { may, router, t } = useApp()
  const { listeners, deliveries, recipes } = props.samples
  const texts = new Map<string, { label: string; request: string }>()
  for (const recipe of recipes) {
    for (const { name, request } of recipe.samples) {
      texts.set(`recipe ${recipe.id} ${name}`, { label: `${recipe.name}: ${name}`, request })
    }
  }
  const asked = may('payloads') ? router.place.value.query.get('delivery') : null
  const first = asked ?? deliveries[0]?.id
  const [chosen, setChosen] = useState(first ? `delivery ${first}` : 'paste')
  const [text, setText] = useState('')
  const [listener, setListener] = useState(
    deliveries.find((d) => d.id === first)?.listener_id ?? listeners[0]?.id ?? '',
  )
  const delivery = /^delivery (.+)$/.exec(chosen)?.[1]
  const request = delivery ?? text
  const { source } = props
  const result = useSimulation(
    request === '' ? undefined : { source, request, ...(listener && { listener_id: listener }) },
    props.turn,
  )

  function choose(value: string) {
    setChosen(value)
    const sample = texts.get(value)
    if (sample) setText(sample.request)
    const from = deliveries.find((d) => `delivery ${d.id}` === value)?.listener_id
    if (from) setListener(from)
  }

  const listed = new Set(deliveries.map((d) => d.id))
  return (
    <>
      <Field label={t('test.request')}>
        {(tied) => (
          <select {...tied} value={chosen} onChange={(e) => choose(e.currentTarget.value)}>
            <option value="paste">{t('test.request.paste')}</option>
            {(deliveries.length > 0 || asked) && (
              <optgroup label={t('test.request.deliveries')}>
                {asked && !listed.has(asked) && (
                  <option value={`delivery ${asked}`}>{t('deliveries.id', { id: asked })}</option>
                )}
                {deliveries.map((d) => (
                  <option key={d.id} value={`delivery ${d.id}`}>
                    {t('deliveries.id', { id: d.id })} ({t(`outcome.${d.outcome}`)})
                  </option>
                ))}
              </optgroup>
            )}
            {texts.size > 0 && (
              <optgroup label={t('test.request.recipes')}>
                {[...texts].map(([value, sample]) => (
                  <option key={value} value={value}>
                    {sample.label}
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        )}
      </Field>
      {delivery ? (
        <p class="help">{t('test.delivery')}</p>
      ) : (
        <Field label={t('test.text')} help={t('test.text.help')}>
          {(tied) => (
            <textarea
              {...tied}
              class="mono"
              rows={8}
              spellcheck={false}
              value={text}
              onInput={(e) => setText(e.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <Field label={t('test.listener')}>
        {(tied) => (
          <select {...tied} value={listener} onChange={(e) => setListener(e.currentTarget.value)}>
            <option value="">{t('test.listener.none')}</option>
            {listeners.map((l) => (
              <option key={l.id} value={l.id}>
                {l.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="actions">
        <button type="button" onClick={result.again} disabled={request === ''}>
          {t('test.simulate')}
        </button>
      </div>
      {request === '' && <p class="muted">{t('test.choose')}</p>}
      {result.error !== undefined && <Failure error={result.error} />}
      {request !== '' && result.value && (
        <>
          <SimulationResult simulation={result.value} />
          <SimulationTrace simulation={result.value} />
        </>
      )}
    </>
  )
}
