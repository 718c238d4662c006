import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from './app-context'
import type { Key } from './messages'
import { Behaviors } from './pages/behaviors'
import { Deliveries } from './pages/deliveries'
import { DeliveryPage } from './pages/delivery'
import { ListenerPage } from './pages/listener'
import { NewListener } from './pages/listener-new'
import { Listeners } from './pages/listeners'
import { RecipePage, Recipes } from './pages/recipes'
import { Secrets } from './pages/secrets'
import { match } from './router'
import { Failure, Heading, Link, Loading } from './ui/basics'

type Render = (values: Record<string, string>) => ComponentChildren

/** The pages by their path; the first that matches is shown. */
const routes: [pattern: string, render: Render][] = [
  ['/', () => <Listeners />],
  ['/listeners', () => <Listeners />],
  ['/listeners/new', () => <NewListener />],
  ['/listeners/:id', ({ id = '' }) => <ListenerPage key={id} id={id} />],
  ['/behaviors', () => <Behaviors />],
  ['/behaviors/:id', ({ id = '' }) => <LazyBehavior key={id} id={id} />],
  ['/deliveries', () => <Deliveries />],
  ['/deliveries/:id', ({ id = '' }) => <DeliveryPage key={id} id={id} />],
  ['/recipes', () => <Recipes />],
  ['/recipes/:id', ({ id = '' }) => <RecipePage key={id} id={id} />],
  ['/secrets', () => <Secrets />],
]

const sections: [path: string, label: Key, within: RegExp][] = [
  ['/', 'nav.listeners', /^\/(listeners(\/|$)|$)/],
  ['/behaviors', 'nav.behaviors', /^\/behaviors(\/|$)/],
  ['/deliveries', 'nav.deliveries', /^\/deliveries(\/|$)/],
  ['/recipes', 'nav.recipes', /^\/recipes(\/|$)/],
  ['/secrets', 'nav.secrets', /^\/secrets(\/|$)/],
]

/** The navigation and the page that the address names. */
export function App(props: {
  toast: string
  loggedOut: boolean
  announce: (title: string, path: string) => void
}) {
  const { router, t } = useApp()
  const { path } = router.place.value
  const page = useRef<HTMLDivElement>(null)
  usePageTitle(page, props.announce)

  return (
    <div class="app">
      <nav aria-label={t('app.sections')}>
        <ul>
          {sections.map(([to, label, within]) => (
            <li key={to}>
              <a href={router.href(to)} aria-current={within.test(path) ? 'page' : undefined}>
                {t(label)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {props.loggedOut && (
        <p class="failure" role="alert">
          {t('unauthorized')}
        </p>
      )}
      <div ref={page}>{pageOf(path)}</div>
      <div class={props.toast ? 'toast shown' : 'toast'} role="status">
        {props.toast}
      </div>
    </div>
  )
}

function pageOf(path: string): ComponentChildren {
  for (const [pattern, render] of routes) {
    const values = match(pattern, path)
    if (values) return render(values)
  }
  return <NotFound />
}

/**
 * usePageTitle watches for a page's heading: it becomes the document's title,
 * and after a move inside the app it takes the focus, so that a screen reader
 * says where it is.
 */
function usePageTitle(
  page: { current: HTMLElement | null },
  announce: (title: string, path: string) => void,
): void {
  const { router } = useApp()
  useEffect(() => {
    let last: { path: string; title: string } | undefined
    const look = () => {
      const heading = page.current?.querySelector('h1')
      const title = heading?.textContent
      const { path } = router.place.peek()
      if (!heading || !title || (last?.path === path && last.title === title)) return
      if (last && last.path !== path) heading.focus()
      last = { path, title }
      announce(title, path)
    }
    const observer = new MutationObserver(look)
    if (page.current) observer.observe(page.current, { childList: true, subtree: true, characterData: true })
    look()
    return () => observer.disconnect()
  }, [page, router, announce])
}

/** The editor's page brings CodeMirror, so it is loaded when it is opened. */
function LazyBehavior(props: { id: string }) {
  const [state, setState] = useState<{
    Page?: typeof import('./pages/behavior').BehaviorPage
    error?: unknown
  }>({})
  useEffect(() => {
    let gone = false
    import('./pages/behavior').then(
      ({ BehaviorPage }) => !gone && setState({ Page: BehaviorPage }),
      (error: unknown) => !gone && setState({ error }),
    )
    return () => {
      gone = true
    }
  }, [])
  if (state.error !== undefined) return <Failure error={state.error} retry={() => window.location.reload()} />
  return state.Page ? <state.Page id={props.id} /> : <Loading />
}

function NotFound() {
  const { t } = useApp()
  return (
    <>
      <Heading title={t('notFound.title')} />
      <p>{t('notFound.text')}</p>
      <Link to="/">{t('notFound.home')}</Link>
    </>
  )
}
