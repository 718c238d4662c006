package expression

import (
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"

	"github.com/deskhook/deskhook/behaviors/payload"
)

func (c *compiler) identifier(n *ast.IdentifierNode) operand {
	at := c.token(n)
	name := n.Value
	if name == "$env" {
		c.report(at, "unknown-name", "name what you need", "`$env` is not available")
		return failed(at)
	}
	if l, ok := c.local(name); ok {
		return c.localOperand(l, at)
	}
	if known, ok := c.config.Scope.Lookup(name); ok {
		return c.scoped(known, at)
	}
	if _, ok := c.config.Functions[name]; ok {
		c.report(at, "function-not-called", "write `"+name+"(…)`", "`%s` is a function and is not called", name)
		return failed(at)
	}
	c.unknownName(at, name)
	return failed(at)
}

func (c *compiler) unknownName(at span, name string) {
	names := c.config.Scope.Names()
	for _, l := range c.locals {
		names = append(names, l.name)
	}
	suggestion := ""
	if near := Nearest(name, names); near != "" {
		suggestion = "did you mean `" + near + "`?"
	}
	p := c.report(at, "unknown-name", suggestion, "unknown name `%s`", name)
	if near := Nearest(name, names); near != "" {
		p.Fixes = []Fix{{Title: "Write " + near, From: at.from, To: at.to, Text: near}}
	}
}

func (c *compiler) localOperand(l local, at span) operand {
	if l.path != nil {
		return operand{typ: l.typ, path: l.path, at: at, kind: "Identifier", token: at.from}
	}
	slot := l.slot
	return operand{typ: l.typ, at: at, kind: "Identifier", token: at.from,
		run: func(m *machine) any { m.step(1); return m.locals[slot] }}
}

func (c *compiler) scoped(n Name, at span) operand {
	if n.Path != nil {
		return operand{typ: n.Type, path: n.Path, at: at, kind: "Identifier", token: at.from}
	}
	slot := n.Slot
	return operand{typ: n.Type, at: at, kind: "Identifier", token: at.from, run: func(m *machine) any {
		m.step(1)
		if slot >= len(m.f.Slots) {
			return nil
		}
		v := m.f.Slots[slot]
		if l, ok := v.(*Lazy); ok {
			return m.lazy(l)
		}
		return v
	}}
}

// pointer is `#`, `#index`, `#acc`, or the list's item before a leading dot.
func (c *compiler) pointer(n *ast.PointerNode) operand {
	at := c.token(n)
	if n.Name != "" {
		at.to = min(at.from+1+utf8.RuneCountInString(n.Name), len(c.source))
	}
	l, ok := c.local("#" + n.Name)
	if !ok {
		c.report(at, "unknown-name", "", "`#%s` has no meaning here", n.Name)
		return failed(at)
	}
	return c.localOperand(l, at)
}

func (c *compiler) member(n *ast.MemberNode) operand {
	base := c.node(n.Node)
	property := c.node(n.Property)
	at := base.at.union(property.at)
	if c.source[property.at.from] == '.' {
		at = base.at
	}
	token := property.at.from
	kind := "Member"
	if dotted := c.opening(property.at, '.'); dotted == property.at {
		at, kind = c.closing(at, ']'), "Index"
	}
	if base.typ.secret() {
		c.leak(base.at, "whose parts are read")
		return failed(at)
	}
	if !property.is {
		c.plain(base, "in a map that is read by a computed name")
		c.plain(property, "as the name of a field")
	}
	t := c.memberType(base, property)
	if key, ok := pathKey(property); ok && base.path != nil {
		path := append(append(make([]payload.Key, 0, len(base.path)+1), base.path...), key)
		return operand{typ: t, path: path, at: at, kind: kind, token: token}
	}
	from := c.value(base)
	o := operand{typ: t, at: at, kind: kind, token: token}
	if name, ok := property.value.(string); ok && property.is {
		o.run = func(m *machine) any {
			v := from(m)
			m.step(1)
			return field(v, name)
		}
		return o
	}
	key := c.value(property)
	o.run = func(m *machine) any {
		v := from(m)
		k := key(m)
		m.step(1)
		return index(v, k)
	}
	return o
}

