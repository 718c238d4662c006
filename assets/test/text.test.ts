import { describe, expect, it } from 'vitest'
import { formatJSON, indentJSON, parseJSON } from '../src/api/json'
import { createMessages } from '../src/messages'
import { match } from '../src/router'
import { partsOf } from '../src/ui/text'

describe('partsOf', () => {
  it.each([
    ['plain text', '<b>a</b>\n\t😀', [{ text: '<b>a</b>\n\t😀', hidden: false }]],
    ['joined emoji', '👩\u200d🚀', [{ text: '👩\u200d🚀', hidden: false }]],
    [
      'a turn of direction',
      'a\u202eb',
      [
        { text: 'a', hidden: false },
        { text: 'U+202E', hidden: true },
        { text: 'b', hidden: false },
      ],
    ],
    ['a control character', '\u0000', [{ text: 'U+0000', hidden: true }]],
    ['line ends of HTTP', 'a\r\nb', [{ text: 'a\nb', hidden: false }]],
    ['nothing', '', []],
  ])('%s', (_, text, want) => {
    expect(partsOf(text)).toEqual(want)
  })
})

describe('JSON', () => {
  it('writes bigints as numbers, and texts that look like its marks as texts', () => {
    const value = { id: 12345678901234567890n, text: '"0-0-0-0:0"', list: [-9007199254740993n, 1.5] }
    expect(formatJSON(value)).toBe(
      '{"id":12345678901234567890,"text":"\\"0-0-0-0:0\\"","list":[-9007199254740993,1.5]}',
    )
  })

  it('reads what it writes', () => {
    const value = { a: [1, 'x', null, true, { b: 0.1 }], ä: '\u2028' }
    expect(parseJSON(formatJSON(value, 2))).toEqual(value)
  })
})

describe('indentJSON', () => {
  it.each([
    [
      'keeps numbers, escapes and repeated keys',
      String.raw`{"a":12345678901234567890,"a":[1.0,"\u00e4\"}"],"b":{}, "c":[]}`,
      String.raw`{
  "a": 12345678901234567890,
  "a": [
    1.0,
    "\u00e4\"}"
  ],
  "b": {},
  "c": []
}`,
    ],
    ['a bare value', ' true ', 'true'],
    ['no JSON', 'a=1&b=2', null],
    ['half a JSON', '{"a":', null],
    ['a deep one', '['.repeat(100_000) + ']'.repeat(100_000), null],
  ])('%s', (_, text, want) => {
    expect(indentJSON(text)).toBe(want)
  })

  it('changes nothing that it means', () => {
    const value = { a: [[], {}, [{ 'x:,[]{}': '\\"' }]], b: null, c: -1.5e9 }
    expect(JSON.parse(indentJSON(JSON.stringify(value)) ?? '')).toEqual(value)
  })
})

describe('messages', () => {
  const { t, lookup, relative } = createMessages('en')

  it('fill in values and choose the plural', () => {
    expect(t('behavior.usedBy', { n: 1 })).toBe('used by 1 listener')
    expect(t('behavior.usedBy', { n: 1200 })).toBe('used by 1,200 listeners')
    expect(t('copy.done', { what: 'The {what}' })).toBe('The {what} copied.')
  })

  it('know no inherited keys', () => {
    expect(lookup('cause.signature')).toMatch(/signature/)
    expect(lookup('cause.nothing')).toBeUndefined()
    expect(lookup('toString')).toBeUndefined()
  })

  it('put times in relation to now', () => {
    const now = new Date('2026-03-01T12:00:00Z')
    const at = (time: string) => relative(new Date(time), now)
    expect(at('2026-03-01T11:59:30Z')).toBe('30 seconds ago')
    expect(at('2026-03-01T09:59:00Z')).toBe('2 hours ago')
    expect(at('2026-02-26T12:00:00Z')).toBe('3 days ago')
    expect(at('2026-03-01T12:05:00Z')).toBe('in 5 minutes')
  })

  it.each([
    ['en-IN', '1,23,456'],
    ['de-AT', '123,456'],
    ['no locale', '123,456'],
    [undefined, '123,456'],
  ])('format numbers for %s', (locale, number) => {
    expect(createMessages(locale).t('text.all', { n: 123456 })).toBe(`Show all ${number} characters`)
  })
})

describe('match', () => {
  it.each([
    ['/', '/', {}],
    ['/listeners/:id', '/listeners/a%2Fb', { id: 'a/b' }],
    ['/listeners/:id', '/listeners', null],
    ['/listeners/:id', '/listeners/', null],
    ['/listeners/:id', '/listeners/1/2', null],
    ['/listeners/:id', '/listeners/%zz', null],
    ['/deliveries', '/listeners', null],
  ])('%s of %s', (pattern, path, want) => {
    expect(match(pattern, path)).toEqual(want)
  })
})
