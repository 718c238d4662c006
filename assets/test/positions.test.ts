import { Text } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import { toOffset, toPosition, toRange } from '../src/lang/positions'

const emoji = Text.of(['a😀b', '\tx', 'e\u0301!', ''])

describe('positions', () => {
  it.each([
    ['before an emoji', 1, 2, 1],
    ['behind an emoji', 1, 3, 3],
    ['the end of a line', 1, 4, 4],
    ['behind a tab', 2, 2, 6],
    ['behind a combining mark', 3, 3, 10],
    ['an empty line', 4, 1, 12],
  ])('%s', (_, line, column, offset) => {
    expect(toOffset(emoji, line, column)).toBe(offset)
    expect(toPosition(emoji, offset)).toEqual({ line, column })
  })

  it.each([
    ['a column behind the end', 1, 99, 4],
    ['a line behind the end', 9, 1, 12],
    ['line and column nought', 0, 0, 0],
  ])('%s is clamped', (_, line, column, offset) => {
    expect(toOffset(emoji, line, column)).toBe(offset)
  })

  it('counts lines of CRLF as the server does', () => {
    const doc = Text.of('ab\r\ncd'.split('\r\n'))
    expect(toRange(doc, { line: 2, column: 1, end_line: 2, end_column: 3 })).toEqual({ from: 3, to: 5 })
  })

  it('never ends before it starts', () => {
    expect(toRange(emoji, { line: 1, column: 3, end_line: 1, end_column: 1 })).toEqual({ from: 3, to: 3 })
  })

  it('agrees with itself at every place between characters', () => {
    for (let line = 1; line <= emoji.lines; line++) {
      const runes = [...emoji.line(line).text].length
      for (let column = 1; column <= runes + 1; column++) {
        expect(toPosition(emoji, toOffset(emoji, line, column))).toEqual({ line, column })
      }
    }
  })
})
