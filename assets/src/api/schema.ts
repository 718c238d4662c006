// The objects of the admin API, written by hand from SURFACE.md.

/** A page of a list, newest first. */
export interface List<T> {
  items: T[]
  next: string | null
}

export const inputTypes = [
  'text',
  'number',
  'boolean',
  'choice',
  'secret',
  'json',
  'list',
  'email',
  'url',
] as const

export type InputType = (typeof inputTypes)[number]

/** A value that each listener fills in, as the behavior declares it. */
export interface Input {
  name: string
  /** One of the language's types, or the name of one of the host's pickers. */
  type: InputType | (string & {})
  label: string
  help: string
  required: boolean
  default: unknown
  options: string[]
}

/** How an input of type secret is shown: never its value. */
export interface SecretState {
  secret: string | null
  set: boolean
}

export interface Listener {
  id: string
  name: string
  behavior_id: string
  inputs: Record<string, unknown>
  enabled: boolean
  paused: boolean
  timezone: string
  url_override: string
  guid: string
  url: string
  open: boolean
  last_delivery_at: string | null
  counts: { accepted: number; refused: number; duplicate: number; dead: number }
}

export interface ListenerChange {
  name?: string
  behavior_id?: string
  inputs?: Record<string, unknown>
  enabled?: boolean
  paused?: boolean
  timezone?: string
}

/** A sample that a listener can be sent. */
export interface ListenerSample {
  name: string
  recipe: string
}

/** What a sample was answered; delivery_id is null where it made none. */
export interface SampleAnswer extends HTTPResponse {
  delivery_id: string | null
}

export interface Behavior {
  id: string
  name: string
  source: string
  draft: boolean
  published_version: number | null
  /** null: what the published source names. */
  policy: Rule[] | null
  listeners: number
  updated_at: string
  updated_by: string
  /** Only of a draft that was just saved. */
  diagnostics?: Diagnostic[]
}

export interface Version {
  version: number
  source: string
  note: string
  published_at: string
  published_by: string
}

export interface Edit {
  line: number
  column: number
  end_line: number
  end_column: number
  text: string
}

export interface Fix {
  title: string
  edits: Edit[]
}

/** A finding; positions in runes from 1, the end exclusive. */
export interface Diagnostic {
  line: number
  column: number
  end_line: number
  end_column: number
  severity: 'error' | 'warning'
  code: string
  message: string
  suggestion: string
  fixes: Fix[]
}

export interface Check {
  diagnostics: Diagnostic[]
  inputs: Input[]
  /** What the source names; null where it does not compile. */
  grants: Grants | null
}

/** What a null policy allows once the source that names it is published. */
export interface Grants {
  actions: string[]
  /** Written out in the source, with their port. */
  hosts: string[]
  /** Inputs that may hold a host, with their type: "system: url". */
  inputs: string[]
}

/** A rule of a policy: {allow | deny: action, where: {parameter: {equals | in | host | prefix}}}. */
export type Rule = Record<string, unknown>

/** What a draft is checked with beside its source. */
export interface CheckOptions {
  behavior_id?: string
  /** Texts of request files, or ids of deliveries. */
  samples?: string[]
}

/** A key of a document, or what stands below one; a step has a path. */
export interface OutlineItem {
  kind: string
  label: string
  detail: string
  path: string
  line: number
  column: number
  end_line: number
  end_column: number
  children: OutlineItem[]
}

export interface HTTPResponse {
  status: number
  headers?: [string, string][]
  body?: string
  body_base64?: string
}

export type Outcome = 'accepted' | 'refused' | 'duplicate' | 'handshake'
export type StepState = 'pending' | 'done' | 'skipped' | 'failed' | 'unknown'
export type RunState = 'open' | 'waiting' | 'done' | 'failed' | 'dead' | 'canceled'

export interface SimulatedStep {
  path: string
  line: number
  action: string
  state: StepState
  params: Record<string, unknown> | null
  assumed: boolean
  /** Of a step that failed. */
  error?: string
}

export interface Simulation {
  diagnostics: Diagnostic[]
  outcome: Outcome | null
  cause: string | null
  response: HTTPResponse | null
  steps: SimulatedStep[]
  trace: TraceValue[]
  /** Why the trace is not whole. */
  trace_problem?: string
}

