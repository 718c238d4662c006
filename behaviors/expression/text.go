package expression

import (
	"html"
	"net/url"
	"strings"
	"unicode/utf8"
)

func textFunctions() []*Function {
	one := []Param{param("text", Text)}
	two := []Param{param("text", Text), param("part", Text)}
	end := []Param{param("text", Text), optional("part", Text)}
	cutset := []Param{param("text", Text), optional("characters", Text)}
	// plain charges for characters that take more bytes in the other case.
	plain := func(name, doc, example string, do func(string) string) *Function {
		return fn(name, one, Text, doc, example, func(m *machine, a []any) any {
			s := m.str(a[0], name)
			m.take(len(s) + len(s)/2)
			return do(s)
		})
	}
	test := func(name, doc, example string, do func(s, part string) bool) *Function {
		return fn(name, two, Bool, doc, example, func(m *machine, a []any) any { return do(m.str(a[0], name), m.str(a[1], name)) })
	}
	place := func(name, doc, example string, do func(s, part string) int) *Function {
		return fn(name, two, Int, doc, example, func(m *machine, a []any) any {
			s := m.str(a[0], name)
			i := do(s, m.str(a[1], name))
			if i < 0 {
				return int64(-1)
			}
			return int64(utf8.RuneCountInString(s[:i]))
		})
	}
	// escape charges for the text at its longest.
	escape := func(name, doc, example string, growth int, do func(string) string) *Function {
		return fn(name, one, Text, doc, example, func(m *machine, a []any) any {
			s := m.str(a[0], name)
			m.take(len(s) * growth)
			return do(s)
		})
	}
	return []*Function{
		fn("raw", []Param{param("value", Any)}, Any, "the value, which is not escaped where `${{ raw(…) }}` stands in HTML, XML, a URL or a text for Slack", `raw("<b>") -> "<b>"`,
			func(_ *machine, a []any) any { return a[0] }).infers(func(args []Type) Type { return args[0] }),
		fn("trim", cutset, Text, "the text without blanks (or these characters) around it", `trim("  a ") -> "a"
trim("--a-", "-") -> "a"`, func(m *machine, a []any) any {
			s := m.str(a[0], "trim")
			if len(a) > 1 {
				characters := m.str(a[1], "trim")
				m.step(len(s) * len(characters) / 64)
				return strings.Trim(s, characters)
			}
			return strings.TrimSpace(s)
		}),
		fn("trimPrefix", end, Text, "the text without this beginning, or without a blank there where none is given", `trimPrefix("re: a", "re: ") -> "a"
trimPrefix("a", "re: ") -> "a"`, func(m *machine, a []any) any {
			return strings.TrimPrefix(m.str(a[0], "trimPrefix"), m.blankOr(a, "trimPrefix"))
		}),
		fn("trimSuffix", end, Text, "the text without this end, or without a blank there where none is given", `trimSuffix("a.txt", ".txt") -> "a"`, func(m *machine, a []any) any {
			return strings.TrimSuffix(m.str(a[0], "trimSuffix"), m.blankOr(a, "trimSuffix"))
		}),
		plain("upper", "the text in upper case", `upper("aé") -> "AÉ"`, strings.ToUpper),
		plain("lower", "the text in lower case", `lower("AÉ") -> "aé"`, strings.ToLower),
		test("hasPrefix", "whether a text begins with another", `hasPrefix("refs/heads/main", "refs/heads/") -> true`, strings.HasPrefix),
		test("hasSuffix", "whether a text ends with another", `hasSuffix("a.txt", ".pdf") -> false`, strings.HasSuffix),
		place("indexOf", "where a text first stands in another, in characters from 0; -1 where it does not", `indexOf("héllo", "l") -> 2
indexOf("héllo", "x") -> -1`, strings.Index),
		place("lastIndexOf", "where a text last stands in another, in characters from 0; -1 where it does not", `lastIndexOf("héllo", "l") -> 3
lastIndexOf("héllo", "x") -> -1`, strings.LastIndex),
		fn("split", []Param{param("text", Text), param("separator", Text), optional("limit", Int)}, List, "the parts between the separators; with a limit, at most so many", `split("a,b,c", ",") -> ["a","b","c"]
split("a,b,c", ",", 2) -> ["a","b,c"]`, split(strings.SplitN)),
		fn("splitAfter", []Param{param("text", Text), param("separator", Text), optional("limit", Int)}, List, "the parts, each with the separator behind it; with a limit, at most so many", `splitAfter("a,b,c", ",") -> ["a,","b,","c"]`, split(strings.SplitAfterN)),
		fn("replace", []Param{param("text", Text), param("old", Text), param("new", Text), optional("times", Int)}, Text, "the text with every old (or the first so many) replaced by new", `replace("a-b-c", "-", "+") -> "a+b+c"
replace("a-b-c", "-", "+", 1) -> "a+b-c"`, replace),
		fn("repeat", []Param{param("text", Text), param("times", Int)}, Text, "the text so many times", `repeat("ab", 3) -> "ababab"
repeat("ab", -1) -> error`, repeat),
		fn("join", []Param{param("list", List), optional("separator", Text)}, Text, "the texts of a list in one; nil is empty", `join(["a", nil, "b"], ", ") -> "a, , b"
join([1, 2], ", ") -> error`, join),
		fn("truncate", []Param{param("text", Text), param("characters", Int)}, Text, "the text; a longer one is cut to so many characters, of which the last is …", `truncate("a long text", 6) -> "a lon…"
truncate("short", 6) -> "short"
truncate("a", -1) -> error`, truncate),
		fn("capture", []Param{param("text", Text), param("pattern", Text)}, List, "the groups of a regular expression's first match, or nil; a group that took no part is nil", `capture("re: order #12", "#(\\d+)") -> ["12"]
capture("hello", "#(\\d+)") -> nil
capture("hello", "(") -> error`, capture).binds(bindCapture),
		escape("escape_html", "the text with HTML's special characters escaped", `escape_html("a <b>") -> "a &lt;b&gt;"`, 5, html.EscapeString),
		escape("escape_xml", "the text with XML's special characters escaped", `escape_xml("a & b") -> "a &amp; b"`, 6, EscapeXML),
		escape("escape_url", "the text as a value in a query", `escape_url("a b&c") -> "a+b%26c"`, 3, url.QueryEscape),
		escape("escape_slack", "the text with Slack's & < > escaped", `escape_slack("a < b") -> "a &lt; b"`, 5, EscapeSlack),
	}
}

