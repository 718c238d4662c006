package expression

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlToText reads HTML as a person would who sees it without its looks. The
// tokens are those of golang.org/x/net/html, which ends on any text; no tree is
// made of them, so nothing recurses.
func htmlToText(m *machine, a []any) any {
	s := m.str(a[0], "html_to_text")
	m.step(len(s) / 8)
	m.take(2 * len(s)) // the tokenizer's own
	w := &textWriter{m: m}
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return w.finish()
		case html.TextToken:
			if w.hidden == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			w.start(token)
		case html.EndTagToken:
			token := z.Token()
			w.end(token.DataAtom)
		}
		m.step(1)
	}
}

// textWriter writes text line by line. Line breaks and the blank between two
// words are owed until the next word comes, so that none is there twice.
type textWriter struct {
	m       *machine
	b       strings.Builder
	lines   int  // line breaks that are owed
	blank   bool // so is a blank
	hidden  int  // depth of elements that nobody sees
	literal int  // depth of pre
	quotes  int  // depth of blockquote
	lists   []int
	mark    string // of a list's item, owed
	link    *link  // that is open
}

// link is an `a`, and where its text begins.
type link struct {
	href string
	from int
}

// deepestMark bounds what a line is indented by, so that a page cannot make of
// each line many.
const deepestMark = 8

// Elements that begin a line of their own (1), and those that stand apart (2).
var blocks = map[atom.Atom]int{
	atom.P: 2, atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2, atom.Blockquote: 2, atom.Pre: 2,
	atom.Table: 2, atom.Dl: 2, atom.Figure: 2, atom.Hr: 2,
	atom.Div: 1, atom.Section: 1, atom.Article: 1, atom.Header: 1, atom.Footer: 1, atom.Main: 1, atom.Nav: 1, atom.Aside: 1,
	atom.Address: 1, atom.Center: 1, atom.Form: 1, atom.Fieldset: 1, atom.Details: 1, atom.Summary: 1, atom.Figcaption: 1,
	atom.Tr: 1, atom.Caption: 1, atom.Thead: 1, atom.Tbody: 1, atom.Tfoot: 1, atom.Dt: 1, atom.Dd: 1, atom.Li: 1,
	atom.Body: 1, atom.Html: 1, atom.Head: 1, atom.Legend: 1,
}

// unseen are elements whose text nobody sees.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true, atom.Iframe: true, atom.Noembed: true,
	atom.Noframes: true, atom.Noscript: true, atom.Svg: true, atom.Textarea: true, atom.Select: true,
}

func (w *textWriter) start(t html.Token) {
	if unseen[t.DataAtom] {
		if t.Type == html.StartTagToken || t.DataAtom != atom.Svg { // only a foreign element closes itself
			w.hidden++
		}
		return
	}
	if w.hidden > 0 {
		return
	}
	w.breaks(w.gap(t.DataAtom))
	switch t.DataAtom {
	case atom.Br:
		w.lines++
		w.blank = false
	case atom.Hr:
		w.word("---")
		w.breaks(2)
	case atom.Td, atom.Th:
		w.blank = true
	case atom.Img:
		w.text(attribute(t, "alt"))
	case atom.Pre:
		w.literal++
	case atom.Blockquote:
		w.quotes++
	case atom.Ul, atom.Ol:
		w.m.nested(len(w.lists))
		count := -1 // of an item without a number
		if t.DataAtom == atom.Ol {
			count = 0
		}
		w.lists = append(w.lists, count)
	case atom.Li:
		w.item()
	case atom.A:
		w.closeLink() // an `a` holds no other
		w.link = &link{attribute(t, "href"), w.b.Len()}
	}
}

