package behaviors

import (
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// bare compiles a value that is an expression without ${{ }}.
func (c *compiler) bare(key string, n *node, want expression.Kind, secret bool) *expr {
	quote := func(k kind, at span, args ...any) {
		c.report(k, at, args...).suggest("put the expression in quotes").
			fix("Quote the expression", at, singleQuoted(c.src.slice(at)))
	}
	comment, commented := c.commentBehind(n)
	switch {
	case n.tag != "":
		quote(tagInExpression, n.span)
		return nil
	case n.comma != (span{}):
		quote(commaInFlow, n.comma)
		return nil
	case n.kind != scalarNode:
		c.collectionInExpression(key, n)
		return nil
	case n.missing() && commented:
		c.report(commentAsValue, comment, cut(c.src.slice(comment)), key).suggest("write the expression in quotes")
		return nil
	case n.missing():
		c.report(emptyExpression, n.span, key).suggest("write one, or remove the key")
		return nil
	case strings.Contains(n.text, "${{"):
		c.templateInExpression(key, n)
		return nil
	}
	c.raw(n, 0, n.text, "")
	x, problems := c.tryExpression(n, 0, n.text, want, secret)
	if !commented {
		c.problems(n, 0, problems)
		return x
	}
	whole := span{n.from, comment.to}
	if slices.ContainsFunc(problems, func(p expression.Problem) bool { return p.Severity == bad }) {
		c.report(commentInExpression, whole, cut(c.src.slice(comment))).suggest("put the expression in quotes").
			fix("Quote the expression", whole, singleQuoted(c.src.slice(whole)))
		return nil
	}
	c.problems(n, 0, problems)
	c.report(commentAfterExpression, comment).suggest("put the comment on a line of its own").
		fixes = []repair{{"Put the comment on a line of its own", c.aboveLine(n.from, span{n.to, comment.to}, c.src.slice(comment))}}
	return x
}

// aboveLine moves a comment from behind a value above the line in which that
// begins.
func (c *compiler) aboveLine(at int, from span, comment string) []edit {
	line, _ := c.src.position(at)
	first := c.src.line(line).from
	ending := "\n"
	if last := c.src.line(line).to; c.src.at(last) == '\r' {
		ending = "\r"
		if c.src.at(last+1) == '\n' {
			ending = "\r\n"
		}
	}
	indent := c.src.slice(span{first, c.src.skipBlanks(first)})
	return []edit{{span{first, first}, indent + comment + ending}, {from, ""}}
}

func (c *compiler) collectionInExpression(key string, n *node) {
	k := mapInExpression
	if n.kind == listNode {
		k = listInExpression
	}
	d := c.report(k, n.span, key).suggest("put the expression in quotes")
	if n.style != 0 {
		d.fix("Quote the expression", n.span, singleQuoted(c.src.slice(n.span)))
	}
}

func (c *compiler) templateInExpression(key string, n *node) {
	d := c.report(templateInExpression, n.span, key).suggest("leave out `${{` and `}}`")
	inner, hasPrefix := strings.CutPrefix(strings.TrimSpace(n.text), "${{")
	inner, hasSuffix := strings.CutSuffix(inner, "}}")
	if hasPrefix && hasSuffix && !strings.Contains(inner, "${{") && (n.style == '\'' || n.style == '"' || n.style == 0) {
		d.fix("Leave out ${{ }}", n.span, singleQuoted(strings.TrimSpace(inner)))
	}
}
