import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, createClient } from '../src/api/client'

interface Sent {
  url: string
  method: string
  headers: Record<string, string>
  body: unknown
}

let sent: Sent[]
let answer: () => Response | Promise<Response>
const onUnauthorized = vi.fn()
const client = createClient({ api: '/api/webhooks/v1', csrf: 'token', onUnauthorized })

beforeEach(() => {
  sent = []
  onUnauthorized.mockClear()
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>
    sent.push({ url, method: init.method ?? '', headers, body: init.body })
    return answer()
  })
})
afterEach(() => vi.unstubAllGlobals())

const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(value), {
      status,
      headers: { 'Content-Type': 'application/json', ...headers },
    })

const problem = (value: unknown, status: number) => () =>
  new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/problem+json' } })

async function failure(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (e: unknown) => e,
  )
  if (!(error instanceof ApiError)) throw new Error(`got ${String(error)}, no ApiError`)
  return error
}

describe('requests', () => {
  it('reads without a CSRF token, leaving out what is not filtered by', async () => {
    answer = json({ items: [], next: null })
    await client.deliveries({ outcome: 'refused', state: '', cursor: undefined })
    expect(sent).toEqual([
      {
        url: '/api/webhooks/v1/deliveries?outcome=refused',
        method: 'GET',
        headers: { Accept: 'application/json' },
        body: undefined,
      },
    ])
  })

  it('changes with the CSRF token, and on a condition', async () => {
    answer = json({ id: '7' }, 200, { ETag: '"4"' })
    expect(await client.saveDraft('7', 'behavior: 1', '"3"')).toEqual({ value: { id: '7' }, etag: '"4"' })
    expect(sent).toEqual([
      {
        url: '/api/webhooks/v1/behaviors/7',
        method: 'PATCH',
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/json',
          'X-CSRF-Token': 'token',
          'If-Match': '"3"',
        },
        body: '{"source":"behavior: 1"}',
      },
    ])
  })

  it('sends a sample, and gives what it was answered', async () => {
    const answered = { status: 200, headers: [['Content-Length', '2']], body: 'ok', delivery_id: '12' }
    answer = json(answered)
    expect(await client.sendSample('7', 'push')).toEqual(answered)
    expect(sent).toEqual([
      {
        url: '/api/webhooks/v1/listeners/7/sample',
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRF-Token': 'token' },
        body: '{"sample":"push"}',
      },
    ])
  })

  it('keeps a name inside of its segment of the path', async () => {
    answer = () => new Response(null, { status: 204 })
    expect(await client.deleteSecret('../listeners/1?x')).toBeUndefined()
    expect(sent[0]?.url).toBe('/api/webhooks/v1/secrets/..%2Flisteners%2F1%3Fx')
  })
})

describe('errors', () => {
  it('become an ApiError with the fields', async () => {
    const said = {
      title: 'The input is not valid.',
      status: 422,
      detail: '',
      errors: [
        { field: 'inputs.channel', code: 'type', message: 'must be a text' },
        { field: 'name', code: 'required', message: 'a listener needs a name' },
      ],
    }
    answer = problem(said, 422)
    const error = await failure(client.createListener({ name: '' }))
    expect(error.problem).toEqual(said)
    expect(error.message).toBe('The input is not valid.')
    expect(error.field('inputs.channel')).toBe('must be a text')
    expect(error.field('inputs.other')).toBeUndefined()
    expect(error.othersThan(['name'])).toEqual([said.errors[0]])
    expect(onUnauthorized).not.toHaveBeenCalled()
  })

  it('tell of a lost session', async () => {
    answer = problem({ title: 'Log in, or send a bearer token.', status: 401 }, 401)
    expect((await failure(client.recipes())).status).toBe(401)
    expect(onUnauthorized).toHaveBeenCalledOnce()
  })

  it.each([
    [
      'HTML of a proxy',
      () => new Response('<html>', { status: 502 }),
      { status: 502, title: 'The server answered 502.' },
    ],
    ['a broken problem', problem(undefined, 500), { status: 500, title: 'The server answered 500.' }],
    ['no JSON', () => new Response('<html>'), { status: 200, title: 'The server answered what is no JSON.' }],
    [
      'no network',
      () => Promise.reject(new TypeError('Failed to fetch')),
      { status: 0, title: 'The server cannot be reached.' },
    ],
  ])('are in plain words for %s', async (_, response, want) => {
    answer = response
    expect((await failure(client.recipes())).problem).toEqual(want)
  })

  it('stay what they are when a page gave up', async () => {
    const aborted = new DOMException('gone', 'AbortError')
    answer = () => Promise.reject(aborted)
    await expect(client.recipes()).rejects.toBe(aborted)
  })
})
