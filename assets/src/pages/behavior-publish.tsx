import { useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import type { Behavior, Diagnostic } from '../api/schema'
import { useApp } from '../app-context'
import { Failure } from '../ui/basics'
import { Dialog } from '../ui/dialog'
import { Field } from '../ui/field'
import { ProblemList } from './behavior-problems'

/** Publishes the saved draft with a note, or says what is in the way. */
export function PublishDialog(props: {
  behavior: Behavior
  errors: readonly Diagnostic[]
  publish: (note: string) => Promise<{ version: number }>
  onGo: (diagnostic: Diagnostic) => void
  onClose: () => void
  onPublished: (version: number) => Promise<void>
}) {
  const { t } = useApp()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const refused = error instanceof ApiError ? (error.problem.diagnostics ?? []) : []
  const errors = props.errors.length > 0 ? props.errors : refused.filter((d) => d.severity === 'error')

  async function publish() {
    setBusy(true)
    setError(undefined)
    try {
      const { version } = await props.publish(note)
      await props.onPublished(version)
    } catch (e) {
      setError(e)
      setBusy(false)
    }
  }

  return (
    <Dialog title={t('publish.title')} onClose={props.onClose}>
      {errors.length > 0 ? (
        <>
          <p class="error">{t('publish.blocked')}</p>
          <ProblemList diagnostics={errors} onGo={props.onGo} />
        </>
      ) : (
        <form
          id="publish"
          noValidate
          onSubmit={(e) => {
            e.preventDefault()
            void publish()
          }}
        >
          <Field
            label={t('publish.note')}
            help={t('publish.note.help')}
            error={error instanceof ApiError ? error.field('note') : undefined}
          >
            {(tied) => (
              <textarea {...tied} rows={3} value={note} onInput={(e) => setNote(e.currentTarget.value)} />
            )}
          </Field>
          {error !== undefined && <Failure error={error} shown={['note']} />}
        </form>
      )}
      <div class="actions">
        <button type="button" onClick={props.onClose}>
          {t('action.cancel')}
        </button>
        {errors.length === 0 && (
          <button type="submit" form="publish" class="primary" disabled={busy}>
            {t('publish.button', { n: props.behavior.listeners })}
          </button>
        )}
      </div>
    </Dialog>
  )
}
