package expression

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

func numberFunctions() []*Function {
	one := []Param{param("number", Number)}
	round := func(name, doc, example string, do func(float64) float64) *Function {
		return fn(name, one, Number, doc, example, func(m *machine, a []any) any {
			if i, ok := a[0].(int64); ok {
				return i
			}
			return m.finite(do(toFloat(m.number(a[0], "`"+name+"`"))))
		})
	}
	bit := func(name, doc, example string, do func(m *machine, x, y int64) int64) *Function {
		return fn(name, []Param{param("a", Int), param("b", Int)}, Int, doc, example, func(m *machine, a []any) any {
			return do(m, m.integer(a[0], name), m.integer(a[1], name))
		})
	}
	return []*Function{
		fn("abs", one, Number, "the number without its sign", `abs(-1.5) -> 1.5
abs("a") -> error`, func(m *machine, a []any) any {
			switch n := m.number(a[0], "`abs`").(type) {
			case int64:
				if n == math.MinInt64 {
					return m.overflow()
				}
				return max(n, -n)
			case float64:
				return math.Abs(n)
			}
			return nil
		}),
		round("ceil", "the number, rounded up", `ceil(1.2) -> 2`, math.Ceil),
		round("floor", "the number, rounded down", `floor(-1.2) -> -2`, math.Floor),
		round("round", "the number, rounded; halves away from zero", `round(2.5) -> 3
round(-2.5) -> -3`, math.Round),
		bit("bitand", "the bits that both have", `bitand(6, 3) -> 2`, func(_ *machine, x, y int64) int64 { return x & y }),
		bit("bitor", "the bits that one of them has", `bitor(6, 3) -> 7`, func(_ *machine, x, y int64) int64 { return x | y }),
		bit("bitxor", "the bits that differ", `bitxor(6, 3) -> 5`, func(_ *machine, x, y int64) int64 { return x ^ y }),
		bit("bitnand", "the bits of the first that the second lacks", `bitnand(6, 3) -> 4`, func(_ *machine, x, y int64) int64 { return x &^ y }),
		bit("bitshl", "the bits, moved to the left by 0 to 63", `bitshl(1, 3) -> 8
bitshl(1, 64) -> error`, func(m *machine, x, y int64) int64 { m.shift(y); return x << y }),
		bit("bitshr", "the bits, moved to the right by 0 to 63; the sign stays", `bitshr(-8, 1) -> -4`, func(m *machine, x, y int64) int64 { m.shift(y); return x >> y }),
		bit("bitushr", "the bits, moved to the right by 0 to 63, with zeros from the left", `bitushr(8, 3) -> 1`, func(m *machine, x, y int64) int64 { m.shift(y); return int64(uint64(x) >> y) }),
		fn("bitnot", []Param{param("a", Int)}, Int, "the bits turned over", `bitnot(0) -> -1`, func(m *machine, a []any) any { return ^m.integer(a[0], "bitnot") }),
	}
}

func (m *machine) shift(by int64) {
	if by < 0 || by > 63 {
		m.fail("type", "bits are moved by 0 to 63")
	}
}

func toInt(m *machine, a []any) any {
	switch v := a[0].(type) {
	case int64, *big.Int:
		return v
	case float64:
		if i, ok := integral(math.Trunc(v)); ok {
			return i
		}
		return m.overflow()
	case string:
		return m.parseInt(v)
	}
	m.fail("type", "`int` takes a number or a text, but this is "+kindOf(a[0]).String())
	return nil
}

// maxDigits of an integer: reading one takes time in the square of its length.
const maxDigits = 4300

func (m *machine) parseInt(text string) any {
	m.text(len(text))
	text = strings.TrimSpace(text)
	if len(text) <= maxDigits {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i
		}
		m.step(len(text))
		m.take(len(text))
		if i, ok := new(big.Int).SetString(text, 10); ok {
			return i
		}
	}
	m.fail("type", "`int` finds no integer in this text")
	return nil
}

func toFloatValue(m *machine, a []any) any {
	switch v := a[0].(type) {
	case int64, float64:
		return toFloat(v)
	case *big.Int:
		m.wide(v)
		f, _ := new(big.Float).SetInt(v).Float64()
		return m.finite(f)
	case string:
		m.text(len(v))
		m.take(len(v)) // an error of the standard library repeats it
		if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
			return m.finite(f)
		}
		m.fail("type", "`float` finds no number in this text")
	}
	m.fail("type", "`float` takes a number or a text, but this is "+kindOf(a[0]).String())
	return nil
}
