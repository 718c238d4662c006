import { useEffect, useMemo, useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import { formatJSON } from '../api/json'
import type { Behavior, Catalog, Check, Delivery, Diagnostic, Input, Listener, Secret } from '../api/schema'
import { useApp } from '../app-context'
import { readDraft, startDraft } from '../inputs/binding'
import { InputFields } from '../inputs/form'
import { Failure, Loading } from '../ui/basics'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'
import { SimulationResult, SimulationTrace } from './behavior-simulation'
import type { Material } from './simulate'
import { fitting, type GivenOutputs, outputsOf, pinned } from './simulate-outputs'
import { RequestFields } from './simulate-request'
import { OutputField } from './simulate-step'
import { useSimulation } from './use-simulation'

interface Subject {
  listener: Listener | undefined
  behavior: Behavior
  /** The number of the published version, or null for the draft. */
  version: number | null
  material: Material
  /** The delivery whose request it is, as far as it may be read. */
  delivery: Delivery | undefined
  text: string
  onText: (text: string) => void
  query: URLSearchParams
  choose: (change: Record<string, string>) => void
}

interface Loaded {
  source: string
  check: Check
  catalog: Catalog
}

export function SimulateForm(props: Subject) {
  const { client } = useApp()
  const { behavior, version } = props
  const loaded = useLoad<Loaded>(
    async (signal) => {
      const source =
        version !== null && behavior.draft
          ? (await client.version(behavior.id, version, signal)).source
          : behavior.source
      const [check, catalog] = await Promise.all([client.check(source, {}, signal), client.catalog(signal)])
      return { source, check, catalog }
    },
    [behavior.id, version],
  )
  if (loaded.error !== undefined) return <Failure error={loaded.error} retry={loaded.reload} />
  if (!loaded.value) return <Loading />
  return <Form {...props} {...loaded.value} />
}

const noSecrets: readonly Secret[] = []

function Form(props: Subject & Loaded) {
  const { t, may } = useApp()
  const { source, check, catalog, listener, delivery, query, choose } = props
  const { inputs } = check
  const [draft, setDraft] = useState(() => startDraft(inputs, listener?.inputs))
  const [given, setGiven] = useState<GivenOutputs>({})
  const stored = delivery?.id
  useEffect(() => {
    if (delivery) setGiven(pinned(delivery, (value) => formatJSON(value, 2)))
  }, [stored])

  const sample = sampleOf(props.material, query.get('sample'))
  const id = may('payloads') ? query.get('delivery') : null
  const request = id ?? sample?.request ?? props.text
  const at = query.get('at') ?? ''
  const read = readDraft(inputs, draft, listener?.inputs)
  const { outputs, wrong } = outputsOf(given)
  const result = useSimulation(
    request.trim() === ''
      ? undefined
      : {
          source,
          request,
          inputs: read.values,
          outputs,
          ...(listener && { listener_id: listener.id }),
          ...(at && { received_at: at }),
        },
    0,
  )
  const { value, error } = result
  useEffect(() => {
    if (value) setGiven((given) => fitting(given, value.steps))
  }, [value])

  const fieldError = (name: string) => (error instanceof ApiError ? error.field(name) : undefined)
  const actions = useMemo(() => new Map(catalog.actions.map((a) => [a.name, a])), [catalog])

  return (
    <form
      class="columns"
      noValidate
      aria-label={t('simulate.title')}
      onSubmit={(e) => {
        e.preventDefault()
        result.again()
      }}
    >
      <div>
        <h2>{t('test.request')}</h2>
        <RequestFields
          material={props.material}
          listener={listener}
          behavior={props.behavior}
          delivery={delivery}
          id={id}
          sample={sample?.key ?? ''}
          text={sample?.request ?? props.text}
          error={fieldError('request')}
          onChoose={choose}
          onText={(text, change = {}) => {
            props.onText(text)
            choose({ delivery: '', sample: '', ...change })
          }}
        />
        <Field label={t('simulate.at')} help={t('simulate.at.help')} error={fieldError('received_at')}>
          {(tied) => (
            <input
              {...tied}
              value={at}
              autocomplete="off"
              spellcheck={false}
              placeholder="2026-03-01T09:00:00Z"
              onInput={(e) => choose({ at: e.currentTarget.value.trim() })}
            />
          )}
        </Field>
        {inputs.length > 0 && <h2>{t('listener.inputs')}</h2>}
        {listener && inputs.length > 0 && <p class="muted">{t('simulate.lent', { name: listener.name })}</p>}
        <InputFields
          inputs={inputs}
          draft={draft}
          onChange={setDraft}
          secrets={noSecrets}
          unsendable={read.unsendable}
          error={error}
          findings={inputFindings(inputs, value?.diagnostics)}
          {...(listener && { present: listener.inputs })}
        />
        <div class="actions">
          <button type="submit" class="primary" disabled={request.trim() === ''}>
            {t('test.simulate')}
          </button>
        </div>
      </div>
      <div>
        <h2>{t('simulate.answer')}</h2>
        <p class="muted" role="status">
          {t('test.nothing')}
        </p>
        {error !== undefined && <Failure error={error} shown={shownFields(inputs)} />}
        {request.trim() === '' && <p class="muted">{t('test.choose')}</p>}
        {request.trim() !== '' && value && (
          <>
            {sample && value.cause === 'signature' && <p class="warning">{t('simulate.sample.signature')}</p>}
            <Findings found={value.diagnostics} />
            <SimulationResult
              simulation={value}
              output={(step) => {
                const action = actions.get(step.action)
                if (!action || (step.state === 'skipped' && !given[step.path])) return null
                return (
                  <OutputField
                    step={step}
                    example={action.example}
                    given={given[step.path]}
                    wrong={wrong[step.path]}
                    onChange={(next) => {
                      const { [step.path]: _, ...others } = given
                      setGiven(next ? { ...others, [step.path]: next } : others)
                    }}
                  />
                )
              }}
            />
            <SimulationTrace simulation={value} />
          </>
        )}
      </div>
    </form>
  )
}

function sampleOf({ recipes }: Material, key: string | null) {
  for (const recipe of recipes) {
    for (const { name, request } of recipe.samples) {
      if (`${recipe.id}/${name}` === key) return { key, request }
    }
  }
  return undefined
}

function shownFields(inputs: readonly Input[]): string[] {
  return ['request', 'received_at', ...inputs.map((input) => `inputs.${input.name}`)]
}

/** What the simulation finds wrong with the inputs is said at their fields. */
function inputFindings(inputs: readonly Input[], found: readonly Diagnostic[] = []): Record<string, string> {
  const messages: Record<string, string> = {}
  for (const d of found) {
    const name = d.code === 'bad-input' && /`([^`]+)`/.exec(d.message)?.[1]
    if (name && inputs.some((input) => input.name === name)) messages[name] = d.message
  }
  return messages
}

function Findings(props: { found: readonly Diagnostic[] }) {
  const { t } = useApp()
  if (props.found.length === 0) return null
  return (
    <ul class="findings">
      {props.found.map((d, i) => (
        <li key={i} class={d.severity === 'error' ? 'error' : 'warning'}>
          {t(`problems.${d.severity}`)}, {t('delivery.line', { line: d.line })}: {d.message}
        </li>
      ))}
    </ul>
  )
}
