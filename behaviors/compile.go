package behaviors

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// unknownName is the evaluator's code for a name that does not exist.
const unknownName = "unknown-name"

// expr is a compiled expression and its place: the rune offset of its source in
// the document, which also tells its values apart in a trace and seeds uuid().
type expr struct {
	compiled *expression.Compiled
	at       int
}

// compiler walks a document once and leaves findings and a program.
type compiler struct {
	*findings
	catalog  *Catalog
	p        *Program
	scope    *scope
	paths    *payload.Paths
	defined  map[string]int // names that the document sets, and the line of the first time
	answered int            // line of a respond that always comes first, or 0
}

// Compile checks a behavior and reports everything that is wrong with it. The
// program is nil where there is an error.
func Compile(source string, c *Catalog) (*Program, Diagnostics) {
	p, found := compileSource(source, c)
	return p, found.diagnostics()
}

func compileSource(source string, catalog *Catalog) (*Program, *findings) {
	root, found := parse(source)
	if root == nil {
		return nil, found
	}
	c := &compiler{
		findings: found, catalog: catalog, scope: newScope(), paths: &payload.Paths{}, defined: map[string]int{},
		p: &Program{program{deadline: defaultDeadline, accept: accept{methods: []string{"POST"}}}},
	}
	c.p.paths = c.paths
	c.document(root)
	if slices.ContainsFunc(found.found, func(d *finding) bool { return d.severity == bad }) {
		return nil, found
	}
	c.p.slots = c.scope.slots
	c.p.size = len(source) + 1024 + 800*len(c.p.places)
	slices.SortFunc(c.p.places, func(a, b place) int { return a.at - b.at })
	return c.p, found
}

// expression compiles the expression that stands in a scalar's text from a rune
// on, and reports what is wrong with it.
func (c *compiler) expression(n *node, from int, text string, want expression.Kind, secret bool) *expr {
	x, problems := c.tryExpression(n, from, text, want, secret)
	c.problems(n, from, problems)
	return x
}

func (c *compiler) tryExpression(n *node, from int, text string, want expression.Kind, secret bool) (*expr, []expression.Problem) {
	compiled, problems := expression.Compile(text, expression.Config{
		Functions: c.catalog.Functions, Scope: c.scope, Paths: c.paths, Want: want, AllowSecret: secret,
	})
	if compiled == nil {
		return nil, problems
	}
	marks := mapping{{0, n.from}}
	if n.trusted {
		marks = n.marks.slice(from)
	}
	x := &expr{compiled, marks[0].source}
	c.p.places = append(c.p.places, newPlace(c.src, marks, n.trusted))
	return x, problems
}

// problems reports what an expression's compiler found, at its place in the
// document. It tells whether there is an error among them.
func (c *compiler) problems(n *node, from int, problems []expression.Problem) bool {
	failed := false
	for _, p := range problems {
		failed = failed || p.Severity == bad
		c.problem(n, from, p)
	}
	return failed
}

func (c *compiler) problem(n *node, from int, p expression.Problem) {
	at := n.place(from+p.From, from+p.To)
	if p.Code == unknownName {
		name := string([]rune(n.text)[from+p.From : from+p.To])
		if line := c.defined[name]; line > 0 {
			c.report(nameTooEarly, at, name, line).suggest("use it in a step behind that line")
			return
		}
		if p.Suggestion == "" {
			p.Suggestion = meant(name, slices.Sorted(maps.Keys(c.defined)))
		}
	}
	d := &finding{
		kind: kind{code: p.Code, severity: p.Severity}, at: at, message: p.Message, suggestion: p.Suggestion,
	}
	if n.trusted {
		for _, fix := range p.Fixes {
			d.fix(fix.Title, n.place(from+fix.From, from+fix.To), n.encode(fix.Text))
		}
	}
	c.found = append(c.found, d)
}

