package expression

import (
	"math/bits"
	"slices"
)

const ascendingOrDescending = `the order of a sort is "asc" or "desc"`

// descending reads the order of a sort.
func (m *machine) descending(v any) bool {
	switch v {
	case "desc":
		return true
	case nil, "asc":
		return false
	}
	m.fail("type", ascendingOrDescending)
	return false
}

// bindOrder looks at the order of a sort where it is a literal.
func bindOrder(argument int) func(literals []constant) (builtin, *fault) {
	return func(literals []constant) (builtin, *fault) {
		if len(literals) <= argument {
			return nil, nil
		}
		if order, ok := literals[argument].value.(string); ok && order != "asc" && order != "desc" {
			return nil, &fault{argument, "bad-argument", ascendingOrDescending}
		}
		return nil, nil
	}
}

// sorted orders items by their keys, stably; nil comes last.
func (m *machine) sorted(list, keys []any, descending bool) []any {
	m.step(len(list) * bits.Len(uint(len(list))))
	m.list(len(list))
	indices := make([]int, len(list))
	for i := range indices {
		indices[i] = i
	}
	slices.SortStableFunc(indices, func(i, j int) int {
		a, b := keys[i], keys[j]
		switch {
		case a == nil && b == nil:
			return 0
		case a == nil:
			return 1
		case b == nil:
			return -1
		case descending:
			return m.compare(b, a, "sort")
		}
		return m.compare(a, b, "sort")
	})
	result := make([]any, len(list))
	for i, k := range indices {
		result[i] = list[k]
	}
	return result
}
