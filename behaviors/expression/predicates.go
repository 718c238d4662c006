package expression

// over declares an iteration.
func over(name string, result func(args []Type) Type, doc, example string, it iteration) *Function {
	return &Function{Name: name, NilSafe: true, Doc: doc, Example: example, over: &it, infer: result, Result: result([]Type{{}, {}}),
		Params: []Param{param("list", List), {Name: "predicate", Optional: it.bare}}}
}

// with adds a third parameter.
func (f *Function) with(p Param) *Function {
	f.Params = append(f.Params, p)
	return f
}

func always(t Type) func([]Type) Type { return func([]Type) Type { return t } }

func sameList(args []Type) Type { return Type{Kind: List, Elem: args[0].Elem, Sample: args[0].Sample} }

// listOfIt is the type of list(…).
func listOfIt(args []Type) Type {
	t := args[0]
	if t.Kind == List {
		return t
	}
	if t.Elem == nil && (t.Kind == Map || t.Kind == Text) && t.Sample {
		return ListOf(t)
	}
	return Type{Kind: List, Elem: t.Elem, Sample: t.Sample}
}

func itsElement(args []Type) Type { return args[0].element() }

func listOfBodies(args []Type) Type {
	t := Type{Kind: List, Sample: args[0].Sample}
	if body := args[1]; body.known() {
		t.Elem = &body
	}
	return t
}

func predicateFunctions() []*Function {
	truth, position := always(Of(Bool)), always(Of(Int))
	return []*Function{
		over("any", truth, "whether the predicate holds for some item", `any([1, 5], # > 3) -> true
any([{name: "bug"}, {name: "ui"}], .name == "bug") -> true
any([], true) -> false`, iteration{condition: true,
			run: func(m *machine, l []any, b *body) any { return b.first(m, l, true) >= 0 }}),
		over("all", truth, "whether the predicate holds for every item, so also of an empty list; false for nil", `all([1, 5], # > 0) -> true
all([], false) -> true
all(nil, true) -> false`, iteration{condition: true,
			ofNil: false, // a check over nothing does not pass
			run:   func(m *machine, l []any, b *body) any { return b.first(m, l, false) < 0 }}),
		over("none", truth, "whether the predicate holds for no item", `none([1, 5], # > 9) -> true
none([], true) -> true`, iteration{condition: true,
			run: func(m *machine, l []any, b *body) any { return b.first(m, l, true) < 0 }}),
		over("one", truth, "whether the predicate holds for exactly one item", `one([1, 5], # > 3) -> true
one([1, 5], # > 0) -> false`, iteration{condition: true,
			run: func(m *machine, l []any, b *body) any { return b.count(m, l) == 1 }}),
		over("count", position, "how many items the predicate holds for; without one, how many are true", `count([1, 5, 7], # > 3) -> 2
count([true, false, nil]) -> 1`, iteration{condition: true, bare: true,
			run: func(m *machine, l []any, b *body) any { return b.count(m, l) }}),
		over("filter", sameList, "the items for which the predicate holds", `filter([1, 5, 7], # > 3) -> [5,7]
filter([{price: 20}, {price: 3}], .price > 10) -> [{"price":20}]`, iteration{condition: true, run: filter}),
		over("map", listOfBodies, "what the expression gives for each item", `map([{name: "bug"}, {name: "ui"}], .name) -> ["bug","ui"]
map(["a", "b"], #index) -> [0,1]`, iteration{run: mapList}),
		over("find", itsElement, "the first item for which the predicate holds, or nil", `find([{id: 1}, {id: 2}], .id == 2) -> {"id":2}
find([1, 5], # > 9) -> nil`, iteration{condition: true,
			run: func(m *machine, l []any, b *body) any { return itemAt(l, b.first(m, l, true)) }}),
		over("findIndex", position, "the position of the first item for which the predicate holds, from 0, or nil", `findIndex(["a", "b"], # == "b") -> 1
findIndex(["a", "b"], # == "c") -> nil`, iteration{condition: true,
			run: func(m *machine, l []any, b *body) any { return positionOf(b.first(m, l, true)) }}),
		over("findLast", itsElement, "the last item for which the predicate holds, or nil", `findLast([1, 5, 7], # < 6) -> 5`, iteration{condition: true,
			run: func(m *machine, l []any, b *body) any { return itemAt(l, b.last(m, l)) }}),
		over("findLastIndex", position, "the position of the last item for which the predicate holds, from 0, or nil", `findLastIndex([1, 5, 7], # < 6) -> 1`, iteration{condition: true,
			run: func(m *machine, l []any, b *body) any { return positionOf(b.last(m, l)) }}),
		over("sum", always(Of(Number)), "the sum of the items, or of what the expression gives for each; nil is skipped", `sum([1, 2.5]) -> 3.5
sum([{amount: 2}, {amount: nil}], .amount) -> 2
sum(["a"]) -> error`, iteration{bare: true, run: sum}),
		over("groupBy", always(Of(Map)), "a map of lists of the items, by the text form of what the expression gives; that of nil is empty", `groupBy([1, 2, 3], # % 2) -> {"0":[2],"1":[1,3]}
groupBy([{s: "open"}], .s) -> {"open":[{"s":"open"}]}`, iteration{run: groupBy}),
		over("sortBy", sameList, `the items in order of what the expression gives; "desc" turns it round. nil comes last, and what is equal stays as it was`, `sortBy([{price: 5}, {price: 9}], .price, "desc") -> [{"price":9},{"price":5}]
sortBy([3, nil, 1], #) -> [1,3,null]`, iteration{run: sortBy}).with(optional("order", Text)).binds(bindOrder(2)),
		over("reduce", always(Type{}), "one value made of all: #acc is the value so far, # the item; it begins with the initial value, or else with the first item", `reduce([1, 2, 3], #acc + #) -> 6
reduce([{price: 5}, {price: 9}], #acc + .price, 0) -> 14
reduce([], #acc + #) -> nil`, iteration{accumulates: true, run: reduce}).with(optional("initial", Any)),
	}
}

