import type { Behavior, Listener } from '../api/schema'
import { useApp } from '../app-context'
import { Badge, Failure, Heading, Link, Loading, Time } from '../ui/basics'
import { useLoad } from '../ui/load'
import { RecipeCards } from './recipes'

const everyFiveSeconds = 5000

export function Listeners() {
  const { client, may, t } = useApp()
  const page = useLoad(
    async (signal) => {
      const [listeners, behaviors] = await Promise.all([
        all((cursor) => client.listeners(cursor, signal)),
        all((cursor) => client.behaviors(cursor, signal)),
      ])
      return { listeners, behaviors: new Map(behaviors.map((b) => [b.id, b])) }
    },
    [],
    everyFiveSeconds,
  )

  return (
    <>
      <Heading title={t('listeners.title')}>
        {may('manage') && (
          <Link to="/listeners/new" class="button primary">
            {t('listeners.new')}
          </Link>
        )}
      </Heading>
      {page.error !== undefined && <Failure error={page.error} retry={page.reload} />}
      {!page.value && page.error === undefined && <Loading />}
      {page.value?.listeners.length === 0 &&
        (may('manage') ? <NoListeners /> : <p class="empty">{t('listeners.empty.title')}</p>)}
      {page.value && page.value.listeners.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('listeners.name')}</th>
              <th scope="col">{t('listeners.state')}</th>
              <th scope="col">{t('listeners.behavior')}</th>
              <th scope="col">{t('listeners.last')}</th>
              <th scope="col">{t('listeners.counts')}</th>
            </tr>
          </thead>
          <tbody>
            {page.value.listeners.map((l) => (
              <Row key={l.id} listener={l} behavior={page.value?.behaviors.get(l.behavior_id)} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function Row(props: { listener: Listener; behavior: Behavior | undefined }) {
  const { t } = useApp()
  const { listener, behavior } = props
  return (
    <tr>
      <th scope="row" data-label={t('listeners.name')}>
        <Link to={`/listeners/${listener.id}`}>{listener.name}</Link>
      </th>
      <td data-label={t('listeners.state')}>
        <ListenerState listener={listener} />
      </td>
      <td data-label={t('listeners.behavior')}>
        {behavior && (
          <>
            <Link to={`/behaviors/${behavior.id}`}>{behavior.name}</Link>{' '}
            <span class="muted">
              {behavior.published_version === null
                ? t('behavior.unpublished')
                : t('behavior.published', { version: behavior.published_version })}
            </span>
          </>
        )}
      </td>
      <td data-label={t('listeners.last')}>
        {listener.last_delivery_at ? <Time value={listener.last_delivery_at} /> : t('never')}
      </td>
      <td data-label={t('listeners.counts')}>
        <Counts counts={listener.counts} />
      </td>
    </tr>
  )
}

export function ListenerState(props: { listener: Listener }) {
  const { t } = useApp()
  const { enabled, paused, open } = props.listener
  return (
    <>
      {!enabled && <Badge tone="bad">{t('state.off')}</Badge>}
      {enabled && paused && <Badge tone="warn">{t('state.paused')}</Badge>}
      {enabled && !paused && <Badge tone="good">{t('state.on')}</Badge>}
      {open && (
        <>
          {' '}
          <Badge tone="warn">{t('state.open')}</Badge>
        </>
      )}
    </>
  )
}

function Counts(props: { counts: Listener['counts'] }) {
  const { t } = useApp()
  const kinds = (['accepted', 'refused', 'duplicate', 'dead'] as const).filter(
    (kind) => props.counts[kind] > 0,
  )
  if (kinds.length === 0) return <span class="muted">{t('count.none')}</span>
  return <>{kinds.map((kind) => t(`count.${kind}`, { n: props.counts[kind] })).join(', ')}</>
}

function NoListeners() {
  const { client, t } = useApp()
  const recipes = useLoad((signal) => client.recipes(signal), [])
  return (
    <section class="empty">
      <h2>{t('listeners.empty.title')}</h2>
      <p>{t('listeners.empty.text')}</p>
      {recipes.error !== undefined && <Failure error={recipes.error} retry={recipes.reload} />}
      {recipes.value && <RecipeCards recipes={recipes.value.items.slice(0, 3)} heading="h3" />}
      <p>
        <Link to="/behaviors">{t('listeners.empty.scratch')}</Link>
      </p>
    </section>
  )
}

/** all reads a list to its end; for lists that people make by hand. */
export async function all<T>(
  page: (cursor?: string) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const { items: more, next } = await page(cursor)
    items.push(...more)
    cursor = next ?? undefined
  } while (cursor)
  return items
}
