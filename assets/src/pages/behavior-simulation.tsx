import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { SimulatedStep, Simulation } from '../api/schema'
import { useApp } from '../app-context'
import { OutcomeBadge, StatusBadge, StepBadge } from '../ui/basics'
import { HTTPMessage } from '../ui/message'
import { StepParams, saysItself } from '../ui/step'
import { Steps } from '../ui/steps'
import { PlainText } from '../ui/text'
import { Trace } from '../ui/trace'
import type { Simulated } from './use-simulation'

/** What a behavior decided about a request in a simulation. */
export function SimulationResult(props: {
  simulation: Simulation
  /** What a step's output is taken to be, where it can be changed. */
  output?: (step: SimulatedStep) => ComponentChildren
}) {
  const { t, lookup } = useApp()
  const { outcome, cause, response, steps } = props.simulation
  if (!outcome) return <p class="error">{t('test.errors')}</p>
  return (
    <div class="simulation">
      <p>
        <OutcomeBadge outcome={outcome} />{' '}
        {cause && <span>{lookup(`cause.${cause}`) ?? t('cause.other', { cause })}</span>}
      </p>
      <section>
        <h3>{t('test.response')}</h3>
        {response ? (
          <>
            <p>
              <StatusBadge status={response.status} />
            </p>
            <details>
              <summary>{t('test.response.all')}</summary>
              <HTTPMessage message={response} label={t('test.response')} />
            </details>
          </>
        ) : (
          <p class="muted">{t('test.response.none')}</p>
        )}
      </section>
      <section>
        <h3>{t('test.steps')}</h3>
        {steps.length === 0 && <p class="muted">{t('test.steps.none')}</p>}
        <Steps steps={steps}>
          {(step) => (
            <>
              <h4>
                {step.action} <StepBadge state={step.state} />{' '}
                <span class="muted">{t('delivery.line', { line: step.line })}</span>
              </h4>
              <StepParams action={step.action} params={step.params} />
              {step.error && !saysItself(step.action) && (
                <p class="error">
                  <PlainText text={step.error} />
                </p>
              )}
              {props.output?.(step) ?? (step.assumed && <p class="muted">{t('test.assumed')}</p>)}
            </>
          )}
        </Steps>
      </section>
    </div>
  )
}

/** The values that the expressions had in a simulation, drawn while it is open. */
export function SimulationTrace(props: { simulation: Simulated }) {
  const { t } = useApp()
  const [open, setOpen] = useState(false)
  const { outcome, source, trace, trace_problem: problem } = props.simulation
  if (!outcome) return null
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t('trace.title')}</summary>
      {problem && <p class="warning">{problem}</p>}
      {open && <Trace source={source} trace={trace} label={t('trace.simulated')} />}
    </details>
  )
}
