import { EditorState } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import type { Catalog, Type } from '../src/api/schema'
import { suggest } from '../src/editor/suggest'
import { find, wordsOf } from '../src/editor/words'

const text: Type = { kind: 'text' }
const worker: Type = { kind: 'map', fields: { id: text, name: text } }
const param = (name: string, required = false) => ({
  name,
  type: text,
  required,
  secret: false,
  default: null,
  options: [],
  help: `help of ${name}`,
})

// What a host adds stands among what is built in, and is told by nothing.
const catalog: Catalog = {
  keys: [{ name: 'steps', summary: 'What is done.' }],
  verbs: [{ name: 'stop', summary: 'Ends the run.' }],
  modifiers: [{ name: 'when', summary: 'A condition.' }],
  input_types: ['text', 'secret', 'worker'],
  actions: [
    {
      name: 'worker.notify',
      summary: 'Tells a worker.',
      params: [param('worker', true), param('text', true), param('url')],
      output: worker,
      example: {},
      reach: 'host',
    },
  ],
  functions: [
    {
      name: 'helpdesk.mask_in',
      params: [{ name: 'text', type: text, optional: false, variadic: false }],
      result: text,
      doc: 'The first mask.',
      example: '',
    },
  ],
  providers: [],
  records: [],
  pickers: [{ name: 'worker', label: 'worker', summary: 'One of the workers.', record: 'worker' }],
  absent: [{ name: 'ticket.create', summary: 'Opens a ticket.', needs: 'Tickets' }],
}
const words = wordsOf(catalog)

/** The names that are offered where | stands, and what is replaced. */
function at(marked: string): { names: string[]; typed: string } | null {
  const pos = marked.indexOf('|')
  const doc = marked.replace('|', '')
  const found = suggest(EditorState.create({ doc }), pos, words)
  return found && { names: found.entries.map((e) => e.name), typed: doc.slice(found.from, pos) }
}

const inStep = ['worker.notify', 'ticket.create', 'stop', 'when']
const params = ['worker', 'text', 'url']

describe('what is offered', () => {
  it.each<[string, string[] | null, string]>([
    ['st|', ['steps'], 'st'],
    ['steps:\n  - wor|', inStep, 'wor'],
    ['steps:\n- worker.no|', inStep, 'worker.no'],
    ['steps:\n  - worker.notify: {text: "a"}\n    wh|', inStep, 'wh'],
    ['steps:\n  - when: x\n    steps:\n      - s|', inStep, 's'],
    ['steps:\n  - worker.notify:\n      te|', params, 'te'],
    ['steps:\n  - when: a\n    worker.notify:\n      text: b\n      u|', params, 'u'],
    ['steps:\n  - worker.notify: {text: "a, b", u|', params, 'u'],
    ['steps:\n  - worker.notify: {text: "a, u|', null, ''],
    ['inputs:\n  who: {type: w|', ['text', 'secret', 'worker'], 'w'],
    ['inputs:\n  who:\n    type: |', ['text', 'secret', 'worker'], ''],
    ['name: st|', null, ''],
    ['steps:\n  - stop: st|', null, ''],
  ])('%j', (marked, names, typed) => {
    expect(at(marked)).toEqual(names && { names, typed })
  })

  it.each([
    ['let:\n  a: help|\n', 'helpdesk.mask_in', 'help'],
    ['inputs:\n  who: {type: worker}\nlet:\n  a: inputs.w|\n', 'who', 'w'],
    ['let:\n  subject: payload.s\nsteps:\n  - stop: "${{ sub|"\n', 'subject', 'sub'],
    ['steps:\n  - worker.notify: {text: a}\n    as: told\n  - stop: "${{ told.na|"\n', 'name', 'na'],
  ])('%j: %s', (marked, name, typed) => {
    const found = at(marked)
    expect(found?.names).toContain(name)
    expect(found?.typed).toBe(typed)
  })
})

describe('what is told of a word', () => {
  it('is the same for what a host adds', () => {
    expect(find(words, 'worker.notify')).toEqual({
      name: 'worker.notify',
      detail: 'worker, text, url?',
      about: [
        'Tells a worker.',
        'worker (text, required): help of worker',
        'text (text, required): help of text',
        'url (text): help of url',
        'Gives map of id, name.',
      ],
      snippet: 'worker.notify: {worker: "#{}", text: "#{}"}',
    })
    expect(find(words, 'helpdesk.mask_in')?.detail).toBe('(text) text')
  })

  it('says why an action is not there', () => {
    const absent = find(words, 'ticket.create')
    expect(absent?.unavailable).toBe(true)
    expect(absent?.snippet).toBeUndefined()
    expect(absent?.about).toContain('This helpdesk cannot do it: it lacks what the action needs (Tickets).')
  })
})
