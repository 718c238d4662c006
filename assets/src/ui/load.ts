import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

export interface Loaded<T> {
  value: T | undefined
  error: unknown
  /** There was an answer, of which nothing may be the value. */
  loaded: boolean
  /** Loads anew; what is shown stays until then. */
  reload(): void
  /** Puts in what a change answered. */
  set(value: T): void
}

/**
 * useLoad loads when the page opens and when a key changes. With `every` it
 * loads again after so many milliseconds while the page is visible, quietly: the
 * last value stays in place of an error.
 */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
  keys: readonly unknown[],
  every?: number | undefined,
): Loaded<T> {
  const [state, setState] = useState<{ value?: T; error?: unknown }>({})
  const [turn, setTurn] = useState(0)
  const latest = useRef(load)
  latest.current = load

  useEffect(() => {
    setState({})
  }, keys)

  useEffect(() => {
    const abort = new AbortController()
    latest.current(abort.signal).then(
      (value) => !abort.signal.aborted && setState({ value }),
      (error: unknown) => !abort.signal.aborted && setState({ error }),
    )
    return () => abort.abort()
  }, [...keys, turn])

  useEffect(() => {
    if (!every) return undefined
    const abort = new AbortController()
    let timer = 0
    const tick = async () => {
      if (document.visibilityState === 'visible') {
        try {
          const value = await latest.current(abort.signal)
          if (!abort.signal.aborted) setState({ value })
        } catch {
          // What is shown stays; the next turn may do better.
        }
      }
      if (!abort.signal.aborted) timer = window.setTimeout(tick, every)
    }
    timer = window.setTimeout(tick, every)
    return () => {
      abort.abort()
      window.clearTimeout(timer)
    }
  }, [...keys, every])

  return {
    value: state.value,
    error: state.error,
    loaded: 'value' in state,
    reload: useCallback(() => setTurn((n) => n + 1), []),
    set: useCallback((value: T) => setState({ value }), []),
  }
}
