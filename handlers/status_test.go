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

// A host has one spelling, and is nothing but a host.
func TestNormalHosts(t *testing.T) {
	got, err := normalHosts([]string{"hooks.slack.com", "HOOKS.Slack.com.", " a.example ", "192.0.2.1", "a.example:8080", "[2001:DB8::1]"})
	want := []string{"hooks.slack.com", "a.example", "192.0.2.1", "a.example:8080", "[2001:db8::1]"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, text := range []string{"", "https://a.example", "a.example/x", "*.example", "a..example", "-a.example", "fe80::1%eth0", "a b", "user@a.example", "a:0"} {
		if got, err := normalHosts([]string{"a.example", text}); err == nil {
			t.Errorf("%q: got %q, want an error", text, got)
		}
	}
	if _, err := normalHosts(make([]string, maxHosts+1)); err == nil || err.Error() != "must be at most 20" {
		t.Errorf("too many: got %v", err)
	}
}
