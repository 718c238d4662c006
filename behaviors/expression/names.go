package expression

import (
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
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
	if c.isNamespace(name) {
		c.report(at, "function-not-called", "call one of its functions", "`%s` is a namespace of functions", name)
		return failed(at)
	}
	c.unknownName(at, name)
	return failed(at)
}

// otherWords are what other languages call what is written differently here.
var otherWords = map[string]string{"null": "nil", "none": "nil", "undefined": "nil", "nil": "nil", "true": "true", "false": "false"}

func (c *compiler) unknownName(at span, name string) {
	near := otherWords[strings.ToLower(name)]
	if near == "" {
		names := c.config.Scope.Names()
		for _, l := range c.locals {
			names = append(names, l.name)
		}
		near = Nearest(name, names)
	}
	p := c.report(at, "unknown-name", didYouMean(near), "unknown name `%s`", name)
	p.Fixes = c.rename(at, near)
}

func didYouMean(near string) string {
	if near == "" {
		return ""
	}
	return "did you mean `" + near + "`?"
}

// rename is the fix that writes another name.
func (c *compiler) rename(at span, near string) []Fix {
	if near == "" {
		return nil
	}
	return []Fix{{Title: "Write " + near, From: at.from, To: at.to, Text: near}}
}

func (c *compiler) localOperand(l local, at span) operand {
	if l.path != nil {
		return operand{typ: l.typ, path: l.path, at: at, node: &tracedNode{kind: "Identifier", token: at.from, path: l.path}}
	}
	slot := l.slot
	return operand{typ: l.typ, at: at, node: &tracedNode{kind: "Identifier", token: at.from},
		run: func(m *machine) any { m.step(1); return m.locals[slot] }}
}

func (c *compiler) scoped(n Name, at span) operand {
	if n.Path != nil {
		return operand{typ: n.Type, path: n.Path, at: at, node: &tracedNode{kind: "Identifier", token: at.from, path: n.Path, let: n.Slot}}
	}
	slot := n.Slot
	return operand{typ: n.Type, at: at, node: &tracedNode{kind: "Identifier", token: at.from}, run: func(m *machine) any {
		m.step(1)
		return m.slot(slot)
	}}
}

// slot reads what a name stands for.
func (m *machine) slot(i int) any {
	if i >= len(m.f.Slots) {
		return nil
	}
	v := m.f.Slots[i]
	if l, ok := v.(*Lazy); ok {
		return m.lazy(l)
	}
	return v
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
	o := c.localOperand(l, at)
	o.node.kind = "Pointer"
	return o
}
