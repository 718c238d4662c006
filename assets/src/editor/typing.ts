import { EditorView } from '@codemirror/view'

/**
 * Typing over a selection is done here. Left to itself the browser keeps the
 * look of what it replaces by an inline style, which a strict CSP reports.
 */
export const typingOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state } = view
    if (event.inputType !== 'insertText' || event.data === null || event.isComposing) return false
    if (state.readOnly || state.selection.ranges.every((range) => range.empty)) return false
    view.dispatch(state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})
