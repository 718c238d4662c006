package behaviors

import (
	"sort"
	"strings"
)

// mapping tells where the runes of a scalar's value stand in the source. It
// holds an anchor for each place from which both run in step again: behind an
// escape, a fold, stripped indentation.
type mapping []anchor

// anchor: the value's rune at offset value is the source's rune at source. The
// rune before it ends at behind: what is between the two gives no rune.
type anchor struct{ value, source, behind int }

// end gives the source offset behind the rune that stands before an offset.
func (m mapping) end(offset int) int {
	i := sort.Search(len(m), func(i int) bool { return m[i].value >= offset })
	if i > 0 && i < len(m) && m[i].value == offset {
		return m[i].behind
	}
	return m.source(offset)
}

// source gives the source offset of a rune of the value.
func (m mapping) source(offset int) int {
	i := sort.Search(len(m), func(i int) bool { return m[i].value > offset }) - 1
	if i < 0 {
		i = 0
	}
	return m[i].source + offset - m[i].value
}

// slice is the mapping of the value from an offset on, counted anew from 0.
func (m mapping) slice(from int) mapping {
	part := mapping{{0, m.source(from), m.source(from)}}
	for _, a := range m {
		if a.value > from {
			part = append(part, anchor{a.value - from, a.source, a.behind})
		}
	}
	return part
}

// scalarReader decodes a scalar a second time, as no YAML library says where
// the runes of a value come from. Whoever uses it compares the result with the
// library's value and falls back to the scalar's beginning where they differ.
type scalarReader struct {
	src   *source
	pos   int
	value []rune
	marks mapping
	gap   int // where an escaped line break begins that gave no rune yet; 0: there is none
}

// emit notes a rune of the value, made from the source at the given offset.
func (r *scalarReader) emit(c rune, from int) {
	r.mark(from)
	r.value = append(r.value, c)
}

// finish closes the mapping with the offset behind the last rune.
func (r *scalarReader) finish(end int) {
	r.mark(end)
}

// mark notes where the next rune comes from.
func (r *scalarReader) mark(from int) {
	n := len(r.value)
	if n == 0 || r.marks.source(n) != from {
		behind := from
		if r.gap > 0 {
			behind = r.gap
		}
		r.marks = append(r.marks, anchor{n, from, behind})
	}
	r.gap = 0
}

// lineBreak consumes one line end.
func (r *scalarReader) lineBreak() {
	if r.src.at(r.pos) == '\r' && r.src.at(r.pos+1) == '\n' {
		r.pos++
	}
	r.pos++
}

// fold reads white space within a plain or quoted scalar: blanks stay as they
// are; blanks around line breaks fold, one break to a space and more to one
// break less.
func (r *scalarReader) fold() {
	start := r.pos
	r.pos = r.src.skipBlanks(r.pos)
	if !isBreak(r.src.at(r.pos)) {
		for i := start; i < r.pos; i++ {
			r.emit(r.src.at(i), i)
		}
		return
	}
	r.foldBreaks(start, true)
}

// foldBreaks folds the breaks from here on, emitting from start. Without
// joined, as behind an escaped break, the first one gives nothing.
func (r *scalarReader) foldBreaks(start int, joined bool) {
	breaks := 0
	for isBreak(r.src.at(r.pos)) {
		switch {
		case breaks == 1:
			r.emit('\n', start)
		case breaks > 1:
			r.emit('\n', r.pos)
		}
		r.lineBreak()
		breaks++
		r.pos = r.src.skipBlanks(r.pos)
	}
	if breaks == 1 && joined {
		r.emit(' ', start)
	}
}

// tag passes over a tag, and where a value follows over the blanks before it.
func (r *scalarReader) tag(length int) {
	for c := r.src.at(r.pos); r.pos < len(r.src.runes) && !isBlank(c) && !isBreak(c) && !strings.ContainsRune(",[]{}", c); c = r.src.at(r.pos) {
		r.pos++
	}
	if next := r.src.skipBlanks(r.pos); length > 0 || strings.ContainsRune("\"'|>", r.src.at(next)) {
		r.pos = next
	}
}

// plain reads an unquoted scalar of so many runes: where it ends depends on
// what it stands in, which the value's length tells more simply.
func (r *scalarReader) plain(length int) {
	for len(r.value) < length && r.pos < len(r.src.runes) {
		if c := r.src.at(r.pos); isBlank(c) || isBreak(c) {
			r.fold()
			continue
		}
		r.emit(r.src.at(r.pos), r.pos)
		r.pos++
	}
	r.finish(r.pos)
}

// single reads a scalar in single quotes.
func (r *scalarReader) single() {
	r.pos++
	for r.pos < len(r.src.runes) {
		switch c := r.src.at(r.pos); {
		case c == '\'' && r.src.at(r.pos+1) == '\'':
			r.emit('\'', r.pos)
			r.pos += 2
		case c == '\'':
			r.finish(r.pos)
			r.pos++
			return
		case isBlank(c) || isBreak(c):
			r.fold()
		default:
			r.emit(c, r.pos)
			r.pos++
		}
	}
}

// double reads a scalar in double quotes.
func (r *scalarReader) double() {
	r.pos++
	for r.pos < len(r.src.runes) {
		switch c := r.src.at(r.pos); {
		case c == '\\' && isBreak(r.src.at(r.pos+1)):
			start := r.pos
			if r.gap == 0 {
				r.gap = start
			}
			r.pos++
			r.foldBreaks(start, false)
		case c == '\\':
			if !r.escape() {
				return
			}
		case c == '"':
			r.finish(r.pos)
			r.pos++
			return
		case isBlank(c) || isBreak(c):
			r.fold()
		default:
			r.emit(c, r.pos)
			r.pos++
		}
	}
}

// escapes of a scalar in double quotes, but for those that count in hex.
var escapes = map[rune]rune{
	'0': 0, 'a': '\a', 'b': '\b', 't': '\t', '\t': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', 'e': 0x1b,
	' ': ' ', '"': '"', '\'': '\'', '/': '/', '\\': '\\', 'N': 0x85, '_': 0xa0, 'L': 0x2028, 'P': 0x2029,
}

func (r *scalarReader) escape() bool {
	start := r.pos
	c := r.src.at(r.pos + 1)
	if v, ok := escapes[c]; ok {
		r.pos += 2
		r.emit(v, start)
		return true
	}
	digits, ok := map[rune]int{'x': 2, 'u': 4, 'U': 8}[c]
	if !ok {
		return false
	}
	code := rune(0)
	for i := range digits {
		d, ok := hexDigit(r.src.at(r.pos + 2 + i))
		if !ok {
			return false
		}
		code = code<<4 | d
	}
	r.pos += 2 + digits
	r.emit(code, start)
	return true
}

func hexDigit(c rune) (rune, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
