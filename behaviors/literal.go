package behaviors

import (
	"slices"
	"strings"
	"time"
)

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
			c.report(readsAsText, n.span, n.text, n.looksLike()).suggest("put it in quotes").fix("Quote the text", n.span, singleQuoted(n.text))
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
	d := c.report(wrongKind, at, what, takes, got)
	switch {
	case strings.HasPrefix(takes, "a map"):
		d.suggest("write lines of `name: value`")
	case strings.HasPrefix(takes, "a list"), strings.HasSuffix(takes, "a list of steps"):
		d.suggest("begin each entry with `- `")
	}
	return d
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
		c.report(badDuration, n.span, cut(text)).suggest("write it as `500ms`, `8s`, `5m` or `1h30m`")
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
		if !c.cutAway(n, what) {
			c.wrong(n.span, what, "a map", n.describe())
		}
		return nil
	}
	var pairs []pair
	for _, p := range n.pairs {
		if what == inDocument && c.lacks(p.key.text, p.key.span) {
			continue
		}
		if slices.Contains(known, p.key.text) {
			pairs = append(pairs, p)
			continue
		}
		c.unknown(n, p.key, what, known)
	}
	return pairs
}

// unknown reports a key of a map that has other ones.
func (c *compiler) unknown(in, key *node, what string, known []string) {
	if slices.Contains(later[what], key.text) {
		name := key.text
		if what == inLimit {
			name = "limit." + name
		}
		c.report(notYet, key.span, name).suggest("leave it out for now")
		return
	}
	c.report(unknownKey, key.span, cut(key.text), what).
		mean(key, in.lacking(known), "the keys are "+quoted(known))
}
