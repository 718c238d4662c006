package expression

import (
	"math/big"
	"time"
)

// equal compares by value; what is of different kinds is not equal.
func (m *machine) equal(a, b any, depth int) bool {
	m.step(1)
	m.nested(depth)
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	case string:
		y, ok := b.(string)
		if !ok || len(x) != len(y) {
			return false
		}
		m.text(len(x))
		return x == y
	case int64, float64, *big.Int:
		d, ok := m.compareNumbers(a, b)
		return ok && d == 0
	case []byte:
		y, ok := b.([]byte)
		m.text(len(x))
		return ok && string(x) == string(y)
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	case time.Duration:
		y, ok := b.(time.Duration)
		return ok && x == y
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !m.equal(x[i], y[i], depth+1) {
				return false
			}
		}
		return true
	case map[string]any:
		switch y := b.(type) {
		case map[string]any:
			return m.equalMaps(x, y, depth)
		case Object:
			return m.equalObjects(y, memberMap(x), depth)
		}
	case Object:
		switch y := b.(type) {
		case map[string]any:
			return m.equalObjects(x, memberMap(y), depth)
		case Object:
			return m.equalObjects(x, y, depth)
		}
	}
	return false
}

// equalMaps looks at every key, whatever is found before: so the count of
// operations does not hang on the order in which a map gives its keys.
func (m *machine) equalMaps(x, y map[string]any, depth int) bool {
	if len(x) != len(y) {
		return false
	}
	equal := true
	for k, v := range x {
		w, has := y[k]
		same := m.equal(v, w, depth+1)
		equal = equal && has && same
	}
	return equal
}

func (m *machine) equalObjects(x, y Object, depth int) bool {
	names := m.members(x)
	if len(names) != len(m.members(y)) {
		return false
	}
	for _, name := range names {
		if !m.equal(m.memberOf(x, name), m.memberOf(y, name), depth+1) {
			return false
		}
	}
	return true
}
