import type { StepState } from '../api/schema'

// A run's steps by what they stand in. The server lists them flat, in order, with
// paths such as steps[2].each[0].steps[1].

interface Listed {
  path: string
  state: StepState
}

/** A part of a path: a step, an iteration of an each, a branch of a choose. */
export interface StepNode<S extends Listed> {
  /** Such as steps[2], each[0], choose[1], on_error[0], once. */
  part: string
  path: string
  /** What the server says of it; a group and an iteration have nothing of their own. */
  step: S | undefined
  children: StepNode<S>[]
}

/** treeOf puts steps into what they stand in, in the order in which they come. */
export function treeOf<S extends Listed>(steps: readonly S[]): StepNode<S>[] {
  const root: StepNode<S>[] = []
  const known = new Map<string, StepNode<S>>()
  for (const step of steps) {
    let siblings = root
    let path = ''
    for (const part of step.path.split('.')) {
      path = path ? `${path}.${part}` : part
      let node = known.get(path)
      if (!node) {
        node = { part, path, step: undefined, children: [] }
        known.set(path, node)
        siblings.push(node)
      }
      if (path === step.path) node.step = step
      siblings = node.children
    }
  }
  return root.map(flattened)
}

/** flattened takes a branch of a choose out: the choose itself says which was taken. */
function flattened<S extends Listed>(node: StepNode<S>): StepNode<S> {
  const children = node.children.flatMap((child) => {
    const inner = flattened(child)
    return child.part.startsWith('choose[') ? inner.children : [inner]
  })
  return { ...node, children }
}

/** iterationOf tells which iteration of an each a node is, from 0, or null. */
export function iterationOf(part: string): number | null {
  const found = /^each\[(\d+)\]$/.exec(part)
  return found ? Number(found[1]) : null
}

const worst: StepState[] = ['failed', 'unknown', 'pending', 'done', 'skipped']

/** stateOf is the state that most needs a look among a node's steps. */
export function stateOf<S extends Listed>(node: StepNode<S>): StepState {
  const states = new Set<StepState>()
  const visit = (n: StepNode<S>) => {
    if (n.step) states.add(n.step.state)
    n.children.forEach(visit)
  }
  visit(node)
  return worst.find((state) => states.has(state)) ?? 'skipped'
}
