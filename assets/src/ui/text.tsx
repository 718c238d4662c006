import { useState } from 'preact/hooks'
import { useApp } from '../app-context'

// Text from outside. Nothing of it is ever markup, and characters that would
// hide or turn around what follows are shown by their name.

// Control and format characters, without line feed, tab, and the joiners that
// emoji and some scripts are written with.
const invisible = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/u

/** What a text consists of: plain parts, and characters that cannot be seen. */
export function partsOf(text: string): { text: string; hidden: boolean }[] {
  const parts: { text: string; hidden: boolean }[] = []
  const split = text.replaceAll('\r\n', '\n').split(new RegExp(`(${invisible.source})`, 'u'))
  for (const [i, part] of split.entries()) {
    const hidden = i % 2 === 1
    if (part !== '') parts.push({ text: hidden ? nameOf(part) : part, hidden })
  }
  return parts
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

export function PlainText(props: { text: string }) {
  return (
    <>
      {partsOf(props.text).map((part) =>
        part.hidden ? <span class="hidden-character">{part.text}</span> : part.text,
      )}
    </>
  )
}

const shownAtFirst = 64 * 1024 // UTF-16 units; more makes the page slow

/** A text as it is, in a box that the keyboard can scroll; a long one is cut. */
export function Pre(props: { label: string; text: string }) {
  const { t } = useApp()
  const [all, setAll] = useState(false)
  const { text } = props
  const cut = !all && text.length > shownAtFirst
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it */}
      <section class="scroll" tabIndex={0} aria-label={props.label}>
        <pre>
          <PlainText text={cut ? text.slice(0, shownAtFirst) : text} />
        </pre>
      </section>
      {cut && (
        <button type="button" onClick={() => setAll(true)}>
          {t('text.all', { n: text.length })}
        </button>
      )}
    </>
  )
}
