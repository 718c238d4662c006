import { useEffect, useState } from 'preact/hooks'
import type { Behavior, Delivery, Listener } from '../api/schema'
import { useApp } from '../app-context'
import { Failure } from '../ui/basics'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'
import { requestParts, requestText } from './request-text'
import type { Material } from './simulate'
import { BuildDialog } from './simulate-build'

/** The request: a delivery's, a recipe's sample, or what is typed in. */
export function RequestFields(props: {
  material: Material
  listener: Listener | undefined
  behavior: Behavior
  delivery: Delivery | undefined
  /** Of the delivery that is chosen. */
  id: string | null
  /** Of the sample that is chosen, or ''. */
  sample: string
  text: string
  error: string | undefined
  onChoose: (change: Record<string, string>) => void
  /** Another text; with it may come a change of the address. */
  onText: (text: string, change?: Record<string, string>) => void
}) {
  const { client, may, t } = useApp()
  const { behavior, delivery, id, listener, material, text } = props
  const [building, setBuilding] = useState(false)
  const own = listener ? [listener] : material.listeners.filter((l) => l.behavior_id === behavior.id)
  const ids = own.slice(0, 3).map((l) => l.id)
  const logs = useLoad(
    async (signal) => {
      if (!may('payloads')) return []
      const pages = await Promise.all(ids.map((l) => client.deliveries({ listener: l, limit: '10' }, signal)))
      return pages.flatMap((page) => page.items)
    },
    [ids.join(' ')],
  )
  const listed = logs.value ?? []
  // Whoever comes with nothing in hand starts with the newest delivery.
  const newest = listed[0]?.id
  const isOpen = id === null && props.sample === '' && text === ''
  useEffect(() => {
    if (newest && isOpen) props.onChoose({ delivery: newest })
  }, [newest])
  const samples = material.recipes.filter((r) => r.samples.length > 0)

  return (
    <>
      {logs.error !== undefined && <Failure error={logs.error} retry={logs.reload} />}
      <Field label={t('simulate.from')} {...(id && { help: t('test.delivery'), error: props.error })}>
        {(tied) => (
          <select
            {...tied}
            value={id ? `delivery ${id}` : props.sample ? `sample ${props.sample}` : ''}
            onChange={(e) => {
              const [, kind, chosen = ''] = /^(\w*) ?(.*)$/.exec(e.currentTarget.value) ?? []
              props.onChoose({
                delivery: kind === 'delivery' ? chosen : '',
                sample: kind === 'sample' ? chosen : '',
                // Else a sample would be received when a delivery was.
                at: '',
              })
            }}
          >
            <option value="">{t('test.request.paste')}</option>
            {(listed.length > 0 || id) && (
              <optgroup label={t('test.request.deliveries')}>
                {id && !listed.some((d) => d.id === id) && (
                  <option value={`delivery ${id}`}>{t('deliveries.id', { id })}</option>
                )}
                {listed.map((d) => (
                  <option key={d.id} value={`delivery ${d.id}`}>
                    {t('deliveries.id', { id: d.id })} ({t(`outcome.${d.outcome}`)})
                  </option>
                ))}
              </optgroup>
            )}
            {samples.map((recipe) => (
              <optgroup key={recipe.id} label={`${t('test.request.recipes')}: ${recipe.name}`}>
                {recipe.samples.map(({ name }) => (
                  <option key={name} value={`sample ${recipe.id}/${name}`}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
      {!id && (
        <Field label={t('test.text')} help={t('test.text.help')} error={props.error}>
          {(tied) => (
            <textarea
              {...tied}
              class="mono"
              rows={10}
              spellcheck={false}
              value={text}
              onInput={(e) => props.onText(e.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <div class="actions">
        {id ? (
          delivery?.request.body !== undefined && (
            <button
              type="button"
              onClick={() => props.onText(textOf(delivery), { at: delivery.received_at })}
            >
              {t('simulate.edit')}
            </button>
          )
        ) : (
          <button type="button" onClick={() => setBuilding(true)}>
            {t('simulate.build')}
          </button>
        )}
      </div>
      {building && (
        <BuildDialog
          start={requestParts(text)}
          onClose={() => setBuilding(false)}
          onUse={(parts) => {
            props.onText(requestText(parts))
            setBuilding(false)
          }}
        />
      )}
    </>
  )
}

/** A stored request as text. What is behind the listener's URL is its query, as a rule. */
function textOf({ request }: Delivery): string {
  const query = /\?[^#]*/.exec(request.url)?.[0] ?? ''
  const headers = (request.headers ?? []).map(([name, value]) => `${name}: ${value}`).join('\n')
  return requestText({ method: request.method, path: `/${query}`, headers, body: request.body ?? '' })
}
