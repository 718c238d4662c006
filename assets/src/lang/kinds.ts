/** Where a value stands in a behavior: map keys and list indices from the top. */
export type Path = readonly (string | number)[]

/** What a scalar is: a bare expression, a text with ${{ }} in it, or plain YAML. */
export type Kind = 'expression' | 'template' | 'plain'

/**
 * kindOf says what the scalar at a path of a behavior is. It is the one place in
 * the browser that knows the document's shape; LANGUAGE.md, "Where expressions
 * stand", is what it follows.
 */
export function kindOf(path: Path): Kind {
  const [key, ...rest] = path
  switch (key) {
    case 'verify':
      return rest.length === 0 || isOnly(rest, 'check') ? 'expression' : 'template'
    case 'dedupe':
    case 'order_by':
      return 'expression'
    case 'let':
      return rest.length === 1 ? 'expression' : 'plain'
    case 'cors':
      return rest[0] === 'origins' ? 'template' : 'plain'
    case 'deadline':
      return rest[0] === 'respond' ? 'template' : 'plain'
    case 'steps':
    case 'handshake':
      return inSteps(rest)
    default:
      return 'plain'
  }
}

function inSteps(path: Path): Kind {
  return typeof path[0] === 'number' ? inStep(path.slice(1)) : 'plain'
}

function inStep(path: Path): Kind {
  const [key, ...rest] = path
  switch (key) {
    case 'when':
      return rest.length === 0 ? 'expression' : 'plain'
    case 'let':
    case 'keep':
      return rest.length === 1 ? 'expression' : 'plain'
    case 'steps':
    case 'choose':
    case 'on_error':
      return inSteps(rest)
    case 'each':
      if (rest[0] === 'steps') return inSteps(rest.slice(1))
      return isOnly(rest, 'in') || isOnly(rest, 'once') ? 'expression' : 'plain'
    case 'wait':
      return isOnly(rest, 'until') ? 'expression' : 'template'
    case 'as':
    case 'retry':
    case 'timeout':
    case undefined:
      return 'plain'
    default:
      return 'template'
  }
}

function isOnly(path: Path, key: string): boolean {
  return path.length === 1 && path[0] === key
}
