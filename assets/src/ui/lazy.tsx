import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failure, Loading } from './basics'

type Page<P> = (props: P) => ComponentChildren

/** lazy gives a page that is loaded when it is opened, since it brings much with it. */
export function lazy<P extends object>(load: () => Promise<Page<P>>): Page<P> {
  return function Lazy(props: P) {
    const [state, setState] = useState<{ page?: Page<P>; error?: unknown }>({})
    useEffect(() => {
      let gone = false
      load().then(
        (page) => !gone && setState({ page }),
        (error: unknown) => !gone && setState({ error }),
      )
      return () => {
        gone = true
      }
    }, [])
    if (state.error !== undefined)
      return <Failure error={state.error} retry={() => window.location.reload()} />
    return state.page ? <state.page {...props} /> : <Loading />
  }
}
