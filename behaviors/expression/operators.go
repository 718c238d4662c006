package expression

import (
	"strings"

	"github.com/expr-lang/expr/ast"
)

// want reports an operand that certainly is not of a kind.
func (c *compiler) want(o operand, k Kind, what string) {
	if !o.typ.fits(k) && !o.typ.secret() {
		c.mismatch(o, what+" must be "+k.String()+", but this is "+o.typ.Kind.String())
	}
}

func (c *compiler) unary(n *ast.UnaryNode) operand {
	token := c.token(n)
	x := c.node(n.Node)
	c.plain(x, "as an operand of `"+n.Operator+"`")
	at := token.union(x.at)
	run := c.value(x)
	o := operand{at: at, kind: "Unary", token: token.from}
	switch n.Operator {
	case "not", "!":
		c.want(x, Bool, "the operand of `"+n.Operator+"`")
		o.typ = Of(Bool)
		o.run = func(m *machine) any {
			v := run(m)
			m.step(1)
			return !m.truth(v, x.at)
		}
		return o
	}
	c.want(x, Number, "the operand of `"+n.Operator+"`")
	o.typ = x.typ
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
		if !negate {
			m.number(v, "a sign")
			return v
		}
		return m.subtract(int64(0), v)
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
	if hyphenated, ok := c.hyphenatedField(n); ok {
		return hyphenated
	}
	token := c.token(n)
	l, r := c.node(n.Left), c.node(n.Right)
	at := l.at.union(r.at)
	o := operand{at: at, kind: "Binary", token: token.from}
	op := n.Operator
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
			c.mismatch(r, "`in` looks into a list or a map, but this is "+r.typ.Kind.String())
		}
		return c.binaryRun(o, l, r, (*machine).in)
	case "contains", "startsWith", "endsWith":
		o.typ = Of(Bool)
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

// binaryRun evaluates both sides, then applies.
func (c *compiler) binaryRun(o, l, r operand, apply func(m *machine, a, b any) any) operand {
	left, right, at := c.value(l), c.value(r), o.at
	o.run = func(m *machine) any {
		a := left(m)
		b := right(m)
		m.step(1)
		m.at = at
		return apply(m, a, b)
	}
	return o
}

// hyphenatedField finds `payload.end-date`, which is a subtraction of the
// function date from payload.end.
func (c *compiler) hyphenatedField(n *ast.BinaryNode) (operand, bool) {
	if n.Operator != "-" {
		return operand{}, false
	}
	left, ok := n.Left.(*ast.MemberNode)
	right, ok2 := n.Right.(*ast.IdentifierNode)
	if !ok || !ok2 {
		return operand{}, false
	}
	property, ok := left.Property.(*ast.StringNode)
	if !ok || c.config.Functions[right.Value] == nil {
		return operand{}, false
	}
	minus, name := c.token(n), c.token(right)
	if _, known := c.config.Scope.Lookup(right.Value); known || minus.to != name.from || c.token(property).to != minus.from {
		return operand{}, false
	}
	field := property.Value + "-" + right.Value
	at := span{c.token(property).from, name.to}
	at = c.opening(at, '.')
	write := `["` + field + `"]`
	p := c.report(name, "function-not-called", "write `"+write+"`",
		"`%s` is a function and is not called; a field with a hyphen needs brackets", right.Value)
	p.Fixes = []Fix{{Title: "Write " + write, From: at.from, To: at.to, Text: write}}
	return failed(at), true
}

func (c *compiler) coalesce(o, l, r operand) operand {
	if l.typ.secret() != r.typ.secret() && l.typ.known() && r.typ.known() {
		c.plain(l, "beside a value that is none")
		c.plain(r, "beside a value that is none")
	}
	o.typ = merge(l.typ, r.typ)
	left, right := c.value(l), c.value(r)
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
	o.typ = Of(Bool)
	negate := op == "!="
	return c.binaryRun(o, l, r, func(m *machine, a, b any) any {
		return m.equal(a, b, 0) != negate
	})
}

func (c *compiler) logical(o operand, op string, l, r operand) operand {
	c.want(l, Bool, "the operand of `"+op+"`")
	c.want(r, Bool, "the operand of `"+op+"`")
	o.typ = Of(Bool)
	left, right := c.value(l), c.value(r)
	stop := op == "or" || op == "||"
	o.run = func(m *machine) any {
		m.step(1)
		if m.truth(left(m), l.at) == stop {
			return stop
		}
		return m.truth(right(m), r.at)
	}
	return o
}

func (c *compiler) comparison(o operand, op string, l, r operand) operand {
	o.typ = Of(Bool)
	if l.typ.known() && r.typ.known() && !l.typ.fits(r.typ.Kind) && !(l.typ.numeric() && r.typ.numeric()) {
		c.mismatch(operand{typ: Type{Kind: r.typ.Kind, Sample: l.typ.Sample || r.typ.Sample}, at: o.at},
			"`"+op+"` cannot compare "+l.typ.Kind.String()+" with "+r.typ.Kind.String())
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

func (c *compiler) arithmetic(o operand, op string, l, r operand) operand {
	o.typ = Type{}
	lk, rk := l.typ, r.typ
	bad := false
	switch {
	case lk.Kind == Nil || rk.Kind == Nil:
		o.typ = Of(Nil)
	case lk.numeric() && rk.numeric():
		o.typ = Of(Number)
		if op == "/" || op == "**" || op == "^" {
			o.typ = Of(Float)
		} else if lk.Kind == Int && rk.Kind == Int {
			o.typ = Of(Int)
		}
	case op == "+" && lk.Kind == Text && rk.Kind == Text:
		o.typ = Of(Text)
	case lk.Kind == Time || rk.Kind == Time || lk.Kind == Duration || rk.Kind == Duration:
		if op == "-" && lk.Kind == Time && rk.Kind == Time {
			o.typ = Of(Duration)
		} else if (op == "-" || op == "+") && lk.Kind == Time {
			o.typ = Of(Time)
		}
		bad = op != "+" && op != "-" && op != "*" && op != "/"
	case lk.known() && rk.known():
		bad = true
	case lk.known() && !lk.numeric() && !(op == "+" && lk.Kind == Text):
		bad = true
	case rk.known() && !rk.numeric() && !(op == "+" && rk.Kind == Text):
		bad = true
	}
	if bad {
		c.mismatch(operand{typ: Type{Kind: rk.Kind, Sample: lk.Sample || rk.Sample}, at: o.at},
			"`"+op+"` cannot take "+lk.Kind.String()+" and "+rk.Kind.String())
	}
	apply := map[string]func(m *machine, a, b any) any{
		"+": (*machine).add, "-": (*machine).subtract, "*": (*machine).multiply,
		"/": (*machine).divide, "%": (*machine).remainder, "**": (*machine).power, "^": (*machine).power,
	}[op]
	return c.binaryRun(o, l, r, func(m *machine, a, b any) any {
		if a == nil || b == nil {
			return nil
		}
		return apply(m, a, b)
	})
}
