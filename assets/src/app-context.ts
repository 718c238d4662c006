import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Client } from './api/client'
import type { May } from './may'
import type { Messages } from './messages'
import type { Router } from './router'

/** What every page works with. */
export interface AppContext extends Messages {
  client: Client
  router: Router
  /** What the reader may do: what they may not is not shown. */
  may: May
  /** The shadow root, where the editor mounts its styles. */
  root: ShadowRoot
  /** Says something briefly to everybody, sighted or not. */
  toast(text: string): void
}

const Context = createContext<AppContext | null>(null)

export const AppProvider = Context.Provider

export function useApp(): AppContext {
  const app = useContext(Context)
  if (!app) throw new Error('useApp is called outside of <deskhook-app>')
  return app
}
