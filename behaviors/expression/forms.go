package expression

import "github.com/expr-lang/expr/ast"

func (c *compiler) conditional(n *ast.ConditionalNode) operand {
	cond, yes, no := c.node(n.Cond), c.node(n.Exp1), c.node(n.Exp2)
	c.plain(cond, "as a condition")
	c.want(cond, Bool, "a condition")
	c.noHolder(yes)
	c.noHolder(no)
	at, testAt := cond.at.union(yes.at).union(no.at), cond.at
	token := c.question(cond.at.to)
	if !n.Ternary {
		at = c.closing(c.word(at, "if"), '}')
		token = at.from
	}
	test, then, otherwise := c.value(cond), c.value(yes), c.value(no)
	return operand{typ: merge(yes.typ, no.typ), at: at, node: &tracedNode{kind: "Conditional", token: token}, run: func(m *machine) any {
		m.step(1)
		if m.truth(test(m), testAt) {
			return then(m)
		}
		return otherwise(m)
	}}
}

func (c *compiler) declaration(n *ast.VariableDeclaratorNode) operand {
	at := c.token(n)
	value := c.node(n.Value)
	if c.taken(n.Name) {
		c.report(at, "shadowed-name", "choose another name", "`%s` has a meaning already", n.Name)
	}
	let := c.opening(at, 't')
	let.from = max(let.from-2, 0)
	var set closure // of what is a place in the payload nothing but a trace
	if value.path == nil {
		set = c.value(value)
	}
	slot := c.push(n.Name, value.typ, value.path)
	body := c.node(n.Expr)
	run := c.value(body)
	c.pop(1)
	o := operand{typ: body.typ, at: let.union(body.at)}
	o.run = func(m *machine) any {
		if set != nil {
			m.locals[slot] = set(m)
		} else if m.trace != nil {
			m.place(value.node)
		}
		return run(m)
	}
	return o
}

func (c *compiler) taken(name string) bool {
	if _, ok := c.config.Scope.Lookup(name); ok {
		return true
	}
	if _, ok := c.local(name); ok {
		return true
	}
	return c.config.Functions[name] != nil || c.isNamespace(name)
}

func (c *compiler) sequence(n *ast.SequenceNode) operand {
	var last operand
	runs := make([]closure, len(n.Nodes))
	for i, x := range n.Nodes {
		o := c.node(x)
		if i < len(n.Nodes)-1 {
			c.plain(o, "as a value that is not used")
		}
		if i == 0 {
			last.at = o.at
		}
		o.at = o.at.union(last.at)
		runs[i] = c.value(o)
		last = o
	}
	return operand{typ: last.typ, at: last.at, run: func(m *machine) any {
		var v any
		for _, run := range runs {
			v = run(m)
		}
		return v
	}}
}

func (c *compiler) array(n *ast.ArrayNode) operand {
	at := c.token(n)
	runs := make([]closure, len(n.Nodes))
	items := make([]operand, len(n.Nodes))
	secrets := 0
	var elem Type
	for i, x := range n.Nodes {
		o := c.node(x)
		items[i] = o
		at = at.union(o.at)
		runs[i] = c.value(o)
		if o.typ.Kind == SecretValue {
			secrets++
		}
		if i == 0 {
			elem = o.typ
		} else {
			elem = merge(elem, o.typ)
		}
	}
	at = c.closing(at, ']')
	t := ListOf(elem)
	if secrets == len(items) && secrets > 0 {
		t = Of(SecretList)
	} else {
		for _, o := range items {
			c.plain(o, "in a list with other values")
		}
	}
	if elem.Kind == Any || elem.Kind == Nil || elem.secret() || elem.holdsSecret() {
		t.Elem = nil
	}
	o := operand{typ: t, at: at, node: &tracedNode{kind: "Array", token: c.token(n).from}}
	if list, ok := literalList(items); ok {
		o.run = func(m *machine) any { m.step(1); return list }
		return o
	}
	o.run = func(m *machine) any {
		m.list(len(runs))
		list := make([]any, len(runs))
		for i, run := range runs {
			list[i] = run(m)
		}
		return list
	}
	return o
}

// literalList is the list of literals, which is made once: nothing changes a
// value.
func literalList(items []operand) (any, bool) {
	list := make([]any, len(items))
	for i, o := range items {
		if !o.is {
			return nil, false
		}
		list[i] = o.value
	}
	return list, true
}

func (c *compiler) mapLiteral(n *ast.MapNode) operand {
	at := c.token(n)
	type pair struct {
		key, value closure
		at         span
	}
	pairs := make([]pair, 0, len(n.Pairs))
	t := Type{Kind: Map, Fields: map[string]Type{}}
	for _, x := range n.Pairs {
		p, ok := x.(*ast.PairNode)
		if !ok {
			continue
		}
		k, v := c.node(p.Key), c.node(p.Value)
		c.plain(k, "as a key of a map")
		c.plain(v, "in a map")
		if name, ok := k.value.(string); ok && k.is {
			if _, twice := t.Fields[name]; twice {
				c.report(k.at, "duplicate-key", "", "the key `%s` stands here twice", name)
			}
			t.Fields[name] = v.typ
			if v.typ.secret() || v.typ.holdsSecret() {
				t.Fields[name] = Type{} // it has been reported
			}
		} else {
			t.Open = true
		}
		at = at.union(k.at).union(v.at)
		pairs = append(pairs, pair{c.value(k), c.value(v), k.at})
	}
	at = c.closing(at, '}')
	return operand{typ: t, at: at, node: &tracedNode{kind: "Map", token: c.token(n).from}, run: func(m *machine) any {
		m.step(1 + len(pairs))
		m.take(mapBytes(len(pairs)))
		result := make(map[string]any, len(pairs))
		for _, p := range pairs {
			k := p.key(m)
			m.at = p.at
			result[m.mapKey(k)] = p.value(m)
		}
		return result
	}}
}

// mapKey is the text form of a key; nil is empty.
func (m *machine) mapKey(k any) string {
	switch k := k.(type) {
	case string:
		m.text(len(k))
		return k
	case map[string]any, []any, Object:
		m.fail("type", "a key of a map must be a text, a number or a boolean")
	}
	return m.textOf(k)
}
