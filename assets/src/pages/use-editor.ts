import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Check } from '../api/schema'
import { useApp } from '../app-context'
import { createEditor, type Editor } from '../editor'
import type { Findings } from '../editor/checking'
import type { Known } from '../editor/scope'
import { type Words, wordsOf } from '../editor/words'
import { useLoad } from '../ui/load'

interface Handlers {
  onChange: (text: string) => void
  onCursor: (position: { line: number; column: number }) => void
  onSave: () => void
  onSimulate: () => void
  onPublish: () => void
  onFormat: () => void
  check: (source: string, signal: AbortSignal) => Promise<Check>
  report: (findings: Findings) => void
}

/** The editor lives as long as the page; its handlers are always the newest. */
export function useEditor(source: string, payload: Known | undefined, handlers: Handlers) {
  const { client, root, t } = useApp()
  const parent = useRef<HTMLDivElement>(null)
  const editor = useRef<Editor | null>(null)
  const latest = useRef(handlers)
  latest.current = handlers
  const start = useRef(source)
  const catalog = useLoad((signal) => client.catalog(signal), [client])
  const words = useRef<Words | undefined>(undefined)
  // Without it the editor only completes nothing; the server judges all the same.
  words.current = useMemo(() => catalog.value && wordsOf(catalog.value, payload), [catalog.value, payload])

  useEffect(() => {
    if (!parent.current) return undefined
    const created = createEditor({
      parent: parent.current,
      root,
      text: start.current,
      label: t('behavior.source'),
      words: () => words.current,
      check: async (source, signal) => (await latest.current.check(source, signal)).diagnostics,
      report: (findings) => latest.current.report(findings),
      onChange: (text) => latest.current.onChange(text),
      onCursor: (position) => latest.current.onCursor(position),
      onSave: () => latest.current.onSave(),
      onSimulate: () => latest.current.onSimulate(),
      onPublish: () => latest.current.onPublish(),
      onFormat: () => latest.current.onFormat(),
    })
    editor.current = created
    return () => created.destroy()
  }, [root, t])

  return { parent, current: () => editor.current, catalog: catalog.value }
}
