import { signal } from '@preact/signals'
import { render } from 'preact'
import { createClient } from './api/client'
import { App } from './app'
import { type AppContext, AppProvider } from './app-context'
import { readMay } from './may'
import { createMessages } from './messages'
import { createRouter } from './router'
import css from './theme.css?inline'

const toastTime = 6000 // ms that a toast stays

/**
 * <deskhook-app> is all pages of the plugin in one shadow root. The host prints
 * it with data-api (of the admin API), data-base (the path that the pages are
 * under), data-csrf, data-permissions (the reader's, separated by blanks), and
 * optionally data-locale and data-theme (auto, light, dark); it hears of moves, toasts and a lost session by the events
 * deskhook:navigate {title, path}, deskhook:toast {text}, deskhook:unauthorized.
 */
class DeskhookApp extends HTMLElement {
  #stop = () => {}

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [sheet]
    const { api = '', base = '', csrf = '', permissions, locale } = this.dataset
    const toast = signal('')
    const loggedOut = signal(false)
    let timer = 0

    const router = createRouter(base.replace(/\/+$/, ''), window)
    const messages = createMessages(locale)
    const context: AppContext = {
      ...messages,
      root,
      router,
      may: readMay(permissions),
      client: createClient({
        api: api.replace(/\/+$/, ''),
        csrf,
        onUnauthorized: () => {
          if (!loggedOut.value) this.#tell('unauthorized')
          loggedOut.value = true
        },
      }),
      toast: (text) => {
        this.#tell('toast', { text })
        toast.value = text
        window.clearTimeout(timer)
        timer = window.setTimeout(() => {
          toast.value = ''
        }, toastTime)
      },
    }
    const announce = (title: string, path: string) => {
      document.title = `${title} · ${messages.t('app.name')}`
      this.#tell('navigate', { title, path })
    }

    const stopRouter = router.start(root)
    // The signals are read in a component, which then follows them.
    const Root = () => <App toast={toast.value} loggedOut={loggedOut.value} announce={announce} />
    render(
      <AppProvider value={context}>
        <Root />
      </AppProvider>,
      root,
    )
    this.#stop = () => {
      stopRouter()
      window.clearTimeout(timer)
      render(null, root)
    }
  }

  disconnectedCallback(): void {
    this.#stop()
  }

  #tell(name: string, detail: Record<string, string> = {}): void {
    this.dispatchEvent(new CustomEvent(`deskhook:${name}`, { bubbles: true, composed: true, detail }))
  }
}

const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

customElements.define('deskhook-app', DeskhookApp)
