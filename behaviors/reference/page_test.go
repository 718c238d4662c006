package reference

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write behaviors/REFERENCE.md anew")

const file = "../REFERENCE.md"

// The page is what the language is now. `go generate ./behaviors` writes it.
func TestReference(t *testing.T) {
	want := page(t)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // a page that anybody reads
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("behaviors/REFERENCE.md is stale: run `go generate ./behaviors`; it differs from line %d on", firstDifference(string(got), want))
	}
}

func firstDifference(a, b string) int {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return i + 1
		}
	}
	return min(len(x), len(y)) + 1
}

// Every link within the page leads somewhere.
func TestAnchors(t *testing.T) {
	text := page(t)
	there := map[string]bool{}
	for _, m := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(text, -1) {
		if there[m[1]] {
			t.Errorf("the anchor %s is there twice", m[1])
		}
		there[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if !there[m[1]] {
			t.Errorf("a link leads to #%s, which is nowhere", m[1])
		}
	}
}

// section is a part of the page: what stands in the contents, and its text.
type section struct {
	title   string
	entries []entry
	intro   string
}

// entry has an anchor. Its heading is its title in code.
type entry struct {
	id, title, text string
}

func page(t *testing.T) string {
	c := product(t)
	sections := []section{
		documentKeys(t, c), steps(t, c), names(), notations(t, c), functions(t, c), signatures(t, c), actionPages(c), values(c), limits(), diagnostics(t), failures(t),
	}
	var b strings.Builder
	b.WriteString(`<!-- Written by go generate ./behaviors from what the language is checked by. Do not edit. -->

# Reference of the behavior language

A behavior is one YAML document: what a listener checks, decides and does when a
request arrives, and what it answers. The editor shows the same texts, and those
of what a helpdesk adds of its own. Every example on this page is tried by a test.

What is marked *not there yet* is checked, and refused by that name until this
version can do it.

`)
	for _, s := range sections {
		fmt.Fprintf(&b, "- [%s](#%s)\n", s.title, anchor(s.title))
	}
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## <a id=\"%s\"></a>%s\n\n%s", anchor(s.title), s.title, strings.TrimSpace(s.intro)+"\n")
		for i, e := range s.entries {
			b.WriteString([]string{"\n", " ·\n"}[min(i, 1)])
			fmt.Fprintf(&b, "[%s](#%s)", code(e.title), e.id)
		}
		if len(s.entries) > 0 {
			b.WriteString("\n")
		}
		for _, e := range s.entries {
			fmt.Fprintf(&b, "\n### <a id=\"%s\"></a>%s\n\n%s", e.id, code(e.title), e.text)
		}
	}
	return b.String()
}

func anchor(title string) string { return strings.ReplaceAll(strings.ToLower(title), " ", "-") }

// code is a text in backquotes; one that has some gets more of them.
func code(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

func block(language, text string) string {
	return "\n```" + language + "\n" + strings.TrimRight(text, "\n") + "\n```\n"
}

// table is one of Markdown; cells are escaped but for what is Markdown in them.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) {
		for _, c := range cells {
			b.WriteString("| " + strings.ReplaceAll(strings.ReplaceAll(c, "|", `\|`), "\n", " ") + " ")
		}
		b.WriteString("|\n")
	}
	b.WriteString("\n")
	line(head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, r := range rows {
		line(r)
	}
	return b.String()
}
