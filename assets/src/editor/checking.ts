import { type Diagnostic as Mark, setDiagnostics } from '@codemirror/lint'
import { Text } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { Diagnostic, Edit, Fix } from '../api/schema'
import { toRange } from '../lang/positions'

/** What the server found, or why it could not look; then the last findings stay. */
export type Findings = { diagnostics: readonly Diagnostic[]; error?: unknown }

export interface Checking {
  check: (source: string, signal: AbortSignal) => Promise<readonly Diagnostic[]>
  report: (findings: Findings) => void
}

const pause = 250 // ms without a keystroke before the server is asked

/** checking asks the server after each pause; only the newest answer counts. */
export function checking({ check, report }: Checking) {
  return ViewPlugin.fromClass(
    class {
      timer = 0
      abort = new AbortController()
      found: readonly Diagnostic[] = []
      /** The text that `found` is about. */
      about: Text | undefined

      constructor(readonly view: EditorView) {
        this.schedule(0)
      }

      update(update: ViewUpdate) {
        if (update.docChanged) this.schedule(pause)
      }

      destroy() {
        this.abort.abort()
        clearTimeout(this.timer)
      }

      schedule(delay: number) {
        this.abort.abort()
        clearTimeout(this.timer)
        this.timer = window.setTimeout(() => void this.run(), delay)
      }

      async run() {
        const abort = new AbortController()
        this.abort = abort
        const { state } = this.view
        try {
          const found = await check(state.sliceDoc(), abort.signal)
          if (abort.signal.aborted) return
          this.found = found
          this.about = state.doc
          const marks = found.map((d) => markOf(state.doc, d))
          this.view.dispatch(setDiagnostics(this.view.state, marks))
          report({ diagnostics: found })
        } catch (error) {
          if (!abort.signal.aborted) report({ diagnostics: this.found, error })
        }
      }
    },
  )
}

function markOf(doc: Text, d: Diagnostic): Mark {
  return {
    ...toRange(doc, d),
    severity: d.severity,
    source: d.code,
    message: d.suggestion ? `${d.message}: ${d.suggestion}` : d.message,
    actions: d.fixes.map((fix) => ({ name: fix.title, apply: (view) => applyFix(view, doc, fix) })),
  }
}

/** applyFix makes a fix's edits, unless the text has changed since it was found. */
export function applyFix(view: EditorView, about: Text, fix: Fix): boolean {
  return view.state.doc.eq(about) && applyEdits(view, about, fix.edits)
}

/** applyEdits makes edits of a text, as one step to undo; the cursor stays in what it is in. */
export function applyEdits(view: EditorView, about: Text, edits: readonly Edit[]): boolean {
  const changes = edits.map((edit) => ({
    ...toRange(about, edit),
    insert: Text.of(edit.text.split(/\r?\n/)),
  }))
  view.dispatch({ changes, userEvent: 'input.fix' })
  return true
}
