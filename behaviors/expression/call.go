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
				return c.call(space.Value+"."+method.Value, c.token(space).union(c.token(method)), n.Arguments)
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
	o := operand{at: at, kind: "Call", token: at.from}
	if _, ok := predicates[name]; ok && c.config.Functions[name] != nil && len(args) > 0 {
		return c.predicateCall(o, name, args)
	}
	fn := c.config.Functions[name]
	if fn == nil {
		c.unknownFunction(at, name)
	}
	runs := make([]closure, len(args))
	for i, a := range args {
		x := c.node(a)
		o.at = o.at.union(x.at)
		runs[i] = c.value(x)
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
	if strings.HasPrefix(c.rest(o.at), "(") {
		o.at.to++
	}
	o.at = c.closing(o.at, ')')
	if fn == nil {
		return failed(o.at)
	}
	if len(args) < fn.required() {
		c.report(o.at, "argument-count", "", "`%s` takes %s, and here are %d", name, countArguments(fn), len(args))
		return failed(o.at)
	}
	o.typ = fn.Result
	o.run = callClosure(fn, runs, o.at)
	return o
}

func (c *compiler) rest(s span) string { return strings.TrimSpace(string(c.source[s.to:])) }

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

func countArguments(f *Function) string {
	least, most := f.required(), len(f.Params)
	word := map[int]string{0: "no argument", 1: "one argument", 2: "two arguments", 3: "three arguments", 4: "four arguments"}
	switch {
	case most > 0 && f.Params[most-1].Variadic:
		return "at least " + word[least]
	case least == most:
		return word[most]
	}
	return word[least] + " to " + strings.Fields(word[most])[0]
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
	suggestion := ""
	near := Nearest(name, names)
	if near != "" {
		suggestion = "did you mean `" + near + "`?"
	}
	p := c.report(at, "unknown-function", suggestion, "unknown function `%s`", name)
	if near != "" && c.text(at) == name {
		p.Fixes = []Fix{{Title: "Write " + near, From: at.from, To: at.to, Text: near}}
	}
}

// callClosure evaluates the arguments on the machine's stack and calls.
func callClosure(fn *Function, runs []closure, at span) closure {
	return func(m *machine) any {
		base := len(m.args)
		missing := false
		for _, run := range runs {
			v := run(m)
			missing = missing || v == nil
			m.args = append(m.args, v)
		}
		args := m.args[base:]
		defer func() { m.args = m.args[:base] }()
		m.at = at
		m.step(1)
		if missing && !fn.NilSafe {
			return nil
		}
		if fn.run != nil {
			return fn.run(m, args)
		}
		if fn.Cost != nil {
			m.step(fn.Cost(args))
		} else {
			for _, a := range args {
				if s, ok := a.(string); ok {
					m.text(len(s))
				}
			}
		}
		v, err := fn.Call(m.f, append([]any(nil), args...))
		if err != nil {
			e := *asError(err)
			e.From, e.To = at.from, at.to
			panic(failure{&e})
		}
		return v
	}
}
