package expression

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// What is made of a secret is found while compiling, by how it is made and never
// by what it looks like: Type.Derived goes along with values and with names.

// flows notes of a node whether it is made of a secret: whatever has such a node
// in it is, unless it is true or false.
func (c *compiler) flows(compile func() operand) operand {
	beside := c.derived
	c.derived = c.config.Hidden
	o := compile()
	o.typ.Derived = (c.derived || o.typ.Derived) && (o.typ.Kind != Bool || c.config.Hidden)
	if o.node != nil {
		o.node.derived = o.typ.Derived
	}
	c.derived = beside || o.typ.Derived
	return o
}

// derives tells whether the result is made of a secret.
func (f *Function) derives() bool {
	return !f.proves && slices.ContainsFunc(f.Params, func(p Param) bool { return p.Secret })
}

// mayDerive tells whether something that is made of a secret stands anywhere in
// these nodes. It is for #acc, whose value is that of a body not compiled yet.
func (c *compiler) mayDerive(nodes []ast.Node) bool {
	v := deriving{c: c}
	for _, n := range nodes {
		ast.Walk(&n, &v)
	}
	return v.found
}

// deriving looks for what makes something of a secret, or is made of one.
type deriving struct {
	c     *compiler
	found bool
}

// Visit implements ast.Visitor.
func (v *deriving) Visit(n *ast.Node) {
	c := v.c
	switch n := (*n).(type) {
	case *ast.IdentifierNode:
		l, isLocal := c.local(n.Value)
		known, _ := c.config.Scope.Lookup(n.Value)
		v.found = v.found || isLocal && l.typ.Derived || known.Type.Derived
	case *ast.PointerNode:
		l, _ := c.local("#" + n.Name)
		v.found = v.found || l.typ.Derived
	case *ast.CallNode:
		if f := c.config.Functions[calledName(n)]; f != nil {
			v.found = v.found || f.derives()
		}
	}
}

// calledName is the full name of the function that a call names, or "".
func calledName(n *ast.CallNode) string {
	switch callee := n.Callee.(type) {
	case *ast.IdentifierNode:
		return callee.Value
	case *ast.MemberNode:
		space, ok := callee.Node.(*ast.IdentifierNode)
		name, ok2 := callee.Property.(*ast.StringNode)
		if ok && ok2 {
			return space.Value + "." + name.Value
		}
	}
	return ""
}
