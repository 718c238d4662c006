import { expect, it } from 'vitest'
import { depthOf, saysItself } from '../src/ui/step'

it.each([
  ['steps[2]', 0],
  ['steps[2].steps[0]', 1],
  ['steps[2].choose[0].steps[1]', 1],
  ['steps[2].choose[0].steps[1].on_error[0]', 2],
  ['steps[2].on_error[0].choose[1].steps[0].steps[3]', 3],
])('%s stands within %i steps', (path, depth) => {
  expect(depthOf(path)).toBe(depth)
})

it('draws what a verb says, and an action by its parameters', () => {
  expect(['log', 'choose', 'stop', 'fail', 'respond', 'message.find'].filter(saysItself)).toEqual([
    'log',
    'choose',
    'stop',
    'fail',
  ])
})
