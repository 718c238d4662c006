package behaviors_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors"
)

// TestOutlineCases runs testdata/outline: a source, and its outline a line an
// item: range, kind, label, detail, path.
func TestOutlineCases(t *testing.T) {
	files, err := filepath.Glob("testdata/outline/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil || len(a.Files) != 2 {
				t.Fatal(err, len(a.Files))
			}
			var got strings.Builder
			writeOutline(&got, "", behaviors.Outline(string(a.Files[0].Data)))
			if want := string(a.Files[1].Data); got.String() != want {
				t.Errorf("got\n%s\nwant\n%s", &got, want)
			}
		})
	}
}

func writeOutline(b *strings.Builder, indent string, items []behaviors.OutlineItem) {
	for _, i := range items {
		fmt.Fprintf(b, "%s%d:%d-%d:%d %s %q", indent, i.Line, i.Column, i.EndLine, i.EndColumn, i.Kind, i.Label)
		if i.Detail != "" {
			fmt.Fprintf(b, " %q", i.Detail)
		}
		if i.Path != "" {
			fmt.Fprintf(b, " at %s", i.Path)
		}
		b.WriteString("\n")
		writeOutline(b, indent+"  ", i.Children)
	}
}

func TestOutlineOfNothing(t *testing.T) {
	for _, source := range []string{"", "# nothing\n", "a text", "- a\n- b\n", strings.Repeat("a", 1<<17), "\x00", "[", strings.Repeat("[\n", 99), strings.Repeat("[", 1000)} {
		if got := behaviors.Outline(source); !reflect.DeepEqual(got, []behaviors.OutlineItem{}) {
			t.Errorf("%.20q: got %+v", source, got)
		}
	}
}

// Steps have the paths that a run gives them.
func TestOutlineKnowsThePathsOfRuns(t *testing.T) {
	source := `behavior: 1
steps:
  - steps: [{log: a}]
  - choose:
      - when: "false"
        steps: [{log: b}]
      - steps: [{log: c}, {log: d}]
  - message.note: {message: "1", text: e}
`
	paths := map[string]bool{}
	var walk func(items []behaviors.OutlineItem)
	walk = func(items []behaviors.OutlineItem) {
		for _, i := range items {
			paths[fmt.Sprint(i.Path, " line ", i.Line)] = i.Path != ""
			walk(i.Children)
		}
	}
	walk(behaviors.Outline(source))
	steps := behaviors.Advance(compile(t, source), delivery("{}"), behaviors.Journal{}).Steps
	if len(steps) != 6 {
		t.Fatalf("got %+v", steps)
	}
	for _, s := range steps {
		if !paths[fmt.Sprint(s.Path, " line ", s.Line)] {
			t.Errorf("no item of %s, line %d: %v", s.Path, s.Line, paths)
		}
	}
}

// FuzzOutline draws the outline of any text: its items lie within it, in their
// parents, one behind the other.
func FuzzOutline(f *testing.F) {
	for _, source := range behaviors.Sources(f) {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text := strings.TrimPrefix(source, "\ufeff")
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
		type place struct{ line, column int }
		before := func(a, b place) bool { return a.line < b.line || a.line == b.line && a.column < b.column }
		var check func(items []behaviors.OutlineItem, from, to place)
		check = func(items []behaviors.OutlineItem, from, to place) {
			for _, i := range items {
				begin, end := place{i.Line, i.Column}, place{i.EndLine, i.EndColumn}
				if before(begin, from) || before(end, begin) || before(to, end) {
					t.Fatalf("%+v of %q does not lie from %v to %v", i, source, from, to)
				}
				if i.Line > len(lines) || i.EndLine > len(lines) || i.EndColumn > utf8.RuneCountInString(lines[i.EndLine-1])+1 {
					t.Fatalf("%+v does not lie within %q", i, source)
				}
				if i.Kind == "" || i.Children == nil || !utf8.ValidString(i.Label+i.Detail) || strings.ContainsAny(i.Label+i.Detail, "\r\n") {
					t.Fatalf("%+v of %q", i, source)
				}
				check(i.Children, begin, end)
				from = end
			}
		}
		check(behaviors.Outline(source), place{1, 1}, place{len(lines), 1 << 20})
	})
}
