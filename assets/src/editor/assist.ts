import { autocompletion, type Completion, type CompletionContext, snippet } from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'
import { suggest } from './suggest'
import { type Entry, find, type Words } from './words'

/** Completion, and what a word means while the pointer rests on it. */
export function assistance(words: () => Words | undefined): Extension {
  return [
    autocompletion({
      override: [(context) => complete(context, words())],
      icons: false,
    }),
    hoverTooltip((view, pos) => {
      const known = words()
      const line = view.state.doc.lineAt(pos)
      for (const match of line.text.matchAll(/[a-z_]\w*(?:\.\w+)?/g)) {
        const from = line.from + match.index
        const to = from + match[0].length
        const entry = from <= pos && pos <= to && known ? find(known, match[0]) : undefined
        if (entry) return { pos: from, end: to, above: true, create: () => ({ dom: about(entry) }) }
      }
      return null
    }),
  ]
}

function complete(context: CompletionContext, words: Words | undefined) {
  const found = words && suggest(context.state, context.pos, words)
  if (!found || (found.from === context.pos && !context.explicit)) return null
  return { from: found.from, options: found.entries.map(option), validFor: /^[\w.]*$/ }
}

function option(entry: Entry): Completion {
  return {
    label: entry.name,
    detail: entry.detail,
    ...(entry.about.length > 0 && { info: () => about(entry) }),
    ...(entry.snippet && { apply: snippet(entry.snippet) }),
    ...(entry.unavailable && { boost: -99, type: 'unavailable' }),
  }
}

function about(entry: Entry): HTMLElement {
  const box = document.createElement('div')
  box.className = 'about-word'
  const paragraph = (text: string, tag: 'p' | 'strong' = 'p') => {
    const element = document.createElement(tag)
    element.textContent = text
    box.append(element)
  }
  paragraph(`${entry.name} ${entry.detail}`.trim(), 'strong')
  for (const text of entry.about) paragraph(text)
  return box
}
