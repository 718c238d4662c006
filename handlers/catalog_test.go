package handlers

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

func catalogHandlers(t *testing.T, specs ...*behaviors.ActionSpec) *Handlers {
	t.Helper()
	catalog, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: specs})
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Catalog: catalog})
}

// The language says which input types there are where one is unknown.
func TestCatalogHasTheInputTypesOfTheLanguage(t *testing.T) {
	h := catalogHandlers(t)
	_, found := behaviors.Compile("behavior: 1\nname: x\ninputs:\n  a: {type: qqqq}\nsteps:\n  - stop: here\n", h.Catalog)
	if len(found) != 1 {
		t.Fatalf("got %+v, want one finding", found)
	}
	var want []string
	for _, m := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(found[0].Suggestion, -1) {
		want = append(want, m[1])
	}
	got := slices.Sorted(slices.Values(h.showCatalog().InputTypes))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCatalogShowsActionsAsTheyAreDeclared(t *testing.T) {
	text := expression.Type{Kind: expression.Text}
	h := catalogHandlers(t, &behaviors.ActionSpec{
		Name: "message.find", Summary: "Find a message", Reach: behaviors.ReachHost, Example: map[string]any{"id": "1"},
		Params: []behaviors.ParamSpec{{Name: "to", Type: expression.Type{Kind: expression.List, Elem: &text}, Format: behaviors.Plain, Required: true, Help: "whom"}},
		Output: expression.Type{Kind: expression.Map, Fields: map[string]expression.Type{"id": text}},
	})
	want := []actionJSON{{
		Name: "message.find", Summary: "Find a message", Reach: behaviors.ReachHost, Example: map[string]any{"id": "1"}, Hosts: []string{},
		Params: []paramJSON{{
			Name: "to", Type: typeJSON{Kind: "list", Elem: &typeJSON{Kind: "text"}}, Format: behaviors.Plain, Required: true, Options: []string{}, Help: "whom",
		}},
		Output: typeJSON{Kind: "map", Fields: map[string]typeJSON{"id": {Kind: "text"}}},
	}}
	got := h.showCatalog()
	if !reflect.DeepEqual(got.Actions, want) {
		t.Errorf("got  %+v\nwant %+v", got.Actions, want)
	}
	if !slices.IsSortedFunc(got.Functions, func(a, b functionJSON) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("functions are not in order of their names")
	}
	if !slices.ContainsFunc(got.Functions, func(f functionJSON) bool { return f.Name == "github.signed" }) ||
		!slices.ContainsFunc(got.Providers, func(p providerJSON) bool { return p.Name == "mailgun" }) {
		t.Errorf("functions or providers are missing: %+v %+v", got.Functions, got.Providers)
	}
}

// A function's example stands as an expression, and all of them with what they
// give.
func TestCatalogShowsExamples(t *testing.T) {
	got := showFunction(&expression.Function{Name: "f", Example: "f(1) -> 2\nf(nil) -> nil", Doc: "what f gives"})
	want := functionJSON{
		Name: "f", Params: []argumentJSON{}, Result: typeJSON{Kind: "any"}, Doc: "what f gives", Example: "f(1)",
		Examples: []expression.Example{{Expression: "f(1)", Value: "2"}, {Expression: "f(nil)", Value: "nil"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	host := showFunction(&expression.Function{Name: "f", Example: "f(payload.x)"})
	if host.Example != "f(payload.x)" || !reflect.DeepEqual(host.Examples, []expression.Example{{Expression: "f(payload.x)"}}) {
		t.Errorf("without a value: got %+v", host)
	}
	if none := showFunction(&expression.Function{Name: "f"}); none.Example != "" || none.Examples == nil || len(none.Examples) > 0 {
		t.Errorf("without an example: got %+v", none)
	}
}

// The names that expressions see come with their types and fields.
func TestCatalogHasTheNamesOfTheLanguage(t *testing.T) {
	var request nameJSON
	for _, n := range catalogHandlers(t).showCatalog().Names {
		if n.Name == "request" {
			request = n
		}
	}
	for _, f := range request.Fields {
		if f.Summary == "" || f.Type.Kind != request.Type.Fields[f.Name].Kind {
			t.Errorf("request.%s: %+v", f.Name, f)
		}
	}
	if len(request.Fields) == 0 || len(request.Type.Fields) != len(request.Fields) {
		t.Errorf("request has the fields %+v, and the type %+v", request.Fields, request.Type)
	}
}

// The words of the language come with what they do, as the compiler takes them.
func TestCatalogHasTheWordsOfTheLanguage(t *testing.T) {
	got := catalogHandlers(t).showCatalog()
	for _, words := range []struct {
		name      string
		got, want []behaviors.Word
		has       string
	}{
		{"keys", got.Keys, behaviors.Keys(), "verify"},
		{"verbs", got.Verbs, behaviors.Verbs(), "choose"},
		{"modifiers", got.Modifiers, behaviors.Modifiers(), "on_error"},
	} {
		has := slices.ContainsFunc(words.got, func(w behaviors.Word) bool { return w.Name == words.has && w.Summary != "" })
		if !reflect.DeepEqual(words.got, words.want) || !has {
			t.Errorf("%s: got %+v", words.name, words.got)
		}
	}
	if !reflect.DeepEqual(got.Parts, behaviors.Parts()) || len(got.Parts["respond"]) == 0 {
		t.Errorf("parts: got %+v", got.Parts)
	}
}
