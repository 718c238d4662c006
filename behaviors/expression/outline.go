package expression

import (
	"slices"
	"unicode"
)

// outline is what can be told of a source that does not parse: where it has
// texts and comments, and which brackets are open at its end.
type outline struct {
	source []rune
	text   []bool // rune by rune: within quotation marks or a comment
	open   []int  // where the brackets stand that are not closed
	// Where a text, or a comment, begins that does not end; -1.
	quote, comment int
}

func outlineOf(source []rune) outline {
	o := outline{source: source, text: make([]bool, len(source)), quote: -1, comment: -1}
	for i := 0; i < len(source); {
		end, text := i+1, false
		switch r := source[i]; {
		case r == '"' || r == '\'' || r == '`':
			text = true
			if end = textEnd(source, i); end < 0 {
				o.quote, end = i, len(source)
			}
		case r == '/' && i+1 < len(source) && source[i+1] == '*':
			text = true
			if end = commentEnd(source, i); end < 0 {
				o.comment, end = i, len(source)
			}
		case r == '(' || r == '[' || r == '{':
			o.open = append(o.open, i)
		case (r == ')' || r == ']' || r == '}') && len(o.open) > 0:
			o.open = o.open[:len(o.open)-1]
		}
		for ; i < end; i++ {
			o.text[i] = text
		}
	}
	return o
}

// textEnd is behind the quotation mark that closes the text that begins here,
// or -1.
func textEnd(source []rune, from int) int {
	mark := source[from]
	for i := from + 1; i < len(source); i++ {
		switch {
		case source[i] == mark:
			return i + 1
		case source[i] == '\\' && mark != '`':
			i++
		}
	}
	return -1
}

// commentEnd is behind the end of the comment that begins here, or -1.
func commentEnd(source []rune, from int) int {
	for i := from + 2; i+1 < len(source); i++ {
		if source[i] == '*' && source[i+1] == '/' {
			return i + 2
		}
	}
	return -1
}

// before is the last position before another that is no blank, or -1.
func (o outline) before(at int) int {
	for at--; at >= 0 && unicode.IsSpace(o.source[at]); {
		at--
	}
	return at
}

// word is the range of the word or number around a position.
func (o outline) word(at int) span {
	at = min(max(at, 0), len(o.source))
	s := span{at, at}
	for s.from > 0 && isWordRune(o.source[s.from-1]) {
		s.from--
	}
	for s.to < len(o.source) && isWordRune(o.source[s.to]) {
		s.to++
	}
	return s
}

func isWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// last is the range of what stands last: a word, a text, or an operator.
func (o outline) last() span {
	end := o.before(len(o.source)) + 1
	from := end - 1
	if from < 0 {
		return span{0, len(o.source)}
	}
	same := func(i int) bool { return !isWordRune(o.source[i]) && !unicode.IsSpace(o.source[i]) && !o.text[i] }
	switch {
	case o.text[from]:
		same = func(i int) bool { return o.text[i] }
	case isWordRune(o.source[from]):
		same = func(i int) bool { return isWordRune(o.source[i]) }
	case slices.Contains([]rune("()[]{}"), o.source[from]):
		same = func(int) bool { return false }
	}
	for from > 0 && same(from-1) {
		from--
	}
	return span{from, end}
}

// complete tells whether a value ends at a position, so that an operator would
// have to follow.
func (o outline) complete(at int) bool {
	if at < 0 {
		return false
	}
	r := o.source[at]
	return o.text[at] || isWordRune(r) || r == ')' || r == ']' || r == '}'
}

// call is the name of the function whose arguments stand at a position, and
// where its bracket is.
func (o outline) call(at int) (string, int) {
	depth := 0
	for i := min(at, len(o.source)) - 1; i >= 0; i-- {
		if o.text[i] {
			continue
		}
		switch o.source[i] {
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			if depth == 0 {
				end := o.before(i) + 1
				name := o.word(end)
				return string(o.source[name.from:end]), i
			}
			depth--
		}
	}
	return "", -1
}

// openBefore are the brackets that are open at a position, innermost first.
func (o outline) openBefore(at int) []int {
	open := outlineOf(o.source[:at]).open
	slices.Reverse(open)
	return open
}

// matching is the position of the bracket that closes another, or -1.
func (o outline) matching(open int) int {
	depth := 0
	for i := open; i < len(o.source); i++ {
		if o.text[i] {
			continue
		}
		switch o.source[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
