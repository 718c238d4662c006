import { parseJSON } from '../api/json'
import type { Delivery, SimulatedStep } from '../api/schema'

// What a simulation is told of the steps' outputs, in place of the examples of
// their actions.

/** An output that is given: JSON of a value, or the message of an error. */
export interface Given {
  /** The action that it is the output of; another one at its path does not take it. */
  action: string
  kind: 'value' | 'error'
  text: string
}

/** What is given, by the step's path. */
export type GivenOutputs = Record<string, Given>

/** outputsOf gives what the API takes, and which of the texts are no JSON. */
export function outputsOf(given: GivenOutputs): {
  outputs: Record<string, unknown>
  wrong: Record<string, string>
} {
  const outputs: Record<string, unknown> = {}
  const wrong: Record<string, string> = {}
  for (const [path, { kind, text }] of Object.entries(given)) {
    if (kind === 'error') {
      outputs[path] = { error: text }
      continue
    }
    try {
      outputs[path] = parseJSON(text)
    } catch (e) {
      wrong[path] = e instanceof Error ? e.message : String(e)
    }
  }
  return { outputs, wrong }
}

/** pinned gives what a delivery's steps gave, or how they failed. */
export function pinned(delivery: Delivery, format: (value: unknown) => string): GivenOutputs {
  const given: GivenOutputs = {}
  for (const step of delivery.run?.steps ?? []) {
    const { path, action } = step
    if (step.state === 'failed' && step.error) given[path] = { action, kind: 'error', text: step.error }
    else if (step.state === 'done') given[path] = { action, kind: 'value', text: format(step.output ?? null) }
  }
  return given
}

/** fitting leaves out what is given for a path where another action stands now. */
export function fitting(given: GivenOutputs, steps: readonly SimulatedStep[]): GivenOutputs {
  const actions = new Map(steps.map((step) => [step.path, step.action]))
  const kept = Object.entries(given).filter(([path, { action }]) => (actions.get(path) ?? action) === action)
  return kept.length === Object.keys(given).length ? given : Object.fromEntries(kept)
}
