package expression

import (
	"encoding/base64"
	"math"
	"math/big"
	"sort"
	"strconv"
	"time"
	"unicode/utf8"
)

// Walker prints and compares values within a budget: the one way to walk a
// result, which may share structure and so be larger than memory.
type Walker struct {
	m machine
}

// NewWalker returns a walker with a budget; zero limits mean DefaultLimits. Its
// budget is for all that it walks.
func NewWalker(l Limits) *Walker {
	return &Walker{m: *newMachine(nil, l.orDefault(), 0)}
}

// JSON prints a value compactly, maps in order of their keys, a time in RFC
// 3339, bytes in base64, a secret as {"secret": name}. Errors are *Error: the
// budget, or what JSON cannot hold.
func (w *Walker) JSON(v any) (text []byte, err error) {
	defer guard(&w.m.at, &err)
	return w.m.appendJSON(nil, v, 0, true), nil
}

// Text prints a value as interpolation does: nil is empty, a text is itself, a
// number as JSON prints it, a list or map as JSON. A secret is an *Error.
func (w *Walker) Text(v any) (text string, err error) {
	defer guard(&w.m.at, &err)
	return w.m.textOf(v), nil
}

// Equal compares as == does.
func (w *Walker) Equal(a, b any) (equal bool, err error) {
	defer guard(&w.m.at, &err)
	return w.m.equal(a, b, 0), nil
}

// textOf is the text form of a value.
func (m *machine) textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		m.text(len(v))
		m.take(len(v))
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case *big.Int:
		m.step(1 + v.BitLen()/16)
		return v.String()
	case float64:
		return formatFloat(v)
	case []byte:
		m.text(len(v))
		m.take(len(v))
		if utf8.Valid(v) {
			return string(v)
		}
		m.fail("type", "these bytes are no text; write them with hex or base64")
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case time.Duration:
		return v.String()
	case Secret:
		m.fail("secret-leak", "a secret must not become text")
	}
	return string(m.appendJSON(nil, v, 0, false))
}

// appendJSON prints within the budget. secrets tells whether one may stand as
// its name.
func (m *machine) appendJSON(dst []byte, v any, depth int, secrets bool) []byte {
	m.step(1)
	if depth > m.depth {
		m.fail("budget-depth", "the value is nested too deep")
	}
	before := len(dst)
	switch v := v.(type) {
	case nil:
		dst = append(dst, "null"...)
	case bool:
		dst = strconv.AppendBool(dst, v)
	case int64:
		dst = strconv.AppendInt(dst, v, 10)
	case int:
		dst = strconv.AppendInt(dst, int64(v), 10)
	case *big.Int:
		m.step(v.BitLen() / 16)
		dst = v.Append(dst, 10)
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			m.fail("not-json", "JSON cannot hold this number")
		}
		dst = append(dst, formatFloat(v)...)
	case string:
		m.text(len(v))
		m.take(len(v))
		dst = appendJSONText(dst, v)
	case []byte:
		m.text(2 * len(v))
		m.take(2 * len(v))
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, v)
		dst = append(dst, '"')
	case time.Time:
		dst = appendJSONText(dst, v.Format(time.RFC3339Nano))
	case time.Duration:
		dst = appendJSONText(dst, v.String())
	case Secret:
		if !secrets {
			m.fail("secret-leak", "a secret must not become text")
		}
		dst = append(dst, `{"secret":`...)
		dst = appendJSONText(dst, v.Name)
		dst = append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, x := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = m.appendJSON(dst, x, depth+1, secrets)
		}
		m.take(2 + len(v))
		return append(dst, ']')
	case map[string]any:
		return m.appendMap(dst, sortedKeys(m, v), func(k string) any { return v[k] }, depth, secrets)
	case Object:
		return m.appendMap(dst, v.Members(), v.Member, depth, secrets)
	default:
		m.fail("not-json", "JSON cannot hold this value")
	}
	m.take(len(dst) - before)
	return dst
}

func (m *machine) appendMap(dst []byte, keys []string, get func(string) any, depth int, secrets bool) []byte {
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		m.text(len(k))
		m.take(len(k) + 4)
		dst = appendJSONText(dst, k)
		dst = append(dst, ':')
		dst = m.appendJSON(dst, get(k), depth+1, secrets)
	}
	return append(dst, '}')
}

// sortedKeys are a map's keys in their order, charged.
func sortedKeys(m *machine, v map[string]any) []string {
	m.step(1 + 2*len(v))
	m.take(len(v) * slotBytes)
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

const hexDigits = "0123456789abcdef"

// appendJSONText quotes a text. U+2028 and U+2029 are escaped, as they end a
// line in JavaScript.
func appendJSONText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\ufffd`...)
			i++
			start = i
			continue
		}
		if r == '\u2028' || r == '\u2029' {
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\u202`...)
			dst = append(dst, hexDigits[r&15])
			i += size
			start = i
			continue
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// equal compares by value; what is of different kinds is not equal.
func (m *machine) equal(a, b any, depth int) bool {
	m.step(1)
	if depth > m.depth {
		m.fail("budget-depth", "the value is nested too deep")
	}
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
		d, ok := compareNumbers(a, b)
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
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, v := range x {
			w, has := y[k]
			if !has || !m.equal(v, w, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}
