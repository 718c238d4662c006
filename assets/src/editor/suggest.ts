import type { EditorState } from '@codemirror/state'
import { type Kind, kindOf, type Path } from '../lang/kinds'
import { ancestors, pathOf, placeOf } from './place'
import { type Known, namesAt, pathIn, typeOf } from './scope'
import { type Entry, typeText, type Words } from './words'

/** What can stand at a place, and from where on it replaces what is typed. */
export interface Suggestion {
  from: number
  entries: readonly Entry[]
}

/** suggest gives what can stand at a position, or null where nothing is known. */
export function suggest(state: EditorState, pos: number, words: Words): Suggestion | null {
  const line = state.doc.lineAt(pos)
  const before = line.text.slice(0, pos - line.from)

  const type = /(?:^|[\s{,])type: *(\w*)$/.exec(before)
  if (type && placeOf(state, line.number, before)[0]?.key === 'inputs') {
    return { from: pos - (type[1]?.length ?? 0), entries: words.inputTypes }
  }
  const flow = /^\s*(?:- +)*[\w.]+: *\{(?:.*,)? *(\w*)$/.exec(before)
  if (flow && isKeyOfFlow(before)) {
    const typed = flow[1] ?? ''
    const entries = keysAt(pathOf(placeOf(state, line.number, before)), words)
    return entries && { from: pos - typed.length, entries }
  }

  const start = /^(\s*(?:- +)*)([\w.]*)$/.exec(before)
  if (start) {
    const place = ancestors(state, line.number, start[1] ?? '')
    const entries = keysAt(pathOf(place), words)
    // Where no key can stand, a line may be one of a block, and so an expression.
    if (entries || kindOf(pathOf(place)) === 'plain') {
      return entries && { from: pos - (start[2]?.length ?? 0), entries }
    }
  }
  return inExpression(state, line.number, before, pos, words)
}

/** A key of a flow map follows its brace or a comma that is in no text. */
function isKeyOfFlow(before: string): boolean {
  return (before.match(/"/g)?.length ?? 0) % 2 === 0 && !/[([][^)\]]*$/.test(before)
}

/** keysAt gives the keys that the map at a path takes, or null where they are not known. */
export function keysAt(path: Path, words: Words): readonly Entry[] | null {
  const last = path.at(-1)
  if (last === undefined) return words.keys
  if (typeof last === 'number') {
    const list = path.at(-2)
    if (list === 'steps' || list === 'on_error') return [...words.actions, ...words.verbs, ...words.modifiers]
    return words.parts.get(String(list)) ?? null
  }
  return words.params.get(last) ?? partsAt(path, words)
}

/** The keys of a part of the document or of a step, such as each or accept. */
function partsAt(path: Path, words: Words): readonly Entry[] | null {
  const [last, parent] = [path.at(-1), path.at(-2)]
  if (parent === 'inputs' && path.length === 2) return words.parts.get('inputs') ?? null
  const isPart = path.length === 1 || typeof parent === 'number'
  if (last === 'reject' || (last === 'respond' && !isPart)) return words.parts.get('respond') ?? null
  if (!isPart || last === 'inputs' || last === 'choose' || last === 'handshake') return null
  return words.parts.get(String(last)) ?? null
}

function inExpression(
  state: EditorState,
  number: number,
  before: string,
  pos: number,
  words: Words,
): Suggestion | null {
  const place = placeOf(state, number, before)
  const expression = expressionIn(before, kindOf(pathOf(place)))
  if (expression === null || endsInText(expression)) return null
  const typed = /([\w$]+(?:\.\w*|\[(?:\d+|"[^"]*"|'[^']*')\])*)$/.exec(expression)?.[1]
  if (!typed) return null
  const dot = typed.lastIndexOf('.')
  const names = namesAt(state, place, number, words)
  if (dot < 0) {
    const known = [...names].map(([name, type]) => entryOf(name, type))
    return { from: pos - typed.length, entries: [...known, ...words.functions] }
  }
  const fields = typeOf(pathIn(typed.slice(0, dot)), names)?.fields
  if (!fields) return { from: pos - typed.length, entries: words.functions }
  // Within double quotes of YAML a name is quoted by single ones.
  const quote = (before.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1 ? "'" : '"'
  return {
    from: pos - (typed.length - dot - 1),
    entries: Object.entries(fields).map(([name, type]) => ({
      ...entryOf(name, type),
      ...(!/^[A-Za-z_]\w*$/.test(name) && { index: `[${quote}${name}${quote}]` }),
    })),
  }
}

/** expressionIn gives what is typed of the expression that a line ends in, or null. */
function expressionIn(before: string, kind: Kind): string | null {
  const open = before.lastIndexOf('${{')
  if (open >= 0 && !before.slice(open).includes('}}')) return unescaped(before.slice(open + 3))
  if (kind !== 'expression') return null
  const value = before.replace(/^.*[\w"']:\s+/, '')
  return unescaped(value.replace(/^\s*["']/, ''))
}

/** What YAML's double quotes escape, read as the text that it is. */
function unescaped(text: string): string {
  return text.replace(/\\(["\\])/g, '$1')
}

/** endsInText tells whether an expression stops within one of its texts. */
function endsInText(expression: string): boolean {
  return /["'`]/.test(expression.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, ''))
}

/** entryOf tells of a name what is known of its value. */
export function entryOf(name: string, type: Known): Entry {
  const about = type.example === undefined ? [] : [`In the samples: ${type.example}`]
  return { name, detail: typeText(type), about }
}
