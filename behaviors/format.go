package behaviors

import (
	"cmp"
	"slices"
	"strings"
)

// indentBy is how far what stands below a key or behind a dash is indented.
const indentBy = 2

// FormatSource gives a document in its tidy form, and the edits that make it of the
// source, in order: indented by two, one space behind `:` and `-` (values that
// stand below each other go on doing so), no quotes around plain words, no blanks
// at the ends of lines, at most one blank line in a row, a line break at the end.
// Comments, the order of keys, the inside of brackets and the text of scalars
// stay, and so does the meaning: nothing changes but positions, and with them
// what uuid() gives.
//
// A document that cannot be read as a behavior's YAML, or laid out, comes back as
// it is, with what is wrong with it. What else would keep it from compiling is no
// hindrance.
func FormatSource(text string) (tidy string, edits []Edit, refused Diagnostics) {
	root, found := parse(text)
	f := formatter{findings: found}
	if root != nil && !f.refused() {
		f.survey(root)
	}
	if root == nil || f.refused() {
		return text, []Edit{}, found.diagnostics()
	}
	f.layOut()
	f.ends()
	tidy, edits = f.apply()
	if again, _ := parse(tidy); !f.refused() && !sameMeaning(root, again) {
		f.report(notFormatted, span{root.from, root.from}, "the document would mean something else")
	}
	if f.refused() {
		return text, []Edit{}, found.diagnostics()
	}
	if strings.HasPrefix(text, byteOrderMark) {
		tidy = byteOrderMark + tidy
	}
	return tidy, edits, nil
}

// formatter lays a document out anew: never by writing its values, but by edits
// of what stands between them. So what it does not know stays.
type formatter struct {
	*findings
	lines  []lineLayout  // by their number
	keys   map[int]pair  // of maps a line a key, by the key's offset
	leaves map[int]*node // scalars, and what is in brackets, that stand in no brackets
	below  map[int]bool  // where a value begins that stands below its key or dash
	gaps   map[int]int   // spaces between the colon of a key and its value, by the key's offset
	levels []level       // lists and maps that are open at a line, outermost first
	edits  []edit
}

// lineLayout is what is known of a line.
type lineLayout struct {
	span         // without its line break
	first   int  // offset behind its indentation
	to      int  // columns of its indentation in the tidy form, or -1: as it is
	blank   bool // nothing is there
	comment bool // nothing else is there
	within  bool // it goes on with a value that began above
	kept    bool // blanks at its end are those of a text
}

// level is a list or map a line an entry, with the column of its dashes or keys
// in the source and in the tidy form.
type level struct {
	kind    nodeKind
	old, to int
}

func (f *formatter) refused() bool {
	return slices.ContainsFunc(f.found, func(d *finding) bool { return d.severity == bad })
}

func (f *formatter) replace(at span, text string) {
	if f.src.slice(at) != text {
		f.edits = append(f.edits, edit{at, text})
	}
}

func (f *formatter) lineOf(offset int) int {
	line, _ := f.src.position(offset)
	return line
}

// column of an offset, from 0.
func (f *formatter) column(offset int) int {
	_, column := f.src.position(offset)
	return column - 1
}

// extent is the lines in which a value begins and ends.
func (f *formatter) extent(n *node) (first, last int) {
	return f.lineOf(n.from), f.lineOf(max(n.from, n.to-1))
}

// apply makes the edits.
func (f *formatter) apply() (string, []Edit) {
	for _, l := range f.lines[1:] {
		if l.to >= 0 {
			f.replace(span{l.from, l.first}, spaces(l.to))
		}
	}
	slices.SortFunc(f.edits, func(a, b edit) int { return cmp.Or(a.at.from-b.at.from, a.at.to-b.at.to) })
	edits := make([]Edit, 0, len(f.edits))
	var b strings.Builder
	done := 0
	for _, change := range f.edits {
		e := Edit{Text: change.text}
		e.Line, e.Column = f.src.position(change.at.from)
		e.EndLine, e.EndColumn = f.src.position(change.at.to)
		edits = append(edits, e)
		b.WriteString(f.src.slice(span{done, change.at.from}) + change.text)
		done = change.at.to
	}
	b.WriteString(f.src.slice(span{done, len(f.src.runes)}))
	return b.String(), edits
}

func spaces(n int) string { return strings.Repeat(" ", n) }

// sameMeaning compares what two readings hold, wherever it stands.
func sameMeaning(a, b *node) bool {
	if b == nil || a.kind != b.kind || a.text != b.text || a.tag != b.tag || a.describe() != b.describe() ||
		a.looksOther() != b.looksOther() || len(a.items) != len(b.items) || len(a.pairs) != len(b.pairs) {
		return false
	}
	for i := range a.items {
		if !sameMeaning(a.items[i], b.items[i]) {
			return false
		}
	}
	for i := range a.pairs {
		if !sameMeaning(a.pairs[i].key, b.pairs[i].key) || !sameMeaning(a.pairs[i].value, b.pairs[i].value) {
			return false
		}
	}
	return true
}
