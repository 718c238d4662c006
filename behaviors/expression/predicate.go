package expression

import (
	"math"
	"sort"

	"github.com/expr-lang/expr/ast"
)

// predicates are the builtins whose second argument is evaluated an item. Each
// gives its result from the list and a function that evaluates the predicate.
var predicates = map[string]struct {
	result Type
	bare   bool // may stand without a predicate: the item itself is meant
	run    func(m *machine, list []any, p *predicate) any
}{
	"any":           {Of(Bool), false, func(m *machine, l []any, p *predicate) any { return p.first(m, l, true) >= 0 }},
	"none":          {Of(Bool), false, func(m *machine, l []any, p *predicate) any { return p.first(m, l, true) < 0 }},
	"all":           {Of(Bool), false, func(m *machine, l []any, p *predicate) any { return p.first(m, l, false) < 0 }},
	"one":           {Of(Bool), false, func(m *machine, l []any, p *predicate) any { return p.count(m, l) == 1 }},
	"count":         {Of(Int), true, func(m *machine, l []any, p *predicate) any { return p.count(m, l) }},
	"filter":        {Of(List), false, filter},
	"map":           {Of(List), false, mapList},
	"find":          {Type{}, false, func(m *machine, l []any, p *predicate) any { return at(l, p.first(m, l, true)) }},
	"findIndex":     {Of(Int), false, func(m *machine, l []any, p *predicate) any { return position(p.first(m, l, true)) }},
	"findLast":      {Type{}, false, func(m *machine, l []any, p *predicate) any { return at(l, p.last(m, l)) }},
	"findLastIndex": {Of(Int), false, func(m *machine, l []any, p *predicate) any { return position(p.last(m, l)) }},
	"sum":           {Of(Number), true, sum},
	"groupBy":       {Of(Map), false, groupBy},
	"sortBy":        {Of(List), false, nil},
	"reduce":        {Type{}, false, nil},
}

// predicate evaluates a body for one item after the other.
type predicate struct {
	body             closure
	item, index, acc int // locals
	at               span
}

func (p *predicate) eval(m *machine, item any, i int) any {
	m.step(1)
	if p.body == nil {
		return item
	}
	m.locals[p.item] = item
	m.locals[p.index] = int64(i)
	return p.body(m)
}

func (p *predicate) holds(m *machine, item any, i int) bool {
	return m.truth(p.eval(m, item, i), p.at)
}

// first is the position of the first item for which the predicate is as wanted,
// or -1.
func (p *predicate) first(m *machine, list []any, want bool) int {
	for i, x := range list {
		if p.holds(m, x, i) == want {
			return i
		}
	}
	return -1
}

func (p *predicate) last(m *machine, list []any) int {
	for i := len(list) - 1; i >= 0; i-- {
		if p.holds(m, list[i], i) {
			return i
		}
	}
	return -1
}

func (p *predicate) count(m *machine, list []any) int64 {
	n := int64(0)
	for i, x := range list {
		if p.holds(m, x, i) {
			n++
		}
	}
	return n
}

func at(list []any, i int) any {
	if i < 0 {
		return nil
	}
	return list[i]
}

func position(i int) any {
	if i < 0 {
		return nil
	}
	return int64(i)
}

func filter(m *machine, list []any, p *predicate) any {
	m.list(len(list))
	result := make([]any, 0, len(list))
	for i, x := range list {
		if p.holds(m, x, i) {
			result = append(result, x)
		}
	}
	return result
}

func mapList(m *machine, list []any, p *predicate) any {
	m.list(len(list))
	result := make([]any, len(list))
	for i, x := range list {
		result[i] = p.eval(m, x, i)
	}
	return result
}

func sum(m *machine, list []any, p *predicate) any {
	var total any = int64(0)
	for i, x := range list {
		if v := p.eval(m, x, i); v != nil {
			m.at = p.at
			total = m.add(total, m.number(v, "`sum`"))
		}
	}
	return total
}

func groupBy(m *machine, list []any, p *predicate) any {
	groups := map[string]any{}
	for i, x := range list {
		v := p.eval(m, x, i)
		m.at = p.at
		key := m.mapKey(v)
		group, ok := groups[key].([]any)
		if !ok {
			m.take(entryBytes)
		}
		if len(group) == cap(group) {
			m.take(2 * slotBytes * (cap(group) + 1))
		}
		groups[key] = append(group, x)
	}
	return groups
}

// iterable gives the list of a predicate builtin: nil is an empty one.
func (m *machine) iterable(v any, name string, at span) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	case map[string]any:
		m.at = at
		m.fail("type", "`"+name+"` takes a list, but this is a map; take its values with values(…)")
	}
	m.at = at
	m.fail("type", "`"+name+"` takes a list, but this is "+kindOf(v).String())
	return nil
}

