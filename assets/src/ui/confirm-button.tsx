import { useState } from 'preact/hooks'
import { useApp } from '../app-context'
import { Failure } from './basics'
import { Dialog } from './dialog'

/** A button for what cannot be undone: it says what will happen, and asks. */
export function ConfirmButton(props: { label: string; text: string; act: () => Promise<void> }) {
  const { t } = useApp()
  const [open, setOpen] = useState(false)
  const [error, setError] = useState<unknown>()

  async function act() {
    setError(undefined)
    try {
      await props.act()
      setOpen(false)
    } catch (e) {
      setError(e)
    }
  }

  return (
    <>
      <button type="button" class="danger" onClick={() => setOpen(true)}>
        {props.label}
      </button>
      {open && (
        <Dialog title={props.label} onClose={() => setOpen(false)}>
          <p>{props.text}</p>
          {error !== undefined && <Failure error={error} />}
          <div class="actions">
            <button type="button" onClick={() => setOpen(false)}>
              {t('action.cancel')}
            </button>
            <button type="button" class="danger" onClick={act}>
              {t('action.delete')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
