import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { ApiError, type Tagged } from '../api/client'
import type { Behavior } from '../api/schema'
import { useApp } from '../app-context'
import { createEditor, type Editor } from '../editor'
import type { Findings } from '../editor/checking'
import { type Words, wordsOf } from '../editor/words'
import { Badge, FailedPage, Failure, Heading, Link, Loading } from '../ui/basics'
import { ConfirmButton } from '../ui/confirm-button'
import { useLoad } from '../ui/load'
import { Source } from '../ui/source'
import { Tabs } from '../ui/tabs'
import { ConflictDialog } from './behavior-conflict'
import { Problems } from './behavior-problems'
import { PublishDialog } from './behavior-publish'
import { TestPanel } from './behavior-test'
import { VersionsPanel } from './behavior-versions'

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
      <h2>{t('panel.versions')}</h2>
      <VersionsPanel behavior={behavior} />
    </>
  )
}

function BehaviorEditor(props: { opened: Tagged<Behavior> }) {
  const { client, may, router, t, toast } = useApp()
  const draft = useDraft(props.opened)
  const { behavior, text, dirty } = draft
  const [findings, setFindings] = useState<Findings>()
  const [position, setPosition] = useState({ line: 1, column: 1 })
  const [publishing, setPublishing] = useState(false)
  const [simulations, setSimulations] = useState(0)
  const errors = (findings?.diagnostics ?? []).filter((d) => d.severity === 'error')

  async function publish() {
    if (dirty && !(await draft.save())) return
    setPublishing(true)
  }

  const editor = useEditor(behavior.source, {
    onChange: draft.setText,
    onCursor: setPosition,
    onSave: draft.save,
    onSimulate: () => setSimulations((n) => n + 1),
    onPublish: publish,
    report: setFindings,
  })

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
        <div>
          <div class="editor" ref={editor.parent} />
          <p class="muted small">
            {t('behavior.position', position)}. {t('behavior.keys')}
          </p>
          <Problems
            findings={findings}
            onGo={(d) => editor.current()?.goTo(d)}
            onFix={(f) => editor.current()?.fix(f)}
          />
        </div>
        <Tabs
          label={t('panel.label')}
          tabs={[
            {
              name: t('panel.test'),
              content: <TestPanel behavior={behavior} source={text} turn={simulations} />,
            },
            { name: t('panel.versions'), content: <VersionsPanel behavior={behavior} /> },
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

/** The draft's text against what is saved, and what happens when two save. */
function useDraft(opened: Tagged<Behavior>) {
  const { client } = useApp()
  const [behavior, setBehavior] = useState(opened.value)
  const [text, setText] = useState(opened.value.source)
  const [saving, setSaving] = useState(false)
  const [conflict, setConflict] = useState(false)
  const [error, setError] = useState<unknown>()
  const etag = useRef(opened.etag)
  const { id } = behavior

  function adopt(tagged: Tagged<Behavior>) {
    etag.current = tagged.etag
    setBehavior(tagged.value)
  }

  async function save(): Promise<boolean> {
    setSaving(true)
    setError(undefined)
    try {
      adopt(await client.saveDraft(id, text, etag.current))
      return true
    } catch (e) {
      if (e instanceof ApiError && e.status === 412) setConflict(true)
      else setError(e)
      return false
    } finally {
      setSaving(false)
    }
  }

  return {
    behavior,
    text,
    setText,
    dirty: text !== behavior.source,
    saving,
    error,
    conflict,
    etag: () => etag.current,
    adopt,
    save,
    dismiss: () => setConflict(false),
    async overwrite() {
      etag.current = (await client.behavior(id)).etag
      setConflict(false)
      await save()
    },
    async theirs(): Promise<string> {
      const tagged = await client.behavior(id)
      adopt(tagged)
      setConflict(false)
      return tagged.value.source
    },
  }
}

interface Handlers {
  onChange: (text: string) => void
  onCursor: (position: { line: number; column: number }) => void
  onSave: () => void
  onSimulate: () => void
  onPublish: () => void
  report: (findings: Findings) => void
}

/** The editor lives as long as the page; its handlers are always the newest. */
function useEditor(source: string, handlers: Handlers) {
  const { client, root, t } = useApp()
  const parent = useRef<HTMLDivElement>(null)
  const editor = useRef<Editor | null>(null)
  const latest = useRef(handlers)
  latest.current = handlers
  const start = useRef(source)
  const catalog = useLoad((signal) => client.catalog(signal), [client])
  const words = useRef<Words | undefined>(undefined)
  // Without it the editor only completes nothing; the server judges all the same.
  words.current = useMemo(() => catalog.value && wordsOf(catalog.value), [catalog.value])

  useEffect(() => {
    if (!parent.current) return undefined
    const created = createEditor({
      parent: parent.current,
      root,
      text: start.current,
      label: t('behavior.source'),
      words: () => words.current,
      check: async (source, signal) => (await client.check(source, signal)).diagnostics,
      report: (findings) => latest.current.report(findings),
      onChange: (text) => latest.current.onChange(text),
      onCursor: (position) => latest.current.onCursor(position),
      onSave: () => latest.current.onSave(),
      onSimulate: () => latest.current.onSimulate(),
      onPublish: () => latest.current.onPublish(),
    })
    editor.current = created
    return () => created.destroy()
  }, [client, root, t])

  return { parent, current: () => editor.current }
}
