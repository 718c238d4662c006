import { describe, expect, it } from 'vitest'
import type { Delivery, SimulatedStep } from '../src/api/schema'
import { fitting, type GivenOutputs, outputsOf, pinned } from '../src/pages/simulate-outputs'

const given: GivenOutputs = {
  'steps[0]': { action: 'a.b', kind: 'value', text: '{"id": 7}' },
  'steps[1]': { action: 'c.d', kind: 'error', text: 'no' },
  'steps[2]': { action: 'c.d', kind: 'value', text: '{' },
}

it('gives values and errors, and says what is no JSON', () => {
  const { outputs, wrong } = outputsOf(given)
  expect(outputs).toEqual({ 'steps[0]': { id: 7 }, 'steps[1]': { error: 'no' } })
  expect(Object.keys(wrong)).toEqual(['steps[2]'])
})

describe('what a delivery gave', () => {
  const step = (path: string, state: string, more: object) => ({
    path,
    line: 1,
    name: '',
    action: 'a.b',
    state,
    error: null,
    attempts: [],
    ...more,
  })

  it('is pinned: outputs, and errors for good', () => {
    const delivery = {
      run: {
        steps: [
          step('steps[0]', 'done', { output: { id: '1' } }),
          step('steps[1]', 'failed', { error: 'gone' }),
          step('steps[2]', 'skipped', {}),
          step('steps[3]', 'done', { output: null }),
        ],
      },
    } as unknown as Delivery
    expect(pinned(delivery, JSON.stringify)).toEqual({
      'steps[0]': { action: 'a.b', kind: 'value', text: '{"id":"1"}' },
      'steps[1]': { action: 'a.b', kind: 'error', text: 'gone' },
      'steps[3]': { action: 'a.b', kind: 'value', text: 'null' },
    })
    expect(pinned({ run: null } as Delivery, JSON.stringify)).toEqual({})
  })

  it('is dropped where another action stands now', () => {
    const steps = [
      { path: 'steps[0]', action: 'x.y' },
      { path: 'steps[1]', action: 'c.d' },
    ] as SimulatedStep[]
    expect(Object.keys(fitting(given, steps))).toEqual(['steps[1]', 'steps[2]'])
    expect(fitting(given, steps.slice(1))).toBe(given)
  })
})
