package expression

const (
	// tracedValues are how many values of a node are kept.
	tracedValues = 20
	// tracedEntries are how many values a trace has. Half of them are for the
	// first value of nodes, so that a long loop leaves room for what is behind it.
	tracedEntries = 20_000
)

// Trace collects the values of sub-expressions, at most 20 a node. They are
// printed when they are met, cut to 1 KiB each, so that a trace holds on to
// nothing. The zero value is ready.
type Trace struct {
	// Payload gives the whole payload, which the beginnings of a path are read
	// from: decoding leaves them out where nothing else needs them. nil: they are
	// not recorded.
	Payload func() any

	// Entries in the order of their evaluation, a node behind what it is made of.
	Entries []TraceEntry
	// Cut: there were more values of nodes than a trace has.
	Cut bool

	nodes   map[tracePlace]*tracedValue
	open    []openNode   // that are being evaluated, innermost last
	defined map[int]bool // lets that are recorded, by Lazy.At
	printer printer
	whole   *any // what Payload gave
}

// TraceEntry is one value of one node. At is Frame.At of the expression, Offset
// the rune offset of the node's token in it, Kind the kind of node.
type TraceEntry struct {
	At, Offset int
	Kind       string
	Value      []byte // JSON
	Error      string // why there is no value, or why it did not serve
	N          int    // of a node's first entry: how many values it had in all
}

// tracedNode is a node of an expression, as a trace knows it.
type tracedNode struct {
	kind    string
	token   int  // rune offset
	derived bool // made of a secret
	// Of a place in the payload: its path, and what it is a member of. let is the
	// slot of the name that it begins with.
	path *Path
	base *tracedNode
	let  int
}

type tracePlace struct {
	at, offset int
	kind       string
}

// tracedValue is what is known of a node: how many values it had, and where the
// first and the last of those that are kept is. first is -1 where none is.
type tracedValue struct {
	n, first, last int
	failed         bool
}

// openNode is a node that has no value yet, of an expression.
type openNode struct {
	at   int
	node *tracedNode
}

// traced evaluates a node and records what it gives. Where it gives nothing the
// node stays open, which tells where an error arose.
func (m *machine) traced(n *tracedNode, run closure) any {
	t := m.trace
	t.open = append(t.open, openNode{m.f.At, n})
	m.beginnings(n)
	v := run(m)
	t.open = t.open[:len(t.open)-1]
	t.record(m.f.At, n, v)
	return v
}

// beginnings records what a place in the payload is a member of.
func (m *machine) beginnings(n *tracedNode) {
	switch {
	case n.path == nil:
		return
	case n.base == nil:
		m.definition(n.let)
		return
	}
	m.place(n.base)
}

// place records a place in the payload that nobody else reads there.
func (m *machine) place(n *tracedNode) {
	m.beginnings(n)
	m.aside(func() {
		if v, known := m.beginning(n.path); known {
			m.trace.record(m.f.At, n, v)
		}
	})
}

// beginning reads the payload as readPayload does.
func (m *machine) beginning(path *Path) (v any, known bool) {
	keys := path.Keys
	if v = m.slot(path.First); path.First != 0 && v != nil {
		keys = path.FirstKeys
	} else if v, known = m.trace.payload(); !known {
		return nil, false
	}
	for _, key := range keys {
		if key.List {
			v = m.index(v, int64(key.Index))
		} else {
			v = m.field(v, key.Name)
		}
	}
	return v, true
}

func (t *Trace) payload() (v any, known bool) {
	if t.Payload == nil {
		return nil, false
	}
	if t.whole == nil {
		v := t.Payload()
		t.whole = &v
	}
	return *t.whole, true
}

// definition records the let that a name stands for. It is not evaluated
// otherwise where it is nothing but a place in the payload.
func (m *machine) definition(slot int) {
	if slot == 0 || slot >= len(m.f.Slots) {
		return
	}
	if l, ok := m.f.Slots[slot].(*Lazy); ok && !l.done {
		m.aside(func() { m.lazy(l) })
		l.value, l.held, l.reads = nil, 0, nil
	}
}

// aside does what only a trace asks for: it costs nothing of the budget, and its
// failure is nobody's.
func (m *machine) aside(do func()) {
	f, ops, memory, at, arguments, open := m.f, m.ops, m.memory, m.at, len(m.args), len(m.trace.open)
	held, reading := f.Held(), f.reading
	f.held, f.reading = 0, nil
	defer func() {
		_ = recover()
		m.ops, m.memory, m.at, m.args = ops, memory, at, m.args[:arguments]
		f.Rewind(held)
		f.reading = reading
		m.trace.open = m.trace.open[:open]
	}()
	do()
}

// defines tells whether the let at a place is recorded now, as it is once.
func (t *Trace) defines(at int) bool {
	if t.defined[at] {
		return false
	}
	if t.defined == nil {
		t.defined = map[int]bool{}
	}
	t.defined[at] = true
	return true
}

// value finds what is known of a node.
func (t *Trace) value(at int, n *tracedNode) *tracedValue {
	place := tracePlace{at, n.token, n.kind}
	known := t.nodes[place]
	if known == nil {
		if t.nodes == nil {
			t.nodes = map[tracePlace]*tracedValue{}
		}
		known = &tracedValue{first: -1, last: -1}
		t.nodes[place] = known
	}
	return known
}

func (t *Trace) record(at int, n *tracedNode, v any) {
	known := t.value(at, n)
	known.n++
	switch {
	case known.n > tracedValues || known.n > 1 && len(t.Entries) >= tracedEntries/2:
		known.last = -1
	case len(t.Entries) >= tracedEntries:
		t.Cut, known.last = true, -1
	default:
		t.add(at, n, known, TraceEntry{Value: t.printer.print(v, n.derived)})
	}
	if known.first >= 0 {
		t.Entries[known.first].N = known.n
	}
}

func (t *Trace) add(at int, n *tracedNode, known *tracedValue, e TraceEntry) {
	e.At, e.Offset, e.Kind, e.N = at, n.token, n.kind, 1
	known.last = len(t.Entries)
	if known.first < 0 {
		known.first = known.last
	}
	t.Entries = append(t.Entries, e)
}

// failed records an error for the node that was being evaluated, if it is not
// one that was open before.
func (t *Trace) failed(opened int, err *Error) {
	if len(t.open) > opened {
		last := t.open[len(t.open)-1]
		known := t.value(last.at, last.node)
		known.last = -1
		known.n++
		t.fail(last.at, last.node, err.Message)
		if known.first >= 0 {
			t.Entries[known.first].N = known.n
		}
	}
	t.open = t.open[:opened]
}

// fail adds an error to the last value of a node, or stands for it. Of the errors
// of a node the first is kept.
func (t *Trace) fail(at int, n *tracedNode, message string) {
	known := t.value(at, n)
	switch {
	case known.failed:
		return
	case known.last >= 0:
		t.Entries[known.last].Error = message
	case len(t.Entries) >= tracedEntries:
		t.Cut = true
		return
	default:
		t.add(at, n, known, TraceEntry{Value: []byte("null"), Error: message})
	}
	known.failed = true
}

// Fail adds to the value that an expression has just given why it does not serve
// where it stands. at is Frame.At.
func (t *Trace) Fail(c *Compiled, at int, message string) {
	if t != nil && c.node != nil {
		t.fail(at, c.node, message)
	}
}
