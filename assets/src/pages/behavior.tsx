import { useEffect, useState } from 'preact/hooks'
import type { Tagged } from '../api/client'
import { formatJSON } from '../api/json'
import type { Behavior, Grants } from '../api/schema'
import { useApp } from '../app-context'
import type { Findings } from '../editor/checking'
import { Badge, errorText, FailedPage, Failure, Heading, Link, Loading } from '../ui/basics'
import { ConfirmButton } from '../ui/confirm-button'
import { useLoad } from '../ui/load'
import { Source } from '../ui/source'
import { Tabs } from '../ui/tabs'
import { Pre } from '../ui/text'
import { ConflictDialog } from './behavior-conflict'
import { Outline } from './behavior-outline'
import { PolicyPanel } from './behavior-policy'
import { Problems } from './behavior-problems'
import { PublishDialog } from './behavior-publish'
import { CheckedSamples } from './behavior-samples'
import { TestPanel } from './behavior-test'
import { VersionsPanel } from './behavior-versions'
import { useDraft } from './use-draft'
import { useEditor } from './use-editor'
import { useChecked, useSamples } from './use-samples'

export function BehaviorPage(props: { id: string }) {
  const { client, may } = useApp()
  const { id } = props
  const behavior = useLoad((signal) => client.behavior(id, signal), [id])
  if (behavior.error !== undefined) return <FailedPage error={behavior.error} retry={behavior.reload} />
  if (!behavior.value) return <Loading />
  if (!may('edit')) return <BehaviorReader behavior={behavior.value.value} />
  return <BehaviorEditor key={id} opened={behavior.value} />
}

/** A behavior for those who may not write: what its listeners run, or else its draft. */
function BehaviorReader(props: { behavior: Behavior }) {
  const { t } = useApp()
  const { behavior } = props
  return (
    <>
      <Heading title={behavior.name} />
      <p>
        <Published behavior={behavior} />{' '}
        <span class="muted">{t('behavior.usedBy', { n: behavior.listeners })}</span>
      </p>
      <p class="muted">{t('behavior.read')}</p>
      <Source text={behavior.source} label={t('behavior.source')} />
      <h2>{t('panel.policy')}</h2>
      {behavior.policy ? (
        <Pre label={t('policy.json')} text={formatJSON(behavior.policy, 2)} />
      ) : (
        <p>{t('policy.null')}</p>
      )}
      <h2>{t('panel.versions')}</h2>
      <VersionsPanel behavior={behavior} />
    </>
  )
}

