import { describe, expect, it } from 'vitest'
import type { StepState } from '../src/api/schema'
import { saysItself } from '../src/ui/step'
import { iterationOf, type StepNode, stateOf, treeOf } from '../src/ui/step-tree'

interface Listed {
  path: string
  state: StepState
}
const step = (path: string, state: StepState = 'done'): Listed => ({ path, state })

/** A tree in short: the parts, with a star where the server says something of one. */
function short(nodes: readonly StepNode<Listed>[]): unknown[] {
  return nodes.map(({ part, step, children }) => {
    const name = step ? `${part}*` : part
    return children.length > 0 ? [name, short(children)] : name
  })
}

describe('the steps of a run', () => {
  it.each<[string, string[], unknown[]]>([
    ['in a row', ['steps[0]', 'steps[1]'], ['steps[0]*', 'steps[1]*']],
    ['in a group', ['steps[0]', 'steps[0].steps[1]'], [['steps[0]*', ['steps[1]*']]]],
    ['in a group that is not listed', ['steps[3].steps[0]'], [['steps[3]', ['steps[0]*']]]],
    [
      'in a branch, which is no step',
      ['steps[0]', 'steps[0].choose[1].steps[0]', 'steps[0].choose[1].steps[0].on_error[0]'],
      [['steps[0]*', [['steps[0]*', ['on_error[0]*']]]]],
    ],
    [
      'in iterations that take turns',
      ['steps[0].each[0].steps[0]', 'steps[0].each[1].steps[0]', 'steps[0].each[0].steps[1]'],
      [
        [
          'steps[0]',
          [
            ['each[0]', ['steps[0]*', 'steps[1]*']],
            ['each[1]', ['steps[0]*']],
          ],
        ],
      ],
    ],
    [
      'of an each in an each, with a claim',
      ['steps[0]', 'steps[0].each[0].once', 'steps[0].each[0].steps[0].each[7].steps[0]'],
      [['steps[0]*', [['each[0]', ['once*', ['steps[0]', [['each[7]', ['steps[0]*']]]]]]]]],
    ],
  ])('stand %s', (_, paths, want) => {
    expect(short(treeOf(paths.map((path) => step(path))))).toEqual(want)
  })

  it('have the state that most needs a look', () => {
    const [node] = treeOf([
      step('steps[0].each[0].steps[0]'),
      step('steps[0].each[0].steps[1]', 'failed'),
      step('steps[0].each[1].steps[0]', 'pending'),
      step('steps[0].each[2].steps[0]', 'skipped'),
    ])
    expect(node?.children.map(stateOf)).toEqual(['failed', 'pending', 'skipped'])
    expect(node && stateOf(node)).toBe('failed')
  })

  it('are of an iteration or not', () => {
    expect(['each[12]', 'each', 'steps[0]', 'once'].map(iterationOf)).toEqual([12, null, null, null])
  })
})

it('draws what a verb says, and an action by its parameters', () => {
  expect(['log', 'choose', 'stop', 'fail', 'respond', 'message.find'].filter(saysItself)).toEqual([
    'log',
    'choose',
    'stop',
    'fail',
  ])
})
