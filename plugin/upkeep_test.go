package plugin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models/modelstest"
)

// told passes on what is logged with a message.
type told struct {
	slog.Handler
	message string
	c       chan slog.Record
}

func (h *told) Enabled(context.Context, slog.Level) bool { return true }
func (h *told) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *told) Handle(_ context.Context, r slog.Record) error {
	if r.Message == h.message {
		h.c <- r
	}
	return nil
}

// loggingHost is a host whose log a test reads.
type loggingHost struct {
	*fakeHost
	log *slog.Logger
}

func (h *loggingHost) Logger() *slog.Logger { return h.log }

func keys(current byte, ids ...byte) func() (Keys, error) {
	return func() (Keys, error) {
		k := Keys{Current: current, ByID: map[byte][]byte{}}
		for _, id := range ids {
			k.ByID[id] = append(make([]byte, 31), id)
		}
		return k, nil
	}
}

// node is a process of a host on a database, whose plugin is enabled.
func node(t *testing.T, d *modelstest.Database, k func() (Keys, error), log *slog.Logger) (*Plugin, *fakeRegistry) {
	t.Helper()
	r := newFakeRegistry()
	p, err := Register(r, &loggingHost{&fakeHost{db: d.Open(), keys: k}, log})
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
	return p, r
}

// The host's key changes, node after node; secrets follow by themselves, and
// then the old key may go.
func TestKeyRotation(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		quiet := slog.New(slog.DiscardHandler)
		first, r := node(t, d, keys(1, 1), quiet)
		if status, answer := r.call(t, "PUT", "/api/hooks/secrets/slack", `{"value": "hunter2"}`); status != http.StatusOK {
			t.Fatalf("got %d %v", status, answer)
		}
		keysOf := func(r *fakeRegistry) map[string]any {
			t.Helper()
			_, answer := r.call(t, "GET", "/api/hooks/status", "")
			k, _ := answer["keys"].(map[string]any)
			return k
		}
		if err := first.Disable(t.Context()); err != nil {
			t.Fatal(err)
		}
		h := &told{message: "secrets sealed anew with the host's current key", c: make(chan slog.Record, 3)}
		var registries []*fakeRegistry
		for range 3 {
			_, r := node(t, d, keys(2, 1, 2), slog.New(h))
			registries = append(registries, r)
		}
		select {
		case <-h.c:
		case <-time.After(time.Minute):
			t.Fatal("no node sealed the secret anew")
		}
		for _, r := range registries {
			if k := keysOf(r); k["current"] != 2.0 || k["secrets"] != 0.0 || k["unreadable"] != 0.0 {
				t.Errorf("after the rotation: got %v", k)
			}
		}
		_, without := node(t, d, keys(2, 2), quiet)
		if k := keysOf(without); k["unreadable"] != 0.0 {
			t.Errorf("without the old key: got %v", k)
		}
		_, lost := node(t, d, keys(3, 3), quiet)
		if k := keysOf(lost); k["unreadable"] != 1.0 {
			t.Errorf("without both keys: got %v", k)
		}
	})
}

func TestUninstall(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		quiet := slog.New(slog.DiscardHandler)
		here, r := node(t, d, testKeys, quiet)
		elsewhere, _ := node(t, d, testKeys, quiet)
		r.listen(t)
		if _, err := here.Uninstall(t.Context()); !errors.Is(err, ErrEnabled) || !strings.HasSuffix(err.Error(), "disable it first") {
			t.Errorf("while enabled here: got %v", err)
		}
		if err := here.Disable(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := here.Uninstall(t.Context()); !errors.Is(err, ErrEnabled) {
			t.Errorf("while enabled elsewhere: got %v", err)
		}
		if err := elsewhere.Disable(t.Context()); err != nil {
			t.Fatal(err)
		}
		gone, err := here.Uninstall(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if gone.Listeners != 1 || gone.Behaviors != 1 || gone.AuditRows != 3 || len(gone.Tables) < 10 {
			t.Errorf("got %+v", gone)
		}
		if tables, err := here.db.Migrator().GetTables(); err != nil || len(tables) > 1 { // SQLite's own
			t.Errorf("what is left: %q, %v", tables, err)
		}
		if err := here.Enable(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, answer := r.call(t, "GET", "/api/hooks/listeners", ""); len(answer["items"].([]any)) != 0 {
			t.Errorf("enabled again: got %v, want nothing", answer)
		}
	})
}
