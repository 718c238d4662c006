package reference

import (
	"regexp"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
)

const notThere = "*Not there yet.*"

func documentKeys(t *testing.T, c *behaviors.Catalog) section {
	s := section{title: "Document", intro: "The keys of a document, in the order in which one writes them. A value is literal YAML, in which `${{ expression }}` is replaced; " +
		"a value that is just one `${{ … }}` keeps its type. Where *expression* stands, it is written bare, best in single quotes or behind `>-`. `$${{` is the text `${{`."}
	for _, w := range behaviors.Keys() {
		s.entries = append(s.entries, word(t, c, "key", w))
	}
	return s
}

func steps(t *testing.T, c *behaviors.Catalog) section {
	s := section{title: "Steps", intro: "A step is a map with one verb or one [action](#actions), and any of the modifiers. " +
		"The caller waits while a `respond` can still be reached; what comes behind the answer runs in the background, and is tried again until it is done.\n\n" +
		"The examples of steps on this page stand in a document with these inputs:\n" + block("yaml", frame)}
	for _, w := range behaviors.Verbs() {
		s.entries = append(s.entries, word(t, c, "verb", w))
	}
	for _, w := range behaviors.Modifiers() {
		s.entries = append(s.entries, word(t, c, "modifier", w))
	}
	return s
}

// word is a key, a verb or a modifier, with the keys of the map that it takes.
func word(t *testing.T, c *behaviors.Catalog, kind string, w behaviors.Word) entry {
	var b strings.Builder
	b.WriteString("*" + strings.ToUpper(kind[:1]) + kind[1:] + ": " + w.Value + ".* " + w.Summary + "\n")
	if c.NotYet[w.Name] {
		b.WriteString("\n" + notThere + "\n")
	}
	b.WriteString(block("yaml", w.Example))
	parts := partsOf(kind, w.Name)
	var rows [][]string
	for _, p := range parts {
		summary := p.Summary
		if c.NotYet[w.Name+"."+p.Name] {
			summary += " " + notThere
		}
		rows = append(rows, []string{code(p.Name), p.Value, summary})
	}
	if len(rows) > 0 {
		b.WriteString(table([]string{"key", "takes", "meaning"}, rows))
	}
	for _, p := range parts {
		if p.Example != "" {
			b.WriteString(block("yaml", p.Example))
		}
	}
	return entry{kind + "-" + w.Name, w.Name, b.String()}
}

// partsOf are the keys of the map that a word takes. None is that of a key and
// that of a verb at once.
func partsOf(kind, name string) []behaviors.Word {
	if kind == "verb" && name == "steps" || name == "let" {
		return nil
	}
	return behaviors.Parts()[name]
}

// compiled tells what is found in an example: in the language, and in what of it
// is there.
func compiled(t *testing.T, example string) (inLanguage, inProduct behaviors.Diagnostics) {
	source := frame
	switch {
	case strings.HasPrefix(example, "- "):
		source += "steps:\n" + example + "\n"
	case strings.HasPrefix(example, "behavior:"), strings.HasPrefix(example, "inputs:"):
		source = "behavior: 1\n" + strings.TrimPrefix(example, "behavior: 1") + "\n"
	default:
		source += example + "\n"
	}
	_, inLanguage = behaviors.Compile(source, catalog(t))
	_, inProduct = behaviors.Compile(source, product(t))
	return inLanguage, inProduct
}

// Every example of a word compiles without any finding; in the product, what is
// not there yet is refused for that alone.
func TestWordExamples(t *testing.T) {
	c := product(t)
	for kind, words := range map[string][]behaviors.Word{"key": behaviors.Keys(), "verb": behaviors.Verbs(), "modifier": behaviors.Modifiers()} {
		for _, w := range words {
			if !strings.Contains(w.Example, w.Name+":") || w.Value == "" {
				t.Errorf("the %s %s has no example of it: %q, or takes nothing: %q", kind, w.Name, w.Example, w.Value)
			}
			compiles(t, kind+" "+w.Name, w.Example, c.NotYet[w.Name])
			all := w.Example
			for _, p := range partsOf(kind, w.Name) {
				if p.Example != "" {
					compiles(t, w.Name+"."+p.Name, p.Example, c.NotYet[w.Name] || c.NotYet[w.Name+"."+p.Name])
					all += "\n" + p.Example
				}
			}
			for _, p := range partsOf(kind, w.Name) {
				if !regexp.MustCompile(`(?m)(^|[\s{,])`+p.Name+`:`).MatchString(all) || p.Value == "" {
					t.Errorf("no example of %s shows its %s", w.Name, p.Name)
				}
			}
		}
	}
	for part := range behaviors.Parts() {
		if partsOf("key", part) == nil && partsOf("verb", part) == nil {
			t.Errorf("the parts of %s are of no word", part)
		}
	}
}

func compiles(t *testing.T, what, example string, notYet bool) {
	t.Helper()
	inLanguage, inProduct := compiled(t, example)
	if len(inLanguage) > 0 {
		t.Errorf("the example of %s:\n%s\n%v", what, example, inLanguage)
	}
	refused := len(inProduct) > 0
	for _, d := range inProduct {
		refused = refused && d.Code == "not-yet"
	}
	if refused != notYet || len(inProduct) > 0 && !refused {
		t.Errorf("the example of %s in the product, not there yet is %v:\n%s\n%v", what, notYet, example, inProduct)
	}
}
