import { type ReadonlySignal, signal } from '@preact/signals'

/** Where the page is: a path under the base, and the query that holds its state. */
export interface Place {
  path: string
  query: URLSearchParams
}

/** Asked before a page is left by a link; false stays. */
export type Guard = () => boolean

export interface Router {
  place: ReadonlySignal<Place>
  /** The address of a path under the base, for a link. */
  href(path: string, query?: Record<string, string>): string
  /** Goes to another place; force asks no guard. */
  go(href: string, options?: { replace?: boolean; force?: boolean }): void
  /** One page at a time may hold the reader back; the answer takes it away. */
  guard(guard: Guard): () => void
  /** Follows links inside root and the browser's own buttons, until stopped. */
  start(root: EventTarget): () => void
}

/** createRouter routes on the browser's history, below a base path. */
export function createRouter(base: string, window: Window): Router {
  const read = (): Place => {
    const { pathname, search } = window.location
    const path = within(pathname) ? pathname.slice(base.length) : ''
    return { path: path.replace(/\/+$/, '') || '/', query: new URLSearchParams(search) }
  }
  const within = (pathname: string) => pathname === base || pathname.startsWith(`${base}/`)
  const place = signal(read())
  let held: Guard | undefined
  let shown = window.location.href

  function show(): void {
    shown = window.location.href
    place.value = read()
  }

  function go(href: string, options: { replace?: boolean; force?: boolean } = {}): void {
    const leaves = new URL(href, shown).pathname !== new URL(shown).pathname
    if (leaves && !options.force && held && !held()) return
    window.history[options.replace ? 'replaceState' : 'pushState'](null, '', href)
    show()
  }

  function onClick(event: Event): void {
    const click = event as MouseEvent
    if (click.defaultPrevented || click.button !== 0) return
    if (click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return
    const link = click.composedPath().find((n): n is HTMLAnchorElement => n instanceof HTMLAnchorElement)
    if (!link || link.target || link.hasAttribute('download')) return
    const url = new URL(link.href)
    if (url.origin !== window.location.origin || !within(url.pathname)) return
    click.preventDefault()
    go(url.href)
  }

  function onPop(): void {
    const leaves = window.location.pathname !== new URL(shown).pathname
    if (leaves && held && !held()) window.history.pushState(null, '', shown)
    else show()
  }

  return {
    place,
    go,
    href(path, query = {}) {
      const search = new URLSearchParams(query)
      return base + (path === '/' ? '' : path) + (search.size > 0 ? `?${search}` : '')
    },
    guard(guard) {
      held = guard
      return () => {
        if (held === guard) held = undefined
      }
    },
    start(root) {
      root.addEventListener('click', onClick)
      window.addEventListener('popstate', onPop)
      return () => {
        root.removeEventListener('click', onClick)
        window.removeEventListener('popstate', onPop)
      }
    },
  }
}

/** match gives the values of a pattern such as "/listeners/:id", or null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const want = pattern.split('/')
  const got = path.split('/')
  if (want.length !== got.length || /%(?![\da-fA-F]{2})/.test(path)) return null
  const values: Record<string, string> = {}
  for (const [i, part] of want.entries()) {
    const segment = got[i] ?? ''
    if (part.startsWith(':')) {
      if (!segment) return null
      values[part.slice(1)] = decodeURIComponent(segment)
    } else if (part !== segment) {
      return null
    }
  }
  return values
}
