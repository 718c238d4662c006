package expression

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

const (
	// shownBytes of a value are in a trace; what is larger comes cut, with its size.
	shownBytes = 1 << 10
	// tracedBytes are how much of lists, maps and long texts are in a trace; those
	// that are left come without what is in them.
	tracedBytes = 4 << 20
	// shortBytes is how long a text is that comes nevertheless.
	shortBytes = 64
	// secretWord stands for a secret, and for whatever is made of one.
	secretWord = `"secret"`
)

// tracedLimits bound the work of finding out how the values of a trace begin, all
// together: the keys of maps are sorted for it.
var tracedLimits = Limits{Operations: 20_000_000, Memory: 256 << 20, Depth: math.MaxInt}

// printer prints how values begin. It holds on to none of them.
type printer struct {
	m    *machine
	text []byte
	left int // bytes for lists, maps and long texts
}

// print gives JSON: the value itself, or a text that says how it begins and how
// large it is.
func (p *printer) print(v any, derived bool) []byte {
	if hidden(v, derived) {
		return []byte(secretWord)
	}
	if p.m == nil {
		p.m, p.left = new(machine), tracedBytes
		p.m.start(nil, tracedLimits, 0)
	}
	bulky := isBulky(v)
	if bulky && p.left <= 0 {
		return appendJSONText(nil, size(v))
	}
	p.text = p.text[:0]
	shown := p.text
	if p.begins(v) {
		shown = append(shown[:0:0], p.text...)
	} else {
		start := string(p.text)
		if s, isText := v.(string); isText {
			start = s
		}
		shown = appendJSONText(nil, cutText(start, shownBytes)+"… ("+size(v)+")")
	}
	if bulky {
		p.left -= len(shown)
	}
	return shown
}

// hidden tells whether a value must not be seen. What is true, false or nil says
// how a check went, and no more.
func hidden(v any, derived bool) bool {
	switch v.(type) {
	case nil, bool:
		return false
	case Secret:
		return true
	}
	return derived
}

func isBulky(v any) bool {
	switch v := v.(type) {
	case string:
		return len(v) > shortBytes
	case []byte, []any, map[string]any, Object:
		return true
	}
	return false
}

// begins prints a value, and tells whether that is all of it.
func (p *printer) begins(v any) (whole bool) {
	defer func() {
		if r := recover(); r != nil { // it is no value, or too much work
			whole = false
			if strings.HasPrefix(p.m.stopped(r).Code, "budget-") {
				p.left = 0
			}
		}
	}()
	return p.value(v)
}

// value tells whether there was room for all of a value.
func (p *printer) value(v any) bool {
	if !p.room() {
		return false
	}
	switch v := v.(type) {
	case string:
		p.text = appendJSONText(p.text, cutText(v, shownBytes))
		return len(v) <= shownBytes && p.room()
	case []byte:
		p.text = p.m.appendJSON(p.text, v[:min(len(v), shownBytes)], 0, true)
		return len(v) <= shownBytes && p.room()
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			p.text = appendJSONText(p.text, fmt.Sprint(v))
			return p.room()
		}
	case []any:
		return p.list(v)
	case map[string]any:
		return p.members(sortedKeys(p.m, v), func(name string) any { return v[name] })
	case Object:
		return p.members(p.m.members(v), func(name string) any { return p.m.memberOf(v, name) })
	}
	p.text = p.m.appendJSON(p.text, v, 0, true)
	return p.room()
}

func (p *printer) room() bool { return len(p.text) <= shownBytes }

func (p *printer) list(v []any) bool {
	p.text = append(p.text, '[')
	for i, x := range v {
		if i > 0 {
			p.text = append(p.text, ',')
		}
		if !p.value(x) {
			return false
		}
	}
	p.text = append(p.text, ']')
	return p.room()
}

func (p *printer) members(names []string, get func(string) any) bool {
	p.text = append(p.text, '{')
	for i, name := range names {
		if i > 0 {
			p.text = append(p.text, ',')
		}
		p.text = append(appendJSONText(p.text, cutText(name, shownBytes)), ':')
		if len(name) > shownBytes || !p.value(get(name)) {
			return false
		}
	}
	p.text = append(p.text, '}')
	return p.room()
}

// size says how large a value is that is not printed wholly.
func size(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%d bytes", len(v))
	case []byte:
		return fmt.Sprintf("%d bytes", len(v))
	case []any:
		return fmt.Sprintf("a list of %d items", len(v))
	case map[string]any:
		return fmt.Sprintf("a map of %d keys", len(v))
	case Object:
		return fmt.Sprintf("a map of %d keys", len(v.Members()))
	}
	return "a value that cannot be printed"
}

// cutText shortens a text without splitting a character.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
