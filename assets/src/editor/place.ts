import type { EditorState } from '@codemirror/state'
import type { Path } from '../lang/kinds'

// Where a position stands, read upwards by the indentation: what is being typed
// is no YAML yet.

/** A key or list that a line is in, and the line on which it stands. */
export interface Ancestor {
  key: string | 0
  line: number
}

/** A line that gives a key: what leads it, and its name without quotes. */
export const keyLine = /^(\s*(?:- +)*)(?:"([^"]*)"|'([^']*)'|([^\s:#{[][^:#]*?)) *:(?: |$)/

/** keyOf gives the key that a line starts with, or undefined. */
export function keyOf(text: string): { lead: string; name: string } | undefined {
  const found = keyLine.exec(text)
  return found ? { lead: found[1] ?? '', name: found[2] ?? found[3] ?? found[4] ?? '' } : undefined
}

type Level = Ancestor & { column: number }

/** A line of the document: the key that it gives, if any, and what that is in. */
export interface Line {
  number: number
  text: string
  name: string | undefined
  above: readonly Level[]
}

/** linesOf reads the lines of a document that give a key or stand in a list, up to one. */
export function linesOf(state: EditorState, upTo = state.doc.lines): Line[] {
  const lines: Line[] = []
  const stack: Level[] = []
  let textIn = -1 // the column of a key whose value is a block of text
  for (let number = 1; number <= upTo; number++) {
    const { text } = state.doc.line(number)
    const indent = text.search(/[^ ]/)
    if (indent < 0 || text[indent] === '#') continue
    if (textIn >= 0 && indent > textIn) continue
    textIn = -1
    const found = keyOf(text)
    const lead = found?.lead ?? /^\s*(?:- +)*/.exec(text)?.[0] ?? ''
    enter(stack, lead, number)
    lines.push({ number, text, name: found?.name, above: [...stack] })
    if (!found) continue
    stack.push({ key: found.name, line: number, column: lead.length })
    if (/: *[|>][-+\d]*\s*$/.test(text)) textIn = lead.length
  }
  return lines
}

/** enter leaves what a line with this lead is no longer in, and enters its lists. */
function enter(stack: Level[], lead: string, line: number): void {
  for (const { index: column } of lead.matchAll(/-/g)) {
    leave(stack, (top) => top.column > column || (top.column === column && top.key === 0))
    stack.push({ key: 0, line, column })
  }
  leave(stack, (top) => top.column >= lead.length)
}

function leave(stack: Level[], isLeft: (top: Level) => boolean): void {
  for (let top = stack.at(-1); top && isLeft(top); top = stack.at(-1)) stack.pop()
}

/** ancestors gives what a line with this lead is in, from the top; lists count as 0. */
export function ancestors(state: EditorState, number: number, lead: string): Ancestor[] {
  const last = linesOf(state, number - 1).at(-1)
  const stack = last ? [...last.above] : []
  if (last?.name !== undefined) {
    const column = keyOf(last.text)?.lead.length ?? 0
    stack.push({ key: last.name, line: last.number, column })
  }
  enter(stack, lead, number)
  return stack
}

/** A place in the document: what it is in, down to the key that its value is of. */
export function placeOf(state: EditorState, number: number, before: string): Ancestor[] {
  const found = keyOf(before)
  if (!found) {
    // A line of a block or a list: it belongs to the key above.
    const lead = /^\s*(?:- +)*/.exec(before)?.[0] ?? ''
    return ancestors(state, number, lead)
  }
  const above = [...ancestors(state, number, found.lead), { key: found.name, line: number }]
  return above.concat(
    flowKeys(before.slice(before.indexOf(':') + 1)).map((key) => ({ key: key as string | 0, line: number })),
  )
}

/** The keys of the flow maps that a text leaves open, up to the value that is being typed. */
function flowKeys(text: string): Path {
  const open: Path[] = []
  let key = ''
  for (const [token] of text.matchAll(flowToken)) {
    if (token === '{' || token === '[') {
      open.push(token === '[' ? [key, 0] : [key])
      key = ''
    } else if (token === '}' || token === ']') open.pop()
    else if (token === ',') key = ''
    else if (/^[\w.-]+$/.test(token) && open.length > 0) key = token
  }
  return [...open.flat(), key].filter((k) => k !== '')
}

const flowToken = /"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[{}[\],]|[\w.-]+(?=\s*:(?:\s|$))/g

/** pathOf gives the keys alone. */
export function pathOf(place: readonly Ancestor[]): Path {
  return place.map(({ key }) => key)
}
