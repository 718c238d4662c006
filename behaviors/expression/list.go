package expression

import "math/big"

func listFunctions() []*Function {
	one := []Param{param("list", List)}
	return []*Function{
		nilSafe(fn("list", []Param{param("value", Any)}, List, "nil as an empty list, a list as itself, anything else as a list of it", `list(nil) -> []
list([1, 2]) -> [1,2]
list({id: 7}) -> [{"id":7}]`,
			func(m *machine, a []any) any {
				switch v := a[0].(type) {
				case nil:
					return []any{}
				case []any:
					return v
				}
				m.list(1)
				return []any{a[0]}
			})).infers(listOfIt),
		fn("first", one, Any, "the first item, or nil", `first([5, 7]) -> 5
first([]) -> nil`, func(m *machine, a []any) any { return m.index(m.listOf(a[0], "first"), int64(0)) }).infers(itsElement),
		fn("last", one, Any, "the last item, or nil", `last([5, 7]) -> 7
last([]) -> nil`, func(m *machine, a []any) any { return m.index(m.listOf(a[0], "last"), int64(-1)) }).infers(itsElement),
		fn("get", []Param{param("value", Any), param("key", Any)}, Any, "a member of a map or an item of a list (a negative number counts from the end), or nil", `get({id: 7}, "id") -> 7
get(["a", "b"], -1) -> "b"
get({id: 7}, "name") -> nil`, func(m *machine, a []any) any { return m.index(a[0], a[1]) }),
		fn("take", []Param{param("list", List), param("n", Int)}, List, "the first n items, or all where there are fewer", `take(["a", "b", "c"], 2) -> ["a","b"]
take(["a"], 2) -> ["a"]
take(["a"], -1) -> error`, func(m *machine, a []any) any {
			list, n := m.listOf(a[0], "take"), m.integer(a[1], "take")
			if n < 0 {
				m.fail("type", "`take` takes a number that is not negative")
			}
			i, j := limits(0, n, len(list))
			return list[i:j:j]
		}).infers(sameList),
		fn("reverse", one, List, "the items from the last to the first", `reverse([1, 2]) -> [2,1]`, func(m *machine, a []any) any {
			list := m.listOf(a[0], "reverse")
			m.list(len(list))
			result := make([]any, len(list))
			for i, x := range list {
				result[len(list)-1-i] = x
			}
			return result
		}).infers(sameList),
		fn("uniq", one, List, "the items without repetitions, as they first come", `uniq([1, 1.0, 2]) -> [1,2]`, uniq).infers(sameList),
		fn("concat", []Param{{Name: "lists", Type: Of(List), Variadic: true}}, List, "the items of several lists in one", `concat([1], [2, 3]) -> [1,2,3]
concat([1], 2) -> error`, func(m *machine, a []any) any {
			n := 0
			for _, x := range a {
				n += len(m.listOf(x, "concat"))
			}
			m.list(n)
			result := make([]any, 0, n)
			for _, x := range a {
				items, _ := x.([]any)
				result = append(result, items...)
			}
			return result
		}),
		fn("flatten", one, List, "the items, with those of lists in the list in their place", `flatten([1, [2, [3]]]) -> [1,2,3]`, func(m *machine, a []any) any {
			return m.flatten(m.listOf(a[0], "flatten"))
		}),
		fn("sort", []Param{param("list", List), optional("order", Text)}, List, `the items in order: numbers, texts, times or durations; "desc" turns it round. nil comes last`, `sort([2, 10, nil, 1]) -> [1,2,10,null]
sort(["b", "a"], "desc") -> ["b","a"]
sort([1, "a"]) -> error`, func(m *machine, a []any) any {
			list := m.listOf(a[0], "sort")
			descending := len(a) > 1 && m.descending(a[1])
			return m.sorted(list, list, descending)
		}).infers(sameList).binds(bindOrder(1)),
		nilSafe(fn("min", []Param{{Name: "numbers", Variadic: true}}, Number, "the least of the numbers, or of a list of them; nil is skipped, and nil where there is none", `min(2, 1.5) -> 1.5
min([4, nil, 3]) -> 3
min([]) -> nil`, extreme("min", -1))),
		nilSafe(fn("max", []Param{{Name: "numbers", Variadic: true}}, Number, "the greatest of the numbers, or of a list of them; nil is skipped, and nil where there is none", `max(2, 1.5) -> 2
max([4, nil, 3]) -> 4
max("a") -> error`, extreme("max", 1))),
		nilSafe(fn("mean", []Param{{Name: "numbers", Variadic: true}}, Float, "the mean of the numbers, or of a list of them; nil is skipped, and 0 for an empty list", `mean([1, 2]) -> 1.5
mean([]) -> 0`, func(m *machine, a []any) any {
			ns := m.numbers(a, "mean")
			if len(ns) == 0 {
				return ofNone(a)
			}
			total := 0.0
			for _, n := range ns {
				total += toFloat(m.number(n, "`mean`"))
			}
			return m.finite(total / float64(len(ns)))
		})),
		nilSafe(fn("median", []Param{{Name: "numbers", Variadic: true}}, Float, "the middle one of the numbers, or of a list of them, or the mean of the two in the middle; nil is skipped, and 0 for an empty list", `median([1, 5, 2]) -> 2
median([1, 2]) -> 1.5`, median)),
	}
}