/**
 * A value of a sub-expression; `kind` and place are those of its node. The first
 * of a node's says how many it had in all; at most 20 are there. The kind Policy
 * tells of a step that its policy denies it, and why.
 */
export interface TraceValue {
  line: number
  column: number
  kind: string
  value: unknown
  /** Why there is no value, or why it does not serve. */
  error?: string
  n: number
}

export interface SimulationRequest {
  source: string
  /** The text of a request file, or a delivery's id. */
  request: string
  listener_id?: string
  received_at?: string
  inputs?: Record<string, unknown>
  /** Outputs by the steps' paths: a value, or {error: text}. */
  outputs?: Record<string, unknown>
}

/** A delivery in a list has no headers, bodies and steps. */
export interface Delivery {
  id: string
  listener_id: string
  outcome: Outcome
  cause: string | null
  detail?: string | null
  received_at: string
  version: number | null
  duplicate_of: string | null
  replay_of: string | null
  request: {
    method: string
    url: string
    headers?: [string, string][]
    client_ip: string
    content_type: string
    body?: string
    body_base64?: string
    size: number
  }
  response: HTTPResponse | null
  run: Run | null
  /** Only where it is asked for. */
  trace?: TraceValue[]
  /** Why the trace is not whole, or not of what happened. */
  trace_problem?: string | null
}

export interface Run {
  id: string
  state: RunState
  reason: 'retry' | 'wait' | 'order' | 'limit' | 'paused' | 'ask' | null
  error?: string | null
  due_at: string | null
  steps?: Step[]
}

export interface Step {
  path: string
  line: number
  name: string
  action: string
  state: StepState
  params?: unknown
  output?: unknown
  error: string | null
  attempts: Attempt[]
}

export interface Attempt {
  n: number
  started_at: string
  finished_at: string | null
  status: number | null
  error: string | null
  blame: 'behavior' | 'host' | 'remote' | 'network' | 'us' | null
}

export interface Recipe {
  id: string
  name: string
  provider: string
  description: string
  source: string
  inputs: Input[]
  samples: { name: string; request: string }[]
  guide: string
}

export interface Secret {
  name: string
  hosts: string[]
  set: boolean
  /** It is sealed with a key that the host no longer has. */
  unreadable: boolean
  /** Count of listeners. */
  used_by: number
  updated_at: string
  updated_by: string
}

/** What a host's picker offers. */
export interface Choice {
  value: string
  label: string
}

/** A line of the audit trail: who changed what. */
export interface AuditEntry {
  id: string
  at: string
  by: string
  name: string
  /** The bearer token's id; empty: a session. */
  token: string
  action: string
  object: string
  detail: string
}

/** The state of the plugin; each warning says what to do about it. */
export interface Status {
  version: string
  database: { reachable: boolean }
  warnings: { code: string; message: string }[]
}

export interface Type {
  kind: string
  elem?: Type
  fields?: Record<string, Type>
}

export interface Word {
  name: string
  summary: string
}

export interface Param {
  name: string
  type: Type
  required: boolean
  secret: boolean
  default: unknown
  options: string[]
  help: string
}

export interface Action {
  name: string
  summary: string
  params: Param[]
  output: Type
  example: unknown
  /** Hosts of its own, which are granted with it. */
  hosts: string[]
  reach: 'host' | 'store' | 'outside'
}

export interface LanguageFunction {
  name: string
  params: { name: string; type: Type; optional: boolean; variadic: boolean }[]
  result: Type
  doc: string
  example: string
}

/** All that a behavior may name on this host, its own actions and types included. */
export interface Catalog {
  keys: Word[]
  verbs: Word[]
  modifiers: Word[]
  /** The keys of parts of a document and of a step, by the part's name, such as each. */
  parts: Record<string, Word[]>
  input_types: string[]
  actions: Action[]
  functions: LanguageFunction[]
  providers: { name: string; doc: string }[]
  records: { name: string; summary: string; fields: Record<string, Type>; example: Record<string, unknown> }[]
  pickers: { name: string; label: string; summary: string; record: string }[]
  /** Actions that the language has, and this host lacks what they need for. */
  absent: { name: string; summary: string; needs: string }[]
}

export interface FieldError {
  field: string
  code: string
  message: string
}

/** An error as the API answers it, application/problem+json. */
export interface Problem {
  title: string
  status: number
  detail?: string
  errors?: FieldError[]
  id?: string
  diagnostics?: Diagnostic[]
}
