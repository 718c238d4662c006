package expression

import (
	"unicode"

	"github.com/expr-lang/expr/ast"
)

// span is a range of runes of the source, the end exclusive. The parser keeps a
// node's token only, so a node's extent is the union over what is inside of it.
type span struct{ from, to int }

func (s span) union(o span) span {
	return span{min(s.from, o.from), max(s.to, o.to)}
}

func (c *compiler) token(n ast.Node) span {
	loc := n.Location()
	from, to := clampSpan(c.source, loc.From, loc.To)
	return span{from, to}
}

// closing extends a span to the bracket that closes it, past blanks and commas.
func (c *compiler) closing(s span, bracket rune) span {
	for i := s.to; i < len(c.source); i++ {
		switch r := c.source[i]; {
		case r == bracket:
			return span{s.from, i + 1}
		case !unicode.IsSpace(r) && r != ',':
			return s
		}
	}
	return s
}

// opening extends a span back over a mark that stands before it, past blanks.
func (c *compiler) opening(s span, mark rune) span {
	for i := s.from - 1; i >= 0; i-- {
		switch r := c.source[i]; {
		case r == mark:
			return span{i, s.to}
		case !unicode.IsSpace(r):
			return s
		}
	}
	return s
}

// question is where the `?` stands that decides between two values, behind its
// condition.
func (c *compiler) question(from int) int {
	for i := from; i < len(c.source); i++ {
		if end := c.comment(i); end > i {
			i = end - 1
		} else if c.source[i] == '?' {
			return i
		}
	}
	return from
}

// comment is behind the comment that begins at a place, or the place.
func (c *compiler) comment(at int) int {
	if c.source[at] != '/' {
		return at
	}
	return max(at, anyCommentEnd(c.source, at))
}

// word extends a span back over a word that stands before it, past blanks and
// parentheses that open.
func (c *compiler) word(s span, word string) span {
	for i := s.from; i >= len(word); i-- {
		if string(c.source[i-len(word):i]) == word {
			return span{i - len(word), s.to}
		}
		if r := c.source[i-1]; !unicode.IsSpace(r) && r != '(' {
			break
		}
	}
	return s
}

func (c *compiler) text(s span) string { return string(c.source[s.from:s.to]) }
