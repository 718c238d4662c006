import { yamlLanguage } from '@codemirror/lang-yaml'
import { LanguageSupport } from '@codemirror/language'
import { parseMixed, type SyntaxNodeRef } from '@lezer/common'
import { expressionParser, templateParser } from './highlight'
import { kindOf } from './kinds'
import { pathOf } from './path'

const scalars = new Set(['Literal', 'QuotedLiteral', 'BlockLiteralContent'])

type Read = (from: number, to: number) => string

/** YAML with expressions and templates in the scalars where a behavior has them. */
export const behaviorLanguage = yamlLanguage.configure({
  wrap: parseMixed((node, input) => {
    if (!scalars.has(node.name)) return null
    const read: Read = (from, to) => input.read(from, to)
    const path = pathOf(node.node, read)
    if (!path) return null
    const kind = kindOf(path)
    if (kind === 'plain') return null
    const overlay = content(node, read)
    if (overlay.length === 0) return null
    return { parser: kind === 'expression' ? expressionParser : templateParser, overlay }
  }),
})

/** Language support for the editor. */
export function behavior(): LanguageSupport {
  return new LanguageSupport(behaviorLanguage)
}

/**
 * content gives the parts of a scalar that are its value: without its quotes,
 * with one quote of each '' and without the backslash before a quote.
 */
function content(node: SyntaxNodeRef, read: Read): { from: number; to: number }[] {
  const { from, to } = node
  if (node.name !== 'QuotedLiteral') return from < to ? [{ from, to }] : []
  const text = read(from, to)
  const quote = text[0]
  const end = text.length > 1 && text.endsWith(quote ?? '') ? text.length - 1 : text.length
  const inner = text.slice(1, end)
  const parts: { from: number; to: number }[] = []
  let start = 0
  for (const match of inner.matchAll(quote === "'" ? /''/g : /\\["\\/]/g)) {
    if (match.index > start) parts.push({ from: from + 1 + start, to: from + 1 + match.index })
    start = match.index + 1
  }
  if (start < inner.length) parts.push({ from: from + 1 + start, to: from + 1 + inner.length })
  return parts
}
