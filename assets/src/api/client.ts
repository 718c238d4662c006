import { formatJSON, parseJSON } from './json'
import type {
  AuditEntry,
  Behavior,
  Catalog,
  Check,
  CheckOptions,
  Choice,
  Delivery,
  Edit,
  FieldError,
  HTTPResponse,
  List,
  Listener,
  ListenerChange,
  ListenerSample,
  OutlineItem,
  Problem,
  Recipe,
  Rule,
  SampleAnswer,
  Secret,
  Simulation,
  SimulationRequest,
  Status,
  Version,
} from './schema'

/** An answer of the API that is no success; status 0: there was no answer. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title)
    this.name = 'ApiError'
  }

  get status(): number {
    return this.problem.status
  }

  /** The message for a field, such as "inputs.channel". */
  field(name: string): string | undefined {
    return this.problem.errors?.find((e) => e.field === name)?.message
  }

  /** The errors of other fields than these. */
  othersThan(fields: readonly string[]): FieldError[] {
    return (this.problem.errors ?? []).filter((e) => !fields.includes(e.field))
  }
}

/** A value with the ETag that a later change of it is conditional on. */
export interface Tagged<T> {
  value: T
  etag: string | null
}

/** What the host's page knows: where the API is, and the session's CSRF token. */
export interface ClientOptions {
  api: string
  csrf: string
  onUnauthorized: () => void
}

type Query = Record<string, string | undefined>
interface Call {
  query?: Query
  body?: unknown
  ifMatch?: string | null
  signal?: AbortSignal
}

/** The admin API. Nothing else in the browser side fetches. */
export type Client = ReturnType<typeof createClient>

