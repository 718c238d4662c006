package expression

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
)

// member is the type of a field, and whether it is known.
func (t Type) member(name string) (Type, bool) {
	if t.AnyCase {
		name = strings.ToLower(name)
	}
	f, ok := t.Fields[name]
	return f, ok
}

// unknownField reports a field that a record does not have, or that the samples
// lack. Not every field is in every sample: one that is read as if it might be
// missing is reported only where it is nearly the name of another, and so is one
// of a map that is open, such as the headers.
func (c *compiler) unknownField(n *ast.MemberNode, base, property operand, name string) {
	t := base.typ
	if t.AnyCase {
		name = strings.ToLower(name)
	}
	near := Nearest(name, t.fieldNames())
	if !t.Sample {
		p := c.report(property.at, "unknown-field", orFields(near, t), "`%s` has no field `%s`", strings.TrimSpace(c.text(base.at)), name)
		p.Fixes = c.renameField(base, property, near)
		return
	}
	if (t.Open || c.lacking[n]) && !alike(name, near) {
		return
	}
	at := t.At
	if at == "" {
		at = strings.TrimSpace(c.text(base.at))
	}
	p := c.report(property.at, "unknown-field", orFields(near, t), "no sample has `%s`", MemberAt(at, name))
	p.Severity = SeverityWarning
	p.Fixes = c.renameField(base, property, near)
}

// orFields suggests the field that was meant, or else says which there are.
func orFields(near string, t Type) string {
	names := t.fieldNames()
	if near != "" || len(names) == 0 {
		return didYouMean(near)
	}
	slices.Sort(names)
	const most = 200 // bytes
	list := "it has"
	for i, name := range names {
		if i > 0 {
			list += ","
		}
		if len(list)+len(name) > most {
			return list + " …"
		}
		list += " `" + name + "`"
	}
	return list
}

// mayLack notes a field, and those around it, as one that is read as if it might
// be missing; of several with `??` between them, each, as of the arguments of a
// function, which is nil with them, and of a list to choose from.
func (c *compiler) mayLack(n ast.Node) {
	switch n := n.(type) {
	case *ast.ChainNode:
		c.mayLack(n.Node)
	case *ast.BinaryNode:
		if n.Operator == "??" {
			c.mayLack(n.Left)
			c.mayLack(n.Right)
		}
	case *ast.CallNode:
		c.mayLackAny(n.Arguments)
	case *ast.BuiltinNode:
		c.mayLackAny(n.Arguments)
	case *ast.ArrayNode:
		c.mayLackAny(n.Nodes)
	case *ast.MemberNode:
		if c.lacking == nil {
			c.lacking = map[ast.Node]bool{}
		}
		c.lacking[n] = true
		c.mayLack(n.Node)
	}
}

func (c *compiler) mayLackAny(nodes []ast.Node) {
	for _, n := range nodes {
		c.mayLack(n)
	}
}

// testsForNil finds fields that are compared with nil, or that something stands
// in for.
func (c *compiler) testsForNil(n *ast.BinaryNode) {
	_, leftNil := n.Left.(*ast.NilNode)
	_, rightNil := n.Right.(*ast.NilNode)
	compares := n.Operator == "==" || n.Operator == "!="
	if n.Operator == "??" || compares && rightNil {
		c.mayLack(n.Left)
	}
	if compares && leftNil {
		c.mayLack(n.Right)
	}
}

// alike tells whether two names are the same but for a slip.
func alike(a, b string) bool {
	if b == "" {
		return false
	}
	slips := max(1, utf8.RuneCountInString(a)/5)
	return folded(a) == folded(b) || len(a) > 2 && len(b) > 2 && distance(a, b, slips) <= slips
}

// renameField is the fix that writes the name of another field, in the form that
// it needs.
func (c *compiler) renameField(base, property operand, near string) []Fix {
	if near == "" {
		return nil
	}
	quoted := c.text(property.at)
	if mark := quoted[:1]; strings.ContainsAny(mark, `"'`) {
		if strings.ContainsAny(near, `\"'`) {
			return nil
		}
		return []Fix{{Title: "Write " + near, From: property.at.from, To: property.at.to, Text: mark + near + mark}}
	}
	if isWord(near) {
		return c.rename(property.at, near)
	}
	dot := c.opening(property.at, '.')
	if dot == property.at || strings.ContainsAny(near, `\"'`) {
		return nil
	}
	text := `["` + near + `"]`
	if base.at.to > dot.from { // of an item: its dot stands for the item
		text = "#" + text
	} else if dot.from > 0 && c.source[dot.from-1] == '?' {
		dot.from--
		text = "?." + text
	}
	return []Fix{{Title: "Write " + near, From: dot.from, To: dot.to, Text: text}}
}