func uniq(m *machine, a []any) any {
	list := m.listOf(a[0], "uniq")
	m.list(len(list))
	result := make([]any, 0, len(list))
	seen := map[any]bool{} // of texts and small numbers, which are equal by themselves
	var others []any
	for _, x := range list {
		m.step(1)
		if s, ok := x.(string); ok {
			m.text(len(s))
		}
		if key, ok := identity(x); ok {
			if !seen[key] {
				m.take(entryBytes)
				seen[key] = true
				result = append(result, x)
			}
		} else if !m.contains(others, x) {
			m.take(2 * slotBytes)
			others = append(others, x)
			result = append(result, x)
		}
	}
	return result
}

// identity is a key that two values share where they are equal, if their kind
// has one.
func identity(v any) (any, bool) {
	switch v := v.(type) {
	case nil, bool, string, int64:
		return v, true
	case float64:
		if i, ok := integral(v); ok {
			return i, true
		}
		return v, true
	}
	return nil, false
}

func (m *machine) contains(list []any, v any) bool {
	for _, x := range list {
		if m.equal(v, x, 0) {
			return true
		}
	}
	return false
}

// flatten gives the items of a list, with those of lists in it in their place.
// They are counted first, so that the result is made at once.
func (m *machine) flatten(list []any) []any {
	n := m.leaves(list, 0)
	m.take(n * slotBytes)
	return appendLeaves(make([]any, 0, n), list)
}

func (m *machine) leaves(list []any, depth int) int {
	m.nested(depth)
	m.step(1 + len(list))
	n := 0
	for _, x := range list {
		if inner, ok := x.([]any); ok {
			n += m.leaves(inner, depth+1)
		} else {
			n++
		}
	}
	return n
}

func appendLeaves(dst, list []any) []any {
	for _, x := range list {
		if inner, ok := x.([]any); ok {
			dst = appendLeaves(dst, inner)
		} else {
			dst = append(dst, x)
		}
	}
	return dst
}

// numbers are the arguments, those of lists among them in their place, without
// nil.
func (m *machine) numbers(a []any, name string) []any {
	all := m.flatten(a)
	ns := all[:0]
	for _, v := range all {
		switch v := v.(type) {
		case nil:
		case int64, float64, *big.Int:
			ns = append(ns, v)
		default:
			m.fail("type", "`"+name+"` takes numbers, but this is "+kindOf(v).String())
		}
	}
	return ns
}

// ofNone is what mean and median give where there is no number: nil for nil, as
// other functions do.
func ofNone(a []any) any {
	for _, v := range a {
		if v != nil {
			return 0.0
		}
	}
	return nil
}

func extreme(name string, sign int) func(m *machine, a []any) any {
	return func(m *machine, a []any) any {
		var best any
		for _, n := range m.numbers(a, name) {
			if best == nil || m.compare(n, best, name)*sign > 0 {
				best = n
			}
		}
		return best
	}
}

func median(m *machine, a []any) any {
	ns := m.numbers(a, "median")
	if len(ns) == 0 {
		return ofNone(a)
	}
	ns = m.sorted(ns, ns, false)
	middle := func(i int) float64 { return toFloat(m.number(ns[i], "`median`")) }
	mid := len(ns) / 2
	if len(ns)%2 == 1 {
		return middle(mid)
	}
	return m.finite((middle(mid-1) + middle(mid)) / 2)
}
