import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, indentUnit } from '@codemirror/language'
import { lintGutter, nextDiagnostic, previousDiagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  tooltips,
} from '@codemirror/view'
import type { Edit, Fix } from '../api/schema'
import { behavior } from '../lang/behavior'
import { type RuneRange, toPosition, toRange } from '../lang/positions'
import { assistance } from './assist'
import { applyEdits, applyFix, type Checking, checking } from './checking'
import { theme } from './theme'
import { typingOverSelection } from './typing'
import type { Words } from './words'

interface Place {
  parent: HTMLElement
  root: ShadowRoot
  text: string
  /** What a screen reader calls it. */
  label: string
}

export interface EditorOptions extends Place, Checking {
  /** What the language knows here; undefined until it is loaded. */
  words: () => Words | undefined
  onChange: (text: string) => void
  onCursor: (position: { line: number; column: number }) => void
  onSave: () => void
  onSimulate: () => void
  onPublish: () => void
  onFormat: () => void
}

/** The editor of a behavior, as its page uses it. */
export interface Editor {
  text(): string
  /** Puts in another text, as one step to undo. */
  setText(text: string): void
  focus(): void
  /** Selects a range, such as that of a finding. */
  goTo(range: RuneRange): void
  fix(fix: Fix): void
  /** Makes edits of a text, as one step to undo, unless it has changed since. */
  edit(text: string, edits: readonly Edit[]): boolean
  /** Has the text checked again, since something else than it has changed. */
  recheck(): void
  destroy(): void
}

export function createEditor(options: EditorOptions): Editor {
  const check = checking(options)
  const run = (act: () => void) => () => {
    act()
    return true
  }
  const view = create(options, [
    history(),
    drawSelection(),
    highlightActiveLine(),
    bracketMatching(),
    highlightSelectionMatches(),
    search({ top: true }),
    typingOverSelection,
    lintGutter(),
    assistance(options.words),
    check,
    Prec.high(
      keymap.of([
        { key: 'Mod-s', run: run(options.onSave), preventDefault: true },
        { key: 'Mod-Enter', run: run(options.onSimulate) },
        { key: 'Mod-Shift-p', run: run(options.onPublish) },
        { key: 'Shift-Alt-f', run: run(options.onFormat) },
        { key: 'Mod-.', run: fixAtCursor },
        { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic },
      ]),
    ),
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.sliceDoc())
      if (update.docChanged || update.selectionSet) {
        options.onCursor(toPosition(update.state.doc, update.state.selection.main.head))
      }
    }),
  ])

  function fixAtCursor(view: EditorView): boolean {
    const plugin = view.plugin(check)
    const { head } = view.state.selection.main
    const doc = plugin?.about
    const found = plugin?.found.find((d) => {
      if (!doc || d.fixes.length === 0) return false
      const { from, to } = toRange(doc, d)
      return from <= head && head <= to
    })
    const fix = found?.fixes[0]
    return Boolean(doc && fix && applyFix(view, doc, fix))
  }

  return {
    text: () => view.state.sliceDoc(),
    setText: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    focus: () => view.focus(),
    goTo(range) {
      const { from, to } = toRange(view.state.doc, range)
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true })
      view.focus()
    },
    fix(fix) {
      const doc = view.plugin(check)?.about
      if (doc) applyFix(view, doc, fix)
      view.focus()
    },
    edit: (text, edits) => view.state.sliceDoc() === text && applyEdits(view, view.state.doc, edits),
    recheck: () => view.plugin(check)?.schedule(0),
    destroy: () => view.destroy(),
  }
}

/** A read-only view of a source; the answer takes it away. */
export function createViewer(place: Place): () => void {
  const view = create(place, [EditorState.readOnly.of(true), EditorView.editable.of(false)])
  return () => view.destroy()
}

function create(place: Place, extensions: Extension): EditorView {
  return new EditorView({
    parent: place.parent,
    root: place.root,
    state: EditorState.create({
      doc: place.text,
      extensions: [
        lineEndings(place.text),
        lineNumbers(),
        highlightSpecialChars(),
        indentUnit.of('  '),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': place.label, tabindex: '0', spellcheck: 'false' }),
        tooltips({ position: 'fixed' }),
        behavior(),
        theme,
        extensions,
      ],
    }),
  })
}

/** A text whose lines all end in CRLF keeps them. */
function lineEndings(text: string): Extension {
  const lines = text.split('\n')
  const windows = lines.length > 1 && lines.slice(0, -1).every((line) => line.endsWith('\r'))
  return windows ? EditorState.lineSeparator.of('\r\n') : []
}
