import { useRef } from 'preact/hooks'
import { useApp } from '../app-context'

/** A text to take elsewhere: read-only, selected on focus, with a button. */
export function CopyField(props: { label: string; what: string; value: string; mono?: boolean }) {
  const { t, toast } = useApp()
  const input = useRef<HTMLInputElement>(null)

  async function copy() {
    try {
      await navigator.clipboard.writeText(props.value)
      toast(t('copy.done', { what: props.what }))
    } catch {
      // No clipboard: an insecure page, or the browser says no.
      input.current?.focus()
      toast(t('copy.manual', { what: props.what }))
    }
  }

  return (
    <div class="copy">
      <input
        ref={input}
        readOnly
        value={props.value}
        aria-label={props.label}
        spellcheck={false}
        onFocus={(e) => e.currentTarget.select()}
      />
      <button type="button" onClick={copy} aria-label={`${t('action.copy')}: ${props.label}`}>
        {t('action.copy')}
      </button>
    </div>
  )
}
