package behaviors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// branch of a choose. Its steps have paths such as steps[2].choose[0].steps[1].
type branch struct {
	when  *expr // nil: taken where no branch above is
	steps []*step
}

// elseWords are what other languages call the last branch.
var elseWords = []string{"else", "default", "otherwise"}

// choose compiles the branches. Names that one of them binds are visible in
// those below and behind the choose, nil where it was not taken.
func (c *compiler) choose(s *step, verb pair) {
	n := verb.value
	switch {
	case n.kind == listNode && len(n.items) == 0 || n.missing():
		if !c.cutAway(n, "choose") {
			c.report(emptyChoose, verb.key.span).suggest("write a list of `when` and `steps`")
		}
		return
	case n.kind != listNode:
		if !c.cutAway(n, "choose") {
			c.wrong(n.span, "choose", "a list of branches", n.describe()).suggest("begin each branch with `- when:`")
		}
		return
	}
	before, certain := c.past, false
	var ends []past
	for i, item := range n.items {
		c.past = before
		b, conditional := c.branch(item, fmt.Sprintf("%s.choose[%d]", s.path.text, i))
		if !conditional && i < len(n.items)-1 {
			c.report(elseNotLast, first(item)).suggest("give it a `when`, or make it the last branch")
		}
		s.branches = append(s.branches, b)
		s.responds = s.responds || responding(b.steps)
		ends, certain = append(ends, c.past), !conditional
	}
	if !certain {
		ends = append(ends, before)
	}
	line, _ := c.src.position(verb.key.from)
	c.past = join(before, ends, line)
}

// branch compiles one. What is wrong with a branch counts as conditional: it is
// told once.
func (c *compiler) branch(n *node, path string) (b branch, conditional bool) {
	if n.kind != mapNode {
		if !c.cutAway(n, path) {
			c.wrong(n.span, inBranch, "a map of `when` and `steps`", n.describe())
		}
		return b, true
	}
	known := []string{"when", "steps"}
	var steps *node
	unknown := false
	for _, p := range n.pairs {
		switch key := p.key.text; {
		case key == "when":
			conditional = true
			b.when = c.bare("when", p.value, expression.Bool, false)
		case key == "steps":
			steps = p.value
		case slices.Contains(elseWords, key):
			unknown = true
			c.report(unknownKey, p.key.span, key, inBranch).suggest("write `steps`: the last branch may be without `when`")
		case slices.Contains(verbNames, key) || strings.Contains(key, "."):
			unknown = true
			c.report(unknownKey, p.key.span, cut(key), inBranch).suggest("make it a step in the branch's `steps`")
			c.unjudged(p)
		default:
			unknown = true
			c.unknown(n, p.key, inBranch, known)
		}
	}
	switch {
	case steps != nil:
		b.steps = c.steps("steps", steps, path+".")
	case !unknown:
		c.report(missingKey, first(n), "steps", inBranch).suggest("add the steps that run where it is taken")
	}
	return b, conditional || unknown || steps == nil
}

// first is the place of a map's first key, or of an empty map.
func first(n *node) span {
	if len(n.pairs) == 0 {
		return n.span
	}
	return n.pairs[0].key.span
}

// choose takes the first branch that holds; params say which, counted from 0 as
// in the paths of its steps. Where none holds the choose is skipped.
func (w *walk) choose(s *step, index int, after bool) flow {
	for i, b := range s.branches {
		if b.when != nil {
			holds, err := w.holds(b.when)
			if err != nil {
				return w.failStep(s, index, fmt.Errorf("when: %w", err))
			}
			if !holds {
				continue
			}
		}
		w.Steps[index].Params = map[string]any{"branch": int64(i)}
		return w.left(index, w.list(b.steps, after))
	}
	w.Steps[index].State = StepSkipped
	return next
}
