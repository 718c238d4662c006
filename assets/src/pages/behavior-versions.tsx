import { useState } from 'preact/hooks'
import type { Behavior, Version } from '../api/schema'
import { useApp } from '../app-context'
import { Failure, Loading, Time } from '../ui/basics'
import { Dialog } from '../ui/dialog'
import { useLoad } from '../ui/load'
import { Source } from '../ui/source'
import { all } from './listeners'

/** The published versions, newest first, to be read. */
export function VersionsPanel(props: { behavior: Behavior }) {
  const { client, t } = useApp()
  const { id, published_version } = props.behavior
  const versions = useLoad(
    (signal) => all((cursor) => client.versions(id, cursor, signal)),
    [id, published_version],
  )
  const [shown, setShown] = useState<Version>()

  if (versions.error !== undefined) return <Failure error={versions.error} retry={versions.reload} />
  if (!versions.value) return <Loading />
  if (versions.value.length === 0) return <p class="muted">{t('versions.none')}</p>
  return (
    <>
      <ol class="versions" reversed>
        {versions.value.map((v) => (
          <li key={v.version} class="card">
            <button type="button" class="link" onClick={() => setShown(v)}>
              {t('versions.show', { version: v.version })}
            </button>
            <p class="muted">
              <Time value={v.published_at} /> {v.published_by && t('versions.by', { who: v.published_by })}
            </p>
            {v.note && <p>{v.note}</p>}
          </li>
        ))}
      </ol>
      {shown && (
        <Dialog title={t('versions.title', { version: shown.version })} onClose={() => setShown(undefined)}>
          <Source text={shown.source} label={t('versions.title', { version: shown.version })} />
          <div class="actions">
            <button type="button" onClick={() => setShown(undefined)}>
              {t('action.close')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
