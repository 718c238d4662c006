import { useState } from 'preact/hooks'
import type { Behavior, Listener, Recipe } from '../api/schema'
import { useApp } from '../app-context'
import { FailedPage, Failure, Heading, Link, Loading } from '../ui/basics'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'
import { all } from './listeners'
import { SimulateForm } from './simulate-form'

/** What can be simulated, and with what. */
export interface Material {
  listeners: Listener[]
  behaviors: Behavior[]
  recipes: Recipe[]
}

/**
 * What a behavior would do with a request: nothing is touched. The address holds
 * what is chosen (listener or behavior, version, delivery or sample, at), so
 * that it can be linked to; what is typed in stays in the page.
 */
export function SimulatePage() {
  const { client, may, router, t } = useApp()
  const { query } = router.place.value
  const lists = useLoad<Material>(async (signal) => {
    const [listeners, behaviors, recipes] = await Promise.all([
      all((cursor) => client.listeners(cursor, signal)),
      all((cursor) => client.behaviors(cursor, signal)),
      client.recipes(signal),
    ])
    return { listeners, behaviors, recipes: recipes.items }
  }, [])
  const id = query.get('delivery') ?? ''
  const delivery = useLoad(
    async (signal) => ({ stored: id && may('payloads') ? await client.delivery(id, signal) : undefined }),
    [id],
  )
  // A request that was typed in outlasts a change of what it is given to.
  const [text, setText] = useState('')

  if (lists.error !== undefined) return <FailedPage error={lists.error} retry={lists.reload} />
  if (!lists.value) return <Loading />
  const chosen = subjectOf(lists.value, query, delivery.value?.stored?.listener_id)
  const pending = !chosen && delivery.value === undefined && delivery.error === undefined
  const isPublished = chosen?.behavior.published_version !== null && query.get('version') !== 'draft'

  function choose(change: Record<string, string>) {
    const next = { ...Object.fromEntries(query), ...change }
    const held = Object.entries(next).filter(([, value]) => value !== '')
    router.go(router.href('/simulate', Object.fromEntries(held)), { replace: true })
  }

  return (
    <>
      <Heading title={t('simulate.title')} />
      <p>{t('simulate.text')}</p>
      {id && !may('payloads') && <p class="warning">{t('simulate.delivery.hidden')}</p>}
      {delivery.error !== undefined && <Failure error={delivery.error} retry={delivery.reload} />}
      <div class="bar">
        <Subject
          material={lists.value}
          value={chosen ? chosen.name : ''}
          onChange={(change) => choose({ ...change, version: '' })}
        />
        {chosen && (
          <Version
            behavior={chosen.behavior}
            value={isPublished ? 'published' : 'draft'}
            onChange={(version) => choose({ version })}
          />
        )}
        {chosen && (
          <p>
            <Link to={`/behaviors/${chosen.behavior.id}`} query={id ? { delivery: id } : {}}>
              {t('delivery.edit')}
            </Link>
          </p>
        )}
      </div>
      {pending && <Loading />}
      {chosen && (
        <SimulateForm
          key={`${chosen.name} ${isPublished}`}
          {...chosen}
          version={isPublished ? chosen.behavior.published_version : null}
          material={lists.value}
          delivery={delivery.value?.stored}
          text={text}
          onText={setText}
          query={query}
          choose={choose}
        />
      )}
    </>
  )
}

/** What the address names: a listener, a behavior, or the listener of a delivery. */
function subjectOf({ listeners, behaviors }: Material, query: URLSearchParams, of: string | undefined) {
  const asked = query.get('behavior')
  const id = query.get('listener') ?? (asked ? undefined : of)
  const listener = listeners.find((l) => l.id === id)
  const behavior = behaviors.find((b) => b.id === (listener ? listener.behavior_id : asked))
  if (!behavior) return undefined
  return { name: listener ? `listener ${listener.id}` : `behavior ${behavior.id}`, listener, behavior }
}

function Subject(props: {
  material: Material
  value: string
  onChange: (change: { listener: string; behavior: string }) => void
}) {
  const { t } = useApp()
  const { listeners, behaviors } = props.material
  return (
    <Field label={t('simulate.what')}>
      {(tied) => (
        <select
          {...tied}
          value={props.value}
          onChange={(e) => {
            const [kind, id = ''] = e.currentTarget.value.split(' ')
            props.onChange(
              kind === 'listener' ? { listener: id, behavior: '' } : { listener: '', behavior: id },
            )
          }}
        >
          <option value="">{t('inputs.choose')}</option>
          <optgroup label={t('nav.listeners')}>
            {listeners.map((l) => (
              <option key={l.id} value={`listener ${l.id}`}>
                {l.name}
              </option>
            ))}
          </optgroup>
          <optgroup label={t('nav.behaviors')}>
            {behaviors.map((b) => (
              <option key={b.id} value={`behavior ${b.id}`}>
                {b.name}
              </option>
            ))}
          </optgroup>
        </select>
      )}
    </Field>
  )
}

function Version(props: { behavior: Behavior; value: string; onChange: (value: string) => void }) {
  const { t } = useApp()
  const { published_version: version } = props.behavior
  return (
    <Field label={t('behaviors.version')}>
      {(tied) => (
        <select {...tied} value={props.value} onChange={(e) => props.onChange(e.currentTarget.value)}>
          {version !== null && <option value="published">{t('behavior.published', { version })}</option>}
          <option value="draft">{t('simulate.draft')}</option>
        </select>
      )}
    </Field>
  )
}