export function createClient(options: ClientOptions) {
  async function send<T>(method: string, path: string, call: Call = {}): Promise<Tagged<T>> {
    const headers: Record<string, string> = { Accept: 'application/json' }
    const init: RequestInit = { method, headers, credentials: 'same-origin' }
    if (call.body !== undefined) {
      headers['Content-Type'] = 'application/json'
      init.body = formatJSON(call.body)
    }
    if (method !== 'GET') headers['X-CSRF-Token'] = options.csrf
    if (call.ifMatch) headers['If-Match'] = call.ifMatch
    if (call.signal) init.signal = call.signal

    let response: Response
    let text: string
    try {
      response = await fetch(options.api + path + search(call.query), init)
      text = await response.text()
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
      throw new ApiError({ status: 0, title: 'The server cannot be reached.' })
    }
    if (!response.ok) {
      if (response.status === 401) options.onUnauthorized()
      throw new ApiError(problemOf(response, text))
    }
    const value = (response.status === 204 ? undefined : decode(text, response.status)) as T
    return { value, etag: response.headers.get('ETag') }
  }

  const plain = async <T>(method: string, path: string, call?: Call) =>
    (await send<T>(method, path, call)).value
  const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
    plain<T>('GET', path, { ...(query && { query }), ...(signal && { signal }) })

  return {
    listeners: (cursor?: string, signal?: AbortSignal) =>
      get<List<Listener>>('/listeners', { cursor }, signal),
    listener: (id: string, signal?: AbortSignal) => get<Listener>(at`/listeners/${id}`, undefined, signal),
    createListener: (body: ListenerChange) => plain<Listener>('POST', '/listeners', { body }),
    changeListener: (id: string, body: ListenerChange) =>
      plain<Listener>('PATCH', at`/listeners/${id}`, { body }),
    deleteListener: (id: string) => plain<void>('DELETE', at`/listeners/${id}`),
    samples: (id: string, signal?: AbortSignal) =>
      get<List<ListenerSample>>(at`/listeners/${id}/samples`, undefined, signal),
    sendSample: (id: string, sample: string) =>
      plain<SampleAnswer>('POST', at`/listeners/${id}/sample`, { body: { sample } }),

    behaviors: (cursor?: string, signal?: AbortSignal) =>
      get<List<Behavior>>('/behaviors', { cursor }, signal),
    behavior: (id: string, signal?: AbortSignal) =>
      send<Behavior>('GET', at`/behaviors/${id}`, signal && { signal }),
    createBehavior: (source: string) => plain<Behavior>('POST', '/behaviors', { body: { source } }),
    saveDraft: (id: string, source: string, ifMatch: string | null) =>
      send<Behavior>('PATCH', at`/behaviors/${id}`, { body: { source }, ifMatch }),
    deleteBehavior: (id: string) => plain<void>('DELETE', at`/behaviors/${id}`),
    publish: (id: string, note: string, ifMatch: string | null) =>
      plain<{ version: number }>('POST', at`/behaviors/${id}/publish`, { body: { note }, ifMatch }),
    versions: (id: string, cursor?: string, signal?: AbortSignal) =>
      get<List<Version>>(at`/behaviors/${id}/versions`, { cursor }, signal),
    version: (id: string, n: number, signal?: AbortSignal) =>
      get<Version>(at`/behaviors/${id}/versions/${n}`, undefined, signal),
    setPolicy: (id: string, policy: Rule[] | null, ifMatch: string | null) =>
      send<Behavior>('PATCH', at`/behaviors/${id}`, { body: { policy }, ifMatch }),
    check: (source: string, options: CheckOptions = {}, signal?: AbortSignal) =>
      plain<Check>('POST', '/behaviors/check', { body: { source, ...options }, ...(signal && { signal }) }),
    format: (source: string) => plain<{ edits: Edit[] }>('POST', '/behaviors/format', { body: { source } }),
    outline: (source: string, signal?: AbortSignal) =>
      plain<{ items: OutlineItem[] }>('POST', '/behaviors/outline', {
        body: { source },
        ...(signal && { signal }),
      }),
    simulate: (body: SimulationRequest, signal?: AbortSignal) =>
      plain<Simulation>('POST', '/behaviors/simulate', { body, ...(signal && { signal }) }),

    deliveries: (query: Query, signal?: AbortSignal) => get<List<Delivery>>('/deliveries', query, signal),
    delivery: (id: string, signal?: AbortSignal) => get<Delivery>(at`/deliveries/${id}`, undefined, signal),
    /** With the values of the behavior's expressions, which takes `payloads`. */
    traced: (id: string, signal?: AbortSignal) =>
      get<Delivery>(at`/deliveries/${id}`, { trace: '1' }, signal),

    recipes: (signal?: AbortSignal) => get<List<Recipe>>('/recipes', undefined, signal),
    install: (id: string, body: { name: string; inputs: Record<string, unknown> }) =>
      plain<{ behavior: Behavior; listener: Listener }>('POST', at`/recipes/${id}/install`, { body }),

    secrets: (signal?: AbortSignal) => get<List<Secret>>('/secrets', undefined, signal),
    putSecret: (name: string, body: { value: string; hosts: string[] }) =>
      plain<Secret>('PUT', at`/secrets/${name}`, { body }),
    pick: (picker: string, text: string, signal?: AbortSignal) =>
      get<List<Choice>>(at`/pickers/${picker}`, { text }, signal),
    picked: (picker: string, value: string, signal?: AbortSignal) =>
      get<List<Choice>>(at`/pickers/${picker}`, { value }, signal),

    catalog: (signal?: AbortSignal) => get<Catalog>('/catalog', undefined, signal),
    status: (signal?: AbortSignal) => get<Status>('/status', undefined, signal),
    audit: (cursor?: string, signal?: AbortSignal) => get<List<AuditEntry>>('/audit', { cursor }, signal),
    deleteSecret: (name: string) => plain<void>('DELETE', at`/secrets/${name}`),
  }
}

/** at builds a path whose values cannot add segments to it. */
function at(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((v) => encodeURIComponent(v)))
}

function search(query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value) params.set(name, value)
  return params.size > 0 ? `?${params}` : ''
}

function problemOf(response: Response, text: string): Problem {
  const fallback = { status: response.status, title: `The server answered ${response.status}.` }
  if (!response.headers.get('Content-Type')?.startsWith('application/problem+json')) return fallback
  try {
    return { ...fallback, ...(parseJSON(text) as Problem) }
  } catch {
    return fallback
  }
}

function decode(text: string, status: number): unknown {
  try {
    return parseJSON(text)
  } catch {
    throw new ApiError({ status, title: 'The server answered what is no JSON.' })
  }
}

/** The text of a body, or its base64 where it is no text; '' for none. */
export function bodyText(message: Pick<HTTPResponse, 'body' | 'body_base64'>): string {
  return message.body ?? message.body_base64 ?? ''
}
