package expression

import (
	"math"
	"math/big"
	"time"
)

// compareNumbers charges for integers beyond 64 bits, which take time by their
// length.
func (m *machine) compareNumbers(a, b any) (int, bool) {
	if i, ok := a.(*big.Int); ok {
		m.wide(i)
	}
	if i, ok := b.(*big.Int); ok {
		m.wide(i)
	}
	return compareNumbers(a, b)
}

// compareNumbers compares exactly, integers of any size with floats too.
func compareNumbers(a, b any) (int, bool) {
	switch x := a.(type) {
	case int64:
		switch y := b.(type) {
		case int64:
			return order(x, y), true
		case float64:
			return compareIntFloat(x, y), true
		case *big.Int:
			return big.NewInt(x).Cmp(y), true
		}
	case float64:
		switch y := b.(type) {
		case int64:
			return -compareIntFloat(y, x), true
		case float64:
			return order(x, y), true
		case *big.Int:
			return new(big.Float).SetFloat64(x).Cmp(new(big.Float).SetInt(y)), true
		}
	case *big.Int:
		switch y := b.(type) {
		case *big.Int:
			return x.Cmp(y), true
		case int64, float64:
			d, ok := compareNumbers(y, x)
			return -d, ok
		}
	}
	return 0, false
}

func order[T int64 | float64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func compareIntFloat(i int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	whole := math.Trunc(f)
	if d := order(i, int64(whole)); d != 0 {
		return d
	}
	return order(whole, f)
}

// compare orders two values of a kind.
func (m *machine) compare(a, b any, what string) int {
	if d, ok := m.compareNumbers(a, b); ok {
		return d
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			m.text(min(len(x), len(y)))
			return order(x, y)
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	case time.Duration:
		if y, ok := b.(time.Duration); ok {
			return order(int64(x), int64(y))
		}
	}
	m.fail("type", "`"+what+"` cannot compare "+kindOf(a).String()+" with "+kindOf(b).String())
	return 0
}
