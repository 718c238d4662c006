package handlers

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// A status says what it is about the database and the keys that needs a person.
func TestStatusWarns(t *testing.T) {
	a := newAPI(t)
	db := modelstest.SQLite(t, "synchronous(normal)").Open()
	old := modelstest.Store(t, db, nil)
	if err := old.PutSecret(t.Context(), &models.Secret{Name: "s"}, "hunter2"); err != nil {
		t.Fatal(err)
	}
	lost, err := models.Open(t.Context(), db, models.Options{Keys: models.Keys{Current: 9, ByID: map[byte][]byte{9: bytes.Repeat([]byte{9}, 32)}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lost.Close() })
	for _, c := range []struct {
		store *models.Store
		codes []string
		keys  keysJSON
	}{
		{old, []string{"synchronous"}, keysJSON{Current: 1}},
		{lost, []string{"synchronous", "secrets-unreadable"}, keysJSON{Current: 9, Unreadable: 1}},
	} {
		a.h.Store = c.store
		status, answer := a.call("GET /status as view", nil)
		var got statusJSON
		if err := json.Unmarshal(answer, &got); err != nil || status != "200" {
			t.Fatalf("%s %s: %v", status, answer, err)
		}
		var codes []string
		for _, w := range got.Warnings {
			codes = append(codes, w.Code)
		}
		if !reflect.DeepEqual(codes, c.codes) || !reflect.DeepEqual(got.Keys, &c.keys) || !got.Database.Reachable || strings.Contains(string(answer), "hunter2") {
			t.Errorf("got %s\nwant %v and %+v", answer, c.codes, c.keys)
		}
	}
	a.h.Store = a.store // what stops with the test
}

// A host's name has one spelling, and is nothing but a name.
func TestNormalHost(t *testing.T) {
	for text, want := range map[string]string{
		"hooks.slack.com": "hooks.slack.com", "HOOKS.Slack.com.": "hooks.slack.com", " a.example ": "a.example", "bücher.example": "xn--bcher-kva.example",
		"my_host.internal": "", "localhost": "localhost", "192.0.2.1": "192.0.2.1", "[2001:DB8:0::1]": "2001:db8::1", "::ffff:192.0.2.1": "192.0.2.1",
		"": "", "https://a.example": "", "a.example:443": "", "a.example/x": "", "*.example": "", "a..example": "", "-a.example": "", "fe80::1%eth0": "", "a b": "", "user@a.example": "",
	} {
		got, ok := normalHost(text)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for value, want := range map[string]string{
		"https://Hooks.Slack.com:443/services/T": "hooks.slack.com", "http://127.0.0.1:8025/demo": "127.0.0.1", "ftp://a.example": "", "hunter2": "",
	} {
		if got := hostOf(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}
