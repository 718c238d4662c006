import { formatJSON } from '../api/json'
import type { Known } from './scope'

const shown = 60 // characters of a value that is shown as an example

/** shapeOf gives the type that values have together, each with the first value that stands there. */
export function shapeOf(values: readonly unknown[]): Known | undefined {
  const seen = values.filter((value) => value !== null && value !== undefined)
  const kinds = new Set(seen.map(kindOf))
  const [first] = seen
  if (first === undefined) return undefined
  if (kinds.size > 1) return { kind: 'any', example: exampleOf(first) }
  const [kind = 'any'] = kinds
  if (kind === 'list') {
    const elem = shapeOf(seen.flatMap((value) => value as unknown[]))
    return elem ? { kind, elem } : { kind }
  }
  if (kind !== 'map') return { kind, example: exampleOf(first) }
  const fields: Record<string, Known> = {}
  for (const name of new Set(seen.flatMap((value) => Object.keys(value as object)))) {
    const type = shapeOf(seen.map((value) => (value as Record<string, unknown>)[name]))
    fields[name] = type ?? { kind: 'any', example: 'null' }
  }
  return { kind, fields }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
    case 'bigint':
      return 'number'
    case 'boolean':
      return 'boolean'
    default:
      return 'map'
  }
}

function exampleOf(value: unknown): string {
  const text = formatJSON(value)
  return text.length > shown ? `${[...text].slice(0, shown).join('')}…` : text
}
