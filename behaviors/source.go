package behaviors

import (
	"sort"
	"unicode/utf8"
)

// span is a range of a source text: rune offsets, to exclusive.
type span struct{ from, to int }

// source is a document's text with its positions. Lines end with LF, CR or
// CRLF, as in YAML; characters that YAML or an editor could take for other line
// ends are refused before anything is positioned.
type source struct {
	text  string
	runes []rune
	lines []int // rune offset at which each line begins
}

func newSource(text string) *source {
	s := &source{text: text, runes: []rune(text), lines: []int{0}}
	for i, r := range s.runes {
		if r == '\n' || r == '\r' && (i+1 == len(s.runes) || s.runes[i+1] != '\n') {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// offset of a line and column, which count from 1.
func (s *source) offset(line, column int) int {
	if line < 1 || line > len(s.lines) {
		return len(s.runes)
	}
	return min(s.lines[line-1]+column-1, len(s.runes))
}

// position of an offset: line and column, from 1.
func (s *source) position(offset int) (line, column int) {
	line = sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > offset })
	return line, offset - s.lines[line-1] + 1
}

// line gives the span of a line, without its line break.
func (s *source) line(n int) span {
	if n < 1 || n > len(s.lines) {
		return span{len(s.runes), len(s.runes)}
	}
	from := s.lines[n-1]
	to := from
	for to < len(s.runes) && !isBreak(s.runes[to]) {
		to++
	}
	return span{from, to}
}

// at is the rune at an offset, or 0 past the end.
func (s *source) at(offset int) rune {
	if offset < 0 || offset >= len(s.runes) {
		return 0
	}
	return s.runes[offset]
}

func (s *source) slice(at span) string { return string(s.runes[at.from:at.to]) }

func isBreak(r rune) bool { return r == '\n' || r == '\r' }
func isBlank(r rune) bool { return r == ' ' || r == '\t' }

// skipBlanks is the first offset from which no space or tab stands.
func (s *source) skipBlanks(offset int) int {
	for isBlank(s.at(offset)) {
		offset++
	}
	return offset
}

// badRune finds a character that a document may not hold: what is no UTF-8, a
// control character, or a line end that editors and YAML see differently.
func badRune(text string) (offset int, r rune, found bool) {
	n := 0
	for i, r := range text {
		switch {
		case r == utf8.RuneError && isInvalid(text[i:]),
			r < ' ' && r != '\t' && r != '\n' && r != '\r',
			r == 0x7f, r == 0x85, r == 0x2028, r == 0x2029,
			r == 0xFEFF:
			return n, r, true
		}
		n++
	}
	return 0, 0, false
}

func isInvalid(text string) bool {
	_, size := utf8.DecodeRuneInString(text)
	return size <= 1
}
