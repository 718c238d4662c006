import { describe, expect, it } from 'vitest'
import { annotate, type Part, type Traced } from '../src/lang/annotate'

/** A value of the node whose token is the first `at` on a line of a source. */
function traced(source: string, line: number, at: string, kind: string, value: unknown, n = 1): Traced {
  const before = source.split(/\r?\n/)[line - 1]?.split(at)[0] ?? ''
  return { line, column: [...before].length + 1, kind, value, n }
}

/** Lines as text, a whole expression's value behind it in brackets. */
function drawn(source: string, trace: Traced[]): string[] {
  return annotate(source, trace).map((line) =>
    line.pieces.map((p) => ('parts' in p ? `[${JSON.stringify(p.values).slice(1, -1)}]` : p.text)).join(''),
  )
}

/** A part in short: its text, value, a mark for a cause, and its parts. */
function short(part: Part): unknown[] {
  const { text, values, cause, parts } = part
  return [text, ...values, ...(cause ? ['cause'] : []), ...parts.map(short)]
}

function wholes(source: string, trace: Traced[]): Part[] {
  return annotate(source, trace).flatMap((line) => line.pieces.filter((p) => 'parts' in p))
}

const verify = `verify: 'github.signed(request, inputs.key) and payload.a == "x" and payload.b'\n`
const conjunction = [
  { line: 1, column: verify.lastIndexOf('and') + 1, kind: 'Binary', value: false, n: 1 },
  traced(verify, 1, 'and', 'Binary', false),
  traced(verify, 1, 'signed', 'Call', true),
  traced(verify, 1, '==', 'Binary', false),
  traced(verify, 1, 'a ==', 'Member', 'y'),
  traced(verify, 1, '"x"', 'String', 'x'),
]