// encode writes a text as it must stand within a scalar of this style.
func (n *node) encode(text string) string {
	switch n.style {
	case '\'':
		return strings.ReplaceAll(text, "'", "''")
	case '"':
		return strings.Trim(doubleQuoted(text), `"`)
	}
	return text
}

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
		c.report(commentAsValue, comment, cut(c.src.slice(comment), 40), key).suggest("write the expression in quotes")
		return nil
	case n.missing():
		c.report(emptyExpression, n.span, key).suggest("write one, or remove the key")
		return nil
	case strings.Contains(n.text, "${{"):
		c.templateInExpression(key, n)
		return nil
	}
	x, problems := c.tryExpression(n, 0, n.text, want, secret)
	if !commented {
		c.problems(n, 0, problems)
		return x
	}
	whole := span{n.from, comment.to}
	if slices.ContainsFunc(problems, func(p expression.Problem) bool { return p.Severity == bad }) {
		c.report(commentInExpression, whole, cut(c.src.slice(comment), 40)).suggest("put the expression in quotes").
			fix("Quote the expression", whole, singleQuoted(c.src.slice(whole)))
		return nil
	}
	c.problems(n, 0, problems)
	c.report(commentAfterExpression, comment).suggest("put the comment on a line of its own, or the expression in quotes").
		fix("Quote the expression", whole, singleQuoted(c.src.slice(whole)))
	return x
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

// literal reads a key whose value must be known before anything runs, as text.
func (c *compiler) literal(key string, n *node) (string, bool) {
	switch {
	case n.tag != "":
		c.report(yamlTag, n.span, n.tag).suggest("put it in quotes")
	case n.kind != scalarNode || n.null():
		if !c.cutShort(n, key) {
			c.wrong(n.span, key, "text", n.describe())
		}
	case c.cutShort(n, key):
	case strings.Contains(n.text, "${{"):
		c.report(literalOnly, n.span, key).suggest("write the value out")
	default:
		if _, isBool := n.value().(bool); isBool {
			c.wrong(n.span, key, "text", n.describe()).suggest("put it in quotes").
				fix("Quote the text", n.span, singleQuoted(n.text))
			return "", false
		}
		if n.looksOther() {
			c.report(readsAsText, n.span, n.text).suggest("put it in quotes").fix("Quote the text", n.span, singleQuoted(n.text))
		}
		return n.text, true
	}
	return "", false
}

// wrong reports a value of another kind than a key takes.
func (c *compiler) wrong(at span, what, takes, got string) *finding {
	if !strings.Contains(what, " ") {
		what = "`" + strings.Trim(what, "`") + "`"
	}
	return c.report(wrongKind, at, what, takes, got)
}

// flag reads a key that is true or false.
func (c *compiler) flag(key string, n *node) bool {
	v, ok := n.value().(bool)
	if n.kind != scalarNode || !ok {
		c.wrong(n.span, key, "true or false", n.describe()).suggest("write `true` or `false`")
	}
	return v
}

// count reads a key that is a whole number.
func (c *compiler) count(key string, n *node, least, most int64) int {
	v, ok := n.value().(int64)
	if n.kind != scalarNode || !ok || v < least || v > most {
		got := n.describe()
		if n.kind == scalarNode {
			got = n.text
		}
		c.report(badCount, n.span, key, least, most, got)
		return int(least)
	}
	return int(v)
}

// duration reads a key that is a duration, such as 5s or 1h30m.
func (c *compiler) duration(key string, n *node) time.Duration {
	text, ok := c.literal(key, n)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		c.report(badDuration, n.span, cut(text, 40)).suggest("write it as `500ms`, `8s`, `5m` or `1h30m`")
		return 0
	}
	return d
}

// texts reads a key that is a list of texts.
func (c *compiler) texts(key string, n *node) []*node {
	if n.kind != listNode {
		c.wrong(n.span, key, "a list", n.describe())
		return nil
	}
	var list []*node
	for _, item := range n.items {
		if _, ok := c.literal(key, item); ok {
			list = append(list, item)
		}
	}
	return list
}

// keys checks that a node is a map of known keys. What it gives can be ranged
// over where it is not.
func (c *compiler) keys(what string, n *node, known ...string) []pair {
	if n.kind != mapNode {
		if !c.cutShort(n, what) {
			c.wrong(n.span, what, "a map", n.describe())
		}
		return nil
	}
	var pairs []pair
	for _, p := range n.pairs {
		if slices.Contains(known, p.key.text) {
			pairs = append(pairs, p)
			continue
		}
		c.unknown(p.key, what, known)
	}
	return pairs
}

func (c *compiler) unknown(key *node, what string, known []string) {
	if slices.Contains(later[what], key.text) {
		c.report(notYet, key.span, key.text).suggest("leave it out for now")
		return
	}
	c.report(unknownKey, key.span, cut(key.text, 40), what).
		suggest(orElse(meant(key.text, known), "the keys are "+quoted(known)))
}