// blankOr is the second argument, or a blank.
func (m *machine) blankOr(a []any, name string) string {
	if len(a) < 2 {
		return " "
	}
	return m.str(a[1], name)
}

// EscapeSlack escapes what Slack reads as markup of its own
// (https://api.slack.com/reference/surfaces/formatting#escaping).
func EscapeSlack(s string) string {
	return slackEscapes.Replace(s)
}

// A replacer is made once: it has a table of its own.
var (
	slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	xmlEscapes   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")
)

// EscapeXML escapes what has a meaning in XML's text and in the values of its
// attributes. A character that XML cannot hold becomes U+FFFD.
func EscapeXML(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return '\uFFFD'
		}
		return r
	}, s)
	return xmlEscapes.Replace(s)
}

func split(do func(s, sep string, n int) []string) func(m *machine, a []any) any {
	return func(m *machine, a []any) any {
		s, sep := m.str(a[0], "split"), m.str(a[1], "split")
		limit := -1
		if len(a) > 2 {
			limit = int(min(max(m.integer(a[2], "split"), -1), int64(len(s)+1)))
		}
		n := strings.Count(s, sep) + 1
		if limit >= 0 {
			n = min(n, limit)
		}
		m.list(n)
		m.take(n*slotBytes + len(s))
		parts := do(s, sep, limit)
		list := make([]any, len(parts))
		for i, p := range parts {
			list[i] = p
		}
		return list
	}
}

func replace(m *machine, a []any) any {
	s, old, with := m.str(a[0], "replace"), m.str(a[1], "replace"), m.str(a[2], "replace")
	n, limit := strings.Count(s, old), -1
	if len(a) > 3 {
		limit = int(min(max(m.integer(a[3], "replace"), -1), int64(n)))
	}
	if limit >= 0 {
		n = limit
	}
	grown := len(s) + n*(len(with)-len(old))
	m.text(grown)
	m.take(grown)
	return strings.Replace(s, old, with, limit)
}

func repeat(m *machine, a []any) any {
	s, n := m.str(a[0], "repeat"), m.integer(a[1], "repeat")
	if n < 0 {
		m.fail("type", "`repeat` takes a number of times that is not negative")
	}
	if len(s) == 0 || n == 0 {
		return ""
	}
	if n > int64(m.memory/len(s)) {
		m.take(m.memory + 1)
	}
	m.take(len(s) * int(n))
	m.text(len(s) * int(n))
	return strings.Repeat(s, int(n))
}

func join(m *machine, a []any) any {
	list := m.listOf(a[0], "join")
	sep := ""
	if len(a) > 1 {
		sep = m.str(a[1], "join")
	}
	size := 0
	for _, x := range list {
		if x != nil {
			size += len(m.str(x, "join"))
		}
		size += len(sep)
		if size > m.memory {
			m.take(m.memory + 1)
		}
	}
	m.take(size)
	var b strings.Builder
	b.Grow(size)
	for i, x := range list {
		if i > 0 {
			b.WriteString(sep)
		}
		if x != nil {
			b.WriteString(m.str(x, "join"))
		}
	}
	return b.String()
}

func truncate(m *machine, a []any) any {
	s, n := m.str(a[0], "truncate"), m.integer(a[1], "truncate")
	if n < 0 {
		m.fail("type", "`truncate` takes a number of characters that is not negative")
	}
	if int64(m.characters(s)) <= n {
		return s
	}
	if n == 0 {
		return ""
	}
	kept := s[:offset(s, int(n)-1)]
	m.take(len(kept) + len("…"))
	return kept + "…"
}

func capture(m *machine, a []any) any {
	return m.captured(a[0], m.pattern(m.str(a[1], "capture")))
}

// bindCapture compiles a pattern that is a literal once and for all.
func bindCapture(literals []constant) (builtin, *fault) {
	text, ok := literals[1].value.(string)
	if !ok {
		return nil, nil
	}
	p, wrong := compilePattern(text)
	if p == nil {
		return nil, &fault{1, "bad-pattern", wrong}
	}
	return func(m *machine, a []any) any { return m.captured(a[0], p) }, nil
}

func (m *machine) captured(text any, p *pattern) any {
	s := m.str(text, "capture")
	p.chargeGroups(m, len(s))
	groups := p.re.FindStringSubmatchIndex(s)
	if groups == nil {
		return nil
	}
	m.list(len(groups))
	list := make([]any, len(groups)/2-1)
	for i := range list {
		if from, to := groups[2*i+2], groups[2*i+3]; from >= 0 {
			list[i] = s[from:to]
		}
	}
	return list
}
