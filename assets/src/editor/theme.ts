import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags as t } from '@lezer/highlight'

// All colors are the element's custom properties, so a host sets them once.

const look = EditorView.theme({
  '&': { color: 'var(--dh-text)', backgroundColor: 'var(--dh-raise)', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--dh-accent)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--dh-mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--dh-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--dh-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--dh-muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { boxShadow: 'inset 2px 0 var(--dh-accent)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--dh-select)',
  },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--dh-select)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    outline: '1px solid var(--dh-muted)',
  },
  '.cm-panels': { backgroundColor: 'var(--dh-bg)', color: 'var(--dh-text)', borderColor: 'var(--dh-line)' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button': {
    font: 'inherit',
    color: 'var(--dh-text)',
    background: 'var(--dh-raise)',
    border: '1px solid var(--dh-line)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--dh-raise)',
    color: 'var(--dh-text)',
    border: '1px solid var(--dh-line)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--dh-select)',
    color: 'var(--dh-text)',
  },
  '.cm-completionInfo, .cm-tooltip-hover': { maxWidth: '28rem', padding: '0.35rem 0.6rem' },
  '.about-word p': { margin: '0.2rem 0' },
  '.cm-diagnosticAction': { backgroundColor: 'var(--dh-accent)', color: 'var(--dh-on-accent)' },
})

const colors = HighlightStyle.define([
  { tag: [t.definition(t.propertyName), t.propertyName], color: 'var(--dh-key)' },
  { tag: t.string, color: 'var(--dh-string)' },
  { tag: [t.number, t.atom, t.bool, t.null], color: 'var(--dh-number)' },
  { tag: [t.function(t.variableName), t.function(t.propertyName)], color: 'var(--dh-function)' },
  { tag: [t.variableName, t.self], color: 'var(--dh-name)' },
  {
    tag: [t.operatorKeyword, t.controlKeyword, t.operator, t.special(t.bracket)],
    color: 'var(--dh-keyword)',
  },
  { tag: [t.comment, t.lineComment], color: 'var(--dh-muted)', fontStyle: 'italic' },
])

export const theme = [look, syntaxHighlighting(colors)]
