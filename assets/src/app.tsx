import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useApp } from './app-context'
import type { May, Permission } from './may'
import type { Key } from './messages'
import { AuditPage } from './pages/audit'
import { Behaviors } from './pages/behaviors'
import { Deliveries } from './pages/deliveries'
import { DeliveryPage } from './pages/delivery'
import { ListenerPage } from './pages/listener'
import { NewListener } from './pages/listener-new'
import { Listeners } from './pages/listeners'
import { RecipePage, Recipes } from './pages/recipes'
import { Secrets } from './pages/secrets'
import { Warnings } from './pages/warnings'
import { match } from './router'
import { Heading, Link } from './ui/basics'
import { lazy } from './ui/lazy'

// They bring CodeMirror or its parsers.
const LazyBehavior = lazy(() => import('./pages/behavior').then((m) => m.BehaviorPage))
const LazySimulate = lazy(() => import('./pages/simulate').then((m) => m.SimulatePage))

type Render = (values: Record<string, string>) => ComponentChildren

/** The pages by their path; the first that matches is shown, or why it is not. */
const routes: [pattern: string, render: Render, needs?: Permission][] = [
  ['/', () => <Listeners />],
  ['/listeners', () => <Listeners />],
  ['/listeners/new', () => <NewListener />, 'manage'],
  ['/listeners/:id', ({ id = '' }) => <ListenerPage key={id} id={id} />],
  ['/behaviors', () => <Behaviors />],
  ['/behaviors/:id', ({ id = '' }) => <LazyBehavior key={id} id={id} />],
  ['/deliveries', () => <Deliveries />],
  ['/deliveries/:id', ({ id = '' }) => <DeliveryPage key={id} id={id} />],
  ['/recipes', () => <Recipes />],
  ['/recipes/:id', ({ id = '' }) => <RecipePage key={id} id={id} />],
  ['/simulate', () => <LazySimulate />, 'edit'],
  ['/secrets', () => <Secrets />, 'manage'],
  ['/audit', () => <AuditPage />, 'manage'],
]

const sections: [path: string, label: Key, within: RegExp, needs?: Permission][] = [
  ['/', 'nav.listeners', /^\/(listeners(\/|$)|$)/],
  ['/behaviors', 'nav.behaviors', /^\/behaviors(\/|$)/],
  ['/deliveries', 'nav.deliveries', /^\/deliveries(\/|$)/],
  ['/recipes', 'nav.recipes', /^\/recipes(\/|$)/],
  ['/simulate', 'nav.simulate', /^\/simulate(\/|$)/, 'edit'],
  ['/secrets', 'nav.secrets', /^\/secrets(\/|$)/, 'manage'],
  ['/audit', 'nav.audit', /^\/audit(\/|$)/, 'manage'],
]

/** The navigation and the page that the address names. */
export function App(props: {
  toast: string
  loggedOut: boolean
  announce: (title: string, path: string) => void
}) {
  const { may, router, t } = useApp()
  const { path } = router.place.value
  const page = useRef<HTMLDivElement>(null)
  usePageTitle(page, props.announce)

  return (
    <div class="app">
      <nav aria-label={t('app.sections')}>
        <ul>
          {sections
            .filter(([, , , needs]) => !needs || may(needs))
            .map(([to, label, within]) => (
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
      <Warnings />
      <div ref={page}>{pageOf(path, may)}</div>
      <div class={props.toast ? 'toast shown' : 'toast'} role="status">
        {props.toast}
      </div>
    </div>
  )
}

function pageOf(path: string, may: May): ComponentChildren {
  for (const [pattern, render, needs] of routes) {
    const values = match(pattern, path)
    if (values) return needs && !may(needs) ? <NotAllowed needs={needs} /> : render(values)
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

/** In place of a page that the reader may not see: what they lack, and who gives it. */
function NotAllowed(props: { needs: Permission }) {
  const { t } = useApp()
  return (
    <>
      <Heading title={t('notAllowed.title')} />
      <p>{t('notAllowed.text', { permission: props.needs })}</p>
      <p>{t(`permission.${props.needs}`)}</p>
      <Link to="/">{t('notFound.home')}</Link>
    </>
  )
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
