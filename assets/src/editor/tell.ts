import type { EditorState } from '@codemirror/state'
import { kindOf } from '../lang/kinds'
import { ancestors, keyLine, keyOf, pathOf, placeOf } from './place'
import { namesAt, pathIn, typeOf } from './scope'
import { entryOf, keysAt } from './suggest'
import type { Entry, Words } from './words'

/** What a word means where it stands, and from where to where it goes. */
export interface Told {
  from: number
  to: number
  entry: Entry
}

/** tell says what the word at a position means there, or null where it is none of the language's. */
export function tell(state: EditorState, pos: number, words: Words): Told | null {
  const line = state.doc.lineAt(pos)
  const at = pos - line.from
  const { text } = line
  const key = keyOf(text)
  const colon = keyLine.exec(text)?.[0].length ?? 0
  if (key && at < colon) {
    if (at < key.lead.length) return null
    const path = pathOf(ancestors(state, line.number, key.lead))
    return named(keysAt(path, words), line.from + key.lead.length, key.name)
  }
  return inValue(state, pos, words)
}

function named(entries: readonly Entry[] | null, from: number, name: string): Told | null {
  const entry = entries?.find((e) => e.name === name)
  return entry ? { from, to: from + name.length, entry } : null
}

/** A key of a flow map, or a name in an expression. */
function inValue(state: EditorState, pos: number, words: Words): Told | null {
  const line = state.doc.lineAt(pos)
  const at = pos - line.from
  for (const match of line.text.matchAll(/[A-Za-z_]\w*(?:\.\w+|\[(?:\d+|"[^"]*"|'[^']*')\])*/g)) {
    const from = match.index
    const to = from + match[0].length
    if (at < from || at > to) continue
    // As far as the name that is pointed at: of a.b.c it may be a.b.
    const end = Math.min(to, at + (/^\w*/.exec(line.text.slice(at))?.[0].length ?? 0))
    const whole = line.text.slice(from, end)
    if (/^\s*:(?:\s|$)/.test(line.text.slice(to)) && !whole.includes('[')) {
      const before = line.text.slice(0, from)
      return named(keysAt(pathOf(placeOf(state, line.number, before)), words), line.from + from, match[0])
    }
    if (!isExpression(state, line.number, line.text, from)) return null
    const called = words.functions.find((f) => f.name === match[0])
    if (called) return { from: line.from + from, to: line.from + to, entry: called }
    const type = typeOf(
      pathIn(whole),
      namesAt(state, placeOf(state, line.number, line.text.slice(0, from)), line.number, words),
    )
    return type ? { from: line.from + from, to: line.from + end, entry: entryOf(whole, type) } : null
  }
  return null
}

/** isExpression tells whether a place on a line is in an expression, by what stands before it. */
function isExpression(state: EditorState, number: number, text: string, at: number): boolean {
  const before = text.slice(0, at)
  const open = before.lastIndexOf('${{')
  if (open >= 0 && !before.slice(open).includes('}}')) return true
  return kindOf(pathOf(placeOf(state, number, before))) === 'expression'
}
