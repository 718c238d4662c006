import { expect, it } from 'vitest'
import { kindOf, type Path } from '../src/lang/kinds'

const cases: [Path, string][] = [
  [['name'], 'plain'],
  [['description'], 'plain'],
  [['inputs', 'key', 'label'], 'plain'],
  [['accept', 'methods', 0], 'plain'],
  [['verify'], 'expression'],
  [['verify', 'check'], 'expression'],
  [['verify', 'reject', 'text'], 'template'],
  [['dedupe'], 'expression'],
  [['order_by'], 'expression'],
  [['deadline'], 'plain'],
  [['deadline', 'after'], 'plain'],
  [['deadline', 'respond', 'text'], 'template'],
  [['let', 'event'], 'expression'],
  [['handshake', 0, 'when'], 'expression'],
  [['handshake', 0, 'keep', 'key'], 'expression'],
  [['handshake', 0, 'respond', 'headers', 'X-Hook-Secret'], 'template'],
  [['steps', 0, 'when'], 'expression'],
  [['steps', 0, 'stop'], 'template'],
  [['steps', 0, 'name'], 'template'],
  [['steps', 0, 'as'], 'plain'],
  [['steps', 0, 'timeout'], 'plain'],
  [['steps', 0, 'retry', 'backoff'], 'plain'],
  [['steps', 0, 'let', 'x'], 'expression'],
  [['steps', 0, 'wait'], 'template'],
  [['steps', 0, 'wait', 'until'], 'expression'],
  [['steps', 0, 'each', 'in'], 'expression'],
  [['steps', 0, 'each', 'once'], 'expression'],
  [['steps', 0, 'each', 'as'], 'plain'],
  [['steps', 0, 'each', 'steps', 1, 'when'], 'expression'],
  [['steps', 0, 'choose', 1, 'when'], 'expression'],
  [['steps', 0, 'choose', 1, 'steps', 0, 'log'], 'template'],
  [['steps', 0, 'fail'], 'template'],
  [['steps', 0, 'log', 'text'], 'template'],
  [['steps', 0, 'log', 'level'], 'template'],
  [['steps', 0, 'on_error'], 'plain'],
  [['steps', 0, 'on_error', 0, 'choose', 0, 'steps', 0, 'fail'], 'template'],
  [['steps', 0, 'on_error', 0, 'when'], 'expression'],
  [['steps', 0, 'steps', 2, 'slack.post', 'text'], 'template'],
  // A parameter that happens to be called like a modifier is a parameter.
  [['steps', 0, 'ticket.create', 'when'], 'template'],
  [['steps', 0, 'http.request', 'json', 'let', 'x'], 'template'],
]

it.each(cases)('%j is %s', (path, kind) => {
  expect(kindOf(path)).toBe(kind)
})
