package expression

import (
	"encoding/base64"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Walker prints and compares values within a budget: the one way to walk a
// result, which may share structure and so be larger than memory.
type Walker struct {
	m     machine
	limit int // bytes
}

// NewWalker returns a walker with a budget; zero limits mean DefaultLimits. Its
// budget is for all that it walks.
func NewWalker(l Limits) *Walker {
	l = l.orDefault()
	w := &Walker{limit: l.Memory}
	w.m.start(nil, l, 0)
	return w
}

// Used is how many bytes of its budget the walker took.
func (w *Walker) Used() int { return w.limit - w.m.memory }

// JSON prints a value compactly, maps in order of their keys, a time in RFC
// 3339, bytes in base64, a secret as {"secret": name}. Errors are *Error: the
// budget, or what JSON cannot hold.
func (w *Walker) JSON(v any) (text []byte, err error) {
	defer w.catch(&err)
	return w.m.appendJSON(nil, v, 0, true), nil
}

// Text prints a value as interpolation does: nil is empty, a text is itself, a
// number as JSON prints it, a list or map as JSON. A secret is an *Error.
func (w *Walker) Text(v any) (text string, err error) {
	defer w.catch(&err)
	return w.m.textOf(v), nil
}

// Equal compares as == does.
func (w *Walker) Equal(a, b any) (equal bool, err error) {
	defer w.catch(&err)
	return w.m.equal(a, b, 0), nil
}

func (w *Walker) catch(err *error) {
	if r := recover(); r != nil {
		*err = w.m.stopped(r)
	}
}

// shortText is what the text of a number or a time takes.
const shortText = 32

// digits charges what printing an integer beyond 64 bits costs: its digits, and
// the copies of it that are divided for them.
func (m *machine) digits(i *big.Int) {
	m.wide(i)
	m.take(i.BitLen())
}

// wide charges what it costs to read an integer beyond 64 bits.
func (m *machine) wide(i *big.Int) { m.step(1 + i.BitLen()/16) }

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
		m.take(shortText)
		return strconv.FormatInt(v, 10)
	case *big.Int:
		m.digits(v)
		return v.String()
	case []byte:
		m.text(len(v))
		m.take(len(v))
		if utf8.Valid(v) {
			return string(v)
		}
		m.fail("type", "these bytes are no text; write them with hex or base64")
	case time.Time:
		m.take(shortText)
		return v.Format(time.RFC3339Nano)
	case time.Duration:
		m.take(shortText)
		return v.String()
	}
	return string(m.appendJSON(nil, v, 0, false))
}

// appendJSON prints within the budget. secrets tells whether one may stand as
// its name.
func (m *machine) appendJSON(dst []byte, v any, depth int, secrets bool) []byte {
	m.step(1)
	m.nested(depth)
	m.take(8) // for a mark, a word or a short number
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
		m.digits(v)
		dst = v.Append(dst, 10)
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			m.fail("not-json", "JSON cannot hold this number")
		}
		m.take(24)
		dst = append(dst, formatFloat(v)...)
	case string:
		dst = m.appendText(dst, v)
	case []byte:
		m.text(2 * len(v))
		m.take(2 * len(v))
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, v)
		dst = append(dst, '"')
	case time.Time:
		dst = m.appendText(dst, v.Format(time.RFC3339Nano))
	case time.Duration:
		dst = m.appendText(dst, v.String())
	case Secret:
		if !secrets {
			m.fail("secret-leak", "a secret must not become text")
		}
		dst = append(dst, `{"secret":`...)
		dst = m.appendText(dst, v.Name)
		dst = append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, x := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = m.appendJSON(dst, x, depth+1, secrets)
		}
		return append(dst, ']')
	case map[string]any:
		return m.appendMap(dst, sortedKeys(m, v), func(k string) any { return v[k] }, depth, secrets)
	case Object:
		return m.appendMap(dst, m.members(v), func(k string) any { return m.memberOf(v, k) }, depth, secrets)
	default:
		m.fail("not-json", "JSON cannot hold this value")
	}
	return dst
}

// appendText quotes a text. Its length is counted first, as a character may
// take six.
func (m *machine) appendText(dst []byte, s string) []byte {
	m.text(len(s))
	m.take(quotedLength(s))
	return appendJSONText(dst, s)
}

func (m *machine) appendMap(dst []byte, keys []string, get func(string) any, depth int, secrets bool) []byte {
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = m.appendText(dst, k)
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
	slices.Sort(keys)
	return keys
}
