import { expect, it } from 'vitest'
import type { Diagnostic, OutlineItem } from '../src/api/schema'
import { ownOf } from '../src/pages/behavior-outline'

const item = (from: [number, number], to: [number, number], children: OutlineItem[] = []): OutlineItem => ({
  ...{ kind: 'step', label: '', detail: '', path: '', children },
  ...{ line: from[0], column: from[1], end_line: to[0], end_column: to[1] },
})
const finding = (line: number, column: number): Diagnostic => ({
  ...{ line, column, end_line: line, end_column: column + 1 },
  ...{ severity: 'error', code: 'c', message: '', suggestion: '', fixes: [] },
})

it('marks the innermost item that a finding is in', () => {
  const inner = item([3, 5], [4, 20])
  const outer = item([2, 1], [6, 1], [inner])
  const findings = [finding(1, 9), finding(2, 1), finding(3, 4), finding(3, 5), finding(4, 20), finding(7, 1)]
  expect(ownOf(outer, findings).map((d) => [d.line, d.column])).toEqual([
    [2, 1],
    [3, 4],
  ])
  expect(ownOf(inner, findings).map((d) => [d.line, d.column])).toEqual([
    [3, 5],
    [4, 20],
  ])
})
