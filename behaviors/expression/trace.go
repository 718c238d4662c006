package expression

const tracedValues = 20

// Trace collects the values of sub-expressions, at most 20 a node.
type Trace struct {
	Entries []TraceEntry

	nodes map[traceNode]tracedNode
}

// TraceEntry is one value of one node. At is Frame.At of the expression, Offset
// the rune offset of the node's token in it, Kind the kind of node.
type TraceEntry struct {
	At, Offset int
	Kind       string
	Value      any
	N          int // of a node's first entry: how many values it had in all
}

type traceNode struct {
	at, offset int
	kind       string
}

type tracedNode struct {
	first, n int
}

func (t *Trace) record(at, offset int, kind string, value any) {
	if t.nodes == nil {
		t.nodes = map[traceNode]tracedNode{}
	}
	key := traceNode{at, offset, kind}
	seen, ok := t.nodes[key]
	if !ok {
		seen.first = len(t.Entries)
	}
	seen.n++
	if seen.n <= tracedValues {
		t.Entries = append(t.Entries, TraceEntry{At: at, Offset: offset, Kind: kind, Value: value, N: 1})
	}
	t.nodes[key] = seen
	t.Entries[seen.first].N = seen.n
}
