import { expect, it } from 'vitest'
import { rangeOf } from '../src/lang/json-place'

const text = `[
  {"allow": "slack.post"},
  {"deny": "http.request", "where": {"url": {"host": "https://x"}, "n": {"in": [1, true]}}}
]`

it.each([
  ['', text],
  ['[0]', '{"allow": "slack.post"}'],
  ['[0].allow', '"slack.post"'],
  ['[1].where.url.host', '"https://x"'],
  ['[1].where.n.in[1]', 'true'],
  ['[1].where.n', '{"in": [1, true]}'],
  ['[2]', undefined],
])('%s', (place, want) => {
  const range = rangeOf(text, place)
  expect(range ? text.slice(range.from, range.to) : undefined).toBe(want)
})
