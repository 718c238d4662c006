// JSON with its integers exact: an id of 20 digits in a payload must be shown,
// and sent back, as it is. Browsers without the source text of a number
// (JSON.parse's third argument, 2023 to 2025) round it, as plain JSON.parse does.

type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown

/** parseJSON decodes; an integer that a number cannot hold becomes a bigint. */
export function parseJSON(text: string): unknown {
  return parse(text, (_, value, context) => {
    const rounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    return rounded && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value
  })
}

/** formatJSON encodes a decoded value, with bigints as numbers. */
export function formatJSON(value: unknown, indent?: number): string {
  const numbers: string[] = []
  const mark = uniqueMark()
  const text = JSON.stringify(
    value,
    (_, v: unknown) => (typeof v === 'bigint' ? `${mark}:${numbers.push(v.toString()) - 1}` : v),
    indent,
  )
  if (numbers.length === 0) return text
  return text.replace(new RegExp(`"${mark}:(\\d+)"`, 'g'), (_, i: string) => numbers[Number(i)] ?? 'null')
}

/** A text that no value holds, by chance or by intent. */
function uniqueMark(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}

const maxDepth = 100

/**
 * indentJSON lays a JSON text out, changing the space between its tokens only:
 * numbers, escapes and repeated keys stay as they were sent. null: no JSON, or
 * so deeply nested that the indentation would outgrow the text.
 */
export function indentJSON(text: string): string | null {
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  const parts: string[] = []
  let depth = 0
  const line = () => `\n${'  '.repeat(depth)}`
  for (const [i, token] of tokens.entries()) {
    const opened = tokens[i - 1] === '{' || tokens[i - 1] === '['
    if (token === '}' || token === ']') {
      depth--
      if (!opened) parts.push(line())
    } else if (opened) parts.push(line())
    parts.push(token)
    if ((token === '{' || token === '[') && ++depth > maxDepth) return null
    if (token === ',') parts.push(line())
    else if (token === ':') parts.push(' ')
  }
  return parts.join('')
}
