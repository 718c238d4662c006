package expression

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// Config is what Compile needs to know of an expression's surroundings.
type Config struct {
	Functions map[string]*Function // all that can be called, builtins included, by full name
	Scope     Scope
	Paths     *payload.Paths // collects the payload paths that are read
	Want      Kind           // Bool: true, false and nil are accepted; Any: anything
	// AllowSecret: the whole result may be a secret (a secret parameter of an
	// action, a let).
	AllowSecret bool
	// Hidden: the result is going to be a secret, so a trace shows nothing of it.
	Hidden bool

	untraced bool // of tests: as if there were no traces
}

// Compiled is an expression ready to run. It is immutable and safe to share.
type Compiled struct {
	source string
	length int // in runes
	typ    Type
	path   *Path
	run    closure
	locals int
	node   *tracedNode
	// Of `first ?? path`.
	first closure
	then  *Path
}

// Type is the static type of the result.
func (c *Compiled) Type() Type { return c.typ }

// Path is where in the payload the expression is found, if it is nothing but
// that, or nil.
func (c *Compiled) Path() *Path { return c.path }

// First is what stands before a `??`, and where in the payload that behind it is
// found; nil where the expression is nothing of that form.
func (c *Compiled) First() (*Compiled, *Path) {
	if c.first == nil {
		return nil, nil
	}
	return &Compiled{source: c.source, length: c.length, run: c.first, locals: c.locals}, c.then
}

// Source is the text that it was compiled from.
func (c *Compiled) Source() string { return c.source }

// closure evaluates one node.
type closure func(m *machine) any

// operand is a node that has been checked. A payload path is not read before it
// is known how far it goes: value does that.
type operand struct {
	typ   Type
	path  *Path // not nil: the payload at this path
	run   closure
	first closure // of `first ?? then`
	then  *Path
	at    span
	node  *tracedNode // nil: a trace has no need of it
	constant
}

// constant is the value of a literal.
type constant struct {
	is    bool
	value any
}

// maxDepth bounds the nesting of a tree, and so of the closures.
const maxDepth = 1000

type compiler struct {
	config   Config
	source   []rune
	problems []Problem
	locals   []local // the names that an expression makes by itself, innermost last
	most     int     // locals in use at once
	used     int
	depth    int
	lacking  map[ast.Node]bool // members that samples may lack without a word
	derived  bool              // a node next to or above which the compiler is was made of a secret
}

// local is a name of a let, or of a predicate ("#", "#index", "#acc").
type local struct {
	name string
	slot int
	typ  Type
	path *Path
}

// Compile parses and checks one expression and reports every problem at once.
// The result is nil where one of them is an error.
func Compile(source string, config Config) (compiled *Compiled, problems []Problem) {
	c := &compiler{config: config, source: []rune(source)}
	defer func() {
		if recover() != nil { // the parser is not ours
			compiled = nil
			c.report(span{0, len(c.source)}, "internal", "", "the expression cannot be compiled for a reason of our own; please report it")
			problems = c.problems
		}
	}()
	node, problem := c.parse(source)
	if problem != nil {
		problem.Severity = SeverityError
		return nil, []Problem{*problem}
	}
	result := c.node(node)
	if result.typ.secret() && !config.AllowSecret {
		c.leak(result.at, "as the result")
	} else if result.typ.holdsSecret() {
		c.leak(result.at, "in a map that is the result")
	}
	if config.Want == Bool && !result.typ.fits(Bool) && !result.typ.secret() {
		p := c.mismatch(result, "the expression must be true or false, but it is "+result.typ.Kind.String())
		p.Suggestion = advice(Bool, result.typ.Kind)
	}
	run := c.value(result)
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.From - b.From })
	for _, p := range c.problems {
		if p.Severity == SeverityError {
			return nil, c.problems
		}
	}
	return &Compiled{source: source, length: len(c.source), typ: result.typ, path: result.path, run: run, locals: c.most, node: result.node, first: result.first, then: result.then}, c.problems
}

