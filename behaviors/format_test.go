package behaviors_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/recipes"
)

// TestFormatCases runs testdata/format: a source, and how it is formatted or why
// it is not.
func TestFormatCases(t *testing.T) {
	files, err := filepath.Glob("testdata/format/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	c := catalog(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil || len(a.Files) != 2 {
				t.Fatal(err, len(a.Files))
			}
			source, want := string(a.Files[0].Data), string(a.Files[1].Data)
			got, _, refused := behaviors.FormatSource(source)
			if refused != nil {
				got = refused.Render("behavior.yaml", source)
			}
			if got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", a.Files[1].Name, got, want)
			}
			checkFormat(t, c, source)
		})
	}
}

// What a case in a file would not show: blanks, line ends, a text's beginning and
// end.
func TestFormatSource(t *testing.T) {
	c := catalog(t)
	for name, test := range map[string]struct{ in, want string }{
		"blanks at the ends":         {"a: 1  \n  \nb: 2\t", "a: 1\n\nb: 2\n"},
		"tabs that separate":         {"a:\t1\n\t# b\nc: [d,\n\te]\t\n", "a: 1\n# b\nc: [d,\n  e]\n"},
		"a break at the end":         {"a: 1", "a: 1\n"},
		"blank lines at the end":     {"a: 1\n\n  \n  ", "a: 1\n"},
		"nothing but blank lines":    {"\n\n a: 1\n", "a: 1\n"},
		"line ends stay":             {"a:\r\n    b:   1\r\n\r\n\r\nc: 2", "a:\r\n  b: 1\r\n\r\nc: 2\r\n"},
		"carriage returns":           {"a:\r    b:   1\rc: 2", "a:\r  b: 1\rc: 2\r"},
		"byte order mark":            {"\ufeffa:  1", "\ufeffa: 1\n"},
		"emoji are one rune":         {"a:   \"😀\"\n\"😀 ü\":   b  \n", "a: \"😀\"\n\"😀 ü\": b\n"},
		"quoted over several lines":  {"a:\n    b: \"c  \n       d\\\n\n  e  \"\n", "a:\n  b: \"c  \n     d\\\n\n    e  \"\n"},
		"blanks of a text":           {"a: |\n    b  \n\n  \n     \n    c\n \nd: |\n", "a: |\n  b  \n\n\n   \n  c\n\nd: |\n"},
		"a text to the end":          {"a:\n    b: |\n        c", "a:\n  b: |\n    c"},
		"a text's breaks at the end": {"a: |+\n    b\n\n  \n", "a: |+\n  b\n\n\n"},
		"missing values":             {"a:\n    b:\n    c :  \n    d:\n        -\n        - e\n", "a:\n  b:\n  c:\n  d:\n    -\n    - e\n"},
		"lists in a list":            {"a:\n  -   -  b\n      -  c\n  - - d\n", "a:\n  - - b\n    - c\n  - - d\n"},
		"marks of a document":        {"---\na:  1\n...\n", "---\na: 1\n...\n"},
		"a root in braces":           {"{a:  1}  \n", "{a:  1}\n"},
		"a root that is a text":      {"a\n  b", "a\n  b\n"},
		"a root that is indented":    {"  a:  1\n  b:\n    c: 2\n# d", "a: 1\nb:\n  c: 2\n# d\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, refused := behaviors.FormatSource(test.in)
			if refused != nil || got != test.want {
				t.Errorf("got %q (%v), want %q", got, refused, test.want)
			}
			checkFormat(t, c, test.in)
		})
	}
}

// What is too much to compile is too much to format.
func TestFormatIsBounded(t *testing.T) {
	for source, code := range map[string]string{
		"a:  " + strings.Repeat("b", 64<<10):                       "too-large",
		"a:  " + strings.Repeat("[", 200):                          "too-deep",
		strings.Repeat("- ", 200):                                  "too-deep",
		strings.Repeat("a:\n", 2000):                               "duplicate-key",
		"a:  &b [c, d]\ne: [" + strings.Repeat("*b, ", 2000) + "]": "anchor",
	} {
		got, edits, refused := behaviors.FormatSource(source)
		if len(refused) == 0 || refused[0].Code != code || got != source || len(edits) > 0 {
			t.Errorf("%.20q: got %d edits and %.200s, want %s", source, len(edits), refused.Render("", source), code)
		}
	}
}

// The language's own example and that of the README are in their tidy form.
func TestFormatLeavesTheExamples(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(readme), "```yaml\nbehavior:")
	example, _, isClosed := strings.Cut(example, "```")
	if !isClosed {
		t.Fatal("the README shows no behavior")
	}
	a, err := txtar.ParseFile("testdata/advance/example-permanent-failure.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"behavior:" + example, string(a.Files[0].Data)} {
		if got, edits, refused := behaviors.FormatSource(source); got != source || len(edits) > 0 || refused != nil {
			t.Errorf("%v\n%s\nbecame\n%s", refused, source, got)
		}
	}
}

// Recipes are in their tidy form, and every document of the cases means the same
// once it is formatted, however untidy it was.
func TestFormatKeepsTheMeaning(t *testing.T) {
	c := catalog(t)
	blanks := regexp.MustCompile(` +`)
	for _, r := range recipes.All() {
		got, edits, refused := behaviors.FormatSource(r.Source)
		if got != r.Source || len(edits) > 0 || refused != nil {
			t.Errorf("%s is not in its tidy form: %v\n%s", r.ID, refused, got)
		}
		if !checkFormat(t, c, untidy(r.Source)) {
			t.Errorf("%s: its untidy form is not formatted", r.ID)
		}
		if got, _, _ := behaviors.FormatSource(untidy(r.Source)); blanks.ReplaceAllString(got, " ") != blanks.ReplaceAllString(r.Source, " ") {
			t.Errorf("%s became\n%s", r.ID, got)
		}
	}
	formatted := 0
	for _, source := range behaviors.Sources(t) {
		if checkFormat(t, c, source) {
			formatted++
		}
		checkFormat(t, c, untidy(source))
	}
	if formatted < 200 {
		t.Errorf("only %d documents were formatted", formatted)
	}
}

