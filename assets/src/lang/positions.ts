import type { Text } from '@codemirror/state'

// The server counts lines and columns from 1, columns in runes, ends exclusive;
// the editor counts UTF-16 units from 0. This file alone translates.

/** A range as the server gives it. */
export interface RuneRange {
  line: number
  column: number
  end_line: number
  end_column: number
}

/** toOffset turns a line and a column into an offset; what lies outside is clamped. */
export function toOffset(doc: Text, line: number, column: number): number {
  if (line < 1) return 0
  if (line > doc.lines) return doc.length
  const { from, text } = doc.line(line)
  let units = 0
  for (let runes = 1; runes < column && units < text.length; runes++) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1
  }
  return from + units
}

/** toRange turns a range of runes into offsets, never with the end before the start. */
export function toRange(doc: Text, range: RuneRange): { from: number; to: number } {
  const from = toOffset(doc, range.line, range.column)
  return { from, to: Math.max(from, toOffset(doc, range.end_line, range.end_column)) }
}

/** toPosition turns an offset into a line and a column of runes. */
export function toPosition(doc: Text, offset: number): { line: number; column: number } {
  const line = doc.lineAt(offset)
  return { line: line.number, column: [...line.text.slice(0, offset - line.from)].length + 1 }
}
