import { Text } from '@codemirror/state'
import type { SyntaxNode, Tree } from '@lezer/common'
import { classHighlighter, highlightTree } from '@lezer/highlight'
import { behaviorLanguage } from './behavior'
import type { Path } from './kinds'
import { pathOf } from './path'
import { toOffset } from './positions'
import { isInExpression, spanOf } from './spans'

// A source with the values that its expressions had, where they stand.

/**
 * A value of a node of an expression, as the server traces it: the first of a
 * node's says how many it had in all, of which not all need be there.
 */
export interface Traced {
  line: number
  column: number
  kind: string
  value: unknown
  /** Why there is no value, or why it does not serve. */
  error?: string
  n: number
}

/** An expression, or a part of one, with its values: several in a predicate or an each. */
export interface Part {
  from: number
  to: number
  text: string
  values: unknown[]
  /** The first of what went wrong with them. */
  error?: string
  /** How many values it had in all. */
  n: number
  parts: Part[]
  /** It is what made the whole false. */
  cause: boolean
  /** Of a whole expression: where it stands in the document. */
  path?: Path
}

/** A piece of a line that is drawn one way, and the parts that it is in, outermost first. */
export interface Piece {
  text: string
  tokens: string
  within: readonly Part[]
}

/** What is told of a line and is of no expression, such as that a policy denies its step. */
export interface Remark {
  kind: string
  value: unknown
  n: number
}

/** A line of the source, its pieces, and the whole expressions that end in it. */
export interface SourceLine {
  number: number
  pieces: (Piece | Part)[]
  remarks: Remark[]
}

/** annotate lays a source out by lines, with its colors and the values of a trace. */
export function annotate(source: string, trace: readonly Traced[]): SourceLine[] {
  const doc = Text.of(source.split(/\r?\n/))
  const whole = doc.toString()
  const tree = behaviorLanguage.parser.parse(whole)
  const { wholes: expressions, remarks } = nested(whole, doc, tree, trace)
  const cuts = new Set<number>([0, whole.length])
  const colors: { from: number; to: number; tokens: string }[] = []
  highlightTree(tree, classHighlighter, (from, to, tokens) => {
    colors.push({ from, to, tokens })
    cuts.add(from).add(to)
  })
  const parts = expressions.flatMap(withParts)
  for (const { from, to } of parts) cuts.add(from).add(to)
  for (let n = 1; n <= doc.lines; n++) cuts.add(doc.line(n).from).add(doc.line(n).to)
  const places = [...cuts].sort((a, b) => a - b)

  const lines: SourceLine[] = []
  const within: Part[] = []
  let at = 0
  let color = 0
  let next = 0
  for (let n = 1; n <= doc.lines; n++) {
    const { from, to } = doc.line(n)
    const pieces: SourceLine['pieces'] = []
    for (; at < places.length && (places[at] ?? 0) <= to; at++) {
      const start = places[at] ?? 0
      if (start > from) pieces.push(...expressions.filter((e) => e.to === start))
      const end = Math.min(places[at + 1] ?? start, to)
      if (end <= start || start < from) continue
      while ((colors[color]?.to ?? whole.length) <= start && color < colors.length) color++
      const tokens = (colors[color]?.from ?? end) <= start ? (colors[color]?.tokens ?? '') : ''
      while ((within.at(-1)?.to ?? whole.length) <= start && within.length > 0) within.pop()
      for (let part = parts[next]; part && part.from <= start; part = parts[++next]) within.push(part)
      pieces.push({ text: whole.slice(start, end), tokens, within: [...within] })
    }
    lines.push({ number: n, pieces, remarks: remarks.get(n) ?? [] })
  }
  return lines
}

/** withParts gives a part and those in it, each before what it is made of. */
function withParts(part: Part): Part[] {
  return [part, ...part.parts.flatMap(withParts)]
}

/** nested puts the traced nodes into each other by their places in the source. */
function nested(source: string, doc: Text, tree: Tree, trace: readonly Traced[]) {
  const nodes = new Map<Part, SyntaxNode>()
  const known = new Map<string, Part>()
  const remarks = new Map<number, Remark[]>()
  for (const { kind, value, n, error, ...at } of trace) {
    const offset = toOffset(doc, at.line, at.column)
    const node = spanOf(tree, kind, offset)
    if (!node) {
      // Such as the item that a predicate's `.name` is of: nothing stands for it.
      if (isInExpression(tree, offset)) continue
      remarks.set(at.line, [...(remarks.get(at.line) ?? []), { kind, value: error ?? value, n }])
      continue
    }
    if (isConstant(node)) continue
    const key = `${node.name} ${node.from} ${node.to}`
    const part = known.get(key) ?? partOf(source, node, n)
    part.values.push(value)
    if (error !== undefined) part.error ??= error
    known.set(key, part)
    nodes.set(part, node)
  }
  const wholes: Part[] = []
  const open: Part[] = []
  for (const part of [...nodes.keys()].sort((a, b) => a.from - b.from || b.to - a.to)) {
    while ((open.at(-1)?.to ?? source.length) < part.to) open.pop()
    const outer = open.at(-1)
    if (outer) outer.parts.push(part)
    else wholes.push(part)
    open.push(part)
  }
  for (const whole of wholes) {
    whole.path = placeOf(nodes.get(whole) as SyntaxNode, source)
    if (!isFalse(whole)) continue
    for (const part of causesOf(whole, nodes, source)) part.cause = part !== whole
  }
  return { wholes, remarks }
}

function partOf(source: string, { from, to }: SyntaxNode, n: number): Part {
  const text = source.slice(from, to).replace(/\s+/g, ' ')
  return { from, to, text, values: [], n, parts: [], cause: false }
}

/** A constant says its value itself. */
function isConstant({ name }: SyntaxNode): boolean {
  return ['String', 'Bytes', 'Number', 'Boolean', 'Nil'].includes(name)
}

function placeOf(node: SyntaxNode, source: string): Path {
  let outermost = node
  while (outermost.parent && outermost.name !== 'Literal' && !outermost.name.endsWith('Content')) {
    if (outermost.name === 'QuotedLiteral') break
    outermost = outermost.parent
  }
  return pathOf(outermost, (from, to) => source.slice(from, to)) ?? []
}

/** isFalse tells whether a part was false at any time. */
const isFalse = (part: Part) => part.values.some((value) => value === false || value === null)

/** causesOf finds the parts by which a condition is false. */
function causesOf(part: Part, nodes: ReadonlyMap<Part, SyntaxNode>, source: string): Part[] {
  const node = nodes.get(part)
  const operator = node && operatorOf(node, source)
  const first = part.parts.find((p) => operator === 'not' || isFalse(p))
  if (!operator || !first) return [part]
  if (operator === 'not') return [first]
  const causes = operator === 'and' ? [first] : part.parts
  return causes.flatMap((p) => causesOf(p, nodes, source))
}

function operatorOf(node: SyntaxNode, source: string): 'and' | 'or' | 'not' | undefined {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    const token = source.slice(child.from, child.to)
    if (node.name === 'Binary' && (token === 'and' || token === '&&')) return 'and'
    if (node.name === 'Binary' && (token === 'or' || token === '||')) return 'or'
    if (node.name === 'Unary' && (token === 'not' || token === '!')) return 'not'
  }
  return undefined
}