// untidy doubles the indentation, also that of texts.
func untidy(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		text := strings.TrimRight(line, "\r\n")
		rest := strings.TrimLeft(text, " -")
		if strings.HasPrefix(text, "---") {
			rest = text
		}
		b.WriteString(strings.NewReplacer(" ", "  ", "-", "- ").Replace(text[:len(text)-len(rest)]) + line[len(text)-len(rest):])
	}
	return b.String()
}

// checkFormat holds FormatSource to its promises for any text, and tells whether
// it was formatted.
func checkFormat(t *testing.T, c *behaviors.Catalog, source string) bool {
	t.Helper()
	got, edits, refused := behaviors.FormatSource(source)
	if refused != nil {
		if got != source || len(edits) > 0 || edits == nil || !refused.HasErrors() {
			t.Fatalf("%v, and yet %q became %q", refused, source, got)
		}
		if strings.Contains(refused.Render("", source), "would mean something else") {
			t.Fatalf("%q is laid out wrongly", source)
		}
		checkFindings(t, source, refused)
		return false
	}
	if applied := applyEdits(source, edits); applied != got {
		t.Fatalf("the edits of %q give\n%q\nwant\n%q", source, applied, got)
	}
	again, more, refused := behaviors.FormatSource(got)
	if again != got || len(more) > 0 || refused != nil {
		t.Fatalf("%q\nformatted\n%q\nand again (%v)\n%q", source, got, refused, again)
	}
	// Nothing but blanks, line ends and quotes comes or goes: no comment does.
	strip := func(s string) string {
		return strings.NewReplacer(" ", "", "\t", "", "\n", "", "\r", "", `"`, "", "'", "").Replace(s)
	}
	if strip(got) != strip(source) {
		t.Fatalf("%q lost something:\n%q", source, got)
	}
	if before, after := decoded(t, source), decoded(t, got); !reflect.DeepEqual(before, after) {
		t.Fatalf("%q\nbecame\n%q\nwhich is\n%#v\ninstead of\n%#v", source, got, after, before)
	}
	checkCompiled(t, c, source, got)
	return true
}

// decoded is what YAML makes of a document by itself.
func decoded(t *testing.T, source string) (value yaml.Node) {
	t.Helper()
	if err := yaml.Load([]byte(source), &value); err != nil {
		t.Fatal(err)
	}
	var strip func(n *yaml.Node)
	strip = func(n *yaml.Node) {
		*n = yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Content: n.Content}
		for _, c := range n.Content {
			strip(c)
		}
	}
	strip(&value)
	return value
}

// checkCompiled compares what a compiler says of two documents, but for places
// and messages that hold some, and what their programs decide.
func checkCompiled(t *testing.T, c *behaviors.Catalog, before, after string) {
	t.Helper()
	if strings.Contains(before, "uuid") { // is of a place
		return
	}
	compiled := func(source string) (found []string, decision behaviors.Decision) {
		p, ds := behaviors.Compile(source, c)
		for _, d := range ds {
			found = append(found, string(d.Severity)+" "+d.Code)
		}
		slices.Sort(found)
		if p != nil {
			d := delivery(`{"a": [1, {"b": "c"}], "text": "x", "id": 7}`)
			d.Inputs, _ = p.BindInputs(nil)
			decision = placeless(behaviors.Advance(p, d, behaviors.Journal{}))
		}
		return found, decision
	}
	found, decision := compiled(before)
	if again, decided := compiled(after); !reflect.DeepEqual(found, again) || !reflect.DeepEqual(decision, decided) {
		t.Fatalf("%q\nbecame\n%q\nand is found\n%q, and decides\n%+v\ninstead of\n%q and\n%+v", before, after, again, decided, found, decision)
	}
}

// placeless is a decision without the places in the source that it tells.
func placeless(d behaviors.Decision) behaviors.Decision {
	place := regexp.MustCompile(`(line|column) [0-9]+`)
	d.Error = place.ReplaceAllString(d.Error, "")
	for i := range d.Effects {
		d.Effects[i].Line = 0
	}
	for i := range d.Steps {
		d.Steps[i].Line, d.Steps[i].Error = 0, place.ReplaceAllString(d.Steps[i].Error, "")
	}
	return d
}

// applyEdits makes edits as an editor does.
func applyEdits(source string, edits []behaviors.Edit) string {
	text, hasMark := strings.CutPrefix(source, "\ufeff")
	runes := []rune(text)
	starts := []int{0}
	for i, r := range runes {
		if r == '\n' || r == '\r' && (i+1 == len(runes) || runes[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	for _, e := range slices.Backward(edits) {
		from, to := starts[e.Line-1]+e.Column-1, starts[e.EndLine-1]+e.EndColumn-1
		runes = slices.Concat(runes[:from], []rune(e.Text), runes[to:])
	}
	if hasMark {
		return "\ufeff" + string(runes)
	}
	return string(runes)
}

// FuzzFormat formats any text: the meaning, every comment, and all that is no
// blank stay, the edits give the text, and a second time changes nothing.
func FuzzFormat(f *testing.F) {
	for _, source := range behaviors.Sources(f) {
		f.Add(source)
		f.Add(untidy(source))
	}
	for _, r := range recipes.All() {
		f.Add(r.Source)
	}
	c := catalog(f)
	f.Fuzz(func(t *testing.T, source string) { checkFormat(t, c, source) })
}
