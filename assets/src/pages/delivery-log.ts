import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Delivery, List } from '../api/schema'

const everyTwoSeconds = 2000

/** What of the log is read: newest first, and where the older ones go on. */
export interface Log {
  items: Delivery[]
  next: string | null
}

/** refreshed puts a newer first page over what is read; older pages stay. */
export function refreshed(log: Log | undefined, page: List<Delivery>): Log {
  const fresh = new Set(page.items.map((d) => d.id))
  const last = page.items.at(-1)
  const overlap = log?.items.findIndex((d) => d.id === last?.id) ?? -1
  // Without overlap there may be a gap, so what is older is read anew on demand.
  if (!log || overlap < 0) return { items: page.items, next: page.next }
  return {
    items: [...page.items, ...log.items.slice(overlap).filter((d) => !fresh.has(d.id))],
    next: log.next,
  }
}

/** appended puts an older page behind what is read. */
export function appended(log: Log, page: List<Delivery>): Log {
  const known = new Set(log.items.map((d) => d.id))
  return { items: [...log.items, ...page.items.filter((d) => !known.has(d.id))], next: page.next }
}

/**
 * useDeliveryLog reads the log and follows it while it is live and the page is
 * visible. `arrived` counts what came since the filter was set.
 */
export function useDeliveryLog(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<List<Delivery>>,
  key: string,
  live: boolean,
) {
  const [log, setLog] = useState<Log>()
  const [error, setError] = useState<unknown>()
  const [arrived, setArrived] = useState(0)
  const [turn, setTurn] = useState(0)
  const latest = useRef(load)
  latest.current = load
  const current = useRef<Log | undefined>(undefined)
  const filter = useRef(new AbortController())

  const put = useCallback((next: Log | undefined) => {
    current.current = next
    setLog(next)
  }, [])

  useEffect(() => {
    const abort = new AbortController()
    filter.current = abort
    put(undefined)
    setError(undefined)
    setArrived(0)
    latest.current(undefined, abort.signal).then(
      (page) => !abort.signal.aborted && put(refreshed(undefined, page)),
      (e: unknown) => !abort.signal.aborted && setError(e),
    )
    return () => abort.abort()
  }, [key, turn, put])

  useEffect(() => {
    if (!live) return undefined
    const abort = new AbortController()
    let timer = window.setTimeout(tick, everyTwoSeconds)
    async function tick() {
      if (document.visibilityState === 'visible') {
        try {
          const page = await latest.current(undefined, abort.signal)
          if (abort.signal.aborted) return
          const before = new Set(current.current?.items.map((d) => d.id))
          if (current.current) setArrived((n) => n + page.items.filter((d) => !before.has(d.id)).length)
          put(refreshed(current.current, page))
          setError(undefined)
        } catch {
          // What is shown stays; the next turn may do better.
        }
      }
      if (!abort.signal.aborted) timer = window.setTimeout(tick, everyTwoSeconds)
    }
    return () => {
      abort.abort()
      window.clearTimeout(timer)
    }
  }, [key, live, put])

  const older = useCallback(async () => {
    const cursor = current.current?.next
    if (!cursor) return
    const { signal } = filter.current
    try {
      const page = await latest.current(cursor, signal)
      if (!signal.aborted && current.current) put(appended(current.current, page))
    } catch (e) {
      if (!signal.aborted) setError(e)
    }
  }, [put])

  return { log, error, arrived, older, reload: useCallback(() => setTurn((n) => n + 1), []) }
}
