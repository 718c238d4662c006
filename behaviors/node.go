package behaviors

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// nodeKind is what a node of a document is.
type nodeKind uint8

const (
	scalarNode nodeKind = iota
	listNode
	mapNode
)

// node is a value of a document with its place. Scalars are resolved by our
// own rules, whatever YAML's version.
type node struct {
	kind nodeKind
	span
	text     string // of a scalar, decoded
	style    rune   // of a scalar: 0 plain, ' " | >; of a list or map: [ {, or 0 for a block
	trusted  bool   // marks are exact
	marks    mapping
	items    []*node
	pairs    []pair
	resolved string // the kind that YAML reads a plain scalar as
	tag      string // an explicit tag; such a node is an error wherever it stands
	comma    span   // of a value in braces: what a comma cut off
}

type pair struct{ key, value *node }

// get finds the value of a key, or nil.
func (n *node) get(key string) *node {
	for _, p := range n.pairs {
		if p.key.text == key {
			return p.value
		}
	}
	return nil
}

// missing is true where nothing is written: the value of `key:`.
func (n *node) missing() bool {
	return n.kind == scalarNode && n.style == 0 && n.text == "" && n.tag == ""
}

// null is true for nothing, null and ~.
func (n *node) null() bool { return n.kind == scalarNode && n.value() == nil }

// numbers that are not text. They are JSON's, so `012` and `+49` are text.
var integer, float = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`), regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// value of a scalar: nil, bool, int64, *big.Int, float64 or string.
func (n *node) value() any {
	if n.style != 0 {
		return n.text
	}
	switch n.text {
	case "", "~", "null":
		return nil
	case "true":
		return true
	case "false":
		return false
	}
	if integer.MatchString(n.text) {
		if i, err := strconv.ParseInt(n.text, 10, 64); err == nil {
			return i
		}
		i, _ := new(big.Int).SetString(n.text, 10)
		return i
	}
	if float.MatchString(n.text) {
		if f, err := strconv.ParseFloat(n.text, 64); err == nil {
			return f
		}
	}
	return n.text
}

// looksOther is true for a text that people, or other YAML, take for a value of
// another kind.
func (n *node) looksOther() bool {
	if n.kind != scalarNode || n.style != 0 {
		return false
	}
	if _, isText := n.value().(string); !isText {
		return false
	}
	switch strings.ToLower(n.text) {
	case "yes", "no", "on", "off":
		return true
	}
	return n.resolved != "!!str"
}

// looksLike says what people, or other YAML, take a text for that looksOther.
func (n *node) looksLike() string {
	switch n.resolved {
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	case "!!null":
		return "null"
	}
	return "true or false"
}

// describe says in words what a node is.
func (n *node) describe() string {
	switch n.kind {
	case listNode:
		return "a list"
	case mapNode:
		return "a map"
	}
	switch v := n.value().(type) {
	case nil:
		return "nothing"
	case bool:
		return "`" + n.text + "`"
	case string:
		if v == "" {
			return "an empty text"
		}
		return "the text `" + cut(v) + "`"
	default:
		return "the number `" + n.text + "`"
	}
}

// cutRunes is how much of a text a message quotes.
const cutRunes = 40

// cut shortens a text for a message.
func cut(text string) string {
	r := []rune(text)
	for i, c := range r {
		if isBreak(c) {
			r = append(r[:i:i], '…')
			break
		}
	}
	if len(r) > cutRunes {
		return string(r[:cutRunes]) + "…"
	}
	return string(r)
}

// place maps runes of a scalar's value to the source: exactly, or to the
// scalar's beginning where the second reading failed.
func (n *node) place(from, to int) span {
	if !n.trusted {
		return n.span
	}
	at := span{n.marks.source(from), n.marks.end(to)}
	if at.to < at.from {
		at.to = at.from
	}
	return at
}
