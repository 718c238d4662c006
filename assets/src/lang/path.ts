import type { SyntaxNode } from '@lezer/common'
import type { Path } from './kinds'

/** pathOf finds where a node of YAML's syntax tree stands, or null for a key. */
export function pathOf(node: SyntaxNode, read: (from: number, to: number) => string): Path | null {
  const path: (string | number)[] = []
  for (let child = node, parent = node.parent; parent; child = parent, parent = parent.parent) {
    if (parent.name === 'Key') return null
    if (parent.name === 'Pair') {
      const key = parent.getChild('Key')
      if (key) path.unshift(unquote(read(key.from, key.to).trim()))
    } else if (parent.name === 'BlockSequence' || parent.name === 'FlowSequence') {
      path.unshift(indexOf(child))
    }
  }
  return path
}

function indexOf(item: SyntaxNode): number {
  let index = 0
  for (let before = item.prevSibling; before; before = before.prevSibling) {
    if (before.name === 'Item') index++
  }
  return index
}

function unquote(key: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(key)
  return quoted?.[2] ?? key
}
