import { describe, expect, it } from 'vitest'
import { type Permission, readMay } from '../src/may'

const all: Permission[] = ['view', 'payloads', 'edit', 'manage']

// What the server writes for a worker with one permission; it gives those that
// the permission contains as well.
describe('what the reader may', () => {
  it.each<[string | undefined, Permission[]]>([
    ['view', ['view']],
    ['view payloads', ['view', 'payloads']],
    ['view edit', ['view', 'edit']],
    ['view payloads edit manage', ['view', 'payloads', 'edit', 'manage']],
    ['', []],
    [undefined, []],
    ['viewpayloads toString', []],
  ])('%j', (attribute, want) => {
    expect(all.filter(readMay(attribute))).toEqual(want)
  })
})
