package plugin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/models/modelstest"
)

// desk is what a host may add, with nothing wrong.
func desk() (Action, Function, RecordType, Picker) {
	team := RecordType{
		Name: "team", Summary: "People who answer.", Fields: map[string]Type{"id": TextType(), "name": TextType()},
		Example: map[string]any{"id": "1", "name": "Support"},
	}
	return Action{
			ActionSpec: ActionSpec{
				Name: "team.page", Summary: "Calls a team.", Reach: ReachHost, Output: team.Type(), Example: team.Example,
				Params: []Param{{Name: "team", Type: TextType(), Format: Plain, Required: true, Help: "Its id."}},
			},
			Do: func(context.Context, *Call) (any, error) { return team.Example, nil },
		},
		Function{
			Name: "desk.greet", Doc: "A greeting.", Params: []Argument{{Name: "who", Type: TextType()}}, Result: TextType(),
			Call: func(_ *Frame, args []any) (any, error) { return "Hello " + args[0].(string), nil },
		},
		team,
		Picker{
			Picker: PickerSpec{Name: "team", Label: "team", Summary: "One of the teams.", Record: "team"},
			Search: func(context.Context, string) ([]Choice, error) { return []Choice{{Value: "1", Label: "Support"}}, nil },
			Find: func(_ context.Context, value string) (*Choice, error) {
				if value != "1" {
					return nil, nil
				}
				return &Choice{Value: "1", Label: "Support"}, nil
			},
		}
}

func withDesk() []Option {
	a, f, r, p := desk()
	return []Option{WithAction(a), WithFunction(f), WithRecordType(r), WithPicker(p)}
}

func TestRegisterRefusesWhatTheHostAdds(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Action, *Function, *RecordType, *Picker)
		want   string
	}{
		"action without Do": {
			func(a *Action, _ *Function, _ *RecordType, _ *Picker) { a.Do = nil },
			"register the plugin: WithAction: actions: an action without Do",
		},
		"action that is built in": {
			func(a *Action, _ *Function, _ *RecordType, _ *Picker) { a.Name = "slack.post" },
			`register the plugin: WithAction: actions: "slack.post" registered twice`,
		},
		"function without doc": {
			func(_ *Action, f *Function, _ *RecordType, _ *Picker) { f.Doc = "" },
			`register the plugin: WithFunction: "desk.greet" has no doc`,
		},
		"function of the language": {
			func(_ *Action, f *Function, _ *RecordType, _ *Picker) { f.Name = "len" },
			`register the plugin: behaviors: function "len" is there twice`,
		},
		"record type of the language": {
			func(_ *Action, _ *Function, r *RecordType, p *Picker) { r.Name, p.Record = "ticket", "ticket" },
			`register the plugin: behaviors: record type "ticket" is there twice`,
		},
		"example without a field": {
			func(_ *Action, _ *Function, r *RecordType, p *Picker) {
				r.Example, p.Record = map[string]any{"id": "1"}, ""
			},
			"register the plugin: behaviors: record type \"team\": its example must have the fields `id`, `name`, got `id`",
		},
		"picker without Find": {
			func(_ *Action, _ *Function, _ *RecordType, p *Picker) { p.Find = nil },
			`register the plugin: WithPicker: "team" needs Search and Find`,
		},
		"picker of the language": {
			func(_ *Action, _ *Function, _ *RecordType, p *Picker) { p.Name = "text" },
			`register the plugin: behaviors: picker "text": the language has an input type of that name`,
		},
		"picker of no record": {
			func(_ *Action, _ *Function, _ *RecordType, p *Picker) { p.Record = "squad" },
			`register the plugin: behaviors: picker "team": unknown record type "squad"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, f, r, p := desk()
			c.change(&a, &f, &r, &p)
			_, err := Register(newFakeRegistry(), &fakeHost{db: modelstest.Open(t)}, WithAction(a), WithFunction(f), WithRecordType(r), WithPicker(p))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

const paging = `behavior: 1
name: Page
inputs:
  team: {type: team, required: true}
steps:
  - team.page: {team: "${{ inputs.team }}"}
    as: paged
  - respond: {text: "${{ desk.greet(paged.name) }}"}
`

// What a host adds is checked, offered, picked and executed as what is built in.
func TestWhatTheHostAdds(t *testing.T) {
	tools, err := NewTools(withDesk()...)
	if err != nil {
		t.Fatal(err)
	}
	if found, failed := tools.Check(paging, nil); failed {
		t.Fatal(found)
	}
	if found, failed := tools.Check(strings.Replace(paging, "paged.name", "paged.nam", 1), nil); !failed && len(found) == 0 {
		t.Error("an unknown field of the host's record was not found")
	}

	r, h := newFakeRegistry(), &fakeHost{db: modelstest.Open(t), keys: testKeys}
	p, err := Register(r, h, withDesk()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := p.Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
	call := func(method, path string, in any, status int) map[string]any {
		t.Helper()
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		req := httptest.NewRequest(method, "/api/hooks"+path, strings.NewReader(string(body)))
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		r.echo.ServeHTTP(w, req)
		var out map[string]any
		if w.Code != status || json.Unmarshal(w.Body.Bytes(), &out) != nil {
			t.Fatalf("%s %s: got %d %s, want %d", method, path, w.Code, w.Body, status)
		}
		return out
	}

	support := []any{map[string]any{"value": "1", "label": "Support"}}
	for path, want := range map[string]any{
		"/pickers/team?text=su": support, "/pickers/team?value=1": support, "/pickers/team?value=2": []any{},
	} {
		if got := call(http.MethodGet, path, nil, http.StatusOK); !reflect.DeepEqual(got["items"], want) {
			t.Errorf("%s: got %v, want %v", path, got["items"], want)
		}
	}
	catalog, err := json.Marshal(call(http.MethodGet, "/catalog", nil, http.StatusOK))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"name":"team.page"`, `"name":"desk.greet"`, `"label":"team","name":"team"`, `"name":"team","summary":"People who answer."`} {
		if !strings.Contains(string(catalog), want) {
			t.Errorf("the catalog does not hold %s", want)
		}
	}

	b := call(http.MethodPost, "/behaviors", map[string]any{"source": paging}, http.StatusCreated)
	call(http.MethodPost, "/behaviors/"+b["id"].(string)+"/publish", map[string]any{}, http.StatusOK)
	listener := map[string]any{"name": "l", "behavior_id": b["id"], "inputs": map[string]any{"team": "2"}}
	refused := call(http.MethodPost, "/listeners", listener, http.StatusUnprocessableEntity)
	if want := []any{map[string]any{"field": "inputs.team", "code": "option", "message": "is no team of this helpdesk (any more)"}}; !reflect.DeepEqual(refused["errors"], want) {
		t.Errorf("got %v, want %v", refused["errors"], want)
	}
	listener["inputs"] = map[string]any{"team": "1"}
	l := call(http.MethodPost, "/listeners", listener, http.StatusCreated)
	w := httptest.NewRecorder()
	r.echo.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/in/"+l["guid"].(string), strings.NewReader("{}")))
	if w.Code != http.StatusOK || w.Body.String() != "Hello Support" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
