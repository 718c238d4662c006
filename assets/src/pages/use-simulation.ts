import { useEffect, useRef, useState } from 'preact/hooks'
import { formatJSON } from '../api/json'
import type { Simulation, SimulationRequest } from '../api/schema'
import { useApp } from '../app-context'

/** A simulation, and the source that it is of. */
export interface Simulated extends Simulation {
  source: string
}

const pause = 250 // ms without a change before the server is asked

/**
 * useSimulation asks after each pause, and at once when `turn` counts up; only
 * the newest answer counts. Without a body nothing is asked.
 */
export function useSimulation(body: SimulationRequest | undefined, turn: number) {
  const { client } = useApp()
  const [value, setValue] = useState<Simulated>()
  const [error, setError] = useState<unknown>()
  const [extra, setExtra] = useState(0)
  const done = useRef('')
  const latest = useRef(body)
  latest.current = body
  const key = body && formatJSON(body)

  useEffect(() => {
    if (key === undefined) return undefined
    const abort = new AbortController()
    const now = `${turn} ${extra}`
    const timer = window.setTimeout(
      async () => {
        try {
          if (!latest.current) return
          const { source } = latest.current
          const result = await client.simulate(latest.current, abort.signal)
          if (abort.signal.aborted) return
          setValue({ ...result, source })
          setError(undefined)
        } catch (e) {
          if (!abort.signal.aborted) setError(e)
        }
      },
      done.current === now ? pause : 0,
    )
    done.current = now
    return () => {
      abort.abort()
      window.clearTimeout(timer)
    }
  }, [client, key, turn, extra])

  return { value, error, again: () => setExtra((n) => n + 1) }
}
