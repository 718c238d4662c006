import { useState } from 'preact/hooks'
import type { Listener, ListenerChange } from '../api/schema'
import { useApp } from '../app-context'
import { Failure } from '../ui/basics'
import { Dialog } from '../ui/dialog'
import { Switch } from '../ui/switch'

/** Enabled and paused. Before it disables it says what that does, and offers the pause. */
export function ListenerStates(props: {
  listener: Listener
  change: (change: ListenerChange) => Promise<Listener>
}) {
  const { t } = useApp()
  const { enabled, paused } = props.listener
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<unknown>()

  const change = (change: ListenerChange) => {
    setAsking(false)
    setError(undefined)
    props.change(change).catch(setError)
  }

  return (
    <>
      <Switch
        label={t('listener.enabled')}
        on={enabled}
        hint={t(enabled ? 'listener.enabled.on' : 'listener.enabled.off')}
        onChange={(enabled) => (enabled ? change({ enabled }) : setAsking(true))}
      />
      <Switch
        label={t('listener.paused')}
        on={paused}
        hint={t(paused ? 'listener.paused.on' : 'listener.paused.off')}
        onChange={(paused) => change({ paused })}
      />
      {error !== undefined && <Failure error={error} />}
      {asking && (
        <Dialog title={t('listener.disable')} onClose={() => setAsking(false)}>
          <p>{t('listener.disable.text')}</p>
          <div class="actions">
            <button type="button" onClick={() => setAsking(false)}>
              {t('action.cancel')}
            </button>
            {!paused && (
              <button type="button" class="primary" onClick={() => change({ paused: true })}>
                {t('listener.disable.pause')}
              </button>
            )}
            <button type="button" class="danger" onClick={() => change({ enabled: false })}>
              {t('listener.disable.do')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
