package expression

import (
	"strings"

	"github.com/expr-lang/expr/ast"
)

// hyphenated finds `payload.end-date`, which is a subtraction of a function from
// payload.end, and its longer kin: `headers.x-hub-signature`,
// `event.delivery-status.bounce-type`.
func (c *compiler) hyphenated(n *ast.BinaryNode) (operand, bool) {
	first, parts := chain(n)
	if first == nil || !c.dotted(first) {
		return operand{}, false
	}
	name, _ := first.Property.(*ast.StringNode)
	fix := bracketed{word: name.Value}
	end := c.token(name).to
	wrong, code := span{}, "unknown-name"
	for i, part := range parts {
		root, members := unrolled(part.right)
		if root == nil || c.token(part.minus).from != end || c.token(root).from != end+1 {
			return operand{}, false
		}
		if !c.isValue(root.Value) && wrong == (span{}) {
			wrong = c.token(root)
		}
		if c.config.Functions[root.Value] != nil {
			code = "function-not-called"
		}
		fix.hyphen(root.Value)
		end = c.token(root).to
		if i == len(parts)-1 {
			break
		}
		for _, m := range members {
			name, ok := m.Property.(*ast.StringNode)
			if !ok || !c.dotted(m) {
				return operand{}, false
			}
			fix.dot(name.Value)
			end = c.token(name).to
		}
	}
	if wrong == (span{}) {
		return operand{}, false
	}
	wrong.to = end
	at := c.opening(c.token(name), '.')
	if at.from > 0 && c.source[at.from-1] == '?' {
		at.from--
	}
	at.to = end
	write := fix.text()
	what := "is no value"
	if code == "function-not-called" {
		what = "is a function and is not called"
	}
	p := c.report(wrong, code, "write `"+write+"`", "`%s` %s; a field with a hyphen needs brackets", c.text(wrong), what)
	p.Fixes = []Fix{{Title: "Write " + write, From: at.from, To: at.to, Text: write}}
	return failed(at), true
}

// subtrahend is what is taken away in a chain of subtractions.
type subtrahend struct {
	minus *ast.BinaryNode
	right ast.Node
}

// chain takes a-b-c apart, where a is a member.
func chain(n *ast.BinaryNode) (*ast.MemberNode, []subtrahend) {
	if n.Operator != "-" {
		return nil, nil
	}
	var first *ast.MemberNode
	var parts []subtrahend
	switch left := n.Left.(type) {
	case *ast.MemberNode:
		first = left
	case *ast.ChainNode:
		first, _ = left.Node.(*ast.MemberNode)
	case *ast.BinaryNode:
		first, parts = chain(left)
	}
	return first, append(parts, subtrahend{n, n.Right})
}

// unrolled takes a.b.c apart: the name that it begins with and the members.
func unrolled(n ast.Node) (*ast.IdentifierNode, []*ast.MemberNode) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n, nil
	case *ast.MemberNode:
		root, members := unrolled(n.Node)
		return root, append(members, n)
	}
	return nil, nil
}

// dotted tells whether a member is written behind a dot.
func (c *compiler) dotted(n *ast.MemberNode) bool {
	name, ok := n.Property.(*ast.StringNode)
	if !ok {
		return false
	}
	at := c.token(name)
	return c.opening(at, '.') != at && c.text(at) == name.Value
}

// bracketed builds members, in brackets where they have a hyphen.
type bracketed struct {
	done, word string
}

func (b *bracketed) hyphen(word string) { b.word += "-" + word }

func (b *bracketed) dot(word string) { b.done, b.word = b.text(), word }

func (b *bracketed) text() string {
	if strings.Contains(b.word, "-") {
		return b.done + `["` + b.word + `"]`
	}
	return b.done + "." + b.word
}
