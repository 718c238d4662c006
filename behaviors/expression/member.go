package expression

import (
	"unicode"

	"github.com/expr-lang/expr/ast"

	"github.com/deskhook/deskhook/behaviors/payload"
)

func (c *compiler) member(n *ast.MemberNode) operand {
	if o, ok := c.uncalled(n); ok {
		return o
	}
	if n.Optional {
		c.mayLack(n.Node)
	}
	base := c.node(n.Node)
	property := c.node(n.Property)
	at := base.at.union(property.at)
	if c.source[property.at.from] == '.' {
		at = base.at
	}
	token, kind := c.token(n).from, "Member"
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
	t := c.memberType(n, base, property)
	if key, ok := pathKey(property); ok && base.path != nil {
		path := base.path.member(key)
		return operand{typ: t, path: path, at: at, node: &tracedNode{kind: kind, token: token, path: path, base: base.node}}
	}
	from := c.value(base)
	o := operand{typ: t, at: at, node: &tracedNode{kind: kind, token: token}}
	if name, ok := property.value.(string); ok && property.is {
		o.run = func(m *machine) any {
			v := from(m)
			m.step(1)
			return m.field(v, name)
		}
		return o
	}
	key := c.value(property)
	o.run = func(m *machine) any {
		v := from(m)
		k := key(m)
		m.step(1)
		return m.index(v, k)
	}
	return o
}

// uncalled reports a function of a namespace that is not called.
func (c *compiler) uncalled(n *ast.MemberNode) (operand, bool) {
	space, ok := n.Node.(*ast.IdentifierNode)
	name, ok2 := n.Property.(*ast.StringNode)
	if !ok || !ok2 || c.isValue(space.Value) || !c.isNamespace(space.Value) {
		return operand{}, false
	}
	at := c.token(space).union(c.token(name))
	full := space.Value + "." + name.Value
	if c.config.Functions[full] == nil {
		c.unknownFunction(at, full)
	} else {
		c.report(at, "function-not-called", "write `"+full+"(…)`", "`%s` is a function and is not called", full)
	}
	return failed(at), true
}

// isValue tells whether a name stands for a value where the compiler is.
func (c *compiler) isValue(name string) bool {
	if _, ok := c.local(name); ok {
		return true
	}
	_, ok := c.config.Scope.Lookup(name)
	return ok
}

// pathKey is the key of a constant member that a payload path can have: a name,
// or a position from the front.
func pathKey(property operand) (payload.Key, bool) {
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

// memberType is the type of a member, and reports what cannot be there.
func (c *compiler) memberType(n *ast.MemberNode, base, property operand) Type {
	name, named := property.value.(string)
	named = named && property.is
	switch base.typ.Kind {
	case Any, Nil:
		return Type{}
	case List:
		if named {
			c.noMember(base, property, name, "take one item, as in `[0]`, or all of them with map(…)")
		} else if property.typ.known() && property.typ.fits(Int) {
			return base.typ.element()
		}
		return Type{}
	case Map:
		if !named {
			return Type{}
		}
		if t, ok := base.typ.member(name); ok {
			return t
		}
		if base.typ.Open && !base.typ.Sample || base.typ.Fields == nil {
			return Type{}
		}
		c.unknownField(n, base, property, name)
	default:
		if named {
			c.noMember(base, property, name, "")
		}
	}
	return Type{}
}

// noMember warns of a field of what has none at all: it is nil for ever.
func (c *compiler) noMember(base, property operand, name, suggestion string) {
	p := c.report(property.at, "unknown-field", suggestion, "%s has no field `%s`, so this is nil", base.typ.Kind, name)
	p.Severity = SeverityWarning
	if base.typ.Sample && base.typ.At != "" {
		p.Message = "no sample has `" + MemberAt(base.typ.At, name) + "`: `" + base.typ.At + "` is " + base.typ.Kind.String() + " there"
	}
}

// isWord tells whether a field can be written behind a dot.
func isWord(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

// field reads a member by name; what has no such member gives nil.
func (m *machine) field(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[name]
	case Object:
		return m.memberOf(v, name)
	}
	return nil
}

func (m *machine) index(v, key any) any {
	switch k := key.(type) {
	case string:
		m.step(len(k) / 64)
		return m.field(v, k)
	case int64:
		list, _ := v.([]any)
		if k < 0 {
			k += int64(len(list))
		}
		if k >= 0 && k < int64(len(list)) {
			return list[k]
		}
	case float64:
		if i := int64(k); float64(i) == k {
			return m.index(v, i)
		}
	}
	return nil
}
