package expression

import "github.com/expr-lang/expr/ast"

// iteration is a builtin that evaluates its second argument, the body, for the
// items of its first, a list.
type iteration struct {
	bare        bool // the body may be left out: the item itself is meant
	condition   bool // the body is true or false
	accumulates bool // the body sees #acc
	ofNil       any  // the result for nil, where it is not that of an empty list
	run         func(m *machine, list []any, body *body) any
}

// body is what an iteration evaluates an item, and its third argument.
type body struct {
	run              closure // nil: the item itself
	third            closure // nil: there is none
	item, index, acc int     // locals
	at, thirdAt      span
}

func (b *body) eval(m *machine, item any, i int) any {
	m.step(1)
	if b.run == nil {
		return item
	}
	m.locals[b.item] = item
	m.locals[b.index] = int64(i)
	return b.run(m)
}

func (b *body) holds(m *machine, item any, i int) bool {
	return m.truth(b.eval(m, item, i), b.at)
}

// iterate compiles a call of an iteration.
func (c *compiler) iterate(o operand, fn *Function, args []ast.Node) operand {
	if choices, ok := args[0].(*ast.ArrayNode); ok && fn.over.condition {
		c.mayLack(choices) // find([payload.a, payload.b], # != nil)
	}
	list := c.node(args[0])
	c.plain(list, "as an argument of `"+fn.Name+"`")
	c.want(list, List, "the first argument of `"+fn.Name+"`")
	source, elem := c.value(list), list.typ.element()
	outside := len(c.locals)
	elem.Derived = list.typ.Derived
	b := &body{item: c.push("#", elem, nil), index: c.push("#index", Of(Int), nil), at: list.at}
	if fn.over.accumulates {
		b.acc = c.push("#acc", Type{Derived: c.mayDerive(args)}, nil)
	}
	x := operand{typ: elem, at: list.at}
	if len(args) > 1 {
		if n, ok := args[1].(*ast.PredicateNode); ok {
			x = c.node(n.Node)
			c.plain(x, "as the result of a predicate")
			b.run, b.at = c.value(x), x.at
		}
	}
	if fn.over.condition {
		c.want(x, Bool, "the predicate of `"+fn.Name+"`")
	}
	c.pop(len(c.locals) - outside)
	o.at = o.at.union(list.at).union(x.at)
	if len(args) > 2 {
		third := c.node(args[2])
		p, _ := fn.param(2)
		c.argument(fn.Name, p, third)
		b.third, b.thirdAt = c.value(third), third.at
		o.at = o.at.union(third.at)
		c.bound(fn, []operand{list, x, third})
	}
	o.at = c.closing(c.closing(o.at, '}'), ')')
	o.typ = fn.result([]Type{list.typ, x.typ})
	o.run = fn.over.closure(fn.Name, source, list.at, b)
	return o
}

func (it *iteration) closure(name string, list closure, at span, b *body) closure {
	return func(m *machine) any {
		v := list(m)
		m.at = at
		m.step(1)
		switch v := v.(type) {
		case []any:
			return it.run(m, v, b)
		case nil:
			if it.ofNil != nil {
				return it.ofNil
			}
			return it.run(m, nil, b)
		case map[string]any:
			m.fail("type", "`"+name+"` takes a list, but this is a map; take its values with values(…)")
		}
		m.fail("type", "`"+name+"` takes a list, but this is "+kindOf(v).String())
		return nil
	}
}
