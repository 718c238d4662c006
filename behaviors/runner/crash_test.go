package runner

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/outbound"
)

// crasher panics ahead of or behind the n-th statement of a pool: what was
// under way is rolled back, and its goroutine writes nothing more, as if the
// process had ended there.
type crasher struct {
	mu     sync.Mutex
	left   int // statements until the crash; 0: none
	behind bool
	match  string // only statements of this table; "": all
}

type crash struct{}

func (c *crasher) arm(n int, behind bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left, c.behind = n, behind
}

// armed tells whether the crash has not happened yet.
func (c *crasher) armed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left > 0
}

func (c *crasher) statement(behind bool) func(*gorm.DB) {
	return func(db *gorm.DB) {
		switch table := db.Statement.Table; {
		case c.match != "" && table != c.match:
			return
		case table == "webhooks_counters": // written by a goroutine of the store's
			return
		case strings.Contains(db.Statement.SQL.String(), "host_"): // a panic there is a failed step
			return
		}
		c.mu.Lock()
		due := false
		if c.left > 0 && c.behind == behind {
			c.left--
			due = c.left == 0
		}
		c.mu.Unlock()
		if due {
			panic(crash{})
		}
	}
}

func (c *crasher) watch(t testing.TB, db *gorm.DB) {
	cb := db.Callback()
	for _, err := range []error{
		cb.Create().Before("*").Register("test:before", c.statement(false)), cb.Create().After("*").Register("test:after", c.statement(true)),
		cb.Update().Before("*").Register("test:before", c.statement(false)), cb.Update().After("*").Register("test:after", c.statement(true)),
		cb.Query().Before("*").Register("test:before", c.statement(false)), cb.Query().After("*").Register("test:after", c.statement(true)),
		cb.Raw().Before("*").Register("test:before", c.statement(false)), cb.Raw().After("*").Register("test:after", c.statement(true)),
	} {
		must(t, err)
	}
}

