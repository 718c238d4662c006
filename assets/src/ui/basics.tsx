import type { ComponentChildren } from 'preact'
import { ApiError } from '../api/client'
import type { Outcome, Run, RunState, StepState } from '../api/schema'
import { useApp } from '../app-context'

/** A link to a path under the base. */
export function Link(props: {
  to: string
  query?: Record<string, string>
  class?: string
  children: ComponentChildren
}) {
  const { router } = useApp()
  return (
    <a href={router.href(props.to, props.query)} class={props.class}>
      {props.children}
    </a>
  )
}

/** A moment, relative to now, with the exact one as its title. */
export function Time(props: { value: string }) {
  const { relative, exact } = useApp()
  const time = new Date(props.value)
  return (
    <time dateTime={props.value} title={exact(time)}>
      {relative(time, new Date())}
    </time>
  )
}

type Tone = 'good' | 'warn' | 'bad' | 'plain'

/** A word for a state; the color only repeats what it says. */
export function Badge(props: { tone: Tone; children: ComponentChildren }) {
  return <span class={`badge ${props.tone}`}>{props.children}</span>
}

const outcomes: Record<Outcome, Tone> = {
  accepted: 'good',
  refused: 'bad',
  duplicate: 'plain',
  handshake: 'plain',
}

export function OutcomeBadge(props: { outcome: Outcome }) {
  const { t } = useApp()
  return <Badge tone={outcomes[props.outcome]}>{t(`outcome.${props.outcome}`)}</Badge>
}

const runs: Record<RunState, Tone> = {
  open: 'plain',
  waiting: 'warn',
  done: 'good',
  failed: 'bad',
  dead: 'bad',
  canceled: 'plain',
}

export function RunBadge(props: { run: Run }) {
  const { t } = useApp()
  const { state, reason } = props.run
  return (
    <Badge tone={runs[state]}>
      {t(`run.${state}`)}
      {state === 'waiting' && reason && ` ${t(`reason.${reason}`)}`}
    </Badge>
  )
}

const steps: Record<StepState, Tone> = {
  pending: 'plain',
  done: 'good',
  skipped: 'plain',
  failed: 'bad',
  unknown: 'warn',
}

export function StepBadge(props: { state: StepState }) {
  const { t } = useApp()
  return <Badge tone={steps[props.state]}>{t(`step.${props.state}`)}</Badge>
}

export function StatusBadge(props: { status: number }) {
  const tone = props.status < 300 ? 'good' : props.status < 400 ? 'plain' : 'bad'
  return <Badge tone={tone}>{props.status}</Badge>
}

export function Loading() {
  const { t } = useApp()
  return <p class="loading">{t('loading')}</p>
}

/** The words of an error: a problem's as the server says them. */
export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  const { title, detail } = error.problem
  return detail ? `${title} ${detail}` : title
}

/** An error, with the fields that no form shows, and a way to try again. */
export function Failure(props: { error: unknown; shown?: readonly string[]; retry?: () => void }) {
  const { t } = useApp()
  const { error } = props
  const rest = error instanceof ApiError ? error.othersThan(props.shown ?? []) : []
  return (
    <div class="failure" role="alert">
      <p>{errorText(error)}</p>
      {rest.length > 0 && (
        <ul>
          {rest.map((e) => (
            <li key={e.field}>
              <code>{e.field}</code>: {e.message}
            </li>
          ))}
        </ul>
      )}
      {error instanceof ApiError && error.problem.id && (
        <p>{t('problem.details', { id: error.problem.id })}</p>
      )}
      {props.retry && (
        <button type="button" onClick={props.retry}>
          {t('action.retry')}
        </button>
      )}
    </div>
  )
}

/** In place of a page that cannot be shown. */
export function FailedPage(props: { error: unknown; retry: () => void }) {
  const { t } = useApp()
  return (
    <>
      <Heading title={t('problem.title')} />
      <Failure error={props.error} retry={props.retry} />
    </>
  )
}

/** A page's heading with its one action; it takes the focus when a page opens. */
export function Heading(props: { title: string; children?: ComponentChildren }) {
  return (
    <header class="heading">
      <h1 tabIndex={-1}>{props.title}</h1>
      {props.children && <div class="actions">{props.children}</div>}
    </header>
  )
}
