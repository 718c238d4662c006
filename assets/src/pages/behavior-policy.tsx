import { useRef, useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import { formatJSON, parseJSON } from '../api/json'
import type { Behavior, Catalog, Diagnostic, FieldError, Grants, Rule } from '../api/schema'
import { useApp } from '../app-context'
import { rangeOf } from '../lang/json-place'
import { Failure, Loading } from '../ui/basics'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'
import { PlainText, Pre } from '../ui/text'
import { ProblemList } from './behavior-problems'

/** What a behavior may use: what its published source names, or rules that somebody wrote. */
export function PolicyPanel(props: {
  behavior: Behavior
  catalog: Catalog | undefined
  /** What the draft names; null where it does not compile. */
  draft: Grants | null
  /** What is found in the draft that the policy denies. */
  denied: readonly Diagnostic[]
  onGo: (diagnostic: Diagnostic) => void
  onSave: (policy: Rule[] | null) => Promise<void>
}) {
  const { client, may, t, toast } = useApp()
  const { behavior, catalog, denied, draft } = props
  const { id, policy, published_version: version } = behavior
  const [editing, setEditing] = useState<string>()
  const published = useLoad(
    async (signal) => {
      if (version === null) return null
      const { source } = await client.version(id, version, signal)
      return (await client.check(source, {}, signal)).grants
    },
    [id, version],
  )

  async function save(policy: Rule[] | null) {
    await props.onSave(policy)
    setEditing(undefined)
    toast(t('policy.saved'))
  }

  const granted = published.value ?? draft
  return (
    <>
      {denied.length > 0 && (
        <section>
          <p>{t('policy.denied')}</p>
          <ProblemList diagnostics={denied} onGo={props.onGo} />
        </section>
      )}
      <p>{t(policy ? 'policy.rules' : 'policy.null')}</p>
      {policy ? (
        editing === undefined && <Pre label={t('policy.json')} text={formatJSON(policy, 2)} />
      ) : published.error !== undefined ? (
        <Failure error={published.error} retry={published.reload} />
      ) : !published.loaded ? (
        <Loading />
      ) : (
        <>
          {version === null && <p class="warning">{t('policy.unpublished')}</p>}
          {granted ? (
            <Granted grants={granted} catalog={catalog} />
          ) : (
            <p class="muted">{t('policy.broken')}</p>
          )}
          {published.value && draft && <Widened had={published.value} wants={draft} />}
        </>
      )}
      {may('manage') && editing === undefined && (
        <div class="actions">
          <button type="button" onClick={() => setEditing(formatJSON(policy ?? rulesOf(granted), 2))}>
            {t(policy ? 'policy.edit' : 'policy.write')}
          </button>
        </div>
      )}
      {editing !== undefined && (
        <PolicyForm
          text={editing}
          hasRules={policy !== null}
          onSave={save}
          onCancel={() => setEditing(undefined)}
        />
      )}
      {!may('manage') && <p class="muted">{t('policy.read')}</p>}
    </>
  )
}

/** The rules that allow each action that a source names: where one begins to write. */
function rulesOf(grants: Grants | null | undefined): Rule[] {
  return (grants?.actions ?? []).map((action) => ({ allow: action }))
}

function Granted(props: { grants: Grants; catalog: Catalog | undefined }) {
  const { t } = useApp()
  const { grants, catalog } = props
  const brought = (catalog?.actions ?? [])
    .filter((action) => grants.actions.includes(action.name))
    .flatMap(({ name, hosts }) => hosts.map((host) => t('policy.brought', { host, action: name })))
  const inputs = grants.inputs.map((input) => t('policy.input', { input }))
  return (
    <>
      <Names title={t('policy.actions')} names={grants.actions} />
      <Names title={t('policy.hosts')} names={[...grants.hosts, ...brought, ...inputs]} />
    </>
  )
}

function Names(props: { title: string; names: readonly string[] }) {
  const { t } = useApp()
  return (
    <>
      <h3>{props.title}</h3>
      {props.names.length === 0 ? (
        <p class="muted">{t('policy.no')}</p>
      ) : (
        <ul class="findings">
          {props.names.map((name) => (
            <li key={name}>
              <code>
                <PlainText text={name} />
              </code>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** What the draft names beyond what is published: publishing it grants that. */
function Widened(props: { had: Grants; wants: Grants }) {
  const { t } = useApp()
  const { had, wants } = props
  const more = [
    ...wants.actions.filter((name) => !had.actions.includes(name)),
    ...wants.hosts.filter((host) => !had.hosts.includes(host)),
    ...wants.inputs.filter((input) => !had.inputs.includes(input)),
  ]
  if (more.length === 0) return null
  return (
    <section class="warning">
      <p>{t('policy.widened')}</p>
      <ul class="findings">
        {more.map((name) => (
          <li key={name}>
            <code>
              <PlainText text={name} />
            </code>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The rules as JSON; what the server finds wrong is listed by its place in them. */
function PolicyForm(props: {
  text: string
  hasRules: boolean
  onSave: (policy: Rule[] | null) => Promise<void>
  onCancel: () => void
}) {
  const { t } = useApp()
  const [text, setText] = useState(props.text)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  const [error, setError] = useState<unknown>()
  const field = useRef<HTMLTextAreaElement>(null)
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : []
  const places = errors.filter((e) => e.field.startsWith('policy['))

  async function save(read: () => unknown) {
    setWrong('')
    setError(undefined)
    let policy: unknown
    try {
      policy = read()
    } catch (e) {
      setWrong(t('inputs.json', { why: e instanceof Error ? e.message : String(e) }))
      return
    }
    setBusy(true)
    try {
      await props.onSave(policy as Rule[] | null)
    } catch (e) {
      setError(e)
      setBusy(false)
    }
  }

  function go(e: FieldError) {
    const range = rangeOf(text, e.field.slice('policy'.length))
    field.current?.focus()
    if (range) field.current?.setSelectionRange(range.from, range.to)
  }

  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault()
        void save(() => parseJSON(text))
      }}
    >
      <Field
        label={t('policy.json')}
        help={t('policy.json.help')}
        error={wrong || (error instanceof ApiError ? error.field('policy') : undefined)}
      >
        {(tied) => (
          <textarea
            {...tied}
            ref={field}
            class="mono"
            rows={12}
            spellcheck={false}
            value={text}
            onInput={(e) => setText(e.currentTarget.value)}
          />
        )}
      </Field>
      {places.length > 0 && (
        <ul class="problem-list" aria-label={t('policy.wrong')}>
          {places.map((e) => (
            <li key={e.field}>
              <button type="button" class="row" onClick={() => go(e)}>
                <span>
                  <code>{e.field.slice('policy'.length)}</code>: {e.message}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {error !== undefined && places.length === 0 && <Failure error={error} shown={['policy']} />}
      <div class="actions">
        <button type="submit" class="primary" disabled={busy}>
          {t('policy.save')}
        </button>
        {props.hasRules && (
          <button type="button" onClick={() => void save(() => null)} disabled={busy}>
            {t('policy.clear')}
          </button>
        )}
        <button type="button" onClick={props.onCancel}>
          {t('action.cancel')}
        </button>
      </div>
    </form>
  )
}
