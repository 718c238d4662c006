import { yamlLanguage } from '@codemirror/lang-yaml'
import { pathOf } from './path'

/** rangeOf finds the value at a place such as [1].where.url.host in a text of JSON, or null. */
export function rangeOf(text: string, place: string): { from: number; to: number } | null {
  const wanted = [...place.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map((m) => (m[1] ? Number(m[1]) : m[0]))
  const read = (from: number, to: number) => text.slice(from, to)
  let found: { from: number; to: number } | null = null
  yamlLanguage.parser.parse(text).iterate({
    enter: (node) => {
      if (found || !/^(Flow(Mapping|Sequence)|.*Literal)$/.test(node.name)) return
      const path = pathOf(node.node, read)
      if (path && path.length === wanted.length && path.every((part, i) => part === wanted[i])) {
        found = { from: node.from, to: node.to }
      }
    },
  })
  return found
}
