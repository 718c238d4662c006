import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

interface Chunk {
  file: string
  isEntry?: boolean
  imports?: string[]
  dynamicImports?: string[]
}

const dist = new URL('../dist/', import.meta.url)
const manifest: Record<string, Chunk> = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'))

/** Bytes, with gzip, of some modules and all that they import at once. */
function weight(...modules: string[]): number {
  const names = new Set<string>()
  const visit = (name: string) => {
    if (names.has(name)) return
    names.add(name)
    manifest[name]?.imports?.forEach(visit)
  }
  modules.forEach(visit)
  return [...names]
    .map((name) => gzipSync(readFileSync(new URL(manifest[name]?.file ?? '', dist))).length)
    .reduce((a, b) => a + b)
}

it('every page loads at most 60 kB at first', () => {
  expect(weight('src/index.tsx')).toBeLessThan(60_000)
})

it('the editor page loads at most 300 kB in all', () => {
  expect(weight('src/index.tsx', 'src/pages/behavior.tsx')).toBeLessThan(300_000)
})
