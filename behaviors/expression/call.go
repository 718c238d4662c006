package expression

import (
	"strings"

	"github.com/expr-lang/expr/ast"
)

// callNode is a call that expr's parser does not know as a builtin: one of our
// functions, or one of a namespace. Values have no methods.
func (c *compiler) callNode(n *ast.CallNode) operand {
	switch callee := n.Callee.(type) {
	case *ast.IdentifierNode:
		return c.call(callee.Value, c.token(callee), n.Arguments)
	case *ast.MemberNode:
		space, ok := callee.Node.(*ast.IdentifierNode)
		method, ok2 := callee.Property.(*ast.StringNode)
		if ok && ok2 {
			if _, known := c.config.Scope.Lookup(space.Value); !known && c.isNamespace(space.Value) {
				o := c.call(space.Value+"."+method.Value, c.token(space).union(c.token(method)), n.Arguments)
				if o.node != nil {
					o.node.token = c.token(method).from
				}
				return o
			}
		}
		at := c.token(callee)
		c.node(callee.Node)
		c.report(at, "method-call", "call a function by its name", "values have no methods, so `%s` cannot be called", c.text(at))
		return failed(at)
	}
	at := c.token(n)
	c.report(at, "method-call", "call a function by its name", "only functions can be called, by their name")
	return failed(at)
}

func (c *compiler) isNamespace(name string) bool {
	for f := range c.config.Functions {
		if strings.HasPrefix(f, name+".") {
			return true
		}
	}
	return false
}

func (c *compiler) call(name string, at span, args []ast.Node) operand {
	o := operand{at: at, node: &tracedNode{kind: "Call", token: at.from}}
	fn := c.config.Functions[name]
	if fn == nil {
		c.unknownFunction(at, name)
	} else if fn.over != nil && len(args) > 0 {
		return c.iterate(o, fn, args)
	}
	runs := make([]closure, len(args))
	operands := make([]operand, len(args))
	for i, a := range args {
		x := c.node(a)
		o.at = o.at.union(x.at)
		runs[i], operands[i] = c.value(x), x
		if fn == nil {
			continue
		}
		p, ok := fn.param(i)
		if !ok {
			if i == len(fn.Params) {
				c.report(x.at, "argument-count", "", "`%s` takes %s, this is one more", name, countArguments(fn))
			}
			continue
		}
		c.argument(name, p, x)
	}
	if len(args) == 0 {
		o.at = c.closing(o.at, '(')
	}
	o.at = c.closing(o.at, ')')
	if fn == nil {
		return failed(o.at)
	}
	if len(args) < fn.required() {
		c.report(o.at, "argument-count", "", "`%s` takes %s, and here are %d", name, countArguments(fn), len(args))
		return failed(o.at)
	}
	types := make([]Type, len(operands))
	for i, x := range operands {
		types[i] = x.typ
	}
	o.typ = fn.result(types)
	o.typ.Derived = fn.derives()
	o.run = callClosure(fn, c.bound(fn, operands), runs, o.at)
	return o
}

// bound is the run of a builtin for the literals among its arguments.
func (c *compiler) bound(fn *Function, args []operand) builtin {
	if fn.placed != nil {
		return fn.placed(c.positions())
	}
	if fn.bind == nil {
		return fn.run
	}
	literals := make([]constant, len(args))
	for i, x := range args {
		literals[i] = x.constant
	}
	run, wrong := fn.bind(literals)
	if wrong != nil {
		c.report(args[wrong.argument].at, wrong.code, "", "%s", wrong.message)
	}
	if run == nil {
		return fn.run
	}
	return run
}

func (c *compiler) argument(name string, p Param, x operand) {
	if x.typ.secret() {
		if !p.Secret || x.typ.Kind == SecretList && p.Type.Kind != SecretList {
			c.leak(x.at, "as an argument of `"+name+"`")
		}
		return
	}
	c.plain(x, "as an argument of `"+name+"`")
	if !p.Secret {
		c.want(x, p.Type.Kind, "argument `"+p.Name+"` of `"+name+"`")
	}
}

// countArguments says how many arguments a function takes.
func countArguments(f *Function) string {
	least, most := f.required(), len(f.Params)
	words := []string{"no", "one", "two", "three", "four", "five"}
	word := func(n int) string { return words[min(n, len(words)-1)] }
	noun := func(n int) string {
		if n == 1 {
			return " argument"
		}
		return " arguments"
	}
	switch {
	case most > 0 && f.Params[most-1].Variadic:
		return "at least " + word(max(least, 1)) + noun(max(least, 1))
	case least == most:
		return word(most) + noun(most)
	}
	return word(least) + " to " + word(most) + noun(most)
}

func (c *compiler) unknownFunction(at span, name string) {
	if name == "now" {
		p := c.report(at, "unknown-function", "write `now`", "`now` is a value, not a function")
		if rest := string(c.source[at.to:]); strings.HasPrefix(rest, "()") {
			p.Fixes = []Fix{{Title: "Write now", From: at.from, To: at.to + 2, Text: "now"}}
		}
		return
	}
	if _, ok := c.config.Scope.Lookup(name); ok {
		c.report(at, "unknown-function", "write `"+name+"`", "`%s` is a value and cannot be called", name)
		return
	}
	names := make([]string, 0, len(c.config.Functions))
	for f := range c.config.Functions {
		names = append(names, f)
	}
	near := Nearest(name, names)
	p := c.report(at, "unknown-function", didYouMean(near), "unknown function `%s`", name)
	if c.text(at) == name {
		p.Fixes = c.rename(at, near)
	}
}

// positions are the locals with the positions of the iterations around the
// place where the compiler is.
func (c *compiler) positions() []int {
	var slots []int
	for _, l := range c.locals {
		if l.name == "#index" {
			slots = append(slots, l.slot)
		}
	}
	return slots
}

// callClosure evaluates the arguments on the machine's stack and calls.
func callClosure(fn *Function, run builtin, arguments []closure, at span) closure {
	if run == nil {
		run = func(m *machine, args []any) any { return fn.callHost(m, args, at) }
	}
	nilSafe := fn.NilSafe
	return func(m *machine) any {
		base := len(m.args)
		missing := false
		for _, argument := range arguments {
			v := argument(m)
			missing = missing || v == nil
			m.args = append(m.args, v)
		}
		m.at = at
		m.step(1)
		var result any
		if !missing || nilSafe {
			result = run(m, m.args[base:])
		}
		clear(m.args[base:])
		m.args = m.args[:base]
		return result
	}
}

// callHost calls a function that is not of this package. It cannot be stopped,
// so the deadline is looked at before and after.
func (f *Function) callHost(m *machine, args []any, at span) any {
	if f.Cost != nil {
		m.step(f.Cost(args))
	} else {
		for _, a := range args {
			switch a := a.(type) {
			case string:
				m.text(len(a))
			case []byte:
				m.text(len(a))
			}
		}
	}
	m.inTime()
	v, err := f.Call(m.f, append([]any(nil), args...))
	if err != nil {
		e := *asError(err)
		e.From, e.To = at.from, at.to
		panic(failure{&e})
	}
	m.inTime()
	text, _ := v.(string)
	m.take(len(text))
	return v
}
