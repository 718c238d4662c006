package behaviors_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// withAccounts is a catalog whose http.request takes an account.
func withAccounts(t *testing.T) *behaviors.Catalog {
	t.Helper()
	text := expression.Of(expression.Text)
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: []*behaviors.ActionSpec{{
		Name: "http.request", Reach: behaviors.ReachOutside,
		Params: []behaviors.ParamSpec{
			{Name: "method", Type: text}, {Name: "url", Type: text, Format: behaviors.URL, Required: true}, {Name: "account", Type: text}, {Name: "json"},
		},
		Output: expression.Type{Kind: expression.Map, Open: true}, Example: map[string]any{"status": int64(200)},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const freshBooks = `behavior: 1
inputs: {verifier: {type: secret}}
handshake:
  - when: payload.name == "other"
  - when: payload.verifier != nil
    keep: {verifier: payload.verifier}
    steps:
      - http.request:
          method: PUT
          url: "https://api.freshbooks.com/callbacks/${{ payload.object_id }}"
          account: freshbooks
          json: {callback: {verifier: "${{ payload.verifier }}"}}
        as: confirmed
      - log: "answered ${{ confirmed.status }}"
steps:
  - let: {confirmed: payload.name}
  - respond: {text: "${{ confirmed }}"}
`

// FreshBooks sends the key of every later delivery, and wants it sent back: the
// value is kept, the steps are the handshake's own, and nothing shows it.
func TestHandshakeThatKeeps(t *testing.T) {
	p, found := behaviors.Compile(freshBooks, withAccounts(t))
	if p == nil {
		t.Fatal(found.Render("b.yaml", freshBooks))
	}
	d := delivery("name=callback.verify&object_id=7&verifier=scTest%2FVerifier")
	d.Request.Header = payload.Header{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}
	key := expression.Secret{Name: "verifier"}
	value := ""
	d.Secrets = func(expression.Secret) (string, error) { return value, nil }
	for _, tt := range []struct {
		name  string
		bound any
		value string
		want  map[string]string
	}{
		{"not set", nil, "", map[string]string{"verifier": "scTest/Verifier"}},
		{"empty", key, "", map[string]string{"verifier": "scTest/Verifier"}},
		{"filled already", key, "another", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d.Inputs, value = map[string]any{"verifier": tt.bound}, tt.value
			a := behaviors.NewEvaluation(p, d, nil).Admit()
			if a.Outcome != behaviors.Handshake || !a.Handshake.Stored || a.HasKey || !reflect.DeepEqual(a.Response, &behaviors.Response{Status: 200}) {
				t.Fatalf("got %+v", a)
			}
			if !reflect.DeepEqual(a.Handshake.Keep, tt.want) {
				t.Errorf("got %v, want %v", a.Handshake.Keep, tt.want)
			}
			kept := a.Handshake.Strike(d.Request)
			if got, want := string(kept.Body), "name=callback.verify&object_id=7&verifier=struck"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// A handshake's own steps advance by its own journal.
func TestHandshakeSteps(t *testing.T) {
	p, found := behaviors.Compile(freshBooks, withAccounts(t))
	if p == nil {
		t.Fatal(found.Render("b.yaml", freshBooks))
	}
	d := delivery(`{"verifier": "v", "object_id": 7}`)
	m, err := behaviors.NewEvaluation(p, d, nil).Handshake()
	if err != nil || m == nil {
		t.Fatalf("got %v, %v", m, err)
	}
	first := m.Advance(behaviors.Journal{})
	params := map[string]any{
		"method": "PUT", "url": "https://api.freshbooks.com/callbacks/7", "account": "freshbooks",
		"json": map[string]any{"callback": map[string]any{"verifier": "v"}},
	}
	if len(first.Effects) != 1 || first.State != behaviors.RunOpen || first.Response != nil {
		t.Fatalf("got %+v", first)
	}
	if e := first.Effects[0]; e.Path != "handshake[1].steps[0]" || e.Inline || !reflect.DeepEqual(e.Params, params) {
		t.Errorf("got %+v", e)
	}
	for range 2 { // a used evaluation gives the same
		last := m.Advance(behaviors.Journal{Steps: done(map[string]any{"handshake[1].steps[0]": map[string]any{"status": int64(200)}})})
		if last.State != behaviors.RunDone || len(last.Steps) != 2 || last.Steps[1].Params["text"] != "answered 200" {
			t.Errorf("got %+v", last)
		}
	}
	s := behaviors.Simulate(freshBooks, withAccounts(t), d, nil)
	if s.Outcome != behaviors.Handshake || s.State != behaviors.RunDone || len(s.Steps) != 2 || !s.Steps[0].Assumed || len(s.Trace) == 0 {
		t.Errorf("got %+v", s)
	}
	// What the handshake names is unknown to the behavior's own steps, and so on.
	other := behaviors.Simulate(freshBooks, withAccounts(t), delivery(`{"name": "callback"}`), nil)
	if other.Outcome != behaviors.Accepted || string(other.Response.Body) != "callback" {
		t.Errorf("got %+v", other)
	}
}

func TestHandshakeErrors(t *testing.T) {
	tests := []struct{ name, keep, body, want string }{
		{"no text", "payload.v", `{"v": [1]}`, "handshake[0]: keep: key takes text, got a list"},
		{"too large", "payload.v", `{"v": "` + strings.Repeat("a", 64<<10+1) + `"}`, "handshake[0]: keep: the value for key is larger than 64 KiB"},
		{"an error", "1 / payload.v + upper(payload.w)", `{"v": 0, "w": 1}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := compile(t, "behavior: 1\ninputs: {key: {type: secret}}\nhandshake:\n  - {when: true, keep: {key: '"+test.keep+"'}}\n")
			a := behaviors.NewEvaluation(p, delivery(test.body), nil).Admit()
			if a.Outcome != behaviors.Refused || a.Cause != behaviors.CauseBehavior || a.Response.Status != 500 || test.want != "" && a.Detail != test.want {
				t.Errorf("got %+v", a)
			}
		})
	}
}
