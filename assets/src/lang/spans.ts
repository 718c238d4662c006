import type { SyntaxNode, Tree } from '@lezer/common'

// The server says of a value which kind of node has it, and where the node's
// token is; the syntax tree says from where to where the node goes.

/** Kinds of the server's that are called otherwise in the grammar. */
const names: Record<string, readonly string[]> = {
  Identifier: ['VariableName'],
  Builtin: ['Call'],
  Conditional: ['Conditional', 'If'],
}

/** spanOf finds the node of a kind whose token is at an offset, or null. */
export function spanOf(tree: Tree, kind: string, offset: number): SyntaxNode | null {
  const wanted = names[kind] ?? [kind]
  for (let node: SyntaxNode | null = tree.resolveInner(offset, 1); node; node = node.parent) {
    if (wanted.includes(node.name) && tokensOf(node).includes(offset)) return node
  }
  return null
}

/** isInExpression tells whether an offset is in one: in a template that is between its braces. */
export function isInExpression(tree: Tree, offset: number): boolean {
  for (let node: SyntaxNode | null = tree.resolveInner(offset, 1); node; node = node.parent) {
    if (node.name === 'Expression' || node.name === 'Interpolation') return true
  }
  return false
}

/** Where a node's token may be: that of its own, not of what it is made of. */
function tokensOf(node: SyntaxNode): number[] {
  const tokens: number[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (isToken(node.name, child.name)) tokens.push(child.from)
    if (node.name === 'Call' && child.name === 'Member') {
      const property = child.getChild('PropertyName')
      if (property) tokens.push(property.from)
    }
  }
  return [...tokens, node.from]
}

function isToken(parent: string, child: string): boolean {
  switch (parent) {
    case 'Member':
      return child === 'PropertyName'
    case 'Index':
    case 'Slice':
      return child === '['
    case 'Binary':
    case 'Unary':
      return /Operator$|^(in|not|and|or|matches|contains|startsWith|endsWith)$/.test(child)
    case 'Conditional':
      return child === '?'
    default:
      return false
  }
}
