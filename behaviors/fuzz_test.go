package behaviors_test

import (
	"fmt"
	"html"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// FuzzCompile feeds any document: no panic; findings lie within the source and
// in order; a program comes exactly where there is no error, and it decides the
// same twice.
func FuzzCompile(f *testing.F) {
	for _, source := range behaviors.Sources(f) {
		f.Add(source)
	}
	for _, source := range []string{
		"\ufeffbehavior: 1\r\nlet:\r\n  a: 'it''s 😀' # b\r\n", "behavior: 1\nlet: {a: \"e\u0301\\\n  \\ b\", c: d}", "behavior: 1\nsteps:\n  - log: >2-\n      a\n\n     ${{ b\n  - log: |+\n    ${{ c }}\n\n",
		"behavior: 1\nlet:\n  a: payload.list[0].nam ?? payload.xs\n  b: a?.c | map(.d)", "a: \"b\n c: ${{\n- d: [e, #f\n", "behavior: 1\nsteps: [{each: {in: payload.a, as: x, steps: [{log: \"${{ x.b.c }}\"}]}}]",
	} {
		f.Add(source)
	}
	c := catalog(f)
	sample := delivery(`{"a": [1, {"b": "c"}], "text": "x", "id": 7, "list": [{"name": null}]}`).Request
	f.Fuzz(func(t *testing.T, source string) {
		p, found := behaviors.Compile(source, c)
		if (p == nil) != found.HasErrors() {
			t.Fatalf("a program is there: %t, with %v", p != nil, found)
		}
		checkFindings(t, source, found)
		_, sampled := behaviors.CompileWith(source, c, behaviors.Options{Samples: []*payload.Request{sample}})
		checkFindings(t, source, sampled)
		if sampled.HasErrors() != found.HasErrors() {
			t.Fatalf("with a sample: %v, without: %v", sampled, found)
		}
		found.Render("behavior.yaml", source)
		if p == nil {
			return
		}
		d := delivery(`{"a": [1, {"b": "c"}], "text": "x", "id": 7}`)
		d.Inputs, _ = p.BindInputs(nil)
		behaviors.NewEvaluation(p, d, nil).Admit()
		first := behaviors.Advance(p, d, behaviors.Journal{})
		if second := behaviors.Advance(p, d, behaviors.Journal{}); !reflect.DeepEqual(first, second) {
			t.Fatalf("got %+v, and then %+v", first, second)
		}
	})
}

// internals are words that nobody should read in a message.
var internals = []string{"%!", "interface", "runtime error", "0x", "<nil>", "goroutine", "*ast.", "map[string]"}

// checkFindings holds for every document: each finding lies within it, says
// something to people, and its edits lie within it and do not overlap.
func checkFindings(t *testing.T, source string, found behaviors.Diagnostics) {
	t.Helper()
	source = strings.TrimPrefix(source, "\ufeff")
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n"), "\n")
	within := func(line, column, endLine, endColumn int) bool {
		inLine := func(line, column int) bool {
			return line >= 1 && line <= len(lines) && column >= 1 && column <= utf8.RuneCountInString(lines[line-1])+2
		}
		return inLine(line, column) && inLine(endLine, endColumn) && (line < endLine || line == endLine && column <= endColumn)
	}
	for i, d := range found {
		if !within(d.Line, d.Column, d.EndLine, d.EndColumn) {
			t.Fatalf("the range of %+v is none", d)
		}
		if d.Fixes == nil || d.Code == "" || d.Message == "" {
			t.Fatalf("%+v is incomplete", d)
		}
		for _, word := range internals {
			if strings.Contains(d.Message+d.Suggestion, word) && !strings.Contains(source, word) {
				t.Fatalf("%+v shows %q", d, word)
			}
		}
		if i > 0 && (found[i-1].Line > d.Line || found[i-1].Line == d.Line && found[i-1].Column > d.Column) {
			t.Fatalf("%+v stands behind %+v", d, found[i-1])
		}
		for _, fix := range d.Fixes {
			for n, e := range fix.Edits {
				if !within(e.Line, e.Column, e.EndLine, e.EndColumn) {
					t.Fatalf("the edit %+v of %+v is none", e, d)
				}
				if n > 0 && (fix.Edits[n-1].EndLine > e.Line || fix.Edits[n-1].EndLine == e.Line && fix.Edits[n-1].EndColumn > e.Column) {
					t.Fatalf("the edits of %+v overlap", d)
				}
			}
		}
	}
}

// FuzzInterpolate puts any text into each format: what stands around it keeps
// its meaning, and the text comes out again as it was.
func FuzzInterpolate(f *testing.F) {
	for _, text := range []string{"plain", "<!channel|x>&amp;", "../..?a=b#c", "a/b%2F", "</p><script>alert(1)</script>", "\"'`\u2028", "ü😀\n", "a\x00b"} {
		f.Add(text)
	}
	p, found := behaviors.Compile(`behavior: 1
inputs: {text: {type: text}, slack: {type: secret}}
steps:
  - respond:
      json: {a: "<${{ inputs.text }}>", b: ["${{ inputs.text }}"]}
  - test.all: {html: "<p>${{ inputs.text }}</p>", any: "[${{ inputs.text }}]"}
  - test.all: {url: "https://example.com/a/${{ inputs.text }}/b?c=${{ inputs.text }}&d=e"}
  - test.all: {any: "${{ inputs.text }}"}
`, catalog(f))
	if p == nil {
		f.Fatal(found)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("texts are UTF-8")
		}
		d := delivery("{}")
		d.Inputs = map[string]any{"text": text}
		decide := func(paths ...string) behaviors.Decision {
			j := behaviors.Journal{Steps: map[string]behaviors.Entry{}}
			for _, path := range paths {
				j.Steps[path] = behaviors.Entry{}
			}
			return behaviors.Advance(p, d, j)
		}
		first := decide()
		if first.State != behaviors.RunOpen || len(first.Effects) != 1 {
			t.Fatalf("got %+v", first)
		}
		markup := first.Effects[0].Params["html"].(string)
		inner, ok := strings.CutPrefix(markup, "<p>")
		inner, ok2 := strings.CutSuffix(inner, "</p>")
		if !ok || !ok2 || strings.ContainsAny(inner, "<>\"'") || html.UnescapeString(inner) != strings.ReplaceAll(html.UnescapeString(html.EscapeString(text)), "\x00", "\ufffd") {
			t.Errorf("HTML: got %q of %q", markup, text)
		}
		if got := first.Effects[0].Params["any"]; got != "["+text+"]" {
			t.Errorf("plain: got %q of %q", got, text)
		}
		second := decide("steps[1]")
		if len(second.Effects) == 0 {
			if text != "." && text != ".." {
				t.Errorf("url: %s, of %q", second.Error, text)
			}
			return
		}
		checkURL(t, second.Effects[0].Params["url"].(string), text)
	})
}

func checkURL(t *testing.T, got, text string) {
	t.Helper()
	u, err := url.Parse(got)
	if err != nil {
		t.Fatalf("url: %v, of %q", err, text)
	}
	segments := strings.Split(u.EscapedPath(), "/")
	if u.Scheme != "https" || u.Host != "example.com" || u.User != nil || u.Fragment != "" || len(segments) != 4 {
		t.Fatalf("url: got %q of %q", got, text)
	}
	segment, err := url.PathUnescape(segments[2])
	query := u.Query()
	if err != nil || segment != text || len(query) != 2 || query.Get("c") != text || query.Get("d") != "e" {
		t.Errorf("url: got %q of %q (%v)", got, text, fmt.Sprint(query))
	}
}