// first is the position of the first item for which the predicate is as wanted,
// or -1.
func (b *body) first(m *machine, list []any, want bool) int {
	for i, x := range list {
		if b.holds(m, x, i) == want {
			return i
		}
	}
	return -1
}

func (b *body) last(m *machine, list []any) int {
	for i := len(list) - 1; i >= 0; i-- {
		if b.holds(m, list[i], i) {
			return i
		}
	}
	return -1
}

func (b *body) count(m *machine, list []any) int64 {
	n := int64(0)
	for i, x := range list {
		if b.holds(m, x, i) {
			n++
		}
	}
	return n
}

func itemAt(list []any, i int) any {
	if i < 0 {
		return nil
	}
	return list[i]
}

func positionOf(i int) any {
	if i < 0 {
		return nil
	}
	return int64(i)
}

func filter(m *machine, list []any, b *body) any {
	m.list(len(list))
	result := make([]any, 0, len(list))
	for i, x := range list {
		if b.holds(m, x, i) {
			result = append(result, x)
		}
	}
	return result
}

func mapList(m *machine, list []any, b *body) any {
	m.list(len(list))
	result := make([]any, len(list))
	for i, x := range list {
		result[i] = b.eval(m, x, i)
	}
	return result
}

func sum(m *machine, list []any, b *body) any {
	var total any = int64(0)
	for i, x := range list {
		if v := b.eval(m, x, i); v != nil {
			m.at = b.at
			total = m.add(total, m.number(v, "`sum`"))
		}
	}
	return total
}

func groupBy(m *machine, list []any, b *body) any {
	groups := map[string]any{}
	for i, x := range list {
		v := b.eval(m, x, i)
		m.at = b.at
		key := m.mapKey(v)
		group, ok := groups[key].([]any)
		if !ok {
			m.take(mapBytes(len(groups)+1) - mapBytes(len(groups)))
		}
		if len(group) == cap(group) {
			m.take(2 * slotBytes * (cap(group) + 1))
		}
		groups[key] = append(group, x)
	}
	return groups
}

func sortBy(m *machine, list []any, b *body) any {
	descending := false
	if b.third != nil {
		order := b.third(m)
		m.at = b.thirdAt
		descending = m.descending(order)
	}
	m.list(2 * len(list))
	keys := make([]any, len(list))
	for i, x := range list {
		keys[i] = b.eval(m, x, i)
	}
	m.at = b.at
	return m.sorted(list, keys, descending)
}

func reduce(m *machine, list []any, b *body) any {
	var acc any
	start := 0
	if b.third != nil {
		acc = b.third(m)
	} else if len(list) > 0 {
		acc, start = list[0], 1
	}
	for i := start; i < len(list); i++ {
		m.locals[b.acc] = acc
		acc = b.eval(m, list[i], i)
	}
	return acc
}