func (w *textWriter) end(a atom.Atom) {
	if unseen[a] {
		w.hidden = max(w.hidden-1, 0)
		return
	}
	if w.hidden > 0 {
		return
	}
	switch a {
	case atom.Pre:
		w.literal = max(w.literal-1, 0)
	case atom.Blockquote:
		w.breaks(2)
		w.quotes = max(w.quotes-1, 0)
		return
	case atom.Ul, atom.Ol:
		w.lists = w.lists[:max(len(w.lists)-1, 0)]
	case atom.Li:
		w.mark = ""
	case atom.A:
		w.closeLink()
	}
	w.breaks(w.gap(a))
}

// gap is how many lines an element begins, or ends. A list in a list does not
// stand apart.
func (w *textWriter) gap(a atom.Atom) int {
	if a == atom.Ul || a == atom.Ol {
		if len(w.lists) > 0 {
			return 1
		}
		return 2
	}
	return blocks[a]
}

func (w *textWriter) item() {
	w.mark = "- "
	if last := len(w.lists) - 1; last >= 0 && w.lists[last] >= 0 {
		w.lists[last]++
		w.mark = strconv.Itoa(w.lists[last]) + ". "
	}
}

// closeLink writes where a link leads behind its text, unless the text says so.
func (w *textWriter) closeLink() {
	l := w.link
	if l == nil {
		return
	}
	w.link = nil
	target := strings.TrimSpace(l.href)
	scheme, plain, _ := strings.Cut(target, ":")
	switch strings.ToLower(scheme) {
	case "http", "https":
		plain = strings.TrimSuffix(strings.TrimPrefix(plain, "//"), "/")
	case "mailto", "tel":
		target = plain
	default:
		return
	}
	text := strings.TrimSuffix(strings.TrimSpace(w.b.String()[l.from:]), "/")
	switch {
	case plain == "" || strings.HasSuffix(text, plain):
	case text == "":
		w.text(target)
	default:
		lines, blank := w.lines, w.blank
		w.lines, w.blank = 0, true
		w.word("(" + visible(target) + ")")
		w.lines, w.blank = lines, blank
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// breaks owes at least so many line breaks.
func (w *textWriter) breaks(n int) {
	if n > 0 {
		w.lines, w.blank = max(w.lines, n), false
	}
}

// text writes words with one blank between them, or text as it stands in a pre.
func (w *textWriter) text(s string) {
	w.m.text(len(s))
	if w.literal > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				w.lines++
			}
			if line != "" {
				w.word(visible(line))
			}
		}
		return
	}
	for s != "" {
		i := strings.IndexFunc(s, isBlank)
		if i != 0 {
			if i < 0 {
				i = len(s)
			}
			if word := visible(s[:i]); word != "" {
				w.word(word)
			}
			s = s[i:]
			continue
		}
		w.blank = w.blank || w.lines == 0
		s = strings.TrimLeftFunc(s, isBlank)
	}
}

func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\f' || r == '\u00a0'
}

// visible leaves out what takes no place: control characters, and what mails
// hide in their first line to fill a preview.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' && r != '\t', r >= 0x7f && r < 0xa0, r == '\u00ad', r == '\u034f', r == '\u200b', r == '\u200c', r == '\ufeff':
			return -1
		}
		return r
	}, s)
}

// word writes what is owed, and then a word.
func (w *textWriter) word(s string) {
	if w.lines > 0 || w.b.Len() == 0 {
		if w.b.Len() > 0 {
			w.write("\n\n"[:min(w.lines, 2)]) // never two empty lines
		}
		w.write(strings.Repeat("> ", min(w.quotes, deepestMark)))
		if len(w.lists) > 0 {
			depth := len(w.lists) - 1
			if w.mark == "" {
				depth++ // goes on with an item
			}
			w.write(strings.Repeat("  ", min(depth, deepestMark)))
		}
		w.write(w.mark)
		w.lines, w.blank, w.mark = 0, false, ""
	}
	if w.blank {
		w.write(" ")
	}
	w.write(s)
	w.blank = false
}

func (w *textWriter) write(s string) {
	w.m.take(len(s))
	w.b.WriteString(s)
}

func (w *textWriter) finish() string { return strings.TrimRight(w.b.String(), " \t\n") }
