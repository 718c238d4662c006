import type { EditorState } from '@codemirror/state'
import type { Type } from '../api/schema'
import { type Ancestor, keyOf, linesOf } from './place'
import type { Words } from './words'

/** A type, with a value that a sample has there. */
export interface Known extends Type {
  elem?: Known
  fields?: Record<string, Known>
  example?: string
}

const any: Known = { kind: 'any' }
const text: Known = { kind: 'text' }
const number: Known = { kind: 'number' }

/** What every expression sees, as LANGUAGE.md has it. */
const environment: Record<string, Known> = {
  payload: any,
  request: {
    kind: 'map',
    fields: {
      method: text,
      path: text,
      query: { kind: 'map' },
      headers: { kind: 'map' },
      body: text,
      content_type: text,
      client_ip: text,
      url: text,
      received_at: { kind: 'time' },
      files: { kind: 'list' },
      test: { kind: 'boolean' },
      problem: text,
    },
  },
  listener: { kind: 'map', fields: { id: text, name: text, url: text } },
  now: { kind: 'time' },
}

/** What on_error's steps see of the failure. */
const failure: Known = {
  kind: 'map',
  fields: { message: text, step: text, attempts: number, status: number },
}

/**
 * namesAt gives the names that an expression at a place sees, with what is known
 * of them: the environment, inputs, those of a let and an as above it, those of
 * each in its body, and error in an on_error.
 */
export function namesAt(state: EditorState, place: readonly Ancestor[], line: number, words: Words) {
  const names = new Map<string, Known>(Object.entries(environment))
  if (words.payload) names.set('payload', words.payload)
  const inputs: Record<string, Known> = {}
  const bind = (name: string, type: Known) => {
    if (/^[A-Za-z_]\w*$/.test(name)) names.set(name, type)
  }
  for (const { number: n, text: source, name, above } of linesOf(state)) {
    const parent = above.at(-1)?.key
    const each = loopOf(above, name, n)
    if (each !== undefined) {
      if (!isInBody(place, each)) continue
      bind(/(?:^|[\s{,])as: *(\w+)/.exec(source)?.[1] ?? '', itemOf(state, each, names))
      bind(/(?:^|[\s{,])index: *(\w+)/.exec(source)?.[1] ?? '', number)
    } else if (above.length === 1 && parent === 'inputs') {
      if (name) inputs[name] = { kind: 'input' }
    } else if (parent === 'let' && name) {
      if (above.length === 1 ? place[0]?.key !== 'let' || n < line : isVisible(above, place, n, line)) {
        bind(name, typeOfValue(source, names))
      }
    } else if (isVisible(above, place, n, line)) {
      const as = /(?:^|[\s{,])as: *(\w+)/.exec(source)?.[1]
      if (as) bind(as, outputNear(state, n, words) ?? any)
    }
  }
  if (place.some(({ key }) => key === 'on_error')) names.set('error', failure)
  return names.set('inputs', { kind: 'map', fields: inputs })
}

/** The line of the each whose own keys a line gives, if it does. */
function loopOf(above: readonly Ancestor[], name: string | undefined, line: number): number | undefined {
  if (name === 'each') return line
  const parent = above.at(-1)
  return parent?.key === 'each' && above.at(-2)?.key === 0 ? parent.line : undefined
}

/** An item has its name in the steps of its each, and in its once. */
function isInBody(place: readonly Ancestor[], each: number): boolean {
  const at = place.findIndex(({ key, line }) => key === 'each' && line === each)
  const within = place[at + 1]?.key
  return at >= 0 && (within === 'steps' || within === 'once')
}

/** A name is seen below its step, to the end of the innermost each that both are in. */
function isVisible(above: readonly Ancestor[], place: readonly Ancestor[], n: number, line: number): boolean {
  if (n >= line) return false
  const loops = above.filter(({ key }, i) => key === 'each' && above[i - 1]?.key === 0)
  return loops.every((loop) => place.some(({ key, line }) => key === 'each' && line === loop.line))
}

/** The type of the items that an each goes through, where its list is a name that is known. */
function itemOf(state: EditorState, each: number, names: Map<string, Known>): Known {
  for (let n = each; n <= Math.min(each + 8, state.doc.lines); n++) {
    const list = /(?:^|[\s{,])in: *["']?([\w.]+)["']?(?:[\s,}]|$)/.exec(state.doc.line(n).text)?.[1]
    if (list) return typeOf(list.split('.'), names)?.elem ?? any
  }
  return any
}

/** The type of a let whose whole expression is a path of names. */
function typeOfValue(source: string, names: Map<string, Known>): Known {
  const value = /: *["']?([A-Za-z_]\w*(?:\.\w+|\["[^"]+"\])*)["']?\s*$/.exec(source)?.[1]
  return (value && typeOf(pathIn(value), names)) || any
}

/** pathIn splits a member expression such as payload["event-data"].ids[0] into its names. */
export function pathIn(expression: string): string[] {
  return [...expression.matchAll(/\[(["'])(.*?)\1\]|\w+/g)].map((m) => m[2] ?? m[0])
}

/** typeOf gives the type of a path of names, or undefined where it is not known. */
export function typeOf(path: readonly string[], names: ReadonlyMap<string, Known>): Known | undefined {
  const [first = '', ...rest] = path
  return rest.reduce<Known | undefined>(
    (type, name) => type?.fields?.[name] ?? (/^\d+$/.test(name) ? type?.elem : undefined),
    names.get(first),
  )
}

/** The output of the action in the step that a line belongs to. */
function outputNear(state: EditorState, number: number, words: Words): Known | undefined {
  for (let n = number; n >= 1; n--) {
    const source = state.doc.line(n).text
    const name = keyOf(source)?.name
    if (name && words.outputs.has(name)) return words.outputs.get(name)
    if (n < number && /^\s*- /.test(source)) return undefined
  }
  return undefined
}
