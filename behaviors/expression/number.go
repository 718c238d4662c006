package expression

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"time"
)

// kindOf is the kind of a value.
func kindOf(v any) Kind {
	switch v.(type) {
	case nil:
		return Nil
	case bool:
		return Bool
	case int64, *big.Int:
		return Int
	case float64:
		return Float
	case string:
		return Text
	case []byte:
		return Bytes
	case time.Time:
		return Time
	case time.Duration:
		return Duration
	case []any:
		return List
	case map[string]any, Object:
		return Map
	case Secret:
		return SecretValue
	}
	return Any
}

// number gives an operand of arithmetic: an int64 or a float64.
func (m *machine) number(v any, what string) any {
	switch v := v.(type) {
	case int64, float64:
		return v
	case *big.Int:
		m.fail("overflow", "an integer beyond 64 bits cannot be calculated with; it compares, sorts and prints only")
	}
	m.fail("type", what+" takes numbers, but this is "+kindOf(v).String())
	return nil
}

func (m *machine) overflow() any {
	m.fail("overflow", "the result does not fit into an integer of 64 bits")
	return nil
}

// finite refuses what JSON cannot hold.
func (m *machine) finite(f float64) any {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		m.fail("not-finite", "the result is no number, or beyond all numbers")
	}
	return f
}

func toFloat(v any) float64 {
	if i, ok := v.(int64); ok {
		return float64(i)
	}
	f, _ := v.(float64)
	return f
}

func (m *machine) add(a, b any) any {
	switch x := a.(type) {
	case string:
		y, ok := b.(string)
		if !ok {
			break
		}
		m.text(len(x) + len(y))
		m.take(len(x) + len(y))
		return x + y
	case time.Time:
		if d, ok := b.(time.Duration); ok {
			return x.Add(d)
		}
	case time.Duration:
		switch y := b.(type) {
		case time.Duration:
			return time.Duration(m.addInts(int64(x), int64(y)))
		case time.Time:
			return y.Add(x)
		}
	}
	if kindOf(a) == Text || kindOf(b) == Text || kindOf(a) == Time || kindOf(a) == Duration {
		m.fail("type", "`+` cannot take "+kindOf(a).String()+" and "+kindOf(b).String()+"; a text is built with ${{ … }}")
	}
	x, y := m.number(a, "`+`"), m.number(b, "`+`")
	i, ok := x.(int64)
	j, ok2 := y.(int64)
	if ok && ok2 {
		return m.addInts(i, j)
	}
	return m.finite(toFloat(x) + toFloat(y))
}

func (m *machine) addInts(i, j int64) int64 {
	sum := i + j
	if (sum > i) != (j > 0) && j != 0 {
		m.overflow()
	}
	return sum
}

func (m *machine) subtract(a, b any) any {
	switch x := a.(type) {
	case time.Time:
		switch y := b.(type) {
		case time.Time:
			d := x.Sub(y)
			if !y.Add(d).Equal(x) { // more than 292 years
				return m.overflow()
			}
			return d
		case time.Duration:
			return x.Add(-y)
		}
	case time.Duration:
		if y, ok := b.(time.Duration); ok {
			return time.Duration(m.subtractInts(int64(x), int64(y)))
		}
	}
	x, y := m.number(a, "`-`"), m.number(b, "`-`")
	i, ok := x.(int64)
	j, ok2 := y.(int64)
	if ok && ok2 {
		return m.subtractInts(i, j)
	}
	return m.finite(toFloat(x) - toFloat(y))
}

func (m *machine) subtractInts(i, j int64) int64 {
	d := i - j
	if (d < i) != (j > 0) && j != 0 {
		m.overflow()
	}
	return d
}

func (m *machine) multiply(a, b any) any {
	if d, ok := a.(time.Duration); ok {
		a, b = b, d
	}
	if d, ok := b.(time.Duration); ok {
		switch x := a.(type) {
		case int64:
			return time.Duration(m.multiplyInts(x, int64(d)))
		case float64:
			return m.durationOf(x * float64(d))
		}
	}
	x, y := m.number(a, "`*`"), m.number(b, "`*`")
	i, ok := x.(int64)
	j, ok2 := y.(int64)
	if ok && ok2 {
		return m.multiplyInts(i, j)
	}
	return m.finite(toFloat(x) * toFloat(y))
}

func (m *machine) durationOf(f float64) any {
	if math.IsNaN(f) || math.Abs(f) > math.MaxInt64/2 {
		return m.overflow()
	}
	return time.Duration(f)
}

func (m *machine) multiplyInts(i, j int64) int64 {
	negative := (i < 0) != (j < 0)
	hi, lo := bits.Mul64(magnitude(i), magnitude(j))
	switch {
	case hi != 0 || lo > 1<<63 || lo == 1<<63 && !negative:
		m.overflow()
	case negative:
		return -int64(lo)
	}
	return int64(lo)
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

func (m *machine) divide(a, b any) any {
	d, isDuration := a.(time.Duration)
	if e, ok := b.(time.Duration); ok && isDuration {
		return m.finite(float64(d) / m.divisor(int64(e)))
	}
	if isDuration {
		return m.durationOf(float64(d) / m.divisor(m.number(b, "`/`")))
	}
	x, y := m.number(a, "`/`"), m.number(b, "`/`")
	return m.finite(toFloat(x) / m.divisor(y))
}

func (m *machine) divisor(v any) float64 {
	f := toFloat(v)
	if f == 0 {
		m.fail("division-by-zero", "this divides by zero")
	}
	return f
}

// remainder takes integers, and floats that are integral.
func (m *machine) remainder(a, b any) any {
	i, ok := integral(m.number(a, "`%`"))
	j, ok2 := integral(m.number(b, "`%`"))
	switch {
	case !ok || !ok2:
		m.fail("type", "`%` takes integers")
	case j == 0:
		m.fail("division-by-zero", "this divides by zero")
	}
	return i % j
}

func integral(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case float64:
		if v == math.Trunc(v) && v >= -1<<63 && v < 1<<63 {
			return int64(v), true
		}
	}
	return 0, false
}

func (m *machine) power(a, b any) any {
	return m.finite(math.Pow(toFloat(m.number(a, "`**`")), toFloat(m.number(b, "`**`"))))
}

// formatFloat prints as encoding/json does.
func formatFloat(f float64) string {
	abs := math.Abs(f)
	if abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		s := strconv.FormatFloat(f, 'e', -1, 64)
		if n := len(s); s[n-3] == '-' && s[n-2] == '0' {
			s = s[:n-2] + s[n-1:]
		}
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
