package runner

import (
	"context"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/actions"
)

// What one node sets, the other follows with its next look; nothing restarts.
func TestSettingsAreFollowed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`behavior: 1
name: t
steps:
  - respond: {text: "${{ format_date(date('2026-07-01T22:30:00Z'), '2006-01-02 15:04') }}"}
`, nil)
		n := w.node(nil)
		set := func(changes map[string]any) {
			t.Helper()
			_, err := w.store.ChangeSettings(t.Context(), changes, 0, "ann")
			must(t, err)
			w.clock.awaitLoops(t)
			w.clock.Add(followEvery)
			w.clock.awaitLoops(t)
		}
		date := func(want string) {
			t.Helper()
			if got := string(n.accepted("{}").Response.Body); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		date("2026-07-01 22:30")
		set(map[string]any{"timezone": "Europe/Berlin", "max_body": int64(2048), "concurrency": int64(2)})
		date("2026-07-02 00:30")
		if got := n.Settings(); got.MaxBody != 2048 || got.Concurrency != 2 {
			t.Errorf("got %+v", got)
		}
		set(map[string]any{"timezone": nil, "max_body": nil})
		date("2026-07-01 22:30")
		if got := n.Settings(); got.MaxBody != 0 || got.Concurrency != 2 {
			t.Errorf("back at the defaults: got %+v", got)
		}
		// A newer version may know values that this one does not.
		set(map[string]any{"timezone": "Mars/Phobos", "concurrency": "as many as there are cores", "more": true})
		date("2026-07-01 22:30")
	})
}

// The number of runs at once changes while they run.
func TestConcurrencyWhileRunning(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: t\nsteps:\n  - respond: {status: 202}\n  - test.call: {name: a}\n", nil)
		began, goOn := make(chan struct{}), make(chan struct{})
		w.call = func(context.Context, *actions.Call) (any, error) {
			began <- struct{}{}
			<-goOn
			return map[string]any{}, nil
		}
		n := w.node(func(o *Options, _ *gorm.DB) { o.Workers = 1 })
		release := sync.OnceFunc(func() { close(goOn) })
		t.Cleanup(release)
		for range 3 {
			n.accepted("{}")
		}
		<-began
		w.clock.awaitLoops(t)
		if got := n.live.len(); got != 1 {
			t.Fatalf("with one slot: %d runs are executed, want 1", got)
		}
		_, err := w.store.ChangeSettings(t.Context(), map[string]any{"concurrency": int64(8)}, 0, "")
		must(t, err)
		must(t, n.Refresh(t.Context()))
		<-began
		<-began
		_, err = w.store.ChangeSettings(t.Context(), map[string]any{"concurrency": int64(1)}, 0, "")
		must(t, err)
		must(t, n.Refresh(t.Context()))
		n.accepted("{}") // three are taken where one may be: it is left to the database
		w.clock.awaitLoops(t)
		if got := n.live.len(); got != 3 {
			t.Errorf("after a decrease: %d runs are executed, want the 3 of before", got)
		}
		release()
		for range 3 {
			n.left()
		}
		<-began
		n.left()
	})
}

func TestSlotsResize(t *testing.T) {
	s := newSlots(2)
	for range 2 {
		if !s.take() {
			t.Fatal("no slot")
		}
	}
	s.resize(1)
	if s.take() || s.takeForClaim(5) != 0 {
		t.Error("two are taken where one may be: got another")
	}
	s.put(1)
	if s.take() {
		t.Error("one is taken where one may be: got another")
	}
	s.resize(3)
	if got := s.takeForClaim(5); got != 1 {
		t.Errorf("two are free: got %d for claiming, want 1", got)
	}
}
