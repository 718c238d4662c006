package expression

import (
	"slices"
	"strings"
	"unicode"

	"github.com/expr-lang/expr/file"
)

// syntaxProblem says in plain words what the parser met.
func (c *compiler) syntaxProblem(e *file.Error) Problem {
	o := outlineOf(c.source)
	from, to := clampSpan(c.source, e.From, e.To)
	at := span{from, to}
	ends := strings.Contains(e.Message, "token EOF") || strings.Contains(e.Message, "unexpected end")
	switch {
	case strings.Contains(e.Message, "maximum allowed nodes"):
		return Problem{To: len(c.source), Code: "too-long", Message: "the expression has too many parts", Suggestion: "split it with let"}
	case o.quote >= 0:
		return unreadable(span{o.quote, len(c.source)}, "a text begins here and does not end", "close it with the quotation mark that it begins with")
	case strings.Contains(e.Message, "invalid char escape"), strings.Contains(e.Message, "unescape"):
		return unreadable(at, "a backslash before this character means nothing in a text", "write two backslashes for one, or put the text in backquotes")
	case o.comment >= 0:
		return unreadable(span{o.comment, o.comment + 2}, "a comment begins here and does not end", "close it with `*/`")
	}
	if p, ok := c.foreign(o, at); ok {
		return p
	}
	if ends {
		return c.endsEarly(o)
	}
	return c.misfit(o, at, e.Message)
}

func unreadable(at span, message, suggestion string) Problem {
	return Problem{From: at.from, To: at.to, Code: "syntax", Message: message, Suggestion: suggestion}
}

// fixed adds the edit that mends a problem.
func (p Problem) fixed(at span, text string) Problem {
	p.Fixes = []Fix{{Title: "Write " + text, From: at.from, To: at.to, Text: text}}
	return p
}

// foreignMarks are what other languages write, and what is written here.
var foreignMarks = []struct{ mark, here string }{
	{"===", "=="}, {"!==", "!="}, {"=~", " matches "}, {"<>", "!="}, {"=>", ">="}, {"=<", "<="},
}

var foreignWords = map[string]string{"and": "and", "or": "or", "not": "not", "in": "in", "is": "==", "equals": "==", "contains": "contains", "matches": "matches"}

