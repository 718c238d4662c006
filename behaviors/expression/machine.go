package expression

import (
	"errors"
	"time"
)

// machine runs one evaluation: it holds the budget, the values of the
// expression's own names, and where in the source it is.
type machine struct {
	f        *Frame
	ops      int // that are left
	memory   int // bytes that are left
	depth    int // greatest depth of values
	allowed  time.Duration
	deadline time.Time // zero: nobody has looked yet
	trace    *Trace
	locals   []any
	args     []any               // a stack of arguments
	at       span                // of the node that may fail
	patterns map[string]*pattern // that were compiled on the way
	block    []byte              // of a text on its way into a hash
	busy     bool
	silent   bool     // nothing that it runs is of the document
	opened   int      // the nodes that a trace was within when it began
	inner    *machine // for the lets that are first read meanwhile
}

// failure carries an *Error out of nested closures to Eval.
type failure struct{ err *Error }

func (m *machine) fail(code, message string) {
	panic(failure{&Error{From: m.at.from, To: m.at.to, Code: code, Message: message}})
}

func (m *machine) step(n int) {
	m.ops -= n
	if m.ops < 0 {
		m.fail("budget-operations", "the expression takes more operations than it may: it works on too much at once")
	}
	if m.ops%1000 < n {
		m.inTime()
	}
}

// inTime fails once the deadline has passed. Its first call sets the deadline,
// so that the clock is not asked for what ends at once.
func (m *machine) inTime() {
	if m.f == nil || m.f.Clock == nil {
		return
	}
	now := m.f.Clock()
	if m.deadline.IsZero() {
		m.deadline = now.Add(m.allowed)
	} else if now.After(m.deadline) {
		m.fail("budget-time", "the expression takes longer than it may")
	}
}

// nested fails where a value is deeper than it may be.
func (m *machine) nested(depth int) {
	if depth > m.depth {
		m.fail("budget-depth", "the value is nested too deep")
	}
}

// text charges what reading a text costs.
func (m *machine) text(bytes int) { m.step(1 + bytes/64) }

// take charges memory before it is allocated.
func (m *machine) take(bytes int) {
	if bytes < 0 || bytes > m.memory {
		m.fail("budget-memory", "the expression makes a value that is larger than it may be")
	}
	m.memory -= bytes
}

// What a slot of a list and an entry of a map cost.
const (
	slotBytes  = 16
	entryBytes = 64
)

// list charges for a list of n values. Operations come first: they bound n, so
// that the bytes do not overflow.
func (m *machine) list(n int) {
	m.step(1 + n/4)
	m.take(n * slotBytes)
}

// mapBytes is what a map of n entries takes: eight of them fit the smallest.
func mapBytes(n int) int {
	if n == 0 {
		return 48
	}
	return 48 + 80*max(n, 4)
}

// start gives the machine a fresh budget.
func (m *machine) start(f *Frame, l Limits, locals int) {
	m.f, m.ops, m.memory, m.depth = f, l.Operations, l.Memory, l.Depth
	m.allowed, m.deadline = l.Time, time.Time{}
	if f == nil {
		return
	}
	m.trace = f.Trace
	if cap(m.locals) < locals {
		m.locals = make([]any, locals)
	}
	m.locals = m.locals[:locals]
}

// watch begins to trace. It stands apart from start, which must stay so small
// that a Walker need not be allocated.
func (m *machine) watch() {
	if m.silent {
		m.trace = nil
		return
	}
	m.opened = len(m.trace.open)
}

// keptSlots bounds the stack that a machine keeps for the next evaluation.
const keptSlots = 4096

// finish turns what stopped an evaluation into an error, and empties the
// machine: the next evaluation sees nothing of this one.
func (m *machine) finish(err *error) {
	if r := recover(); r != nil {
		e := m.stopped(r)
		*err, m.args = e, nil
		if m.trace != nil {
			m.trace.failed(m.opened, e)
		}
	}
	m.f, m.trace, m.patterns, m.busy = nil, nil, nil, false
	clear(m.locals)
	if cap(m.args) > keptSlots {
		m.args = nil
	}
}

