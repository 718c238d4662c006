package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

const verifying = `behavior: 1
name: Verify
inputs: {key: {type: secret, required: true}}
verify: github.signed(request, inputs.key)
steps:
  - respond: {status: 202}
`

// verifies tells what a listener answers to what was signed with its secret.
func (s *site) verifies(l listenerOut) int {
	s.t.Helper()
	r := &plugin.Request{Method: "POST", Body: []byte("{}")}
	if err := plugin.Sign(r, "github", signingKey, time.Now()); err != nil {
		s.t.Fatal(err)
	}
	q := s.request("POST", s.url+"/webhooks/"+l.GUID, "application/json", "{}")
	for _, h := range r.Header {
		q.Header.Set(h.Name, h.Value)
	}
	return s.do(q).status
}

// command runs the program.
func command(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, console{&stdout}, console{&stderr})
	return code, stdout.String() + stderr.String()
}

// TestRotateKey changes the key under a helpdesk that serves: what the old one
// sealed stays readable, is sealed anew, and needs the old one no more.
func TestRotateKey(t *testing.T) {
	c := config{addr: "127.0.0.1:0", data: t.TempDir(), token: testToken, adminPassword: testPassword}
	s := open(t, c)
	anew := func() {
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": false}`, nil)
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	}
	anew()
	l := s.listen(verifying)
	if code, out := command(t, "rotate-key", "-data", c.data); code != exitOK || !strings.Contains(out, "Key 2 encrypts") {
		t.Fatalf("rotate-key: %d %s", code, out)
	}
	anew()
	if got := s.verifies(l); got != http.StatusAccepted {
		t.Errorf("with a new key beside the old one: got %d, want 202", got)
	}
	eventually(t, "nothing needs the old key", func() bool {
		var status struct {
			Keys struct{ Current, Secrets, Unreadable, Runs int }
		}
		s.want(http.StatusOK, "GET", apiPath+"/status", "", &status)
		return status.Keys.Current == 2 && status.Keys.Secrets == 0 && status.Keys.Unreadable == 0 && status.Keys.Runs == 0
	})
	keys, err := loadKeys(c.data)
	if err != nil {
		t.Fatal(err)
	}
	delete(keys.ByID, 1)
	text, err := formatKeyFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.data, "keys.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	anew()
	if got := s.verifies(l); got != http.StatusAccepted {
		t.Errorf("without the old key: got %d, want 202\n%s", got, s.logs)
	}
}

// TestUninstall drops the plugin's tables and nothing else, and only when told.
func TestUninstall(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		s.want(http.StatusCreated, "POST", "/api/mail", `{"from": "a@example.com", "to": "b@example.com"}`, nil)
		l := s.listen(verifying)
		if c.dsn == "" { // one process a file
			if code, out := command(t, "uninstall", "-data", c.data); code != exitError || !strings.Contains(out, "in use by another process") {
				t.Errorf("while the helpdesk serves: %d %s", code, out)
			}
			s.close()
		}
		args := []string{"uninstall", "-data", c.data, "-dsn", c.dsn}
		code, out := command(t, args...)
		if code != exitOK || !strings.Contains(out, "       1 rows in webhooks_listeners\n") || !strings.Contains(out, "the same command with -yes") {
			t.Errorf("without -yes: %d %s", code, out)
		}
		if s.server != nil {
			if got := s.verifies(l); got != http.StatusAccepted {
				t.Errorf("without -yes something happened: got %d", got)
			}
		}
		code, out = command(t, append(args, "-yes")...)
		if code != exitOK || !strings.Contains(out, "1 listeners, 1 behaviors, 0 stored secrets,") {
			t.Fatalf("with -yes: %d %s", code, out)
		}
		if code, out := command(t, append(args, "-yes")...); code != exitOK || !strings.Contains(out, "keeps nothing in this database") {
			t.Errorf("once more: %d %s", code, out)
		}
		if s.server != nil {
			eventually(t, "the node that serves has followed", func() bool { return s.verifies(l) == http.StatusNotFound })
		} else {
			s = open(t, c)
		}
		tables, err := s.server.helpdesk.db.Migrator().GetTables()
		if err != nil || slices.ContainsFunc(tables, func(name string) bool { return strings.HasPrefix(name, "webhooks_") }) {
			t.Errorf("left are %q, %v", tables, err)
		}
		var mail struct{ Items []struct{ Mask string } }
		s.want(http.StatusOK, "GET", "/api/tickets", "", &mail)
		if len(mail.Items) != 1 {
			t.Errorf("got %d tickets, want the one of before", len(mail.Items))
		}
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		var listeners struct{ Items []listenerOut }
		s.want(http.StatusOK, "GET", listenersPath, "", &listeners)
		if len(listeners.Items) != 0 {
			t.Errorf("enabled anew: got %d listeners, want none", len(listeners.Items))
		}
	})
}

func TestUninstallOfNothing(t *testing.T) {
	if code, out := command(t, "uninstall", "-data", t.TempDir()); code != exitError || !strings.Contains(out, "there is no helpdesk: ") {
		t.Errorf("got %d %s", code, out)
	}
	if code, out := command(t, "uninstall", "webhooks"); code != exitUsage || !strings.Contains(out, "takes only flags") {
		t.Errorf("got %d %s", code, out)
	}
}
