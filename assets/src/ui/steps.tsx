import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { StepState } from '../api/schema'
import { useApp } from '../app-context'
import { StepBadge } from './basics'
import { iterationOf, type StepNode, stateOf, treeOf } from './step-tree'

interface Listed {
  path: string
  state: StepState
}

const openAtFirst = 3 // so few iterations are shown with their steps
const shownAtFirst = 20 // iterations in the list

/** A run's steps, each within what it stands in; the iterations of an each are folded. */
export function Steps<S extends Listed>(props: {
  steps: readonly S[]
  children: (step: S) => ComponentChildren
}) {
  const tree = useMemo(() => treeOf(props.steps), [props.steps])
  return <Nodes nodes={tree} card={props.children} />
}

interface NodesProps<S extends Listed> {
  nodes: readonly StepNode<S>[]
  card: (step: S) => ComponentChildren
}

function Nodes<S extends Listed>({ nodes, card }: NodesProps<S>) {
  return (
    <ol class="steps">
      {nodes.map((node) => (
        <Node key={node.path} node={node} card={card} />
      ))}
    </ol>
  )
}

function Node<S extends Listed>({ node, card }: { node: StepNode<S>; card: (step: S) => ComponentChildren }) {
  const { t } = useApp()
  const { step, children } = node
  const iterations = children.filter((child) => iterationOf(child.part) !== null)
  const handling = children.filter((child) => child.part.startsWith('on_error['))
  const inner = children.filter((child) => !iterations.includes(child) && !handling.includes(child))
  return (
    <li>
      {step && <div class={`card step-${step.state}`}>{card(step)}</div>}
      {inner.length > 0 && <Nodes nodes={inner} card={card} />}
      {iterations.length > 0 && <Iterations nodes={iterations} card={card} />}
      {handling.length > 0 && (
        <section class="handling">
          <p class="muted">{t('steps.onError')}</p>
          <Nodes nodes={handling} card={card} />
        </section>
      )}
    </li>
  )
}

/** The iterations of an each. What is in one is drawn when it is opened. */
function Iterations<S extends Listed>({ nodes, card }: NodesProps<S>) {
  const { t } = useApp()
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState(false)
  const states = nodes.map(stateOf)
  const unsettled = nodes.filter((_, i) => states[i] !== 'done' && states[i] !== 'skipped')
  const listed = open ? unsettled : nodes
  const shown = all ? listed : listed.slice(0, shownAtFirst)
  return (
    <section class="iterations">
      <p class="muted">
        {t('steps.iterations', { n: nodes.length })}
        {unsettled.length > 0 && `, ${t('steps.unsettled', { n: unsettled.length })}`}
      </p>
      {unsettled.length > 0 && nodes.length > shownAtFirst && (
        <label class="choice">
          <input type="checkbox" checked={open} onChange={(e) => setOpen(e.currentTarget.checked)} />
          {t('steps.onlyUnsettled')}
        </label>
      )}
      <ol class="steps">
        {shown.map((node) => (
          <Iteration key={node.path} node={node} card={card} startsOpen={nodes.length <= openAtFirst} />
        ))}
      </ol>
      {shown.length < listed.length && (
        <button type="button" onClick={() => setAll(true)}>
          {t('steps.more', { n: listed.length - shown.length })}
        </button>
      )}
    </section>
  )
}

function Iteration<S extends Listed>(props: {
  node: StepNode<S>
  card: (step: S) => ComponentChildren
  startsOpen: boolean
}) {
  const { t } = useApp()
  const [open, setOpen] = useState(props.startsOpen)
  const { node, card } = props
  return (
    <li>
      <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>
          {t('steps.iteration', { n: (iterationOf(node.part) ?? 0) + 1 })} <StepBadge state={stateOf(node)} />
        </summary>
        {open && <Nodes nodes={node.children} card={card} />}
      </details>
    </li>
  )
}
