package behaviors_test

import (
	"fmt"
	"html"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors"
)

// sources are the documents of every case.
func sources(f *testing.F) []string {
	f.Helper()
	var list []string
	for _, pattern := range []string{"testdata/check/*.txtar", "testdata/advance/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			list = append(list, string(a.Files[0].Data))
		}
	}
	return list
}

// FuzzCompile feeds any document: no panic; findings lie within the source and
// in order; a program comes exactly where there is no error, and it decides the
// same twice.
func FuzzCompile(f *testing.F) {
	for _, source := range sources(f) {
		f.Add(source)
	}
	c := catalog(f)
	f.Fuzz(func(t *testing.T, source string) {
		p, found := behaviors.Compile(source, c)
		if (p == nil) != found.HasErrors() {
			t.Fatalf("a program is there: %t, with %v", p != nil, found)
		}
		lines := strings.Count(strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n"), "\n") + 1
		for i, d := range found {
			if d.Line < 1 || d.Column < 1 || d.EndLine > lines || d.EndLine < d.Line || d.EndLine == d.Line && d.EndColumn < d.Column {
				t.Fatalf("the range of %+v is none", d)
			}
			if d.Fixes == nil || d.Code == "" || d.Message == "" {
				t.Fatalf("%+v is incomplete", d)
			}
			if i > 0 && found[i-1].Line > d.Line {
				t.Fatalf("%+v stands behind %+v", d, found[i-1])
			}
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

// FuzzInterpolate puts any text into each format: what stands around it keeps
// its meaning, and the text comes out again as it was.
func FuzzInterpolate(f *testing.F) {
	for _, text := range []string{"plain", "<!channel|x>&amp;", "../..?a=b#c", "a/b%2F", "</p><script>alert(1)</script>", "\"'`\u2028", "ü😀\n"} {
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
		if !ok || !ok2 || strings.ContainsAny(inner, "<>\"'") || html.UnescapeString(inner) != html.UnescapeString(html.EscapeString(text)) {
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