// The sweep: a node ends before, then behind, the n-th statement that it makes
// for a run, for every n until a run needs no more. Another node takes over.
func TestCrashAtEveryStatement(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Sweep
inputs: {slack: {type: secret}}
steps:
  - test.do: {name: inline}
    as: made
  - respond: {status: 201, text: "${{ made.name }}"}
  - message.note: {message: "41", text: bounced}
  - slack.post: {webhook: "${{ inputs.slack }}", text: hello}
  - each:
      in: "[1, 2]"
      as: n
      steps:
        - test.do: {name: "first of ${{ n }}"}
        - test.do: {name: "second of ${{ n }}"}
  - ticket.create: {subject: bounced, external_id: "${{ uuid() }}"}
  - test.do: {name: last}
`, map[string]any{"slack": "secret:" + w.remote.url})
		c := &crasher{}
		asleep := newClock() // the crashing node's own: it never claims
		first := w.node(func(o *Options, db *gorm.DB) {
			o.Clock = asleep
			c.watch(t, db)
		})
		second := w.node(nil)
		asleep.awaitLoops(t)
		_, err := first.Program(t.Context(), first.found())
		must(t, err)
		for _, behind := range []bool{false, true} {
			statements := 0
			for n := 1; ; n++ {
				l := first.found()
				before := len(w.remote.calls())
				c.arm(n, behind)
				a, err := first.Receive(t.Context(), l, jsonRequest(`{}`))
				first.left()
				crashed := !c.armed()
				c.arm(0, false)
				id := int64(w.count("SELECT MAX(id) FROM webhooks_runs"))
				if err == nil && (a.Response.Status != 201 || a.DeliveryID != id) {
					t.Fatalf("statement %d: answered %+v", n, a)
				}
				if err != nil && !errors.Is(err, ErrUnavailable) {
					t.Fatalf("statement %d: %v", n, err)
				}
				if run := w.run(id); err == nil && !run.Answered {
					t.Fatalf("statement %d: answered before it was journaled", n)
				}
				if crashed && w.run(id).State == string(behaviors.RunOpen) {
					second.wake(defaultLease)
					second.left()
				}
				w.wantOnce(id, n, w.remote.calls()[before:])
				if t.Failed() {
					t.Fatalf("crash at statement %d, behind it: %t\n%s", n, behind, w.shown(id))
				}
				if !crashed {
					break
				}
				statements = n
			}
			if statements < 15 {
				t.Errorf("the sweep had %d statements", statements)
			}
		}
	})
}

// wantOnce holds a finished run to what is promised.
func (w *world) wantOnce(id int64, n int, calls []remoteCall) {
	w.t.Helper()
	if run := w.run(id); run.State != string(behaviors.RunDone) || !run.Answered {
		w.t.Errorf("statement %d: the run is %+v", n, run)
	}
	for _, effect := range []string{
		"SELECT COUNT(*) FROM host_notes WHERE delivery = ?",
		"SELECT COUNT(*) FROM host_tickets WHERE delivery = ?",
		"SELECT COUNT(*) FROM host_effects WHERE name = 'inline' AND delivery = ?",
		"SELECT COUNT(*) FROM host_effects WHERE name = 'first of 1' AND delivery = ?",
		"SELECT COUNT(*) FROM host_effects WHERE name = 'first of 2' AND delivery = ?",
		"SELECT COUNT(*) FROM host_effects WHERE name = 'second of 1' AND delivery = ?",
		"SELECT COUNT(*) FROM host_effects WHERE name = 'second of 2' AND delivery = ?",
		"SELECT COUNT(*) FROM host_effects WHERE name = 'last' AND delivery = ?",
	} {
		if got := w.count(effect, id); got != 1 {
			w.t.Errorf("statement %d: %s: %d times", n, effect, got)
		}
	}
	if len(calls) == 0 || len(calls) > 2 {
		w.t.Errorf("statement %d: Slack was called %d times", n, len(calls))
	}
	for _, call := range calls {
		if call != calls[0] || !strings.HasSuffix(call.Key, "-steps[3]") {
			w.t.Errorf("statement %d: Slack was called with %+v", n, calls)
		}
	}
}

// A node that is frozen during a call, past its lease, writes nothing when it
// wakes: another one has gone on.
func TestFrozenNodeWritesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.call: {name: a}\n  - test.do: {name: behind}\n", nil)
		g := w.gate()
		asleep := newClock()
		first := w.node(func(o *Options, _ *gorm.DB) { o.Clock = asleep })
		second := w.node(nil)
		id := first.accepted(`{}`).DeliveryID
		get(t, g.entered)
		second.wake(defaultLease)
		get(t, g.entered)
		close(g.open)
		first.left()
		if got := second.left(); got != "done reason=" {
			t.Fatalf("the second node left the run %s", got)
		}
		if got := w.count("SELECT COUNT(*) FROM host_effects"); got != 1 {
			t.Errorf("%d effects, want 1", got)
		}
		w.wantShown(id, "steps[0] test.call done = {\"got\":\"it\"}; 1: unfinished; 2: ok\nsteps[1] test.do done = {\"name\":\"behind\"}")
	})
}

// The lease is kept as long as a call goes on.
func TestLeaseIsRenewedDuringACall(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.call: {name: a}\n", nil)
		g := w.gate()
		n := w.node(nil)
		id := n.accepted(`{}`).DeliveryID
		get(t, g.entered)
		for range 6 {
			w.clock.await(t, defaultLease/3)
			w.clock.Add(defaultLease / 3)
		}
		w.clock.await(t, defaultLease/3)
		if run := w.run(id); run.Token != 1 || run.DueAt < after(w.clock.micros(), defaultLease/3) {
			t.Errorf("got %+v at %d, want the first claim's lease", run, w.clock.micros())
		}
		close(g.open)
		if got := n.left(); got != "done reason=" {
			t.Errorf("the run was left %s", got)
		}
	})
}

func TestCrashDuringACallThatAsks(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.call: {name: a}\n    retry: {ask: true}\n", nil)
		calls := 0
		w.call = func(context.Context, *actions.Call) (any, error) { calls++; panic(crash{}) }
		c := &crasher{match: "webhooks_attempts"}
		asleep := newClock()
		first := w.node(func(o *Options, db *gorm.DB) {
			o.Clock = asleep
			c.watch(t, db)
		})
		second := w.node(nil)
		asleep.awaitLoops(t)
		l := first.found()
		c.arm(2, false) // the row behind the call
		a, err := first.Receive(t.Context(), l, jsonRequest(`{}`))
		must(t, err)
		first.left()
		second.wake(defaultLease)
		if got := second.left(); got != "waiting reason=ask" {
			t.Fatalf("the run was left %s", got)
		}
		if calls != 1 || w.run(a.DeliveryID).DueAt != never {
			t.Errorf("%d calls; the run is %+v", calls, w.run(a.DeliveryID))
		}
		w.wantShown(a.DeliveryID, "steps[0] test.call unknown (a crash left open whether the call happened); 1: unfinished")
	})
}

func TestRunThatStopsItsWorkerIsDead(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.call: {name: a}\n", nil)
		c := &crasher{match: "webhooks_attempts"}
		n := w.node(func(_ *Options, db *gorm.DB) { c.watch(t, db) })
		l := n.found()
		c.arm(1, false)
		a, err := n.Receive(t.Context(), l, jsonRequest(`{}`))
		must(t, err)
		for range maxClaims {
			n.logs.wait(t, "run panicked")
			n.left()
			c.arm(1, false)
			n.wake(defaultLease + time.Second)
		}
		if got := n.left(); got != "dead reason=" {
			t.Fatalf("the run was left %s", got)
		}
		if run := w.run(a.DeliveryID); run.Error != "stopped the worker three times" {
			t.Errorf("got %+v", run)
		}
	})
}

// The transaction that the host was given is undone by the database, and the
// step is done once, in the end.
func TestTransactionThatGivesWay(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - message.note: {message: \"41\", text: bounced}\n", nil)
		tries := 0
		w.records.before = func(actions.Tx) error {
			if tries++; tries < hostTries {
				return errors.New("Error 1213 (40001): Deadlock found when trying to get lock; try restarting transaction")
			}
			return nil
		}
		n := w.node(func(o *Options, _ *gorm.DB) { o.HTTP = outbound.New(outbound.Options{}) })
		id := n.accepted(`{}`).DeliveryID
		if got := n.left(); got != "done reason=" {
			t.Fatalf("the run was left %s", got)
		}
		w.wantShown(id, `steps[0] message.note done = {"id":"1"}`)
		if got := w.count("SELECT COUNT(*) FROM host_notes"); got != 1 || tries != hostTries {
			t.Errorf("%d notes after %d tries", got, tries)
		}
	})
}