func (c *compiler) report(at span, code, suggestion, format string, args ...any) *Problem {
	c.problems = append(c.problems, Problem{From: at.from, To: at.to, Severity: SeverityError,
		Code: code, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
	return &c.problems[len(c.problems)-1]
}

// mismatch is an error, or a warning where only a sample says so.
func (c *compiler) mismatch(o operand, message string) *Problem {
	p := c.report(o.at, "type-mismatch", "", "%s", message)
	if o.typ.Sample {
		p.Severity = SeverityWarning
		p.Message += ", going by the samples"
	}
	return p
}

func (c *compiler) leak(at span, where string) {
	c.report(at, "secret-leak", "hand the secret only to a function or a parameter that takes secrets",
		"a secret %s could leak", where)
}

// plain reports an operand that is a secret where none may stand.
func (c *compiler) plain(o operand, where string) {
	if o.typ.secret() {
		c.leak(o.at, where)
	} else if o.typ.holdsSecret() {
		c.leak(o.at, where+" (it holds one)")
	}
}

// noHolder reports a map that holds a secret where its type would be forgotten.
func (c *compiler) noHolder(o operand) {
	if o.typ.holdsSecret() {
		c.leak(o.at, "in a map (name the one field that you mean)")
	}
}

// failed stands for a node that has been reported.
func failed(at span) operand {
	return operand{at: at, run: func(*machine) any { return nil }}
}

// value makes the closure of an operand, reading the payload if it is a path,
// and recording what it gives where a trace is wanted.
func (c *compiler) value(o operand) closure {
	run := o.run
	if o.path != nil {
		run = c.readPayload(o.path)
	}
	if o.is || o.node == nil || c.config.untraced {
		return run
	}
	node := o.node
	return func(m *machine) any {
		if m.trace != nil {
			return m.traced(node, run)
		}
		return run(m)
	}
}

func (c *compiler) readPayload(path *Path) closure {
	at := c.config.Paths.Add(path.Keys)
	read := func(m *machine) any {
		m.step(1)
		if m.f.Body == nil {
			return nil
		}
		return m.f.Body.Value(at)
	}
	if path.First == 0 {
		return read
	}
	return func(m *machine) any {
		v := m.slot(path.First)
		if v == nil {
			return read(m)
		}
		m.step(len(path.FirstKeys))
		for _, key := range path.FirstKeys {
			if key.List {
				v = m.index(v, int64(key.Index))
			} else {
				v = m.field(v, key.Name)
			}
		}
		return v
	}
}

func (c *compiler) node(n ast.Node) operand {
	c.depth++
	defer func() { c.depth-- }()
	if c.depth > maxDepth {
		if c.depth == maxDepth+1 {
			c.report(span{0, len(c.source)}, "too-long", "split it with let", "the expression is nested too deep")
		}
		return failed(span{0, 1})
	}
	return c.flows(func() operand { return c.typed(n) })
}

func (c *compiler) typed(n ast.Node) operand {
	switch n := n.(type) {
	case *ast.NilNode:
		return c.literal(n, Of(Nil), nil)
	case *ast.BoolNode:
		return c.literal(n, Of(Bool), n.Value)
	case *ast.IntegerNode:
		return c.literal(n, Of(Int), int64(n.Value))
	case *ast.FloatNode:
		return c.literal(n, Of(Float), n.Value)
	case *ast.StringNode:
		return c.literal(n, Of(Text), n.Value)
	case *ast.BytesNode:
		return c.literal(n, Of(Bytes), n.Value)
	case *ast.IdentifierNode:
		return c.identifier(n)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.ChainNode:
		return c.node(n.Node)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.SliceNode:
		return c.slice(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.VariableDeclaratorNode:
		return c.declaration(n)
	case *ast.SequenceNode:
		return c.sequence(n)
	case *ast.ArrayNode:
		return c.array(n)
	case *ast.MapNode:
		return c.mapLiteral(n)
	case *ast.BuiltinNode:
		return c.call(n.Name, c.token(n), n.Arguments)
	case *ast.CallNode:
		return c.callNode(n)
	}
	at := c.token(n)
	c.report(at, "syntax", "", "this does not fit here")
	return failed(at)
}

func (c *compiler) literal(n ast.Node, t Type, v any) operand {
	at := c.token(n)
	return operand{typ: t, at: at, constant: constant{true, v},
		run: func(m *machine) any { return v }}
}

// push makes a local name; the caller pops it.
func (c *compiler) push(name string, t Type, path *Path) int {
	slot := c.used
	c.used++
	c.most = max(c.most, c.used)
	c.locals = append(c.locals, local{name, slot, t, path})
	return slot
}

func (c *compiler) pop(n int) {
	c.locals = c.locals[:len(c.locals)-n]
	c.used -= n
}

func (c *compiler) local(name string) (local, bool) {
	for i := len(c.locals) - 1; i >= 0; i-- {
		if c.locals[i].name == name {
			return c.locals[i], true
		}
	}
	return local{}, false
}
