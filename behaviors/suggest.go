package behaviors

import (
	"slices"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// meant suggests the candidate that a word was probably meant to be.
func meant(word string, candidates []string) string {
	near := expression.Nearest(word, candidates)
	if near == "" {
		return ""
	}
	return "did you mean `" + near + "`?"
}

// lacking are the names that a map does not have yet.
func (n *node) lacking(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return n.get(name) != nil })
}

// mean suggests the candidate that a scalar was probably meant to be, with the
// edit, or else says what there is.
func (d *finding) mean(n *node, candidates []string, otherwise string) *finding {
	near := expression.Nearest(n.text, candidates)
	if near == "" {
		return d.suggest(otherwise)
	}
	d.suggest("did you mean `" + near + "`?")
	if n.kind == scalarNode && n.trusted && n.style != '|' && n.style != '>' {
		d.fix("Write "+near, n.span, near)
	}
	return d
}
