import { useState } from 'preact/hooks'
import { useApp } from '../app-context'
import { Failure } from '../ui/basics'
import { Dialog } from '../ui/dialog'

/** Somebody else saved the draft meanwhile: whose text shall it be? */
export function ConflictDialog(props: {
  onClose: () => void
  onMine: () => Promise<void>
  onTheirs: () => Promise<void>
}) {
  const { t } = useApp()
  const [error, setError] = useState<unknown>()
  const act = (choice: () => Promise<void>) => () => {
    setError(undefined)
    choice().catch(setError)
  }
  return (
    <Dialog title={t('behavior.conflict.title')} onClose={props.onClose}>
      <p>{t('behavior.conflict.text')}</p>
      {error !== undefined && <Failure error={error} />}
      <div class="actions">
        <button type="button" onClick={props.onClose}>
          {t('action.cancel')}
        </button>
        <button type="button" onClick={act(props.onTheirs)}>
          {t('behavior.conflict.theirs')}
        </button>
        <button type="button" class="danger" onClick={act(props.onMine)}>
          {t('behavior.conflict.mine')}
        </button>
      </div>
    </Dialog>
  )
}
