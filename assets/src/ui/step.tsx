import { useApp } from '../app-context'
import { Badge } from './basics'
import { PlainText } from './text'
import { Value } from './value'

/** What a step was given, or what it says: a log's line, the branch of a choose, why it ended the run. */
export function StepParams(props: { action: string; params: unknown }) {
  const { t } = useApp()
  const { action, params } = props
  if (typeof params !== 'object' || params === null || Object.keys(params).length === 0) return null
  const { branch, level, reason, text } = params as Record<string, unknown>
  if (action === 'log' && typeof text === 'string' && isLevel(level)) {
    return (
      <p class="log">
        <Badge tone={tones[level]}>{t(`log.${level}`)}</Badge> <PlainText text={text} />
      </p>
    )
  }
  if (action === 'choose' && typeof branch === 'number') return <p>{t('step.branch', { n: branch + 1 })}</p>
  if ((action === 'stop' || action === 'fail') && typeof reason === 'string') {
    return (
      <p class={action === 'fail' ? 'error' : undefined}>
        {t(`step.${action}`)} <PlainText text={reason} />
      </p>
    )
  }
  return <Value value={params} />
}

const tones = { debug: 'plain', info: 'plain', warn: 'warn', error: 'bad' } as const

function isLevel(level: unknown): level is keyof typeof tones {
  return typeof level === 'string' && Object.hasOwn(tones, level)
}

/** saysItself tells whether a step's params are shown as what it says, without a heading. */
export function saysItself(action: string): boolean {
  return ['log', 'choose', 'stop', 'fail'].includes(action)
}
