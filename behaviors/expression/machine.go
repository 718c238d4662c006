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
	deadline time.Time
	locals   []any
	args     []any // a stack of arguments
	at       span  // of the node that may fail
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
	if m.ops%1000 < n && m.f != nil && m.f.Clock != nil && m.f.Clock().After(m.deadline) {
		m.fail("budget-time", "the expression takes longer than it may")
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

// list charges for a list of n values.
func (m *machine) list(n int) {
	m.step(1 + n/4)
	if n > m.memory/slotBytes {
		m.take(m.memory + 1)
	}
	m.take(n * slotBytes)
}

func newMachine(f *Frame, l Limits, locals int) *machine {
	m := &machine{f: f, ops: l.Operations, memory: l.Memory, depth: l.Depth}
	if f != nil && f.Clock != nil {
		m.deadline = f.Clock().Add(l.Time)
	}
	if locals > 0 {
		m.locals = make([]any, locals)
	}
	return m
}

// guard turns what stopped an evaluation into an error.
func guard(at *span, err *error) {
	switch r := recover().(type) {
	case nil:
	case failure:
		*err = r.err
	default:
		// A mistake of ours, or of a host's function. Its text might hold values.
		*err = &Error{From: at.from, To: at.to, Code: "internal", Message: "the expression failed for a reason of our own; please report it"}
	}
}

// Eval runs the expression. Errors are *Error.
func (c *Compiled) Eval(f *Frame) (result any, err error) {
	m := newMachine(f, f.Limits.orDefault(), c.locals)
	m.at = span{0, c.length}
	defer guard(&m.at, &err)
	result = c.run(m)
	return result, nil
}

// lazy gives the value of a slot, evaluating it when it is first read. It has a
// budget of its own, as every expression of a document has.
func (m *machine) lazy(l *Lazy) any {
	if !l.done {
		f := *m.f
		f.At = l.At
		value, err := l.Expr.Eval(&f)
		l.done, l.value = true, value
		if err != nil {
			l.err = asError(err)
		}
	}
	if l.err != nil {
		e := *l.err
		if e.At == 0 {
			e.At = l.At
		}
		panic(failure{&e})
	}
	return l.value
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: "function", Message: err.Error()}
}
