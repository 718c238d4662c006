package behaviors

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// scalars lists the scalars of a document, keys included.
func scalars(n *node) []*node {
	if n == nil {
		return nil
	}
	if n.kind == scalarNode {
		return []*node{n}
	}
	var list []*node
	for _, item := range n.items {
		list = append(list, scalars(item)...)
	}
	for _, p := range n.pairs {
		list = append(list, scalars(p.key)...)
		list = append(list, scalars(p.value)...)
	}
	return list
}

// Where a word of a scalar's value stands in the source, for every style.
func TestPositionsInsideScalars(t *testing.T) {
	tests := []struct {
		name, source, word string
		line, column       int
	}{
		{"plain", "when: a and word", "word", 1, 13},
		{"plain over lines", "when: a and\n  b or\n\n  word", "word", 4, 3},
		{"plain behind a non-ASCII key", "größe: ä word", "word", 1, 10},
		{"plain in braces", "x: {a: b, c: d word}", "word", 1, 16},
		{"plain in brackets over lines", "x: [a, b\n    word]", "word", 2, 5},
		{"single quotes", "when: 'it''s word'", "word", 1, 14},
		{"single quotes over lines", "when: 'a\n  b ''\n  word'", "word", 3, 3},
		{"double quotes", `when: "a \"b\" word"`, "word", 1, 16},
		{"double quotes with code points", `when: "\x41\u00e4\U0001F600 word"`, "word", 1, 29},
		{"double quotes with an escaped break", "when: \"a \\\n  word\"", "word", 2, 3},
		{"double quotes over lines", "when: \"a  \n\n  word\"", "word", 3, 3},
		{"double quotes within a word", `when: "w\x6frd"`, "word", 1, 8},
		{"literal", "x: |\n  a\n    b word\n", "word", 3, 7},
		{"literal with an empty line", "x: |\n\n  a\n\n  word\n", "word", 5, 3},
		{"literal, kept", "x: |+\n  a\n  word\n\n\ny: 1", "word", 3, 3},
		{"literal with an indicator", "x: |2-\n    a\n   word\ny: 1", "word", 3, 4},
		{"folded", "x: >-\n  a\n  word\n", "word", 3, 3},
		{"folded with paragraphs", "x: >\n  a\n  b\n\n  word c\ny: 1", "word", 5, 3},
		{"folded with an indented line", "x: >-\n  a\n   b\n  word\n", "word", 4, 3},
		{"folded with a comment behind the header", "x: >- # why\n  a\n  word\n", "word", 3, 3},
		{"folded without a last newline", "x: >-\n  a word", "word", 2, 5},
		{"carriage returns", "x: >-\r\n  a\r\n  word\r\n", "word", 3, 3},
		{"emoji count one", "when: '😀 word'", "word", 1, 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root, found := parse(test.source)
			if root == nil {
				t.Fatalf("no YAML: %v", found.diagnostics())
			}
			for _, n := range scalars(root) {
				before, _, ok := strings.Cut(n.text, test.word)
				if !ok {
					continue
				}
				if !n.trusted {
					t.Fatalf("the second reading of %q failed", n.text)
				}
				at := len([]rune(before))
				got := n.place(at, at+len([]rune(test.word)))
				line, column := found.src.position(got.from)
				if line != test.line || column != test.column {
					t.Errorf("got %d:%d, want %d:%d", line, column, test.line, test.column)
				}
				if !strings.Contains(test.source, `\x6f`) && found.src.slice(got) != test.word {
					t.Errorf("got the source %q, want %q", found.src.slice(got), test.word)
				}
				return
			}
			t.Fatalf("no scalar with %q", test.word)
		})
	}
}

// checkMapping holds for every document: what is trusted maps each rune to the
// source's rune it was made from, in order.
func checkMapping(t *testing.T, root *node, src *source) (trusted, all int) {
	t.Helper()
	for _, n := range scalars(root) {
		if n.tag != "" {
			continue
		}
		all++
		if !n.trusted {
			continue
		}
		trusted++
		last := n.from
		for i, r := range []rune(n.text) {
			at := n.marks.source(i)
			if at < last || at >= n.to {
				t.Fatalf("rune %d of %q maps to %d, behind %d and before %d", i, n.text, at, last, n.to)
			}
			last = at
			got := src.at(at)
			if got == r || r == ' ' || r == '\n' || n.style == '"' && got == '\\' {
				continue
			}
			t.Fatalf("rune %d of %q (%q) maps to %q", i, n.text, r, got)
		}
	}
	return trusted, all
}

// Sources are the documents of every case.
func Sources(tb testing.TB) []string {
	tb.Helper()
	var list []string
	for _, pattern := range []string{"testdata/check/*.txtar", "testdata/advance/*.txtar", "testdata/format/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			tb.Fatal(err)
		}
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				tb.Fatal(err)
			}
			list = append(list, string(a.Files[0].Data))
		}
	}
	return list
}

// FuzzParse feeds any text: no panic, and every place lies within the source.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a: b\nc: [d, 'e''f', \"g\\n\"]\nh: >-\n  i\n  j\n\n  k\n", "a: |+\n  b\n\n", "{a: f(b, c), d}", "? [a]\n: b", "&a b: *a\n",
		"a: !b c\n", "%YAML 1.1\n---\na: 1\n---\nb: 2\n", "a: 'b\n\n  c'\n", "a: \"b\\\n\n  c\"\n", "a: >2\n    b\n  c\n", "\ufeffa: b",
	} {
		f.Add(seed)
	}
	for _, seed := range Sources(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, found := parse(text)
		for _, d := range found.diagnostics() {
			if d.Line < 1 || d.Column < 1 || d.EndLine < d.Line || d.Line == d.EndLine && d.EndColumn < d.Column {
				t.Fatalf("the range of %+v is none", d)
			}
		}
		if root == nil && len(found.found) == 0 {
			t.Fatal("no document, and nobody says why")
		}
		checkMapping(t, root, found.src)
	})
}
