import { describe, expect, it } from 'vitest'
import type { Delivery, Recipe } from '../src/api/schema'
import { bodyOfText, chosenOf, type Samples, samplesOf } from '../src/pages/use-samples'

const delivery = (id: string, outcome: Delivery['outcome']): Delivery => ({
  id,
  listener_id: '1',
  outcome,
  cause: null,
  received_at: '2026-03-01T09:00:00Z',
  version: 1,
  duplicate_of: null,
  replay_of: null,
  request: {
    method: 'POST',
    url: '/',
    client_ip: '192.0.2.1',
    content_type: 'application/json',
    size: 0,
  },
  response: null,
  run: null,
})

const recipe = (provider: string, request: string): Recipe => ({
  id: provider,
  name: `${provider} recipe`,
  provider,
  description: '',
  source: '',
  inputs: [],
  samples: [{ name: 'one', request }],
  guide: '',
})

const form = 'POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ntext=a+b&user=c'
const samples: Samples = {
  listeners: [],
  deliveries: [
    delivery('9', 'refused'),
    delivery('8', 'accepted'),
    delivery('7', 'duplicate'),
    delivery('6', 'accepted'),
    delivery('5', 'accepted'),
    delivery('4', 'accepted'),
  ],
  recipes: [recipe('slack', form), recipe('github', 'POST / HTTP/1.1\n\nx')],
}

const slack = 'verify: slack.signed(request, inputs.key)\n'

/** The requests that are chosen of a source's samples. */
function requests(
  source: string,
  of = samples,
  texts: string[] = [],
  said: [string, boolean][] = [],
): string[] {
  return chosenOf(samplesOf(source, of, texts), new Map(said)).map(({ request }) => request)
}

describe('the samples of a source', () => {
  it.each<[string, string, string[]]>([
    ['the provider that it verifies', slack, ['8', '6', '5', form]],
    [
      'one that it verifies below',
      'verify:\n  check: a and\n    slack.signed(request, inputs.key)\nlet:\n  x: 1\n',
      ['8', '6', '5', form],
    ],
    ['none, of what stands elsewhere', 'let:\n  a: slack.signed(request, "x")\n', ['8', '6', '5']],
    ['none', '', ['8', '6', '5']],
  ])('are at first its last accepted deliveries, and what is sent by %s', (_, source, want) => {
    expect(requests(source)).toEqual(want)
  })

  it('are listed with the others that there are, and with texts of a person', () => {
    const listed = samplesOf(slack, samples, ['GET / HTTP/1.1'])
    expect(listed.map(({ key, fits }) => [key, fits])).toEqual([
      ['delivery 8', true],
      ['delivery 6', true],
      ['delivery 5', true],
      ['delivery 4', false],
      ['text 0', true],
      ['recipe slack one', true],
      ['recipe github one', false],
    ])
  })

  it('are those that a person chooses', () => {
    const said: [string, boolean][] = [
      ['delivery 8', false],
      ['delivery 6', true],
      ['delivery 4', true],
      ['recipe slack one', false],
      ['recipe github one', true],
    ]
    expect(requests(slack, samples, ['GET / HTTP/1.1'], said)).toEqual([
      '6',
      '5',
      '4',
      'GET / HTTP/1.1',
      'POST / HTTP/1.1\n\nx',
    ])
  })

  it('are as many as a check takes', () => {
    const recipes = Array.from({ length: 30 }, () => recipe('slack', form))
    const large = recipe('slack', 'x'.repeat(600_000))
    expect(requests(slack, { ...samples, recipes })).toHaveLength(20)
    expect(requests(slack, { ...samples, recipes: [large] })).toHaveLength(3)
  })
})

it.each<[string, string, unknown]>([
  ['JSON', 'POST / HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"a": [1]}', { a: [1] }],
  [
    'JSON of a kind',
    'POST / HTTP/1.1\nHost: x\ncontent-type: text/x+json; charset=utf-8\n\n{"a": 1}',
    { a: 1 },
  ],
  ['a form', form, { text: 'a b', user: 'c' }],
  ['no JSON', 'POST / HTTP/1.1\nContent-Type: application/json\n\n{"a"', undefined],
  ['XML', 'POST / HTTP/1.1\nContent-Type: application/xml\n\n<a/>', undefined],
  ['no body', 'GET / HTTP/1.1', undefined],
])('a body of %s is decoded as far as the browser can', (_, request, want) => {
  expect(bodyOfText(request)).toEqual(want)
})
