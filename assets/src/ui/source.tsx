import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../app-context'
import { Pre } from './text'

/** A behavior's source, read-only. The colors come when the editor is loaded. */
export function Source(props: { text: string; label: string }) {
  const { root } = useApp()
  const parent = useRef<HTMLDivElement>(null)
  const { text, label } = props
  useEffect(() => {
    let stopped = false
    let destroy = () => {}
    void import('../editor').then(({ createViewer }) => {
      if (stopped || !parent.current) return
      parent.current.replaceChildren()
      destroy = createViewer({ parent: parent.current, root, text, label })
    })
    return () => {
      stopped = true
      destroy()
    }
  }, [text, label, root])
  return (
    <div class="editor" ref={parent}>
      <Pre label={label} text={text} />
    </div>
  )
}
