package behaviors

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Diagnostic is a finding in a behavior. Lines and columns count runes of the
// source text from 1; the end is exclusive.
type Diagnostic struct {
	Line       int                 `json:"line"`
	Column     int                 `json:"column"`
	EndLine    int                 `json:"end_line"`
	EndColumn  int                 `json:"end_column"`
	Severity   expression.Severity `json:"severity"`
	Code       string              `json:"code"`
	Message    string              `json:"message"`
	Suggestion string              `json:"suggestion"`
	Fixes      []Fix               `json:"fixes"`
}

// Fix is a mechanical repair of a diagnostic.
type Fix struct {
	Title string `json:"title"`
	Edits []Edit `json:"edits"`
}

// Edit replaces a range of the source.
type Edit struct {
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	Text      string `json:"text"`
}

// Diagnostics are sorted by position, then severity.
type Diagnostics []Diagnostic

// MarshalJSON writes no diagnostics as [].
func (ds Diagnostics) MarshalJSON() ([]byte, error) {
	if ds == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]Diagnostic(ds))
}

// HasErrors tells whether the source cannot be published.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == expression.SeverityError })
}

// maxDiagnostics that a document is given; the last then says how many more.
const maxDiagnostics = 100

// Render writes diagnostics for people: position, severity, message and code,
// the source line with a caret, and the suggestion.
func (ds Diagnostics) Render(file, text string) string {
	src := newSource(strings.TrimPrefix(text, byteOrderMark))
	var b strings.Builder
	for _, d := range ds {
		fmt.Fprintf(&b, "%s:%d:%d: %s: %s [%s]\n", file, d.Line, d.Column, d.Severity, d.Message, d.Code)
		line := src.slice(src.line(d.Line))
		width := d.EndColumn - d.Column
		if d.EndLine != d.Line {
			width = len([]rune(line)) - d.Column + 1
		}
		fmt.Fprintf(&b, "    %s\n    %s%s\n", line, indentLike(line, d.Column-1), strings.Repeat("^", max(1, width)))
		if d.Suggestion != "" {
			fmt.Fprintf(&b, "    %s\n", d.Suggestion)
		}
	}
	return b.String()
}

// indentLike gives white space as wide as the beginning of a line.
func indentLike(line string, runes int) string {
	var b strings.Builder
	for i, r := range []rune(line) {
		if i == runes {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// findings collects what is wrong with a source.
type findings struct {
	src    *source
	found  []*finding
	noYAML bool // the text could not be read, so there may be more behind it
	begun  int  // the line in which what could not be read begins (brackets, quotes, a key), or 0
}

// finding is a diagnostic in the making. Edits are in the source's offsets.
type finding struct {
	kind
	at         span
	message    string
	suggestion string
	fixes      []repair
}

// repair is a fix whose edits are offsets.
type repair struct {
	title string
	edits []edit
}

type edit struct {
	at   span
	text string
}

func (f *findings) report(k kind, at span, args ...any) *finding {
	d := &finding{kind: k, at: at, message: fmt.Sprintf(k.wording, args...)}
	f.found = append(f.found, d)
	return d
}

// suggest adds what to do; an empty text is ignored.
func (d *finding) suggest(text string) *finding {
	if text != "" {
		d.suggestion = text
	}
	return d
}

// fix adds a mechanical repair.
func (d *finding) fix(title string, at span, text string) {
	d.fixes = append(d.fixes, repair{title, []edit{{at, text}}})
}

// diagnostics gives the findings in order. A warning at the very place of an
// error says nothing that the error does not.
func (f *findings) diagnostics() Diagnostics {
	errors := map[span]bool{}
	for _, d := range f.found {
		if d.severity == bad {
			errors[d.at] = true
		}
	}
	seen := map[string]bool{}
	list := Diagnostics{}
	for _, d := range f.found {
		key := fmt.Sprint(d.at, d.code, d.message)
		if d.severity == warn && errors[d.at] || seen[key] {
			continue
		}
		seen[key] = true
		list = append(list, f.diagnostic(d))
	}
	list.sort()
	if len(list) > maxDiagnostics {
		rest := list[maxDiagnostics-1:]
		more := f.diagnostic(&finding{kind: moreFindings, message: fmt.Sprintf(moreFindings.wording, len(rest))})
		more.Line, more.Column, more.EndLine, more.EndColumn = rest[0].Line, rest[0].Column, rest[0].EndLine, rest[0].EndColumn
		if rest.HasErrors() {
			more.Severity = bad
		}
		list = append(list[:maxDiagnostics-1], more)
	}
	return list
}

func (ds Diagnostics) sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code))
	})
}

func (f *findings) diagnostic(d *finding) Diagnostic {
	out := Diagnostic{Severity: d.severity, Code: d.code, Message: d.message, Suggestion: d.suggestion, Fixes: []Fix{}}
	out.Line, out.Column = f.src.position(d.at.from)
	out.EndLine, out.EndColumn = f.src.position(max(d.at.from, d.at.to))
	for _, r := range d.fixes {
		fix := Fix{Title: r.title}
		if n := len(r.edits); n > 1 {
			fix.Title += fmt.Sprintf(" at all %d places", n)
		}
		for _, change := range r.edits {
			e := Edit{Text: change.text}
			e.Line, e.Column = f.src.position(change.at.from)
			e.EndLine, e.EndColumn = f.src.position(change.at.to)
			fix.Edits = append(fix.Edits, e)
		}
		out.Fixes = append(out.Fixes, fix)
	}
	return out
}