function BehaviorEditor(props: { opened: Tagged<Behavior> }) {
  const { client, may, router, t, toast } = useApp()
  const draft = useDraft(props.opened)
  const samples = useSamples(props.opened.value.id)
  const { behavior, text, dirty } = draft
  const [findings, setFindings] = useState<Findings>()
  const [grants, setGrants] = useState<Grants | null>(null)
  const [position, setPosition] = useState({ line: 1, column: 1 })
  const [publishing, setPublishing] = useState(false)
  const [simulations, setSimulations] = useState(0)
  const checked = useChecked(text, samples.value)
  const errors = (findings?.diagnostics ?? []).filter((d) => d.severity === 'error')

  async function publish() {
    if (dirty && !(await draft.save())) return
    setPublishing(true)
  }

  async function format() {
    try {
      const { edits } = await client.format(text)
      if (edits.length === 0) toast(t('format.nothing'))
      else toast(t(editor.current()?.edit(text, edits) ? 'format.done' : 'format.late'))
    } catch (e) {
      toast(errorText(e))
    }
    editor.current()?.focus()
  }

  const editor = useEditor(behavior.source, checked.payload, {
    onChange: draft.setText,
    onCursor: setPosition,
    onSave: draft.save,
    onSimulate: () => setSimulations((n) => n + 1),
    onPublish: publish,
    onFormat: format,
    check: async (source, signal) => {
      const check = await client.check(
        source,
        { behavior_id: behavior.id, samples: checked.requests },
        signal,
      )
      setGrants(check.grants)
      return check
    },
    report: setFindings,
  })

  useEffect(() => editor.current()?.recheck(), [checked.requests.join('\0'), behavior.policy])

  useEffect(() => {
    if (!dirty) return undefined
    const release = router.guard(() => window.confirm(t('behavior.leave')))
    const onLeave = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', onLeave)
    return () => {
      release()
      window.removeEventListener('beforeunload', onLeave)
    }
  }, [dirty, router, t])

  async function remove() {
    await client.deleteBehavior(behavior.id)
    toast(t('behavior.deleted'))
    router.go(router.href('/behaviors'), { force: true })
  }

  return (
    <>
      <Heading title={behavior.name}>
        <span role="status" class="muted">
          {draft.saving ? t('behavior.saving') : t(dirty ? 'behavior.unsaved' : 'behavior.saved')}
        </span>
        <Link to="/simulate" query={{ behavior: behavior.id, version: 'draft' }} class="button">
          {t('nav.simulate')}
        </Link>
        <button type="button" onClick={draft.save} disabled={draft.saving}>
          {t('behavior.save')}
        </button>
        <button type="button" class="primary" onClick={publish} disabled={draft.saving}>
          {t('behavior.publish')}
        </button>
      </Heading>
      <p>
        <Published behavior={behavior} />{' '}
        <span class="muted">{t('behavior.usedBy', { n: behavior.listeners })}</span>
      </p>
      {draft.error !== undefined && <Failure error={draft.error} />}
      <div class="split">
        <div class="edited">
          <Outline
            source={text}
            diagnostics={findings?.diagnostics ?? []}
            at={position}
            onGo={(range) => editor.current()?.goTo(range)}
          />
          <div class="editor" ref={editor.parent} />
          <div class="bar below">
            <button type="button" onClick={format}>
              {t('format.button')}
            </button>
            <p class="muted small">
              {t('behavior.position', position)}. {t('behavior.keys')}
            </p>
          </div>
          <Problems
            findings={findings}
            onGo={(d) => editor.current()?.goTo(d)}
            onFix={(f) => editor.current()?.fix(f)}
          />
          {samples.value && <CheckedSamples checked={checked} />}
        </div>
        <Tabs
          label={t('panel.label')}
          tabs={[
            {
              name: t('panel.test'),
              content: <TestPanel samples={samples} source={text} turn={simulations} />,
            },
            { name: t('panel.versions'), content: <VersionsPanel behavior={behavior} /> },
            {
              name: t('panel.policy'),
              content: (
                <PolicyPanel
                  behavior={behavior}
                  catalog={editor.catalog}
                  draft={grants}
                  denied={(findings?.diagnostics ?? []).filter((d) => d.code.startsWith('denied-'))}
                  onGo={(d) => editor.current()?.goTo(d)}
                  onSave={draft.setPolicy}
                />
              ),
            },
          ]}
        />
      </div>
      {behavior.listeners === 0 && may('manage') && (
        <ConfirmButton label={t('behavior.delete')} text={t('behavior.delete.text')} act={remove} />
      )}
      {draft.conflict && (
        <ConflictDialog
          onClose={draft.dismiss}
          onMine={draft.overwrite}
          onTheirs={async () => editor.current()?.setText(await draft.theirs())}
        />
      )}
      {publishing && (
        <PublishDialog
          behavior={behavior}
          errors={errors}
          publish={(note) => client.publish(behavior.id, note, draft.etag())}
          onGo={(d) => {
            setPublishing(false)
            editor.current()?.goTo(d)
          }}
          onClose={() => setPublishing(false)}
          onPublished={async (version) => {
            setPublishing(false)
            toast(t('publish.done', { version }))
            draft.adopt(await client.behavior(behavior.id))
          }}
        />
      )}
    </>
  )
}

function Published(props: { behavior: Behavior }) {
  const { t } = useApp()
  const { published_version: version, draft } = props.behavior
  if (version === null) return <Badge tone="warn">{t('behavior.unpublished')}</Badge>
  return (
    <>
      <Badge tone="good">{t('behavior.published', { version })}</Badge>
      {draft && (
        <>
          {' '}
          <Badge tone="warn">{t('behavior.draft')}</Badge>
        </>
      )}
    </>
  )
}
