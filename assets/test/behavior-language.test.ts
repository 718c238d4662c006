import type { SyntaxNode } from '@lezer/common'
import { expect, it } from 'vitest'
import { behaviorLanguage } from '../src/lang/behavior'

/** The expression nodes of a kind, with their text, as the editor sees them. */
function nested(source: string, name: string): string[] {
  const tree = behaviorLanguage.parser.parse(source)
  const found = new Map<number, string>()
  for (let at = 0; at < source.length; at++) {
    let node: SyntaxNode | null = tree.resolveInner(at, 1)
    for (; node; node = node.parent) {
      if (node.name === name) found.set(node.from, source.slice(node.from, node.to))
    }
  }
  return [...found.values()]
}

const places: [string, string, string[]][] = [
  ['a bare expression', 'verify: github.signed(request, inputs.key)\n', ['github', 'request', 'inputs']],
  ['no expression in a text', 'name: not an expression\nsteps:\n  - stop: nor this\n', []],
  ['a template', 'steps:\n  - log: Mail to ${{ to }} failed\n', ['to']],
  ['single quotes, doubled inside', "let:\n  a: 'x == ''y'' and z'\n", ['x', 'z']],
  ['double quotes, escaped inside', 'steps:\n  - log: "${{ a == \\"b\\" ?? c }}"\n', ['a', 'c']],
  ['a folded block', 'let:\n  a: >-\n    x and\n    y\n', ['x', 'y']],
  [
    'a flow map',
    "steps:\n  - each: {in: xs, as: x, steps: [{log: '${{ x }}', when: y}]}\n",
    ['xs', 'x', 'y'],
  ],
  [
    'branches',
    "steps:\n  - choose:\n      - when: a > 1\n        steps:\n          - log: {level: warn, text: '${{ b }}'}\n      - steps:\n          - fail: no ${{ c }}\n",
    ['a', 'b', 'c'],
  ],
  [
    'an each by its lines',
    'steps:\n  - each:\n      in: filter(xs, y)\n      as: item\n      index: i\n      once: item.id\n      steps:\n        - wait: {until: item.at}\n        - wait: 5m\n          on_error:\n            - log: ${{ error.message }}\n',
    ['filter', 'xs', 'y', 'item', 'item', 'error'],
  ],
  [
    'a handshake',
    'handshake:\n  - when: request.query.challenge != nil\n    keep: {secret: request.headers["x-hook-secret"]}\n    respond: {text: "${{ payload.x }}"}\n',
    ['request', 'request', 'payload'],
  ],
  [
    'an order, and origins',
    'order_by: payload.id\nlimit: {running: 2}\ncors: {origins: ["${{ inputs.page }}"], max_age: 5m}\n',
    ['payload', 'inputs'],
  ],
  ['quoted keys', '"steps":\n  - "when": a\n    stop: b\n', ['a']],
  ['an empty quoted text', 'let:\n  a: ""\n', []],
  ['what is being typed', 'let:\n  a: payload.\n', ['payload']],
]

it.each(places)('%s', (_, source, want) => {
  expect(nested(source, 'VariableName')).toEqual(want)
})

it('reads a text inside of a quoted scalar as one', () => {
  expect(nested("let:\n  a: 'x == ''y'''\n", 'String')).toEqual(["'y''"])
})
