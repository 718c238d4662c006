import { expect, it } from 'vitest'
import { behaviorLanguage } from '../src/lang/behavior'
import { spanOf } from '../src/lang/spans'

// The kind and place of a value as the server gives them, and the expression.
it.each([
  ['Identifier', 'a ?? b.c', 'a', 'a'],
  ['Binary', 'a ?? b.c', '??', 'a ?? b.c'],
  ['Member', 'a ?? b.c', 'c', 'b.c'],
  ['Index', 'a["x"].b[0]', '["x', 'a["x"]'],
  ['Binary', 'x not in [1]', 'in', 'x not in [1]'],
  ['Array', 'x not in [1, 2]', '[', '[1, 2]'],
  ['Unary', '!a.b && c', '!', '!a.b'],
  ['Call', 'mailgun.signed(request, 1)', 'mail', 'mailgun.signed(request, 1)'],
  ['Call', 'mailgun.signed(request, 1)', 'signed', 'mailgun.signed(request, 1)'],
  ['Builtin', 'any(xs, # > 1)', 'any', 'any(xs, # > 1)'],
  ['Conditional', 'a ? b : c', '?', 'a ? b : c'],
  ['Conditional', 'if a { b } else { c }', 'if', 'if a { b } else { c }'],
  ['Binary', '1 < x < 3', '< 3', '1 < x < 3'],
  ['Pointer', 'any(xs, # > 1)', '#', '#'],
  ['Map', 'f({a: 1})', '{', '{a: 1}'],
  ['Slice', 'xs[1:2]', '[', 'xs[1:2]'],
  ['Pointer', 'any(xs, .a)', '.a', undefined],
  ['Member', 'a ?? b', '??', undefined],
])('%s in %s at %s is %s', (kind, expression, at, want) => {
  const source = `let:\n  v: '${expression}'\n`
  const tree = behaviorLanguage.parser.parse(source)
  const offset = source.indexOf(expression) + expression.indexOf(at)
  const span = spanOf(tree, kind, offset)
  expect(span ? source.slice(span.from, span.to) : undefined).toBe(want)
})
