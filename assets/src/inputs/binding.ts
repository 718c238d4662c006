import { formatJSON, parseJSON } from '../api/json'
import type { Input, SecretState } from '../api/schema'

// What a form holds for a behavior's inputs, and how it becomes what the API
// takes. The server judges the values; here is only what cannot be sent at all.

/** What is to become of a secret. */
export type SecretChange =
  | { do: 'keep' }
  | { do: 'set'; text: string }
  | { do: 'use'; name: string }
  | { do: 'clear' }

/** A form's content by the name of the input. */
export type Draft = Record<string, string | boolean | SecretChange>

/** Why a value cannot be sent: it is no number, or no JSON. */
export type Unsendable = { kind: 'number' } | { kind: 'json'; why: string }

export function labelOf(input: Input): string {
  return input.label || input.name
}

/** startDraft fills a form in with a listener's values, or with the defaults. */
export function startDraft(inputs: readonly Input[], values?: Record<string, unknown>): Draft {
  return Object.fromEntries(
    inputs.map((input) => {
      if (input.type === 'secret') {
        return [input.name, secretState(values?.[input.name]).set ? { do: 'keep' } : { do: 'set', text: '' }]
      }
      const value = values?.[input.name] ?? input.default
      return [input.name, input.type === 'boolean' ? value === true : asText(input, value)]
    }),
  )
}

/** secretState reads how the API shows a secret input. */
export function secretState(value: unknown): SecretState {
  const shown = value as Partial<SecretState> | null | undefined
  return { secret: shown?.secret ?? null, set: shown?.set === true }
}

function asText(input: Input, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (input.type === 'list' && Array.isArray(value)) {
    return value.map((item) => (typeof item === 'string' ? item : formatJSON(item))).join('\n')
  }
  if (input.type === 'json') return formatJSON(value, 2)
  return typeof value === 'string' ? value : formatJSON(value)
}

/**
 * readDraft gives the values to send. An input that is empty is null where the
 * listener has it already, and else left out, so that its default holds.
 */
export function readDraft(
  inputs: readonly Input[],
  draft: Draft,
  present: Record<string, unknown> = {},
): { values: Record<string, unknown>; unsendable: Record<string, Unsendable> } {
  const values: Record<string, unknown> = {}
  const unsendable: Record<string, Unsendable> = {}
  for (const input of inputs) {
    const entry = draft[input.name]
    if (entry === undefined) continue
    if (typeof entry === 'object') {
      const value = readSecret(entry)
      if (value !== undefined) values[input.name] = value
      continue
    }
    const read = typeof entry === 'boolean' ? { value: entry } : readText(input, entry)
    if ('problem' in read) unsendable[input.name] = read.problem
    else if (read.value !== undefined) values[input.name] = read.value
    else if (input.name in present) values[input.name] = null
  }
  return { values, unsendable }
}

function readSecret(change: SecretChange): unknown {
  switch (change.do) {
    case 'keep':
      return undefined
    case 'set':
      return change.text === '' ? undefined : change.text
    case 'use':
      return { secret: change.name }
    case 'clear':
      return null
  }
}

function readText(input: Input, text: string): { value: unknown } | { problem: Unsendable } {
  if (text.trim() === '') return { value: undefined }
  switch (input.type) {
    case 'number': {
      const number = text.trim()
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(number)) return { problem: { kind: 'number' } }
      const exact = /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number))
      return { value: exact ? BigInt(number) : Number(number) }
    }
    case 'json':
      try {
        return { value: parseJSON(text) }
      } catch (e) {
        return { problem: { kind: 'json', why: e instanceof Error ? e.message : String(e) } }
      }
    case 'list':
      return { value: text.split(/\r?\n/).filter((line) => line.trim() !== '') }
    default:
      return { value: text }
  }
}
