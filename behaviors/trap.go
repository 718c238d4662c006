package behaviors

import (
	"regexp"
	"slices"
	"strings"
)

// trap explains a YAML syntax error in plain words: mostly an expression or a
// text that had to be quoted.
type trap struct {
	*findings
	at      int // of the error
	line    int
	message string // YAML's own
}

// expressionKeys take a bare expression wherever they stand; what stands below
// expressionMaps does, too.
var (
	expressionKeys = []string{"when", "verify", "check", "dedupe", "order_by", "in", "once", "until"}
	expressionMaps = []string{"let", "keep"}
)

// entry is a line `key: value`, possibly behind dashes.
var entry = regexp.MustCompile(`^([ ]*(?:-[ ]+)*)("[^"]*"|'[^']*'|[^\s"'\[{#&*!|>%@` + "`" + `-][^:]*?)[ ]*:[ \t]+(.*?)[ \t]*$`)

func (t *trap) explain() {
	if t.inFlow() || t.commented() {
		return
	}
	line := t.src.line(t.line)
	m := entry.FindStringSubmatchIndex(t.src.slice(line))
	if m == nil {
		t.other()
		return
	}
	text := t.src.slice(line)
	key, value := text[m[4]:m[5]], text[m[6]:m[7]]
	from := line.from + len([]rune(text[:m[6]]))
	at := span{from, from + len([]rune(value))}
	isExpression := t.takesExpression(strings.Trim(key, `"'`))
	switch {
	case value == "":
		t.other()
	case strings.HasPrefix(t.message, "mapping values"):
		k, title := colonInText, "Quote the text"
		if isExpression {
			k, title = colonInExpression, "Quote the expression"
		}
		t.quote(k, at, title)
	case strings.ContainsAny(value[:1], "@`%"):
		t.quote(characterInExpression, at, "Quote the value", map[byte]string{'`': "a backquote", '@': "`@`", '%': "`%`"}[value[0]])
	case isExpression && strings.ContainsAny(value[:1], `"'`):
		t.quote(quoteInExpression, at, "Quote the expression")
	case isExpression && value[0] == '[':
		t.quote(listInExpression, at, "Quote the expression", key)
	case isExpression && value[0] == '{':
		t.quote(mapInExpression, at, "Quote the expression", key)
	default:
		t.other()
	}
}

func (t *trap) quote(k kind, at span, title string, args ...any) {
	t.report(k, at, args...).suggest("put it in quotes").fix(title, at, singleQuoted(t.src.slice(at)))
}

// singleQuoted is a text as a YAML scalar in single quotes.
func singleQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// takesExpression tells whether a key of the error's line takes a bare
// expression: by its name, or as it stands below a let.
func (t *trap) takesExpression(key string) bool {
	if slices.Contains(expressionKeys, key) {
		return true
	}
	indent := t.indent(t.line)
	for n := t.line - 1; n > 0; n-- {
		text := strings.TrimSpace(t.src.slice(t.src.line(n)))
		if text == "" || text[0] == '#' || t.indent(n) >= indent {
			continue
		}
		parent := strings.TrimSpace(strings.TrimLeft(text, "- "))
		return slices.ContainsFunc(expressionMaps, func(m string) bool { return parent == m+":" || strings.HasPrefix(parent, m+": #") })
	}
	return false
}

// indent of a line's first key; dashes count as indentation.
func (t *trap) indent(n int) int {
	at := t.src.line(n)
	i := at.from
	for i < at.to && (t.src.at(i) == ' ' || t.src.at(i) == '-' && isBlank(t.src.at(i+1))) {
		i++
	}
	return i - at.from
}

// inFlow explains what went wrong between brackets: a ${{ }} that is not
// quoted, whose braces are YAML's there, or another value with such characters.
func (t *trap) inFlow() bool {
	if !strings.Contains(t.message, "expected ',' or") && !strings.Contains(t.message, "flow") {
		return false
	}
	line := t.src.line(t.line)
	if at, ok := t.template(line); ok {
		t.report(templateInFlow, at).suggest("put it in quotes").fix("Quote the value", at, doubleQuoted(t.src.slice(at)))
		return true
	}
	at := t.flowValue(t.at, line)
	if at.from >= t.at || openBrackets(t.src.slice(at)) != 0 {
		return false
	}
	t.quote(valueInFlow, at, "Quote the value")
	return true
}

