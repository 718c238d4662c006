package behaviors_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
)

// keysIn are the maps of a document that have keys of their own, by what the
// compiler calls them.
var keysIn = map[string]string{
	"`accept`": "accept", "`cors`": "cors", "inHandshake": "handshake", "`verify`": "verify", "`deadline`": "deadline", "inLimit": "limit", "an input": "inputs",
	"inRespond": "respond", "inEach": "each", "inWait": "wait", "`log`": "log", "`retry`": "retry",
}

// words are all that the language has: what it says of itself, and what the
// compiler takes in a map.
func words(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	add := func(of string, list []behaviors.Word) {
		for _, w := range list {
			all[of+"."+w.Name] = true
		}
	}
	add("document", behaviors.Keys())
	add("step", behaviors.Verbs())
	add("step", behaviors.Modifiers())
	for part, list := range behaviors.Parts() {
		add(part, list)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			of, keys := taken(n)
			if len(keys) > 0 && keysIn[of] == "" {
				t.Errorf("%s takes the keys %q of %s, which is generated nowhere", file, keys, of)
			}
			for _, key := range keys {
				all[keysIn[of]+"."+key] = true
			}
			return true
		})
	}
	for _, spec := range specs() {
		all["step."+spec.Name] = true
	}
	return all
}

// taken are the keys of a call such as c.keys(inEach, n, "in", "as").
func taken(n ast.Node) (of string, keys []string) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return "", nil
	}
	if method, ok := call.Fun.(*ast.SelectorExpr); !ok || method.Sel.Name != "keys" {
		return "", nil
	}
	for i, arg := range call.Args {
		text := ""
		switch arg := arg.(type) {
		case *ast.Ident:
			text = arg.Name
		case *ast.BasicLit:
			text, _ = strconv.Unquote(arg.Value)
		}
		if _, literal := arg.(*ast.BasicLit); i == 0 {
			of = text
		} else if literal {
			keys = append(keys, text)
		}
	}
	return of, keys
}

// Each word is generated, and nearly every document compiles: what is not there is
// not shown to be pure.
func TestEveryWordIsGenerated(t *testing.T) {
	const documents = 300
	c := generatedCatalog(t)
	type made struct {
		source string
		words  map[string]bool
	}
	documentOf := rapid.Custom(func(t *rapid.T) made {
		g := &generator{t: t}
		m := made{g.document().source, map[string]bool{}}
		var root map[string]any
		if err := yaml.Unmarshal([]byte(m.source), &root); err != nil {
			t.Fatalf("%v\n%s", err, m.source)
		}
		generatedWords(m.words).document(root)
		return m
	})
	got, compiled := map[string]bool{}, 0
	for seed := range documents {
		m := documentOf.Example(seed)
		if p, _ := behaviors.Compile(m.source, c); p != nil {
			maps.Copy(got, m.words)
			compiled++
		}
	}
	if compiled < documents*2/3 {
		t.Errorf("only %d of %d documents compile", compiled, documents)
	}
	want := words(t)
	for _, word := range []string{"step.address.defunct"} { // as any action with texts
		delete(want, word)
	}
	if !reflect.DeepEqual(got, want) {
		lacking := slices.DeleteFunc(slices.Sorted(maps.Keys(want)), func(w string) bool { return got[w] })
		unknown := slices.DeleteFunc(slices.Sorted(maps.Keys(got)), func(w string) bool { return want[w] })
		t.Errorf("not generated: %q; not among the words: %q", lacking, unknown)
	}
}

// generatedWords collects the words of a document.
type generatedWords map[string]bool

func (w generatedWords) document(root map[string]any) {
	w.keys("document", root)
	for _, part := range []string{"accept", "cors", "verify", "deadline", "limit"} {
		w.keys(part, root[part])
	}
	for _, input := range root["inputs"].(map[string]any) {
		w.keys("inputs", input)
	}
	for _, part := range []string{"verify", "deadline"} {
		w.answers(root[part])
	}
	handshakes, _ := root["handshake"].([]any)
	for _, h := range handshakes {
		w.keys("handshake", h)
		w.answers(h)
		w.steps(h.(map[string]any)["steps"])
	}
	w.steps(root["steps"])
}

func (w generatedWords) keys(of string, v any) {
	m, _ := v.(map[string]any)
	for key := range m {
		w[of+"."+key] = true
	}
}

func (w generatedWords) answers(v any) {
	m, _ := v.(map[string]any)
	w.keys("respond", m["respond"])
	w.keys("respond", m["reject"])
}

func (w generatedWords) steps(v any) {
	list, _ := v.([]any)
	for _, item := range list {
		s := item.(map[string]any)
		w.keys("step", s)
		for _, part := range []string{"respond", "each", "wait", "log", "retry"} {
			w.keys(part, s[part])
		}
		branches, _ := s["choose"].([]any)
		for _, b := range branches {
			w.keys("choose", b)
			w.steps(b.(map[string]any)["steps"])
		}
		each, _ := s["each"].(map[string]any)
		w.steps(each["steps"])
		w.steps(s["steps"])
		w.steps(s["on_error"])
	}
}
