package behaviors

import (
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// rawWrites is what a sender can write where raw keeps a text from being escaped.
var rawWrites = map[Format]string{
	HTML: "tags and scripts", XML: "elements", URL: "any part of the URL", Slack: "links and mentions",
}

// raw reports the calls of raw in an expression, and tells whether it keeps the
// interpolation that the expression is from being escaped. f is the format of
// the place, or "" for an expression that is none.
func (c *compiler) raw(n *node, from int, source string, f Format) bool {
	if !strings.Contains(source, "raw") {
		return false
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return false // which is reported
	}
	calls := &rawCalls{whole: tree.Node}
	ast.Walk(&tree.Node, calls)
	for _, at := range calls.inner {
		c.rawWithoutEffect(n, from, at, "it must be the whole of a `${{ }}`")
	}
	if calls.outer == nil {
		return false
	}
	writes, escapes := rawWrites[f]
	if !escapes {
		c.rawWithoutEffect(n, from, *calls.outer, "nothing is escaped")
		return false
	}
	c.report(rawText, n.place(from+calls.outer.from, from+calls.outer.to), writes).
		suggest("leave it out unless the value cannot come from outside")
	return true
}

func (c *compiler) rawWithoutEffect(n *node, from int, at span, why string) {
	c.report(rawWithoutEffect, n.place(from+at.from, from+at.to), why).suggest("leave it out")
}

// rawCalls finds calls of raw: the one that is the whole expression, and others.
type rawCalls struct {
	whole ast.Node
	outer *span
	inner []span
}

// Visit implements ast.Visitor.
func (r *rawCalls) Visit(n *ast.Node) {
	call, ok := (*n).(*ast.CallNode)
	if !ok {
		return
	}
	if name, ok := call.Callee.(*ast.IdentifierNode); ok && name.Value == "raw" {
		at := span{name.Location().From, name.Location().To}
		if *n == r.whole {
			r.outer = &at
			return
		}
		r.inner = append(r.inner, at)
	}
}