describe('a source with its values', () => {
  it('keeps every character, and has the values behind the whole expressions', () => {
    const source =
      '# 🚀 ${{ no }}\r\nlet:\r\n  a: payload.x ?? 1\r\nsteps:\r\n  - log: "🚀 ${{ a }} and ${{ b.c }}!"'
    const trace = [
      traced(source, 3, '??', 'Binary', 1),
      traced(source, 3, 'x ??', 'Member', null),
      traced(source, 5, 'a }}', 'Identifier', 1),
      traced(source, 5, 'c }}', 'Member', 'z'),
    ]
    expect(drawn(source, trace)).toEqual([
      '# 🚀 ${{ no }}',
      'let:',
      '  a: payload.x ?? 1[1]',
      'steps:',
      '  - log: "🚀 ${{ a[1] }} and ${{ b.c["z"] }}!"',
    ])
    expect(drawn(source, [])).toEqual(source.split('\r\n'))
  })

  it('has the value of an expression of several lines on the last', () => {
    const source = 'let:\n  a: >-\n    payload.x ??\n    payload.y\n  b: 1\n'
    expect(drawn(source, [traced(source, 3, '??', 'Binary', 2)]).slice(2, 5)).toEqual([
      '    payload.x ??',
      '    payload.y[2]',
      '  b: 1',
    ])
  })

  it('nests the parts, and marks the first that made a condition false', () => {
    const [whole] = wholes(verify, conjunction)
    expect(whole && short(whole)).toEqual([
      'github.signed(request, inputs.key) and payload.a == "x" and payload.b',
      false,
      [
        'github.signed(request, inputs.key) and payload.a == "x"',
        false,
        ['github.signed(request, inputs.key)', true],
        ['payload.a == "x"', false, 'cause', ['payload.a', 'y']],
      ],
    ])
    expect(whole?.path).toEqual(['verify'])
  })

  it.each<[string, [string, string, unknown][], string[]]>([
    [
      'a or b',
      [
        ['or', 'Binary', false],
        ['a', 'Identifier', null],
        ['b', 'Identifier', false],
      ],
      ['a', 'b'],
    ],
    [
      'not a',
      [
        ['not', 'Unary', false],
        ['a', 'Identifier', true],
      ],
      ['a'],
    ],
    [
      'a and b',
      [
        ['and', 'Binary', true],
        ['a', 'Identifier', true],
        ['b', 'Identifier', true],
      ],
      [],
    ],
    ['a', [['a', 'Identifier', false]], []],
  ])('%s: false by %j', (expression, values, want) => {
    const source = `verify: ${expression}\n`
    const base = source.indexOf(expression)
    const trace = values.map(([at, kind, value]) => ({
      ...{ line: 1, column: base + expression.search(new RegExp(`\\b${at}\\b`)) + 1 },
      ...{ kind, value, n: 1 },
    }))
    const causes = (part: Part): string[] => [
      ...(part.cause ? [part.text] : []),
      ...part.parts.flatMap(causes),
    ]
    expect(wholes(source, trace).flatMap(causes)).toEqual(want)
  })

  it('has all values of a part of a predicate, and how many there were', () => {
    const source = 'let:\n  a: any(xs, .b)\n'
    const value = (v: unknown, n: number) => traced(source, 2, 'b)', 'Member', v, n)
    const trace = [traced(source, 2, 'any', 'Builtin', true), value(false, 40), value(true, 1)]
    const [part] = wholes(source, trace)[0]?.parts ?? []
    expect([part?.text, part?.values, part?.n]).toEqual(['.b', [false, true], 40])
  })

  it('has what went wrong with a part, once', () => {
    const source = 'let:\n  a: b < c\n'
    const failed = (error: string) => ({ ...traced(source, 2, '<', 'Binary', null, 2), error })
    const [whole] = wholes(source, [
      failed('cannot compare text with number'),
      failed('another'),
      traced(source, 2, 'b', 'Identifier', 'x'),
    ])
    expect(whole).toMatchObject({
      ...{ text: 'b < c', values: [null, null], error: 'cannot compare text with number', n: 2 },
      parts: [{ text: 'b', values: ['x'] }],
    })
    expect(whole?.parts[0]).not.toHaveProperty('error')
  })

  it('tells of a line what is of no expression', () => {
    const source = 'steps:\n  - stop: a\n'
    const denied = { line: 2, column: 5, kind: 'Policy', value: 'denied by rule 1', n: 1 }
    const failed = { line: 2, column: 5, kind: 'New', value: null, error: 'went wrong', n: 1 }
    expect(annotate(source, [denied, failed]).map(({ remarks }) => remarks)).toEqual([
      [],
      [
        { kind: 'Policy', value: 'denied by rule 1', n: 1 },
        { kind: 'New', value: 'went wrong', n: 1 },
      ],
      [],
    ])
  })

  it('leaves out the item of a predicate for which nothing stands', () => {
    for (const source of ['let:\n  a: any(xs, .b)\n', 'steps:\n  - log: ${{ any(xs, .b) }}\n']) {
      const [, line] = annotate(source, [traced(source, 2, '.b', 'Pointer', { b: 1 })])
      expect(line?.remarks).toEqual([])
      expect(line?.pieces.filter((p) => 'parts' in p)).toEqual([])
    }
  })

  it('knows of each piece all parts that it is in', () => {
    const source = 'let:\n  a: f(b.c) + d\n'
    const trace = [
      traced(source, 2, '+', 'Binary', 3),
      traced(source, 2, 'f(', 'Call', 1),
      traced(source, 2, 'c)', 'Member', 1),
      traced(source, 2, 'b.', 'Identifier', {}),
      traced(source, 2, 'd', 'Identifier', 2),
    ]
    const pieces = annotate(source, trace)[1]?.pieces.filter((p) => 'within' in p) ?? []
    const within = (text: string) => pieces.find((p) => p.text === text)?.within.map((part) => part.text)
    expect(within('b')).toEqual(['f(b.c) + d', 'f(b.c)', 'b.c', 'b'])
    expect(within('c')).toEqual(['f(b.c) + d', 'f(b.c)', 'b.c'])
    expect(within('+')).toEqual(['f(b.c) + d'])
    expect(within('d')).toEqual(['f(b.c) + d', 'd'])
    expect(within('a')).toEqual([])
  })

  it('leaves out what fits nowhere', () => {
    expect(drawn('let:\n  a: b\n', [{ line: 9, column: 99, kind: 'Member', value: 1, n: 1 }])).toEqual([
      'let:',
      '  a: b',
      '',
    ])
  })
})
