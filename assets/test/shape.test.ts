import { expect, it } from 'vitest'
import type { Known } from '../src/editor/scope'
import { shapeOf } from '../src/editor/shape'

const text = (example: string): Known => ({ kind: 'text', example: JSON.stringify(example) })

it.each<[string, unknown[], Known | undefined]>([
  ['nothing', [], undefined],
  ['nil alone', [null, undefined], undefined],
  ['a text', ['a', 'b'], text('a')],
  ['a long text', ['x'.repeat(200)], { kind: 'text', example: `"${'x'.repeat(59)}…` }],
  ['a large number', [12345678901234567890n], { kind: 'number', example: '12345678901234567890' }],
  [
    'the fields of all',
    [{ a: 1 }, { b: true }, { a: 2, c: null }],
    {
      kind: 'map',
      fields: {
        a: { kind: 'number', example: '1' },
        b: { kind: 'boolean', example: 'true' },
        c: { kind: 'any', example: 'null' },
      },
    },
  ],
  ['what differs', ['a', 1], { kind: 'any', example: '"a"' }],
  ['a field that is nil once', [{ a: null }, { a: 'x' }], { kind: 'map', fields: { a: text('x') } }],
  [
    'lists, by all their items',
    [[{ a: 'x' }], [{ b: 'y' }]],
    { kind: 'list', elem: { kind: 'map', fields: { a: text('x'), b: text('y') } } },
  ],
  ['an empty list', [[]], { kind: 'list' }],
])('%s', (_, values, want) => {
  expect(shapeOf(values)).toEqual(want)
})
