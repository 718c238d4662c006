package behaviors_test

import (
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

func TestCatalogRefuses(t *testing.T) {
	call := func(*expression.Frame, []any) (any, error) { return nil, nil }
	action := func(name string) *behaviors.ActionSpec {
		return &behaviors.ActionSpec{Name: name, Reach: behaviors.ReachHost}
	}
	twice := action("a.b")
	twice.Params = []behaviors.ParamSpec{{Name: "x"}, {Name: "x"}}
	tests := []struct {
		name      string
		actions   []*behaviors.ActionSpec
		functions []*expression.Function
		want      string
	}{
		{"an action twice", []*behaviors.ActionSpec{action("a.b"), action("a.b")}, nil, `behaviors: action "a.b" is there twice`},
		{"a bare name", []*behaviors.ActionSpec{action("note")}, nil, `behaviors: action "note" needs a name such as "area.verb"`},
		{"no reach", []*behaviors.ActionSpec{{Name: "a.b"}}, nil, `behaviors: action "a.b" has the unknown reach ""`},
		{"a parameter twice", []*behaviors.ActionSpec{twice}, nil, `behaviors: action "a.b" has the parameter "x" twice`},
		{
			"a host that is a URL", []*behaviors.ActionSpec{{Name: "a.b", Reach: behaviors.ReachHost, Hosts: []string{"a.example", "https://a.example"}}}, nil,
			`behaviors: action "a.b" has the host "https://a.example", which is no host: write its name, such as api.example.com, or its address, with a port where only that one is meant`,
		},
		{
			"a builtin again", nil, []*expression.Function{{Name: "len", Call: call}}, `behaviors: function "len" is there twice`,
		},
		{
			"a provider's again", nil, []*expression.Function{{Name: "mailgun.signed", Call: call}},
			`behaviors: function "mailgun.signed" is there twice`,
		},
		{
			"no call", nil, []*expression.Function{{Name: "x.y"}}, `behaviors: function "x.y" needs a name such as "area.name" and a Call`,
		},
		{
			"all at once", []*behaviors.ActionSpec{action("note"), action("tag")}, nil,
			"behaviors: action \"note\" needs a name such as \"area.verb\"\nbehaviors: action \"tag\" needs a name such as \"area.verb\"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: test.actions, Functions: test.functions})
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// A host's own function is called as the language's are.
func TestHostFunction(t *testing.T) {
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Functions: []*expression.Function{{
		Name: "desk.greet", Params: []expression.Param{{Name: "who", Type: expression.Type{Kind: expression.Text}}},
		Result: expression.Type{Kind: expression.Text},
		Call:   func(_ *expression.Frame, args []any) (any, error) { return "Hello " + args[0].(string), nil },
	}}})
	if err != nil {
		t.Fatal(err)
	}
	p, found := behaviors.Compile("behavior: 1\nsteps:\n  - respond: {text: \"${{ desk.greet(payload.who) }}\"}\n", c)
	if p == nil {
		t.Fatal(found)
	}
	if got := string(behaviors.Advance(p, delivery(`{"who": "Ann"}`), behaviors.Journal{}).Response.Body); got != "Hello Ann" {
		t.Errorf("got %q", got)
	}
}
