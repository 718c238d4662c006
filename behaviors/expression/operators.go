package expression

import (
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
)

// want reports an operand that certainly is not of a kind.
func (c *compiler) want(o operand, k Kind, what string) {
	if !o.typ.fits(k) && !o.typ.secret() {
		p := c.mismatch(o, what+" must be "+k.String()+", but this is "+o.typ.Kind.String())
		p.Suggestion = advice(k, o.typ.Kind)
		if k == List && o.typ.Several {
			p.Suggestion = "there may be one or several here: write list(…) around it"
		}
	}
}

func (c *compiler) unary(n *ast.UnaryNode) operand {
	token := c.token(n)
	x := c.node(n.Node)
	c.plain(x, "as an operand of `"+n.Operator+"`")
	at, xAt := token.union(x.at), x.at
	o := operand{at: at, node: &tracedNode{kind: "Unary", token: token.from}}
	if inner, ok := n.Node.(*ast.BinaryNode); ok && c.token(inner) == token { // `not in` is one operator
		o.node.kind, x.node = "Binary", nil
	}
	run := c.value(x)
	switch n.Operator {
	case "not", "!":
		c.want(x, Bool, "the operand of `"+n.Operator+"`")
		o.typ = Of(Bool)
		o.run = func(m *machine) any {
			v := run(m)
			m.step(1)
			return !m.truth(v, xAt)
		}
		return o
	}
	if x.typ.Kind != Duration {
		c.want(x, Number, "the operand of `"+n.Operator+"`")
	}
	o.typ = Of(Number)
	if x.typ.numeric() || x.typ.Kind == Duration || !x.typ.known() {
		o.typ = x.typ
	}
	if x.is && n.Operator == "-" {
		if v, ok := x.value.(int64); ok {
			o.constant = constant{true, -v}
			o.run = func(*machine) any { return -v }
			return o
		}
	}
	negate := n.Operator == "-"
	o.run = func(m *machine) any {
		v := run(m)
		m.step(1)
		if v == nil {
			return nil
		}
		m.at = at
		if d, ok := v.(time.Duration); ok {
			if negate {
				return m.subtract(time.Duration(0), d)
			}
			return d
		}
		x := m.number(v, "a sign")
		if negate {
			return m.subtract(int64(0), x)
		}
		return x
	}
	return o
}

// truth reads nil as false; anything else that is no boolean is an error.
func (m *machine) truth(v any, at span) bool {
	switch v := v.(type) {
	case bool:
		return v
	case nil:
		return false
	}
	m.at = at
	m.fail("type", "this must be true or false, but it is "+kindOf(v).String())
	return false
}

// Truth reads nil as false; anything but a boolean is an *Error.
func Truth(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case nil:
		return false, nil
	}
	return false, &Error{Code: "type", Message: "this must be true or false, but it is " + kindOf(v).String()}
}

