package behaviors

import (
	"fmt"
	"maps"
	"slices"

	"github.com/deskhook/deskhook/behaviors/expression"
)

const (
	inEach = "`each`"
	// maxItems is how many iterations an each may have.
	maxItems = 1000
)

// each is a compiled loop; its steps are the step's.
type each struct {
	in          *expr
	once        *expr // nil: every item is this run's
	item, index int   // slots of its names, or none
	bound       []int // slots that its body binds, these two among them
}

// none is no slot.
const none = -1

// each compiles {in, as, index, once, steps}. Its names, and those that its steps
// bind, are seen until the end of its body.
func (c *compiler) each(s *step, verb pair) {
	s.each = &each{item: none, index: none}
	keys := map[string]*node{}
	for _, p := range c.keys(inEach, verb.value, partNames["each"]...) {
		if p.key.text != "once" || !c.lacks("each.once", p.key.span) {
			keys[p.key.text] = p.value
		}
	}
	if verb.value.kind != mapNode {
		return
	}
	for _, key := range []string{"in", "steps"} {
		if keys[key] == nil {
			c.report(missingKey, verb.key.span, key, inEach).suggest("add it")
		}
	}
	var item, sampled expression.Type
	if n := keys["in"]; n != nil {
		s.each.in = c.bare("in", n, expression.Any, false)
		item, sampled = c.itemTypes(n, s.each.in)
	}
	before, outer := c.past, c.scope.enter()
	line, _ := c.src.position(verb.key.from)
	if n := keys["as"]; n != nil && c.checkName(n) {
		s.each.item = c.bind(n.text, item, sampled)
		c.carryOn(n.text, s.each.in)
	}
	if n := keys["index"]; n != nil && c.checkName(n) {
		if as := keys["as"]; as != nil && as.text == n.text {
			c.report(nameTaken, n.span, n.text, "it is the item's").suggest("choose another name")
		}
		s.each.index = c.bind(n.text, position, position)
	}
	if n := keys["once"]; n != nil {
		s.each.once = c.bare("once", n, expression.Any, false)
	}
	if n := keys["steps"]; n != nil {
		s.steps = c.steps("steps", n, s.path.text+".each[].")
	}
	var gone []string
	s.each.bound, gone = c.scope.leave(outer)
	for _, name := range gone {
		c.outside[name] = line
	}
	s.responds, c.past = responding(s.steps), before // there may be no item at all
}

// position is the type of an index.
var position = expression.Of(expression.Int)

// itemTypes are the type of an item, and that by the samples. They report what
// certainly is no list.
func (c *compiler) itemTypes(n *node, in *expr) (item, sampled expression.Type) {
	if in == nil {
		return item, sampled
	}
	t, bySamples := in.compiled.Type(), in.sampled
	const advice = "name a list; where there may be one item or several, a single one counts as a list"
	switch {
	case !mayBeItems(t):
		c.wrong(n.span, "in", "a list", t.Kind.String()).suggest(advice)
	case !mayBeItems(bySamples):
		c.wrong(n.span, "in", "a list", bySamples.Kind.String()+", going by the samples").suggest(advice).severity = warn
	}
	return itemOf(t), itemOf(bySamples)
}

// mayBeItems tells whether a value may be a list, or one item of what else is a
// list, which a map may be.
func mayBeItems(t expression.Type) bool {
	switch t.Kind {
	case expression.List, expression.Map, expression.Any, expression.Nil:
		return true
	}
	return t.Several
}

func itemOf(t expression.Type) expression.Type {
	item := expression.Type{}
	switch {
	case t.Elem != nil:
		item = *t.Elem
	case t.Kind == expression.Map:
		return t
	}
	item.Derived = t.Derived
	return item
}

