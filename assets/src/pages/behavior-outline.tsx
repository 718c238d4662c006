import { useEffect, useState } from 'preact/hooks'
import type { Diagnostic, OutlineItem } from '../api/schema'
import { useApp } from '../app-context'
import type { RuneRange } from '../lang/positions'
import { Badge } from '../ui/basics'
import { PlainText } from '../ui/text'

const pause = 250 // ms without a change before the server is asked
const wide = '(min-width: 90rem)' // where it stands open beside the editor

/** What the document consists of, with marks where something is wrong; a click goes there. */
export function Outline(props: {
  source: string
  diagnostics: readonly Diagnostic[]
  /** Where the cursor is: what it is in is marked. */
  at: Place
  onGo: (range: RuneRange) => void
}) {
  const { t } = useApp()
  const items = useOutline(props.source)
  const [open] = useState(() => window.matchMedia(wide).matches)
  if (items.length === 0) return null
  return (
    <details class="outline" open={open}>
      <summary>{t('outline.title')}</summary>
      <nav aria-label={t('outline.title')}>
        <Items items={items} diagnostics={props.diagnostics} at={props.at} onGo={props.onGo} />
      </nav>
    </details>
  )
}

interface Place {
  line: number
  column: number
}

function Items(props: {
  items: readonly OutlineItem[]
  diagnostics: readonly Diagnostic[]
  at: Place
  onGo: (range: RuneRange) => void
}) {
  const { t } = useApp()
  const { items, diagnostics, at, onGo } = props
  const current = items.findLast((item) => holds(item, at))
  return (
    <ol>
      {items.map((item) => {
        const found = ownOf(item, diagnostics)
        const errors = found.filter((d) => d.severity === 'error').length
        return (
          <li key={`${item.line}:${item.column}`}>
            <button
              type="button"
              class="jump"
              aria-current={isInnermost(item, current, at) ? 'location' : undefined}
              onClick={() => onGo(headOf(item))}
            >
              <PlainText text={item.label} />
              {item.detail && (
                <span class="muted">
                  {' '}
                  <PlainText text={item.detail} />
                </span>
              )}
              {found.length > 0 && (
                <>
                  {' '}
                  <Badge tone={errors > 0 ? 'bad' : 'warn'}>
                    {errors > 0
                      ? t('problems.errors', { n: errors })
                      : t('problems.warnings', { n: found.length })}
                  </Badge>
                </>
              )}
            </button>
            {item.children.length > 0 && <Items {...props} items={item.children} />}
          </li>
        )
      })}
    </ol>
  )
}

function isInnermost(item: OutlineItem, current: OutlineItem | undefined, at: Place): boolean {
  return item === current && !item.children.some((child) => holds(child, at))
}

/** Where one goes to: where the item begins. */
function headOf({ line, column }: OutlineItem): RuneRange {
  return { line, column, end_line: line, end_column: column }
}

/** ownOf gives the findings in an item that are in none of its children. */
export function ownOf(item: OutlineItem, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter((d) => holds(item, d) && !item.children.some((child) => holds(child, d)))
}

function holds(item: OutlineItem, { line, column }: Place): boolean {
  const isAfter = line > item.line || (line === item.line && column >= item.column)
  return isAfter && (line < item.end_line || (line === item.end_line && column <= item.end_column))
}

/** useOutline asks for the outline after each pause; the last one stays until then. */
function useOutline(source: string): OutlineItem[] {
  const { client } = useApp()
  const [items, setItems] = useState<OutlineItem[]>([])
  useEffect(() => {
    const abort = new AbortController()
    const timer = window.setTimeout(async () => {
      try {
        const outline = await client.outline(source, abort.signal)
        if (!abort.signal.aborted) setItems(outline.items)
      } catch {
        // The last outline stays: what cannot be reached the check tells.
      }
    }, pause)
    return () => {
      abort.abort()
      window.clearTimeout(timer)
    }
  }, [client, source])
  return items
}