// template finds the first ${{ of a line outside quotes, as a whole value.
func (t *trap) template(line span) (span, bool) {
	quote := rune(0)
	for i := line.from; i < line.to; i++ {
		c := t.src.at(i)
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '$' && t.src.at(i+1) == '{' && t.src.at(i+2) == '{':
			return t.flowValue(i, line), true
		}
	}
	return span{}, false
}

// commented finds a # that cut a line within brackets: what closes them is
// missing then, and the error is told of a line below.
func (t *trap) commented() bool {
	for n := t.line; n > 0 && n >= t.line-1; n-- {
		line := t.src.line(n)
		for i := line.from + 1; i < line.to; i++ {
			if t.src.at(i) != '#' || !isBlank(t.src.at(i-1)) || openBrackets(t.src.slice(span{line.from, i})) <= 0 {
				continue
			}
			at := span{i, line.to}
			t.report(commentInExpression, at, cut(t.src.slice(at))).suggest("put the expression in quotes")
			return true
		}
	}
	return false
}

// flowValue extends a place between brackets to the whole value around it: from
// behind the key, or the comma, to the comma or bracket that ends it.
func (t *trap) flowValue(i int, line span) span {
	from := i
	for from > line.from && !strings.ContainsRune(",[{", t.src.at(from-1)) && (t.src.at(from-1) != ' ' || t.src.at(from-2) != ':') {
		from--
	}
	from = t.src.skipBlanks(from)
	to, depth, quote := from, 0, rune(0)
	for ; to < line.to; to++ {
		c := t.src.at(to)
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			continue
		case strings.ContainsRune("\"'`", c):
			quote = c
		case strings.ContainsRune("([{", c):
			depth++
		case strings.ContainsRune(")]}", c):
			depth--
		}
		if depth < 0 || depth == 0 && c == ',' {
			break
		}
	}
	for to > from && isBlank(t.src.at(to-1)) {
		to--
	}
	return span{from, to}
}

// doubleQuoted is a text as a YAML scalar in double quotes.
func doubleQuoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// words for what the library says otherwise.
var words = []struct{ has, say, suggestion string }{
	{"mapping values", "`: ` ends a key, and no key can stand here", "quote the value, or check the indentation"},
	{"block sequence entries", "a list item (`- `) cannot stand here", "begin the list on a line of its own"},
	{"expected '-' indicator", "this line belongs to no list item", "check its indentation against the lines above"},
	{"expected key", "no key begins here", "check the indentation, and whether the value above is quoted as a whole"},
	{"expected ',' or '}'", "the map in braces does not go on like this", "separate entries by commas, and quote values that hold , : { or }"},
	{"expected ',' or ']'", "the list in brackets does not go on like this", "separate items by commas, and quote values that hold , : [ or ]"},
	{"expected node content", "a value is missing here", "write one, or quote what stands here"},
	{"unexpected end of stream", "the text ends inside a quoted value", "close the quote"},
	{"tab", "a tab stands where spaces must indent", "indent with spaces"},
	{"escape", "`\\` begins an escape that does not exist", "write `\\\\`, or use single quotes"},
	{"hexadecimal", "`\\` begins an escape that does not exist", "write `\\\\`, or use single quotes"},
	{"expected ':'", "a key is not followed by `:`", "write `key: value`"},
	{"start any token", "no value can begin with this character", "quote the value"},
	{"without preceding whitespace", "a comment needs a space before `#`", "put a space before it, or quote the value"},
	{"comment or line break", "nothing more can stand in this line", "begin a new line"},
	{"tag", "`!` begins a tag, which behaviors do not use", "quote the value"},
	{"anchor", "`&` and `*` begin anchors, which behaviors do not use", "quote the value"},
	{"alphabetic or numeric", "`&` and `*` begin anchors, which behaviors do not use", "quote the value"},
}

func (t *trap) other() {
	at := span{t.at, t.at}
	if t.at < t.src.line(t.line).to {
		at.to++
	}
	if t.src.at(t.at) == '\t' {
		t.message = "tab"
	}
	for _, w := range words {
		if strings.Contains(t.message, w.has) {
			t.report(yamlSyntax, at, w.say).suggest(w.suggestion)
			return
		}
	}
	t.report(yamlSyntax, at, "this is no YAML: "+t.message)
}
