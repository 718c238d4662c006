package expression

import "github.com/expr-lang/expr/ast"

func (c *compiler) slice(n *ast.SliceNode) operand {
	base := c.node(n.Node)
	token := c.token(n)
	at := base.at.union(token)
	c.plain(base, "that is cut")
	if !base.typ.fits(List) && !base.typ.fits(Text) {
		c.mismatch(base, "only a list or a text can be cut, but this is "+base.typ.Kind.String())
	}
	bounds := [2]closure{}
	for i, b := range []ast.Node{n.From, n.To} {
		if b == nil {
			continue
		}
		o := c.node(b)
		c.plain(o, "as a position")
		c.want(o, Int, "a position")
		at = at.union(o.at)
		bounds[i] = c.value(o)
	}
	at = c.closing(c.closing(at, ':'), ']')
	from := c.value(base)
	return operand{typ: base.typ, at: at, node: &tracedNode{kind: "Slice", token: token.from}, run: func(m *machine) any {
		v := from(m)
		low, ok := bound(m, bounds[0], at, 0)
		high, ok2 := bound(m, bounds[1], at, 1<<62)
		m.step(1)
		if !ok || !ok2 {
			return nil
		}
		switch v := v.(type) {
		case []any:
			if low > int64(len(v)) {
				return nil
			}
			i, j := limits(low, high, len(v))
			return v[i:j:j]
		case string:
			if low > int64(m.characters(v)) {
				return nil
			}
			return m.cut(v, low, high)
		}
		return nil
	}}
}

// bound is a bound of a slice. One that is nil makes the slice nil.
func bound(m *machine, b closure, at span, missing int64) (int64, bool) {
	if b == nil {
		return missing, true
	}
	v := b(m)
	if v == nil {
		return 0, false
	}
	m.at = at
	i, ok := integral(m.number(v, "a position"))
	if !ok {
		m.fail("type", "a position is an integer, but this is a fraction")
	}
	return i, true
}

// limits are the bounds within n items; negative ones count from the end.
func limits(low, high int64, n int) (int, int) {
	within := func(i int64) int {
		if i < 0 {
			i += int64(n)
		}
		return int(min(max(i, 0), int64(n)))
	}
	i, j := within(low), within(high)
	return i, max(i, j)
}

// cut gives the characters of a text from low to high. It shares its memory.
func (m *machine) cut(s string, low, high int64) string {
	n := m.characters(s)
	i, j := limits(low, high, n)
	return s[offset(s, i):offset(s, j)]
}

// offset is the byte at which the nth character of a text begins.
func offset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}