func (c *compiler) binary(n *ast.BinaryNode) operand {
	if o, ok := c.hyphenated(n); ok {
		return o
	}
	token, op := c.token(n), n.Operator
	c.testsForNil(n)
	l, r := c.node(n.Left), c.node(n.Right)
	if c.token(n.Right) == token { // `1 < x < 3` has one operator twice
		r.node = nil
	}
	at := l.at.union(r.at)
	o := operand{at: at, node: &tracedNode{kind: "Binary", token: token.from}}
	switch op {
	case "??":
		return c.coalesce(o, l, r)
	case "==", "!=":
		return c.equality(o, op, l, r)
	}
	c.plain(l, "as an operand of `"+op+"`")
	c.plain(r, "as an operand of `"+op+"`")
	switch op {
	case "and", "&&", "or", "||":
		return c.logical(o, op, l, r)
	case "<", "<=", ">", ">=":
		return c.comparison(o, op, l, r)
	case "+", "-", "*", "/", "%", "**", "^":
		return c.arithmetic(o, op, l, r)
	case "..":
		c.want(l, Int, "the first number of a range")
		c.want(r, Int, "the last number of a range")
		o.typ = ListOf(Of(Int))
		return c.binaryRun(o, l, r, (*machine).rangeOf)
	case "in":
		o.typ = Of(Bool)
		if r.typ.known() && !r.typ.fits(List) && !r.typ.fits(Map) {
			p := c.mismatch(r, "`in` looks into a list or a map, but this is "+r.typ.Kind.String())
			if r.typ.Kind == Text {
				p.Suggestion = "write `" + c.text(r.at) + " contains " + c.text(l.at) + "`"
			}
		}
		return c.binaryRun(o, l, r, (*machine).in)
	case "contains", "startsWith", "endsWith":
		o.typ = Of(Bool)
		c.wantText(op, l, r)
		test := map[string]func(s, part string) bool{"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix}[op]
		return c.binaryRun(o, l, r, func(m *machine, a, b any) any {
			s, ok := a.(string)
			part, ok2 := b.(string)
			if !ok || !ok2 {
				return false
			}
			m.text(len(s) + len(part))
			return test(s, part)
		})
	case "matches":
		return c.matches(o, l, r)
	}
	c.report(token, "syntax", "", "`%s` is not available", op)
	return failed(at)
}

// wantText reports what is certainly no text: `contains` and its kin are false
// then, which nobody means.
func (c *compiler) wantText(op string, l, r operand) {
	if op == "contains" && l.typ.Kind == List {
		p := c.mismatch(l, "`contains` looks into a text, but this is a list")
		p.Suggestion = "write `" + c.text(r.at) + " in " + c.text(l.at) + "`"
		return
	}
	c.want(l, Text, "the left side of `"+op+"`")
	c.want(r, Text, "the right side of `"+op+"`")
}

// binaryRun evaluates both sides, then applies.
func (c *compiler) binaryRun(o, l, r operand, apply func(m *machine, a, b any) any) operand {
	left, right, at := c.value(l), c.value(r), o.at
	o.run = func(m *machine) any {
		a := left(m)
		b := right(m)
		m.at = at
		m.step(1)
		return apply(m, a, b)
	}
	return o
}

func (c *compiler) coalesce(o, l, r operand) operand {
	if l.typ.secret() != r.typ.secret() && l.typ.known() && r.typ.known() {
		c.plain(l, "beside a value that is none")
		c.plain(r, "beside a value that is none")
	}
	c.noHolder(l)
	c.noHolder(r)
	o.typ = merge(l.typ, r.typ)
	left, right := c.value(l), c.value(r)
	if r.path != nil && r.path.First == 0 && !l.typ.secret() {
		o.first, o.then = left, r.path
	}
	o.run = func(m *machine) any {
		m.step(1)
		if v := left(m); v != nil {
			return v
		}
		return right(m)
	}
	return o
}

func (c *compiler) equality(o operand, op string, l, r operand) operand {
	if !(l.typ.secret() && r.typ.Kind == Nil) && !(r.typ.secret() && l.typ.Kind == Nil) {
		c.plain(l, "as an operand of `"+op+"`")
		c.plain(r, "as an operand of `"+op+"`")
	}
	c.neverEqual(o, op, l.typ, r.typ)
	o.typ = Of(Bool)
	negate := op == "!="
	return c.binaryRun(o, l, r, func(m *machine, a, b any) any {
		return m.equal(a, b, 0) != negate
	})
}

// neverEqual warns of a comparison that is always false, or always true.
func (c *compiler) neverEqual(o operand, op string, l, r Type) {
	if !l.known() || !r.known() || l.secret() || r.secret() || l.fits(r.Kind) || r.fits(l.Kind) || l.numeric() && r.numeric() {
		return
	}
	suggestion := adviceFor(l.Kind, r.Kind)
	if text := c.text(o.at); strings.HasPrefix(text, "not ") || strings.HasPrefix(text, "!") {
		suggestion = "`not` is about the left side alone; put parentheses around all of it"
	}
	p := c.report(o.at, "never-equal", suggestion, "`%s` compares %s with %s, which are never equal", op, l.Kind, r.Kind)
	p.Severity = SeverityWarning
}

func (c *compiler) logical(o operand, op string, l, r operand) operand {
	c.want(l, Bool, "the operand of `"+op+"`")
	c.want(r, Bool, "the operand of `"+op+"`")
	o.typ = Of(Bool)
	left, right, leftAt, rightAt := c.value(l), c.value(r), l.at, r.at
	stop := op == "or" || op == "||"
	o.run = func(m *machine) any {
		m.step(1)
		if m.truth(left(m), leftAt) == stop {
			return stop
		}
		return m.truth(right(m), rightAt)
	}
	return o
}

// haveOrder tells whether two values may have an order: numbers, or two texts,
// times or durations.
func haveOrder(l, r Type) bool {
	ordered := func(t Type) bool {
		return !t.known() || t.numeric() || t.Kind == Text || t.Kind == Time || t.Kind == Duration
	}
	return ordered(l) && ordered(r) && (!l.known() || !r.known() || l.Kind == r.Kind || l.numeric() && r.numeric())
}

func (c *compiler) comparison(o operand, op string, l, r operand) operand {
	o.typ = Of(Bool)
	if !haveOrder(l.typ, r.typ) {
		p := c.mismatch(operand{typ: Type{Sample: l.typ.Sample || r.typ.Sample}, at: o.at},
			"`"+op+"` cannot compare "+l.typ.Kind.String()+" with "+r.typ.Kind.String())
		p.Suggestion = adviceFor(l.typ.Kind, r.typ.Kind)
	}
	accept := map[string]func(int) bool{
		"<":  func(d int) bool { return d < 0 },
		"<=": func(d int) bool { return d <= 0 },
		">":  func(d int) bool { return d > 0 },
		">=": func(d int) bool { return d >= 0 },
	}[op]
	return c.binaryRun(o, l, r, func(m *machine, a, b any) any {
		if a == nil || b == nil {
			return false
		}
		return accept(m.compare(a, b, op))
	})
}
