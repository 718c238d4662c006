import { describe, expect, it } from 'vitest'
import type { Delivery, List } from '../src/api/schema'
import { appended, refreshed } from '../src/pages/delivery-log'

const page = (ids: number[], next: string | null = null): List<Delivery> => ({
  items: ids.map((id) => ({ id: String(id) }) as Delivery),
  next,
})
const ids = (log: { items: Delivery[] }) => log.items.map((d) => Number(d.id))

describe('the log', () => {
  it('puts what is new on top and keeps the older pages', () => {
    const read = appended(refreshed(undefined, page([5, 4], 'c4')), page([3, 2], 'c2'))
    const log = refreshed(read, page([6, 5], 'c5'))
    expect(ids(log)).toEqual([6, 5, 4, 3, 2])
    expect(log.next).toBe('c2')
  })

  it('starts over where the new page leaves a gap', () => {
    const log = refreshed(refreshed(undefined, page([2, 1])), page([9, 8], 'c8'))
    expect(ids(log)).toEqual([9, 8])
    expect(log.next).toBe('c8')
  })

  it('takes the newer state of a delivery', () => {
    const before = refreshed(undefined, page([1]))
    const after = { items: [{ id: '1', outcome: 'refused' } as Delivery], next: null }
    expect(refreshed(before, after).items).toEqual(after.items)
  })

  it('shows no delivery twice', () => {
    const log = appended(refreshed(undefined, page([3, 2], 'c2')), page([2, 1]))
    expect(ids(log)).toEqual([3, 2, 1])
    expect(log.next).toBeNull()
  })
})
