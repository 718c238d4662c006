package expression

func mapFunctions() []*Function {
	one := []Param{param("map", Map)}
	return []*Function{
		fn("keys", one, List, "the keys, in their order", `keys({b: 1, a: 2}) -> ["a","b"]`, func(m *machine, a []any) any {
			return eachEntry(m, a[0], "keys", func(k string, _ any) any { return k })
		}),
		fn("values", one, List, "the values, in order of their keys", `values({b: 1, a: 2}) -> [2,1]`, func(m *machine, a []any) any {
			return eachEntry(m, a[0], "values", func(_ string, v any) any { return v })
		}),
		fn("toPairs", one, List, "a list of [key, value], in order of the keys", `toPairs({b: 1, a: 2}) -> [["a",2],["b",1]]`, func(m *machine, a []any) any {
			return eachEntry(m, a[0], "toPairs", func(k string, v any) any { m.list(2); return []any{k, v} })
		}),
		fn("fromPairs", []Param{param("pairs", List)}, Map, "a map of a list of [key, value]", `fromPairs([["a", 1], ["b", 2]]) -> {"a":1,"b":2}
fromPairs([1]) -> error`, func(m *machine, a []any) any {
			list := m.listOf(a[0], "fromPairs")
			m.take(mapBytes(len(list)))
			result := make(map[string]any, len(list))
			for _, x := range list {
				pair, ok := x.([]any)
				if !ok || len(pair) != 2 {
					m.fail("type", "`fromPairs` takes a list of lists of two")
				}
				result[m.mapKey(pair[0])] = pair[1]
			}
			return result
		}),
	}
}

func eachEntry(m *machine, v any, name string, give func(k string, v any) any) any {
	var keys []string
	get := func(k string) any { return m.field(v, k) }
	switch v := v.(type) {
	case map[string]any:
		keys = sortedKeys(m, v)
	case Object:
		keys = m.members(v)
	default:
		m.fail("type", "`"+name+"` takes a map, but this is "+kindOf(v).String())
	}
	m.list(len(keys))
	result := make([]any, len(keys))
	for i, k := range keys {
		result[i] = give(k, get(k))
	}
	return result
}
