import {
  autocompletion,
  type Completion,
  type CompletionContext,
  insertCompletionText,
  pickedCompletion,
  snippet,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { type EditorView, hoverTooltip } from '@codemirror/view'
import { suggest } from './suggest'
import { tell } from './tell'
import type { Entry, Words } from './words'

/** Completion, and what a word means while the pointer rests on it. */
export function assistance(words: () => Words | undefined): Extension {
  return [
    autocompletion({
      override: [(context) => complete(context, words())],
      icons: false,
    }),
    hoverTooltip((view, pos) => {
      const known = words()
      const told = known && tell(view.state, pos, known)
      if (!told) return null
      return { pos: told.from, end: told.to, above: true, create: () => ({ dom: about(told.entry) }) }
    }),
  ]
}

function complete(context: CompletionContext, words: Words | undefined) {
  const found = words && suggest(context.state, context.pos, words)
  if (!found) return null
  // Unasked only where something is typed, if only the point behind a name.
  const isBegun = found.from < context.pos || context.state.sliceDoc(found.from - 1, found.from) === '.'
  if (!isBegun && !context.explicit) return null
  return { from: found.from, options: found.entries.map(option), validFor: /^[\w-]*$/ }
}

function option(entry: Entry): Completion {
  return {
    label: entry.name,
    detail: entry.detail,
    ...(entry.about.length > 0 && { info: () => about(entry) }),
    ...(entry.snippet && { apply: laidOut(entry.snippet) }),
    ...(entry.index && { apply: indexed(entry.index) }),
    ...(entry.unavailable && { boost: -99, type: 'unavailable' }),
  }
}

/** laidOut puts a snippet in whose further lines are indented from where the word stands. */
function laidOut(text: string) {
  return (view: EditorView, completion: Completion, from: number, to: number) => {
    const line = view.state.doc.lineAt(from)
    const indent = line.text.search(/\S|$/)
    const pad = ' '.repeat(from - line.from - indent)
    snippet(text.replaceAll('\n', `\n${pad}`))(view, completion, from, to)
  }
}

/** indexed puts ["a-name"] in the place of the point and what is typed behind it. */
function indexed(text: string) {
  return (view: EditorView, completion: Completion, from: number, to: number) => {
    view.dispatch({
      ...insertCompletionText(view.state, text, from - 1, to),
      annotations: pickedCompletion.of(completion),
    })
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
