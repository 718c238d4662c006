import { EditorState } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import type { Catalog, Type } from '../src/api/schema'
import type { Known } from '../src/editor/scope'
import { suggest } from '../src/editor/suggest'
import { tell } from '../src/editor/tell'
import { wordsOf } from '../src/editor/words'

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
  parts: {
    each: [
      { name: 'in', summary: 'The list.' },
      { name: 'as', summary: 'The name of an item.' },
    ],
    choose: [{ name: 'when', summary: 'The condition of the branch.' }],
    respond: [{ name: 'html', summary: 'A page.' }],
    accept: [{ name: 'types', summary: 'Kinds of body.' }],
    inputs: [{ name: 'label', summary: 'What the form says.' }],
    handshake: [{ name: 'keep', summary: 'Fills inputs.' }],
  },
  input_types: ['text', 'secret', 'worker'],
  actions: [
    {
      name: 'worker.notify',
      summary: 'Tells a worker.',
      params: [param('worker', true), param('text', true), param('url')],
      output: worker,
      example: {},
      hosts: [],
      reach: 'host',
    },
    {
      name: 'ticket.search',
      summary: 'Finds tickets.',
      params: [param('query', true)],
      output: { kind: 'list', elem: { kind: 'map', fields: { mask: text } } },
      example: [],
      hosts: [],
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
const payload: Known = {
  kind: 'map',
  fields: {
    'event-data': { kind: 'map', fields: { id: { kind: 'text', example: '"a1"' } } },
    items: { kind: 'list', elem: { kind: 'map', fields: { sku: text } } },
  },
}
const words = wordsOf(catalog, payload)

/** The names that are offered where | stands, and what is replaced. */
function at(marked: string): { names: string[]; typed: string } | null {
  const pos = marked.indexOf('|')
  const doc = marked.replace('|', '')
  const found = suggest(EditorState.create({ doc }), pos, words)
  return found && { names: found.entries.map((e) => e.name), typed: doc.slice(found.from, pos) }
}

const inStep = ['worker.notify', 'ticket.search', 'ticket.create', 'stop', 'when']
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
    ['steps:\n  - each:\n      i|', ['in', 'as'], 'i'],
    ['steps:\n  - each: {in: xs, a|', ['in', 'as'], 'a'],
    ['steps:\n  - respond: {ht|', ['html'], 'ht'],
    ['deadline:\n  respond:\n    ht|', ['html'], 'ht'],
    ['steps:\n  - choose:\n      - wh|', ['when'], 'wh'],
    ['steps:\n  - stop: a\n    on_error:\n      - s|', inStep, 's'],
    ['steps:\n  - each:\n      in: xs\n      steps:\n        - s|', inStep, 's'],
    ['handshake:\n  - k|', ['keep'], 'k'],
    ['accept: {t|', ['types'], 't'],
    ['inputs:\n  who: {l|', ['label'], 'l'],
    ['inputs:\n  w|', null, ''],
    ['steps:\n  - worker.notify: {text: {each: {i|', null, ''],
    ['description: |\n  steps:\n    - x\nst|'.replace('|', '>'), ['steps'], 'st'],
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

describe('the names that an expression sees', () => {
  const each = 'steps:\n  - each:\n      in: payload.items\n      as: item\n      index: i\n      steps:\n'
  const handled =
    'steps:\n  - worker.notify: {text: a}\n    on_error:\n      - log: "${{ err|"\n  - stop: "${{ b }}"\n'

  it.each([
    [`${each}        - log: "\${{ it|"`, 'item', true],
    [`${each}        - log: "\${{ i|"`, 'i', true],
    [`${each}  - log: "\${{ it|"`, 'item', false],
    [`${each.replace('item', 'item\n      once: it|')}`, 'item', true],
    [`${each.replace('payload.items', 'it|')}`, 'item', false],
    [`${each}        - stop: a\n          as: inner\n        - log: "\${{ in|"`, 'inner', true],
    [`${each}        - stop: a\n          as: inner\n  - log: "\${{ in|"`, 'inner', false],
    ['steps:\n  - each: {in: xs, as: x, once: "x|"}\n', 'x', true],
    [handled, 'error', true],
    [handled.replace('|', '').replace('${{ b', '${{ b|'), 'error', false],
    ['let:\n  a: b|\n  bee: 1\n', 'bee', false],
    ['dedupe: b|\nlet:\n  bee: 1\n', 'bee', true],
    ['steps:\n  - log: "${{ bee|"\n  - stop: a\n    as: bee\n', 'bee', false],
    ['steps:\n  - steps:\n      - stop: a\n        as: bee\n  - log: "${{ be|"\n', 'bee', true],
    ['steps:\n  - wait: {until: no|', 'now', true],
    ['handshake:\n  - when: pay|', 'payload', true],
    ['let:\n  a: >-\n    pay|', 'payload', true],
    ['let:\n  a: "pay|', 'payload', true],
  ])('%j: %s %s', (marked, name, seen) => {
    expect(at(marked)?.names.includes(name)).toBe(seen)
  })

  it.each<[string, string[] | null, string]>([
    ['let:\n  a: payload.|', ['event-data', 'items'], ''],
    ['let:\n  a: payload.items[0].s|', ['sku'], 's'],
    ['let:\n  a: payload["event-data"].|', ['id'], ''],
    ['let:\n  e: payload["event-data"]\nsteps:\n  - log: "${{ e.|"', ['id'], ''],
    [`${each}        - log: "\${{ item.|"`, ['sku'], ''],
    [
      'steps:\n  - ticket.search: {query: a}\n    as: found\n  - each:\n      in: found\n      as: t\n      steps:\n        - log: ${{ t.|',
      ['mask'],
      '',
    ],
    ['steps:\n  - stop: a\n    on_error: [{log: "${{ error.|', ['message', 'step', 'attempts', 'status'], ''],
    ['let:\n  a: payload.items == "pay|', null, ''],
    ['steps:\n  - log: "${{ a }} pay|', null, ''],
  ])('%j: %j', (marked, names, typed) => {
    expect(at(marked)).toEqual(names && { names, typed })
  })

  it('says how a field is written whose name is no identifier', () => {
    const index = (doc: string) =>
      suggest(EditorState.create({ doc }), doc.length, words)?.entries.map((e) => e.index)
    expect(index('let:\n  a: payload.')).toEqual(['["event-data"]', undefined])
    expect(index('steps:\n  - log: "${{ payload.')).toEqual(["['event-data']", undefined])
  })
})

/** What is told of the word where | stands, and the word. */
function told(marked: string): [name: string, about: string | undefined] | null {
  const pos = marked.indexOf('|')
  const doc = marked.replace('|', '')
  const found = tell(EditorState.create({ doc }), pos, words)
  return found && [doc.slice(found.from, found.to), found.entry.about[0]]
}

describe('what is told of a word', () => {
  it.each<[string, [string, string | undefined] | null]>([
    ['st|eps:\n', ['steps', 'What is done.']],
    ['steps:\n  - st|op: a\n', ['stop', 'Ends the run.']],
    ['steps:\n  - worker.not|ify: {text: a}\n', ['worker.notify', 'Tells a worker.']],
    ['steps:\n  - worker.notify: {te|xt: a}\n', ['text', 'help of text']],
    ['steps:\n  - each:\n      i|n: xs\n', ['in', 'The list.']],
    ['steps:\n  - each: {in: xs, a|s: x}\n', ['as', 'The name of an item.']],
    ['let:\n  a: helpdesk.ma|sk_in(payload.x)\n', ['helpdesk.mask_in', 'The first mask.']],
    ['let:\n  a: payload["event-data"].i|d\n', ['payload["event-data"].id', 'In the samples: "a1"']],
    ['let:\n  a: pay|load.items\n', ['payload', undefined]],
    ['name: st|op\n', null],
    ['steps:\n  - stop: wh|en\n', null],
    ['let:\n  a: unkn|own\n', null],
  ])('%j: %j', (marked, want) => {
    expect(told(marked)).toEqual(want)
  })

  const entryOf = (name: string) => {
    const doc = name.includes('mask_in') ? `let:\n  a: ${name}()\n` : `steps:\n  - ${name}: {}\n`
    return tell(EditorState.create({ doc }), doc.indexOf(name) + 1, words)?.entry
  }

  it('is the same for what a host adds', () => {
    expect(entryOf('worker.notify')).toEqual({
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
    expect(entryOf('helpdesk.mask_in')?.detail).toBe('(text) text')
  })

  it('says why an action is not there', () => {
    const absent = entryOf('ticket.create')
    expect(absent?.unavailable).toBe(true)
    expect(absent?.snippet).toBeUndefined()
    expect(absent?.about).toContain('This helpdesk cannot do it: it lacks what the action needs (Tickets).')
  })
})