func (c *compiler) predicateCall(o operand, name string, args []ast.Node) operand {
	spec := predicates[name]
	list := c.node(args[0])
	c.plain(list, "as an argument of `"+name+"`")
	if list.typ.known() && !list.typ.fits(List) {
		c.mismatch(list, "`"+name+"` takes a list, but this is "+list.typ.Kind.String())
	}
	elem := Type{Sample: list.typ.Sample}
	if list.typ.Elem != nil {
		elem = *list.typ.Elem
	}
	o.at = o.at.union(list.at)
	p := &predicate{item: c.push("#", elem, nil), index: c.push("#index", Of(Int), nil), acc: c.push("#acc", Type{}, nil)}
	var body operand
	if len(args) > 1 {
		if n, ok := args[1].(*ast.PredicateNode); ok {
			body = c.node(n.Node)
			c.plain(body, "as the result of a predicate")
			p.body, p.at = c.value(body), body.at
			o.at = o.at.union(body.at)
		}
	} else {
		body, p.at = operand{typ: elem, at: list.at}, list.at
	}
	c.pop(3)
	source := c.value(list)
	o.typ = spec.result
	switch name {
	case "any", "all", "none", "one", "filter", "find", "findIndex", "findLast", "findLastIndex", "count":
		c.want(body, Bool, "the predicate of `"+name+"`")
	}
	switch name {
	case "filter":
		o.typ = Type{Kind: List, Elem: list.typ.Elem, Sample: list.typ.Sample}
	case "find", "findLast":
		o.typ = elem
	case "map":
		t := body.typ
		o.typ = Type{Kind: List, Sample: t.Sample}
		if t.known() {
			o.typ.Elem = &t
		}
	case "reduce":
		return c.reduce(o, source, list.at, p, args)
	case "sortBy":
		return c.sortBy(o, source, list.at, p, args)
	}
	if body.at != (span{}) {
		o.at = c.closing(o.at, ')')
	}
	run := spec.run
	all := name == "all"
	o.run = func(m *machine) any {
		v := source(m)
		m.step(1)
		if v == nil && all {
			return false // a check over nothing does not pass
		}
		return run(m, m.iterable(v, name, list.at), p)
	}
	return o
}

func (c *compiler) reduce(o operand, source closure, listAt span, p *predicate, args []ast.Node) operand {
	var initial closure
	if len(args) > 2 {
		x := c.node(args[2])
		c.plain(x, "as an argument of `reduce`")
		initial = c.value(x)
		o.at = o.at.union(x.at)
	}
	o.at = c.closing(o.at, ')')
	o.run = func(m *machine) any {
		list := m.iterable(source(m), "reduce", listAt)
		var acc any
		start := 0
		if initial != nil {
			acc = initial(m)
		} else if len(list) > 0 {
			acc, start = list[0], 1
		}
		for i := start; i < len(list); i++ {
			m.locals[p.acc] = acc
			acc = p.eval(m, list[i], i)
		}
		return acc
	}
	return o
}

func (c *compiler) sortBy(o operand, source closure, listAt span, p *predicate, args []ast.Node) operand {
	var direction closure
	if len(args) > 2 {
		x := c.node(args[2])
		c.want(x, Text, "the order of `sortBy`")
		direction = c.value(x)
		o.at = o.at.union(x.at)
	}
	o.at = c.closing(o.at, ')')
	o.run = func(m *machine) any {
		list := m.iterable(source(m), "sortBy", listAt)
		descending := false
		if direction != nil {
			descending = m.descending(direction(m))
		}
		m.list(2 * len(list))
		keys := make([]any, len(list))
		for i, x := range list {
			keys[i] = p.eval(m, x, i)
		}
		m.at = p.at
		return m.sorted(list, keys, descending)
	}
	return o
}

func (m *machine) descending(v any) bool {
	switch v {
	case "desc":
		return true
	case nil, "asc":
		return false
	}
	m.fail("type", `the order of a sort is "asc" or "desc"`)
	return false
}

// sorted orders items by their keys, stably; nil comes last.
func (m *machine) sorted(list, keys []any, descending bool) []any {
	m.step(len(list) * (1 + int(math.Log2(float64(len(list)+1)))))
	indices := make([]int, len(list))
	for i := range indices {
		indices[i] = i
	}
	sort.SliceStable(indices, func(i, j int) bool {
		a, b := keys[indices[i]], keys[indices[j]]
		if a == nil || b == nil {
			return a != nil
		}
		d := m.compare(a, b, "sort")
		if descending {
			return d > 0
		}
		return d < 0
	})
	result := make([]any, len(list))
	for i, k := range indices {
		result[i] = list[k]
	}
	return result
}
