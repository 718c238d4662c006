import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

// What a strict CSP and hostile payloads forbid. Biome has no rule for these.
const forbidden: [pattern: RegExp, reason: string][] = [
  [
    /innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment/,
    'payloads are text: no markup from strings',
  ],
  [/\bstyle=[{"']|setAttribute\(\s*['"]style/, 'style attributes fall to style-src: use a class'],
  [/\beval\(|new Function\(/, 'script-src has no unsafe-eval'],
]

const root = new URL('../src/', import.meta.url).pathname
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))

it.each(forbidden)('nothing matches %s: %s', (pattern) => {
  const found = files.filter((name) => pattern.test(readFileSync(join(root, name), 'utf8')))
  expect(files.length).toBeGreaterThan(40)
  expect(found).toEqual([])
})