// stopped is the error of a panic. One that is no failure is a mistake of ours,
// or of a host's function; its text might hold values.
func (m *machine) stopped(r any) *Error {
	if f, ok := r.(failure); ok {
		return f.err
	}
	return &Error{From: m.at.from, To: m.at.to, Code: "internal", Message: "the expression failed for a reason of our own; please report it"}
}

// Eval runs the expression. Errors are *Error.
func (c *Compiled) Eval(f *Frame) (any, error) {
	if f.machine == nil {
		f.machine = new(machine)
	}
	m := f.machine
	if m.busy { // a host's function evaluates
		m = &machine{silent: true}
	}
	result, _, err := c.eval(m, f)
	return result, err
}

// eval gives the result, and the bytes that it takes.
func (c *Compiled) eval(m *machine, f *Frame) (result any, held int, err error) {
	m.busy = true
	m.at = span{0, c.length}
	defer m.finish(&err)
	l := f.Limits.orDefault()
	m.start(f, l, c.locals)
	if m.trace != nil {
		m.watch()
	}
	result = c.run(m)
	if held = takes(result, l.Memory-m.memory); held > 0 {
		if err := f.Hold(held); err != nil {
			e := asError(err)
			e.To = c.length
			return nil, 0, e
		}
	}
	return result, held, nil
}

// takes is what a result takes of the memory that its evaluation used: the rest
// of it is free again, and what was there before belongs to others.
func takes(result any, used int) int {
	switch v := result.(type) {
	case string:
		return min(len(v), used)
	case []byte:
		return min(len(v), used)
	case []any, map[string]any, Object:
		return used
	}
	return 0
}

// lazy gives the value of a slot, evaluating it when it is first read. It has a
// budget of its own, as every expression of a document has, and its own place.
func (m *machine) lazy(l *Lazy) any {
	f := m.f
	if f.reading != nil && l.reader != f.reading {
		f.reading.reads, l.reader = append(f.reading.reads, l), f.reading
	}
	err := l.err
	if !l.done {
		err = m.first(l)
	} else if !l.counted {
		if e := f.count(l); e != nil {
			err = e
		}
	}
	if err != nil {
		e := *err
		if e.At == 0 {
			e.At = l.At
		}
		panic(failure{&e})
	}
	return l.value
}

// first evaluates a let. That the frame holds too much is not kept: it may be
// read on another way, before which there was less.
func (m *machine) first(l *Lazy) *Error {
	if m.inner == nil {
		m.inner = new(machine)
	}
	f := m.f
	at, indices, reading, trace := f.At, f.Indices, f.reading, f.Trace
	f.At, f.Indices, f.reading = l.At, l.Indices, l
	if trace != nil && !trace.defines(l.At) {
		f.Trace = nil // it has been recorded
	}
	value, held, err := l.Expr.eval(m.inner, f)
	f.At, f.Indices, f.reading, f.Trace = at, indices, reading, trace
	if err == nil {
		l.value, l.held = value, held
	} else if e := asError(err); e.beyondHeld {
		return e
	} else {
		l.err = e
	}
	l.done, l.counted = true, true
	f.counted = append(f.counted, l)
	return l.err
}

// count holds what a let takes that was evaluated before, as its evaluation does.
func (f *Frame) count(l *Lazy) *Error {
	for _, inner := range l.reads {
		if !inner.counted {
			if err := f.count(inner); err != nil {
				return err
			}
		}
	}
	if l.held > 0 {
		if err := f.Hold(l.held); err != nil {
			e := asError(err)
			e.To, e.At = l.Expr.length, l.At
			return e
		}
	}
	l.counted = true
	f.counted = append(f.counted, l)
	return nil
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: "function", Message: err.Error()}
}
