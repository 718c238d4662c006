package handlers

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/deskhook/deskhook/models"
)

const generated = `
behavior: 1
name: Generated
inputs:
  key: {type: secret, required: true, generate: true}
  other: {type: secret}
verify: bearer(request, inputs.key)
`

// A secret that may be generated is made up where a listener is given none: each
// has its own, and one that is given is taken as it is.
func TestSecretsAreGenerated(t *testing.T) {
	a := newAPI(t)
	secretOf := func(id string) (value string, shown map[string]secretJSON) {
		t.Helper()
		var l struct{ Inputs map[string]secretJSON }
		a.must("200", "GET /listeners/"+id, nil, &l)
		n, _ := parseID(id)
		row, err := a.store.Listener(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		secret, ok := row.Inputs["key"].(models.SecretInput)
		if !ok {
			return "", l.Inputs
		}
		value, err = a.store.SecretValue(t.Context(), secret.ID)
		if err != nil {
			t.Fatal(err)
		}
		return value, l.Inputs
	}
	first := a.listen(generated, true, nil)
	value, shown := secretOf(first)
	if want := (map[string]secretJSON{"key": {Set: true}, "other": {}}); !reflect.DeepEqual(shown, want) {
		t.Errorf("shown: got %v, want %v", shown, want)
	}
	if got := a.asked("POST", "", "", http.Header{"Authorization": {"Bearer " + value}}); len(value) != 64 || got != "200; " {
		t.Errorf("a value of %d characters is answered %s", len(value), got)
	}
	if another, _ := secretOf(a.listen(generated, true, nil)); another == value || len(another) != 64 {
		t.Errorf("another listener has a value of %d characters, the same: %t", len(another), another == value)
	}
	if given, _ := secretOf(a.listen(generated, true, map[string]any{"key": "hunter2"})); given != "hunter2" {
		t.Error("the value that was sent is not kept")
	}
	a.must("200", "PATCH /listeners/"+first, map[string]any{"inputs": map[string]any{"other": "x"}}, nil)
	if kept, _ := secretOf(first); kept != value {
		t.Error("a change of another input makes a new value")
	}
	a.must("422", "PATCH /listeners/"+first, map[string]any{"inputs": map[string]any{"key": nil}}, nil)
}