// pathKey is the key of a constant member that a payload path can have: a name,
// or a position from the front.
func pathKey(property operand) (payload.Key, bool) {
	if !property.is {
		return payload.Key{}, false
	}
	switch v := property.value.(type) {
	case string:
		return payload.Key{Name: v}, true
	case int64:
		if v >= 0 && v < 1<<31 {
			return payload.Key{Index: int(v), List: true}, true
		}
	}
	return payload.Key{}, false
}

// memberType is the type of a member, and reports a field that is not there.
func (c *compiler) memberType(base, property operand) Type {
	switch base.typ.Kind {
	case List:
		if base.typ.Elem != nil && property.typ.fits(Int) && property.typ.known() {
			return *base.typ.Elem
		}
		return Type{}
	case Map:
		name, ok := property.value.(string)
		if !ok || !property.is {
			return Type{}
		}
		if t, ok := base.typ.Fields[name]; ok {
			return t
		}
		if base.typ.Open && !base.typ.Sample || base.typ.Fields == nil {
			return Type{}
		}
		names := make([]string, 0, len(base.typ.Fields))
		for f := range base.typ.Fields {
			names = append(names, f)
		}
		suggestion := ""
		near := Nearest(name, names)
		if near != "" {
			suggestion = "did you mean `" + near + "`?"
		}
		what := strings.TrimSpace(c.text(base.at))
		p := c.report(property.at, "unknown-field", suggestion, "`%s` has no field `%s`", what, name)
		if base.typ.Sample {
			p.Severity = SeverityWarning
			p.Message = "the sample has no field `" + name + "` in `" + what + "`"
		}
		if near != "" && c.text(property.at) == name {
			p.Fixes = []Fix{{Title: "Write " + near, From: property.at.from, To: property.at.to, Text: near}}
		}
	}
	return Type{}
}

// field reads a member by name; what has no such member gives nil.
func field(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[name]
	case Object:
		return v.Member(name)
	}
	return nil
}

func index(v, key any) any {
	switch k := key.(type) {
	case string:
		return field(v, k)
	case int64:
		if list, ok := v.([]any); ok {
			if k < 0 {
				k += int64(len(list))
			}
			if k >= 0 && k < int64(len(list)) {
				return list[k]
			}
		}
	case float64:
		if i := int64(k); float64(i) == k {
			return index(v, i)
		}
	}
	return nil
}

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
	at = c.closing(at, ']')
	from := c.value(base)
	t := base.typ
	if t.Kind == Any {
		t = Type{}
	}
	return operand{typ: t, at: at, kind: "Slice", token: token.from, run: func(m *machine) any {
		v := from(m)
		lo, hi := bound(m, bounds[0], at), bound(m, bounds[1], at)
		m.step(1)
		switch v := v.(type) {
		case []any:
			i, j := limits(lo, hi, len(v))
			return v[i:j:j]
		case string:
			m.text(len(v))
			runes := []rune(v)
			i, j := limits(lo, hi, len(runes))
			m.take(len(v))
			return string(runes[i:j])
		case nil:
			return nil
		}
		return nil
	}}
}

// bound is a bound of a slice: absent or nil is the list's own.
func bound(m *machine, b closure, at span) *int64 {
	if b == nil {
		return nil
	}
	switch v := b(m).(type) {
	case nil:
		return nil
	case int64:
		return &v
	}
	m.at = at
	m.fail("type", "a position must be an integer")
	return nil
}

func limits(lo, hi *int64, n int) (int, int) {
	clamp := func(p *int64, missing int) int {
		if p == nil {
			return missing
		}
		i := *p
		if i < 0 {
			i += int64(n)
		}
		return int(min(max(i, 0), int64(n)))
	}
	i, j := clamp(lo, 0), clamp(hi, n)
	return i, max(i, j)
}