// foreign finds what is right in another language.
func (c *compiler) foreign(o outline, at span) (Problem, bool) {
	r := c.source[at.from]
	for _, f := range foreignMarks {
		for i := max(at.from-len(f.mark), 0); i <= at.from; i++ {
			if !o.text[i] && strings.HasPrefix(string(c.source[i:]), f.mark) && at.from < i+len(f.mark) {
				s := span{i, i + len(f.mark)}
				here := strings.TrimSpace(f.here)
				return unreadable(s, "`"+f.mark+"` is written `"+here+"` here", "").fixed(s, f.here), true
			}
		}
	}
	if i, ok := c.assignment(o, at.from); ok {
		s := span{i, i + 1}
		return unreadable(s, "`=` assigns, and nothing can be assigned here", "compare with `==`").fixed(s, "=="), true
	}
	word := o.word(at.from)
	if here := foreignWords[strings.ToLower(c.text(word))]; here != "" && here != c.text(word) && !o.text[at.from] {
		return unreadable(word, "`"+c.text(word)+"` is written `"+here+"` here", "").fixed(word, here), true
	}
	switch {
	case r == '#':
		return unreadable(at, "`#` stands for the item inside of a predicate such as `any(list, # > 1)`; it begins no comment", "write a comment as `/* … */`"), true
	case strings.ContainsRune("“”„‘’‚", r):
		mark := "\""
		if strings.ContainsRune("‘’‚", r) {
			mark = "'"
		}
		s := span{at.from, at.from + 1}
		return unreadable(s, "a text stands in straight quotation marks", "").fixed(s, mark), true
	case r == '&' && c.text(at) == "&":
		return unreadable(at, "`&` means nothing in an expression", "write `and`, or `+` to join texts"), true
	case at.from > 0 && (r == '\'' || r == '"') && c.source[at.from-1] == r && o.text[at.from]:
		s := span{at.from - 1, at.from + 1}
		return unreadable(s, "a quotation mark inside of a text has a backslash before it", "").fixed(s, `\`+string(r)), true
	case strings.HasPrefix(strings.TrimSpace(string(c.source)), "${{") || strings.HasPrefix(strings.TrimSpace(string(c.source)), "{{"):
		return unreadable(at, "this is an expression already", "leave out the braces around it"), true
	case r == '.' && at.from+1 < len(c.source) && unicode.IsDigit(c.source[at.from+1]) && o.complete(at.from-1) && !unicode.IsDigit(c.source[o.word(at.from-1).from]):
		s := span{at.from, o.word(at.from + 1).to}
		return unreadable(s, "an item of a list stands in brackets", "").fixed(s, "["+string(c.source[s.from+1:s.to])+"]"), true
	}
	return c.mapInPredicate(o, at)
}

// assignment finds a lone `=` at a position, or just before it.
func (c *compiler) assignment(o outline, at int) (int, bool) {
	for _, i := range []int{at, o.before(at)} {
		if i < 0 || c.source[i] != '=' || o.text[i] {
			continue
		}
		after := i+1 < len(c.source) && c.source[i+1] == '='
		before := i > 0 && strings.ContainsRune("=!<>", c.source[i-1])
		if !after && !before && !c.declares(o, i) {
			return i, true
		}
	}
	return 0, false
}

// declares tells whether a `=` belongs to a let.
func (c *compiler) declares(o outline, equals int) bool {
	name := o.word(o.before(equals) + 1)
	let := o.word(o.before(name.from) + 1)
	return c.text(let) == "let" && name.from < name.to
}

// mapInPredicate finds `map(list, {a: .b})`, whose brace opens a block.
func (c *compiler) mapInPredicate(o outline, at span) (Problem, bool) {
	if c.source[at.from] != ':' {
		return Problem{}, false
	}
	for _, open := range o.openBefore(at.from) {
		if c.source[open] != '{' {
			continue
		}
		end := o.matching(open)
		if name, _ := o.call(open); !isIteration(c.config.Functions[name]) || end < 0 {
			return Problem{}, false
		}
		s := span{open, end + 1}
		p := unreadable(s, "a brace opens a block in a predicate, so a map needs parentheses around it", "")
		return p.fixed(s, "("+c.text(s)+")"), true
	}
	return Problem{}, false
}

func isIteration(f *Function) bool { return f != nil && f.over != nil }

// endsEarly is about a source of which more was expected.
func (c *compiler) endsEarly(o outline) Problem {
	last := o.last()
	word := c.text(last)
	before := o.before(last.from)
	switch {
	case before >= 0 && c.source[before] == '|' && c.config.Functions[word] != nil:
		return unreadable(last, "`"+word+"` is a function and is not called", "").fixed(last, word+"()")
	case !o.complete(last.to - 1):
	case len(o.open) > 0:
		open := o.open[len(o.open)-1]
		return unreadable(span{open, open + 1}, "`"+string(c.source[open])+"` is not closed", "close it")
	case c.has(o, "if") && !c.has(o, "else"):
		return unreadable(last, "an `if` needs its `else { … }`", "")
	case c.has(o, "let"):
		return unreadable(last, "an expression must follow a `let`", "write `;` and the expression")
	case slices.Contains(c.source, '?') && !slices.Contains(c.source, ':'):
		return unreadable(last, "`?` needs a second value", "write `:` and the value for the other case")
	}
	return unreadable(last, "the expression stops after `"+word+"`", "write what belongs behind it")
}

func (c *compiler) has(o outline, word string) bool {
	for i := 0; i < len(c.source); i++ {
		s := o.word(i)
		if s.from < s.to && !o.text[i] && c.text(s) == word {
			return true
		}
		i = max(i, s.to)
	}
	return false
}

// misfit is about what cannot stand where it does.
func (c *compiler) misfit(o outline, at span, message string) Problem {
	if !o.text[at.from] && isWordRune(c.source[at.from]) {
		at = at.union(o.word(at.from))
	}
	word := c.text(at)
	number := at // the parser has read on
	if !unicode.IsDigit(c.source[at.from]) {
		number = o.word(o.before(at.from))
	}
	switch {
	case strings.Contains(message, "integer literal"):
		return unreadable(number, "this integer is beyond 64 bits", "write it as a text")
	case strings.Contains(message, "number syntax"), strings.Contains(message, "float literal"), strings.Contains(message, "literal:"):
		return unreadable(number, "this is no number that can be written here", "")
	case strings.Contains(message, "unrecognized character"):
		return unreadable(at, "`"+word+"` means nothing in an expression", "")
	case strings.Contains(message, "expected name"):
		return unreadable(at, "the name of a field is missing behind the dot", "write it, or leave out the dot")
	case strings.Contains(message, "wrap predicate"):
		return unreadable(at, "several expressions in a predicate need braces around them", "write `{ … }`")
	case strings.Contains(message, "cannot be mixed"):
		return unreadable(at, "`??` and `"+word+"` stand side by side without parentheses", "put parentheses around one of them")
	}
	before := o.before(at.from)
	name, open := o.call(at.from)
	if fn := c.config.Functions[name]; isIteration(fn) {
		switch {
		case word == ")" && (before == open || before >= 0 && o.complete(before)):
			p := unreadable(span{o.word(o.before(open) + 1).from, at.to}, "`"+name+"` takes a list and a predicate", "as in `"+fn.Example+"`")
			p.Code = "argument-count"
			return p
		case before >= 0 && c.source[before] == ',' && word != ")":
			p := unreadable(at, "`"+name+"` takes "+countArguments(fn)+", this is one more", "")
			p.Code = "argument-count"
			return p
		}
	}
	suggestion := ""
	if o.complete(before) && o.complete(at.from) && before >= 0 {
		suggestion = "an operator such as `and`, `==` or `+` is missing before it"
	}
	return unreadable(at, "`"+word+"` does not fit here", suggestion)
}
