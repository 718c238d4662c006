package payload

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// byteOrderMark in front of a JSON text is skipped: some senders write it.
var byteOrderMark = []byte("\xef\xbb\xbf")

// syntaxError is a text that is no JSON.
type syntaxError struct {
	what string
	at   int // byte, from 0
}

func (e *syntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.what, e.at) }

// slot is where the value of a path lies in the text, and the value once it was
// asked for. The end of a value is never 0. Where a name is repeated the last
// one holds: a slot counts only if it lies inside its parent's, which leaves
// behind what stood in the earlier ones.
type slot struct {
	start, end int
	done       bool
	value      any
}

// scanner checks a JSON text in one pass and fills in the slots of paths. A
// text is JSON as encoding/json reads it, but for this: invalid UTF-8, numbers
// beyond a float and endless integers are refused, a byte order mark is skipped,
// and the limits hold.
type scanner struct {
	text   []byte
	at     int
	limits Limits
	values int
	nodes  []node // may be empty: check only
	slots  []slot // one a node
	err    error  // *syntaxError or *LimitError
}

// nowhere is the node of what no path reads.
const nowhere = -1

// document scans the whole text.
func (s *scanner) document() error {
	if bytes.HasPrefix(s.text, byteOrderMark) {
		s.at = len(byteOrderMark)
	}
	if !utf8.Valid(s.text) {
		return &syntaxError{"invalid UTF-8", invalidUTF8(s.text)}
	}
	root := nowhere
	if len(s.nodes) > 0 {
		root = 0
	}
	s.space()
	if !s.scan(root, 0) {
		return s.err
	}
	s.space()
	if s.at < len(s.text) {
		return &syntaxError{"text behind the value", s.at}
	}
	return nil
}

// scan takes one value, which lies inside depth lists and maps, and any that
// are in it. The cursor stands on its first byte. False: see s.err.
func (s *scanner) scan(n, depth int) bool {
	s.values++
	if s.values > s.limits.Values {
		s.err = &LimitError{What: "values", Max: s.limits.Values}
		return false
	}
	if s.at >= len(s.text) {
		return s.fail("expected a value")
	}
	start := s.at
	ok := false
	switch c := s.text[s.at]; {
	case c == '"':
		_, ok = s.string()
	case c == '{':
		ok = s.enter(depth) && s.object(n, depth+1)
	case c == '[':
		ok = s.enter(depth) && s.list(n, depth+1)
	case c == '-' || c-'0' <= 9:
		ok = s.number()
	case c == 't':
		ok = s.word("true")
	case c == 'f':
		ok = s.word("false")
	case c == 'n':
		ok = s.word("null")
	default:
		return s.fail("expected a value")
	}
	if ok && n >= 0 {
		s.slots[n].start, s.slots[n].end = start, s.at
	}
	return ok
}

// enter takes the bracket of a list or map.
func (s *scanner) enter(depth int) bool {
	if depth >= s.limits.Depth {
		s.err = &LimitError{What: "depth", Max: s.limits.Depth}
		return false
	}
	s.at++
	s.space()
	return true
}

func (s *scanner) object(n, depth int) bool {
	if s.take('}') {
		return true
	}
	for {
		if s.at >= len(s.text) || s.text[s.at] != '"' {
			return s.fail("expected a name in quotes")
		}
		start := s.at + 1
		escaped, ok := s.string()
		if !ok {
			return false
		}
		child := nowhere
		if n >= 0 && s.nodes[n].names != nil {
			child = s.named(n, s.text[start:s.at-1], escaped)
		}
		s.space()
		if !s.take(':') {
			return s.fail("expected `:`")
		}
		s.space()
		if !s.scan(child, depth) {
			return false
		}
		s.space()
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return s.fail("expected `,` or `}`")
		}
		s.space()
	}
}

func (s *scanner) list(n, depth int) bool {
	if s.take(']') {
		return true
	}
	for i := 0; ; i++ {
		child := nowhere
		if n >= 0 && s.nodes[n].items != nil {
			if c, ok := s.nodes[n].items[i]; ok {
				child = c
			}
		}
		if !s.scan(child, depth) {
			return false
		}
		s.space()
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return s.fail("expected `,` or `]`")
		}
		s.space()
	}
}

// named returns the node behind a name.
func (s *scanner) named(n int, name []byte, escaped bool) int {
	child, ok := 0, false
	if escaped {
		child, ok = s.nodes[n].names[unescape(name)]
	} else {
		child, ok = s.nodes[n].names[string(name)]
	}
	if !ok {
		return nowhere
	}
	return child
}

func (s *scanner) word(w string) bool {
	if !bytes.HasPrefix(s.text[s.at:], []byte(w)) {
		return s.fail("expected a value")
	}
	s.at += len(w)
	return true
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\n', '\t', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) take(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) fail(what string) bool {
	s.err = &syntaxError{what, s.at}
	return false
}

// invalidUTF8 returns where the first byte is that is no UTF-8.
func invalidUTF8(b []byte) int {
	at := 0
	for at < len(b) {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}
