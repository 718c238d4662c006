import { describe, expect, it } from 'vitest'
import type { Input, InputType } from '../src/api/schema'
import { type Draft, readDraft, startDraft } from '../src/inputs/binding'

function input(name: string, type: InputType, more: Partial<Input> = {}): Input {
  return { name, type, label: '', help: '', required: false, default: null, options: [], ...more }
}

const inputs = [
  input('text', 'text', { default: '#support' }),
  input('number', 'number', { default: 3 }),
  input('boolean', 'boolean', { default: true }),
  input('choice', 'choice', { options: ['a', 'b'] }),
  input('secret', 'secret'),
  input('json', 'json', { default: { a: [1] } }),
  input('list', 'list', { default: ['x', 'y'] }),
]

describe('startDraft', () => {
  it('fills in the defaults', () => {
    expect(startDraft(inputs)).toEqual({
      text: '#support',
      number: '3',
      boolean: true,
      choice: '',
      secret: { do: 'set', text: '' },
      json: '{\n  "a": [\n    1\n  ]\n}',
      list: 'x\ny',
    })
  })

  it('fills in what a listener has; a secret that is set is kept', () => {
    const values = {
      text: 'a',
      number: 1.5,
      boolean: false,
      choice: 'b',
      secret: { secret: null, set: true },
    }
    expect(startDraft(inputs.slice(0, 5), values)).toEqual({
      text: 'a',
      number: '1.5',
      boolean: false,
      choice: 'b',
      secret: { do: 'keep' },
    })
  })

  it('asks for a secret that is not set', () => {
    expect(startDraft([input('secret', 'secret')], { secret: { secret: null, set: false } })).toEqual({
      secret: { do: 'set', text: '' },
    })
  })
})

describe('readDraft', () => {
  const read = (draft: Draft, present?: Record<string, unknown>) => readDraft(inputs, draft, present)

  it('gives typed values', () => {
    expect(
      read({
        text: ' a ',
        number: ' -12 ',
        boolean: false,
        choice: 'b',
        json: '[1, {"b": null}]',
        list: 'x\r\n\n y',
      }),
    ).toEqual({
      values: {
        text: ' a ',
        number: -12,
        boolean: false,
        choice: 'b',
        json: [1, { b: null }],
        list: ['x', ' y'],
      },
      unsendable: {},
    })
  })

  it.each([
    ['kept', { do: 'keep' } as const, {}],
    ['set', { do: 'set', text: 'k' } as const, { secret: 'k' }],
    ['left empty', { do: 'set', text: '' } as const, {}],
    ['a stored one', { do: 'use', name: 'slack' } as const, { secret: { secret: 'slack' } }],
    ['cleared', { do: 'clear' } as const, { secret: null }],
  ])('a secret that is %s', (_, change, values) => {
    expect(read({ secret: change }, { secret: { secret: null, set: true } }).values).toEqual(values)
  })

  it('leaves out what is empty, and clears it where there was a value', () => {
    expect(read({ text: '', number: ' ' }, { text: 'a' })).toEqual({ values: { text: null }, unsendable: {} })
  })

  it('keeps a large integer exact', () => {
    expect(read({ number: '12345678901234567890' }).values).toEqual({ number: 12345678901234567890n })
  })

  it('says what cannot be sent', () => {
    const { values, unsendable } = read({ number: '1,5', json: '{' })
    expect(values).toEqual({})
    expect(unsendable.number).toEqual({ kind: 'number' })
    expect(unsendable.json?.kind).toBe('json')
  })

  it('sends back what was shown', () => {
    const present = { text: 'a', number: 2, boolean: true, choice: 'a', json: { x: 1 }, list: ['q'] }
    expect(read(startDraft(inputs, present), present).values).toEqual(present)
  })
})
