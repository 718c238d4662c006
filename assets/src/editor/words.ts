import type { Catalog, Type } from '../api/schema'
import type { Known } from './scope'

// What a word of the language is, for completion and for hovering: the same text
// for the host's own actions, functions and types as for the built-in ones.

/** A word with what a person wants to know of it. */
export interface Entry {
  name: string
  /** A few words beside the name: a signature, a type, or that it is unavailable. */
  detail: string
  /** Paragraphs. */
  about: string[]
  /** What is inserted, as a snippet of CodeMirror's; without it the name. */
  snippet?: string
  /** A field whose name is no identifier: what takes the place of the point and it. */
  index?: string
  unavailable?: boolean
}

export interface Words {
  keys: Entry[]
  verbs: Entry[]
  modifiers: Entry[]
  actions: Entry[]
  functions: Entry[]
  inputTypes: Entry[]
  params: Map<string, Entry[]>
  /** The keys of parts, such as each and accept, by what they are the keys of. */
  parts: Map<string, Entry[]>
  /** The types of the actions' outputs. */
  outputs: Map<string, Type>
  /** What the samples' payloads are, where there are any. */
  payload?: Known | undefined
}

/** How a word is laid out whose value is more than a line. */
const layouts: Record<string, string> = {
  each: 'each:\n  in: #{}\n  as: #{item}\n  steps:\n    - #{}',
  choose: 'choose:\n  - when: #{}\n    steps:\n      - #{}\n  - steps:\n      - #{}',
  on_error: 'on_error:\n  - #{}',
  steps: 'steps:\n  - #{}',
  let: 'let:\n  #{name}: #{}',
  handshake: 'handshake:\n  - when: #{}\n    respond: {#{}}',
}

/** wordsOf prepares a catalog, with what samples show of the payload. */
export function wordsOf(catalog: Catalog, payload?: Known): Words {
  const plain = (list: { name: string; summary: string }[]): Entry[] =>
    list.map(({ name, summary }) => ({
      name,
      detail: '',
      about: [summary],
      snippet: layouts[name] ?? `${name}: #{}`,
    }))
  const pickers = new Map(catalog.pickers.map((p) => [p.name, p]))
  return {
    keys: plain(catalog.keys),
    verbs: plain(catalog.verbs),
    modifiers: plain(catalog.modifiers),
    actions: [
      ...catalog.actions.map((a) => ({
        name: a.name,
        detail: a.params.map((p) => (p.required ? p.name : `${p.name}?`)).join(', '),
        about: [
          a.summary,
          ...a.params.map(
            (p) => `${p.name} (${typeText(p.type)}${p.required ? ', required' : ''}): ${p.help}`,
          ),
          `Gives ${typeText(a.output)}.`,
        ],
        snippet: `${a.name}: {${a.params
          .filter((p) => p.required)
          .map((p) => `${p.name}: "#{}"`)
          .join(', ')}}`,
      })),
      ...catalog.absent.map((a) => ({
        name: a.name,
        detail: 'not on this helpdesk',
        about: [a.summary, `This helpdesk cannot do it: it lacks what the action needs (${a.needs}).`],
        unavailable: true,
      })),
    ],
    functions: catalog.functions.map((f) => ({
      name: f.name,
      detail: signature(f),
      about: [f.doc, f.example && `For example: ${f.example}`].filter(Boolean),
      snippet: `${f.name}(#{})`,
    })),
    inputTypes: catalog.input_types.map((name) => {
      const picker = pickers.get(name)
      return { name, detail: picker?.label ?? '', about: picker ? [picker.summary] : [] }
    }),
    params: new Map(
      catalog.actions.map((a) => [
        a.name,
        a.params.map((p) => ({
          name: p.name,
          detail: typeText(p.type) + (p.required ? ', required' : ''),
          about: [p.help, ...(p.options.length > 0 ? [`One of ${p.options.join(', ')}.`] : [])].filter(
            Boolean,
          ),
          snippet: `${p.name}: #{}`,
        })),
      ]),
    ),
    parts: new Map(Object.entries(catalog.parts).map(([name, words]) => [name, plain(words)])),
    outputs: new Map(catalog.actions.map((a) => [a.name, a.output])),
    payload,
  }
}

function signature(f: Catalog['functions'][number]): string {
  const params = f.params.map((p) => (p.variadic ? '…' : '') + p.name + (p.optional ? '?' : ''))
  return `(${params.join(', ')}) ${typeText(f.result)}`
}

/** typeText names a type in a few words: "list of text", "map of id, mask". */
export function typeText(type: Type): string {
  if (type.elem) return `${type.kind} of ${typeText(type.elem)}`
  const fields = Object.keys(type.fields ?? {})
  return fields.length > 0 ? `${type.kind} of ${fields.join(', ')}` : type.kind
}
