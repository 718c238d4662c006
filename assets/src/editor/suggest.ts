import type { EditorState } from '@codemirror/state'
import type { Type } from '../api/schema'
import { kindOf, type Path } from '../lang/kinds'
import { type Entry, typeText, type Words } from './words'

/** What can stand at a place, and from where on it replaces what is typed. */
export interface Suggestion {
  from: number
  entries: readonly Entry[]
}

const key = /^(\s*(?:- +)*)(?:"([^"]*)"|'([^']*)'|([^\s:#{[][^:#]*?)) *:(?: |$)/

/** suggest gives what can stand at a position, or null where nothing is known. */
export function suggest(state: EditorState, pos: number, words: Words): Suggestion | null {
  const line = state.doc.lineAt(pos)
  const before = line.text.slice(0, pos - line.from)

  const type = /(?:^|[\s{,])type: *(\w*)$/.exec(before)
  if (type && pathAt(state, line.number, before)[0] === 'inputs') {
    return { from: pos - (type[1]?.length ?? 0), entries: words.inputTypes }
  }
  const flow = /^\s*(?:- +)*([\w.]+): *\{(?:.*,)? *(\w*)$/.exec(before)
  const params = flow?.[1] && words.params.get(flow[1])
  if (flow && params && isKeyOfFlow(before)) return { from: pos - (flow[2]?.length ?? 0), entries: params }

  const start = /^(\s*(?:- +)*)([\w.]*)$/.exec(before)
  if (start) return inMap(state, line.number, start[1] ?? '', start[2] ?? '', pos, words)
  return inExpression(state, line.number, before, pos, words)
}

/** A key of a flow map follows its brace or a comma that is in no text. */
function isKeyOfFlow(before: string): boolean {
  return (before.match(/"/g)?.length ?? 0) % 2 === 0 && !/[([][^)\]]*$/.test(before)
}

function inMap(
  state: EditorState,
  number: number,
  indent: string,
  typed: string,
  pos: number,
  words: Words,
): Suggestion | null {
  const from = pos - typed.length
  const path = parents(state, number, indent)
  const last = path.at(-1)
  if (path.length === 0) return { from, entries: words.keys }
  if (typeof last === 'number') {
    const list = path.at(-2)
    if (list === 'steps' || list === 'on_error' || list === 'handshake') {
      return { from, entries: [...words.actions, ...words.verbs, ...words.modifiers] }
    }
    return list === 'choose' ? { from, entries: words.verbs.concat(words.modifiers) } : null
  }
  const params = words.params.get(String(last))
  return params ? { from, entries: params } : null
}

function inExpression(
  state: EditorState,
  number: number,
  before: string,
  pos: number,
  words: Words,
): Suggestion | null {
  const path = pathAt(state, number, before)
  const kind = kindOf(path)
  const open = before.lastIndexOf('${{')
  const isOpen = open >= 0 && !before.slice(open).includes('}}')
  if (kind === 'plain' && !isOpen) return null
  if (kind === 'template' && !isOpen) return null
  const typed = /([\w$]+(?:\.\w*)*)$/.exec(before)?.[1]
  if (!typed || /["']\w*$/.test(before.slice(0, before.length - typed.length + 1))) return null
  const [first = '', ...rest] = typed.split('.')
  const known = namesIn(state, words)
  if (rest.length === 0) {
    const names = [...known].map(([name, type]) => ({ name, detail: typeText(type), about: [] }))
    return { from: pos - typed.length, entries: [...names, ...words.functions] }
  }
  let fields = known.get(first)?.fields
  for (const name of rest.slice(0, -1)) fields = fields?.[name]?.fields
  const from = pos - (rest.at(-1)?.length ?? 0)
  if (fields) {
    return {
      from,
      entries: Object.entries(fields).map(([name, t]) => ({ name, detail: typeText(t), about: [] })),
    }
  }
  return { from: pos - typed.length, entries: words.functions }
}

const any: Type = { kind: 'any' }

/** Names that the document gives: inputs, let and as, with what is known of them. */
function namesIn(state: EditorState, words: Words): Map<string, Type> {
  const names = new Map<string, Type>([
    ['payload', any],
    ['request', any],
    ['listener', any],
    ['now', { kind: 'time' }],
  ])
  const inputs: Record<string, Type> = {}
  for (let n = 1; n <= state.doc.lines; n++) {
    const text = state.doc.line(n).text
    const as = /(?:^|[\s{,])as: *(\w+)/.exec(text)?.[1]
    if (as) names.set(as, outputNear(state, n, words) ?? any)
    const [, indent = '', , , name = ''] = key.exec(text) ?? []
    if (!/^\w+$/.test(name)) continue
    const path = parents(state, n, indent)
    if (path.length === 1 && path[0] === 'inputs') inputs[name] = { kind: 'input' }
    if (path.at(-1) === 'let') names.set(name, any)
  }
  return names.set('inputs', { kind: 'map', fields: inputs })
}

/** The output of the action in the step that a line belongs to. */
function outputNear(state: EditorState, number: number, words: Words): Type | undefined {
  for (let n = number; n >= 1; n--) {
    const text = state.doc.line(n).text
    const name = key.exec(text)?.[4]
    if (name && words.outputs.has(name)) return words.outputs.get(name)
    if (n < number && /^\s*- /.test(text)) return undefined
  }
  return undefined
}

/** The path of the value that a line gives, in so far as it stands behind a key. */
function pathAt(state: EditorState, number: number, before: string): Path {
  const found = key.exec(before)
  if (!found) {
    const indent = /^\s*(?:- +)*/.exec(before)?.[0] ?? ''
    return parents(state, number, indent)
  }
  const name = found[2] ?? found[3] ?? found[4] ?? ''
  return [...parents(state, number, found[1] ?? ''), name]
}

/**
 * parents gives the keys, and for lists the index 0, that a line with this
 * indentation is in. It reads upwards by the indentation, since what is being
 * typed is no YAML yet.
 */
function parents(state: EditorState, number: number, indent: string): (string | number)[] {
  const path: (string | number)[] = []
  let column = indent.length
  if (/- +$/.test(indent)) {
    path.unshift(0)
    column = indent.lastIndexOf('-')
  }
  for (let n = number - 1; n >= 1 && (column > 0 || path[0] === 0); n--) {
    const text = state.doc.line(n).text
    if (text.trim() === '' || /^\s*#/.test(text)) continue
    const found = key.exec(text)
    const lead = found?.[1] ?? /^\s*(?:- +)*/.exec(text)?.[0] ?? ''
    const dash = lead.lastIndexOf('-')
    // The item that this map is in starts on a line with a dash of its own.
    if (dash >= 0 && lead.length === column && path[0] !== 0) {
      path.unshift(0)
      column = dash
      continue
    }
    const isParent = lead.length < column || (lead.length === column && path[0] === 0 && dash < 0)
    if (!found || !isParent) continue
    path.unshift(found[2] ?? found[3] ?? found[4] ?? '')
    column = lead.length
    if (dash >= 0) {
      path.unshift(0)
      column = dash
    }
  }
  return path
}