// each runs the steps for each item, however far each of them comes: one that
// waits does not hold the others, and none ends before all of them have. What
// the first of them came to, in their order, is what the each comes to.
func (w *walk) each(s *step, index int, after bool) flow {
	v, err := w.eval(s.each.in)
	if err != nil {
		return w.failStep(s, index, fmt.Errorf("in: %w", err))
	}
	items := listed(v)
	w.Steps[index].Params = map[string]any{"items": int64(len(items))}
	if len(items) > maxItems {
		err := fmt.Errorf("%d items; at most %d are allowed", len(items), maxItems)
		return w.failStep(s, index, fmt.Errorf("in: %w", w.unfit(s.each.in, err)))
	}
	answering := responding(s.steps)
	outer := w.values(s.each.bound)
	waits, ended := false, next
	var why ending
	for i, item := range items {
		if err := w.frame.Hold(0); err != nil { // nothing more could run
			return w.failStep(s, index, err)
		}
		w.restore(s.each.bound, outer)
		w.set(s.each.item, item)
		w.set(s.each.index, int64(i))
		earlier := waits && answering
		if earlier {
			w.behind++
		}
		switch f := w.iteration(s, i, after || answering && (i < len(items)-1 || waits)); {
		case f == waiting:
			waits = true
		case f != next && ended == next:
			ended, why = f, w.ending
		}
		if earlier {
			w.behind--
		}
	}
	w.restore(s.each.bound, outer)
	if waits {
		ended = waiting
	} else {
		w.ending = why
	}
	return w.left(index, ended)
}

// listed is a value as a list: nil is an empty one, and what is no list the only
// item of one.
func listed(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func (w *walk) iteration(s *step, i int, after bool) flow {
	w.loops = append(w.loops, i)
	w.frame.Indices = w.loops
	f := next
	if s.each.once != nil {
		f = w.claim(s, i)
	}
	if f == next {
		f = w.list(s.steps, after)
	}
	w.loops = w.loops[:len(w.loops)-1]
	w.frame.Indices = w.loops
	if f == unclaimed {
		return next
	}
	return f
}

// claim asks whether an item is this run's. The key nil is no key.
func (w *walk) claim(s *step, i int) flow {
	index := len(w.Steps)
	path := fmt.Sprintf("%s.each[%d].once", s.path.at(w.loops), i)
	w.Steps = append(w.Steps, Step{Path: path, Line: s.line, Action: "once", State: StepDone})
	key, has, err := w.key(s.each.once)
	switch {
	case err != nil:
		return w.failStep(&step{verb: "once", line: s.line}, index, err)
	case !has:
		return next
	}
	w.unsent = false
	w.Steps[index].Params = map[string]any{"key": key}
	entry, known := w.journal.Steps[path]
	if !known {
		w.Steps[index].State = StepPending
		w.Claims = append(w.Claims, Claim{Path: path, Line: s.line, Key: key})
		return waiting
	}
	w.Steps[index].Output = entry.Output
	if entry.Output == false {
		return unclaimed
	}
	return next
}

func (w *walk) set(slot int, v any) {
	if slot != none {
		w.frame.Slots[slot] = v
	}
}

// values of slots, to be restored.
func (w *walk) values(slots []int) []any {
	values := make([]any, len(slots))
	for i, slot := range slots {
		values[i] = w.frame.Slots[slot]
	}
	return values
}

func (w *walk) restore(slots []int, values []any) {
	for i, slot := range slots {
		w.frame.Slots[slot] = values[i]
	}
}

// enter begins a body whose names end with it; leave gives the slots that it has
// bound, and the names that are seen no more.
func (s *scope) enter() *scope {
	outer := &scope{names: s.names, bound: s.bound, samples: s.samples}
	s.names, s.bound, s.samples = maps.Clone(s.names), nil, maps.Clone(s.samples)
	return outer
}

func (s *scope) leave(outer *scope) (bound []int, gone []string) {
	for name := range s.names {
		if _, stays := outer.names[name]; !stays {
			gone = append(gone, name)
		}
	}
	bound = s.bound
	slices.Sort(bound)
	bound = slices.Compact(bound)
	s.names, s.bound, s.samples = outer.names, append(outer.bound, bound...), outer.samples
	return bound, gone
}
