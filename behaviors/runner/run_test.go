package runner

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/models"
)

const backgroundCall = `
behavior: 1
name: Call in the background
steps:
  - test.do: {name: before}
  - test.call: {name: call}
    as: called
    retry: {attempts: 4, backoff: 10s, max: 1h}
  - test.do: {name: "${{ called.what }}"}
`

func TestRetrySchedule(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(backgroundCall, nil)
		var keys []string
		w.call = func(_ context.Context, c *actions.Call) (any, error) {
			keys = append(keys, c.IdempotencyKey)
			switch len(keys) {
			case 1:
				return nil, &actions.Error{Message: "answered 503", Status: 503, Blame: actions.BlameRemote}
			case 2:
				return nil, &actions.Error{Message: "answered 429", Status: 429, Blame: actions.BlameRemote, RetryAfter: 5 * time.Minute}
			case 3:
				return nil, errors.New("broken")
			}
			return map[string]any{"what": "after"}, nil
		}
		n := w.node(nil)
		id := n.accepted(`{}`).DeliveryID
		stored, err := w.store.Delivery(t.Context(), id)
		must(t, err)
		policy := behaviors.RetryPolicy{Attempts: 4, Backoff: 10 * time.Second, Max: time.Hour}
		for i, retryAfter := range []time.Duration{0, 5 * time.Minute, 0} {
			if got := n.left(); got != "waiting reason=retry" {
				t.Fatalf("after attempt %d the run was left %s", i+1, got)
			}
			pause := backoff(policy, stored.UID, "steps[1]", i+1, retryAfter)
			if got, want := w.run(id).DueAt, after(w.clock.micros(), pause); got != want {
				t.Fatalf("after attempt %d: due at %v, want %v", i+1, got.Time(), want.Time())
			}
			n.wake(pause - time.Microsecond)
			n.wake(time.Microsecond)
		}
		if got := n.left(); got != "done reason=" {
			t.Fatalf("in the end the run was left %s", got)
		}
		want := stored.UID + "-steps[1]"
		if !reflect.DeepEqual(keys, []string{want, want, want, want}) {
			t.Errorf("idempotency keys: got %q, want four times %q", keys, want)
		}
		w.wantShown(id, `
			steps[0] test.do done = {"name":"before"}
			steps[1] test.call done = {"what":"after"}; 1: remote: answered 503; 2: remote: answered 429; 3: us: broken; 4: ok
			steps[2] test.do done = {"name":"after"}
		`)
	})
}

func TestDeadLetter(t *testing.T) {
	tests := map[string]struct {
		failure *actions.Error
		wakes   int
		want    string
	}{
		"permanent: at once": {
			&actions.Error{Message: "answered 404", Status: 404, Permanent: true, Blame: actions.BlameRemote}, 0,
			"test.call (line 6): answered 404",
		},
		"attempts spent": {
			&actions.Error{Message: "answered 500", Status: 500, Blame: actions.BlameRemote}, 3,
			"test.call (line 6): answered 500; given up after 4 attempts",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, w *world) {
				w.listen(backgroundCall, nil)
				calls := 0
				w.call = func(context.Context, *actions.Call) (any, error) { calls++; return nil, tt.failure }
				n := w.node(nil)
				id := n.accepted(`{}`).DeliveryID
				for range tt.wakes {
					n.left()
					n.wake(time.Hour)
				}
				if got := n.left(); got != "dead reason=" {
					t.Fatalf("the run was left %s", got)
				}
				if got := w.run(id).Error; got != tt.want || calls != tt.wakes+1 {
					t.Errorf("got %q after %d calls, want %q", got, calls, tt.want)
				}
				// A person's retry continues at the step that failed.
				w.call = func(context.Context, *actions.Call) (any, error) { return map[string]any{"what": "mended"}, nil }
				_, err := w.store.Reopen(t.Context(), id, 0)
				must(t, err)
				n.wake(0)
				if got := n.left(); got != "done reason=" {
					t.Fatalf("retried, the run was left %s", got)
				}
				if got := w.count("SELECT COUNT(*) FROM host_effects"); got != 2 {
					t.Errorf("%d effects, want 2: what was done is not done again", got)
				}
			})
		})
	}
}

func TestFailureTakenByOnError(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Handled
steps:
  - test.call: {name: call}
    retry: {attempts: 1}
    on_error:
      - test.do: {name: "${{ error.message }}, ${{ error.status }}, ${{ error.attempts }}"}
  - test.do: {name: behind}
`, nil)
		w.call = func(context.Context, *actions.Call) (any, error) {
			return nil, &actions.Error{Message: "answered 500", Status: 500, Blame: actions.BlameRemote}
		}
		n := w.node(nil)
		id := n.accepted(`{}`).DeliveryID
		if got := n.left(); got != "done reason=" {
			t.Fatalf("the run was left %s", got)
		}
		w.wantShown(id, `
			steps[0] test.call failed (answered 500); 1: remote: answered 500
			steps[0].on_error[0] test.do done = {"name":"answered 500, 500, 1"}
			steps[1] test.do done = {"name":"behind"}
		`)
	})
}

func TestHostPanicIsAFailedStep(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Panic
steps:
  - test.do: {name: one}
    retry: {attempts: 2, backoff: 1s}
`, nil)
		w.do = func(context.Context, *actions.Call) (any, error) { panic("hunter2") }
		n := w.node(nil)
		id := n.accepted(`{}`).DeliveryID
		if got := n.left(); got != "waiting reason=retry" {
			t.Fatalf("the run was left %s", got)
		}
		if got := w.count("SELECT COUNT(*) FROM host_effects"); got != 0 {
			t.Errorf("%d effects are left of a step that panicked", got)
		}
		var late []string
		w.do = func(_ context.Context, c *actions.Call) (any, error) {
			c.Tx.AfterCommit(func() { late = append(late, "ran"); panic("too late to matter") })
			return map[string]any{}, nil
		}
		n.wake(time.Second)
		if got := n.left(); got != "done reason=" || len(late) != 1 {
			t.Fatalf("the run was left %s; after the commit: %q", got, late)
		}
		w.wantShown(id, `steps[0] test.do done = {}; 1: host: panic: a string`)
		if strings.Contains(n.logs.all(), "hunter2") {
			t.Error("what was panicked with is in the log")
		}
	})
}

func TestAfterCommitDoesNotRunForARollback(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.do: {name: one}\n    retry: {attempts: 1}\n", nil)
		ran := false
		w.do = func(_ context.Context, c *actions.Call) (any, error) {
			c.Tx.AfterCommit(func() { ran = true })
			return nil, errors.New("no")
		}
		n := w.node(nil)
		n.accepted(`{}`)
		if got := n.left(); got != "dead reason=" || ran {
			t.Errorf("the run was left %s; after-commit ran: %t", got, ran)
		}
	})
}

func TestTimeoutOfAnAttempt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Timeout
steps:
  - test.call: {name: one}
    timeout: 1ms
    retry: {attempts: 1}
`, nil)
		w.call = func(ctx context.Context, _ *actions.Call) (any, error) { <-ctx.Done(); return nil, ctx.Err() }
		n := w.node(nil)
		id := n.accepted(`{}`).DeliveryID
		n.left()
		w.wantShown(id, `steps[0] test.call failed (no answer within 1ms); 1: network: no answer within 1ms`)
	})
}

func TestOutputThatCannotBeKept(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.do: {name: one}\n", nil)
		w.do = func(context.Context, *actions.Call) (any, error) { return make(chan int), nil }
		n := w.node(nil)
		id := n.accepted(`{}`).DeliveryID
		if got := n.left(); got != "dead reason=" {
			t.Fatalf("the run was left %s", got)
		}
		if got := w.count("SELECT COUNT(*) FROM host_effects"); got != 0 {
			t.Errorf("%d effects are left of a step whose output was lost", got)
		}
		want := "its output cannot be kept: JSON cannot hold this value"
		w.wantShown(id, "steps[0] test.do failed ("+want+"); 1: host: "+want)
	})
}

func TestUnknownActionIsLeftToAnotherNode(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(backgroundCall, nil)
		w.call = func(context.Context, *actions.Call) (any, error) { return map[string]any{"what": "done"}, nil }
		newer := w.node(func(o *Options, _ *gorm.DB) { o.Workers = 1 })
		newer.occupy() // so that the run is born due
		id := newer.accepted(`{}`).DeliveryID
		older := w.node(func(o *Options, _ *gorm.DB) {
			o.Clock = newClock() // it claims but when woken
			o.Actions = actions.Builtin(w.records)
			catalog, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: o.Actions.Specs()})
			must(t, err)
			o.Catalog = catalog
		})
		older.wake(0)
		if got := older.left(); got != "open reason=" {
			t.Fatalf("the older node left the run %s", got)
		}
		run := w.run(id)
		if run.DueAt != after(w.clock.micros(), elsewhere) || !strings.Contains(run.Error, "does not compile on this node: line 5: unknown action `test.do`") {
			t.Errorf("got %+v", run)
		}
		newer.slots.put(1)
		newer.wake(elsewhere)
		if got := newer.left(); got != "done reason=" {
			t.Fatalf("the newer node left the run %s", got)
		}
	})
}

func TestSecretThatIsMissingIsWaitedFor(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Secret
inputs: {key: {type: secret, hosts: [a.example]}}
steps:
  - test.call: {key: "${{ inputs.key }}"}
    retry: {attempts: 1}
`, map[string]any{"key": "secret:right"})
		var got []string
		w.call = func(_ context.Context, c *actions.Call) (any, error) {
			for _, ref := range secretsIn(c.Params, nil) {
				v, err := c.Secret(ref, "https://a.example/")
				if err != nil {
					return nil, err
				}
				got = append(got, v)
			}
			return map[string]any{}, nil
		}
		id := w.listener.Inputs["key"].(models.SecretInput).ID
		must(t, w.store.DeleteSecret(t.Context(), id))
		n := w.node(nil)
		run := n.accepted(`{}`).DeliveryID
		for range 3 { // more often than there are attempts
			if left := n.left(); left != "waiting reason=retry" {
				t.Fatalf("the run was left %s", left)
			}
			if r := w.run(run); r.DueAt != after(w.clock.micros(), secretWait) || r.Error != "the secret of input key is not set; set it on the listener" {
				t.Fatalf("got %+v", r)
			}
			n.wake(secretWait)
		}
		n.left()
		sec := &models.Secret{}
		must(t, w.store.PutSecret(t.Context(), sec, "corrected"))
		w.change(func(l *models.Listener) { l.Inputs = map[string]any{"key": models.SecretInput{ID: sec.ID}} })
		must(t, n.Refresh(t.Context()))
		n.wake(secretWait)
		if left := n.left(); left != "done reason=" || !reflect.DeepEqual(got, []string{"corrected"}) {
			t.Errorf("the run was left %s, with %q", left, got)
		}
		w.wantShown(run, `steps[0] test.call done = {}; 1: ok`)
	})
}

func TestSecretOfADeletedListener(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Secret
inputs: {key: {type: secret}}
steps:
  - test.call: {key: "${{ inputs.key }}"}
`, map[string]any{"key": "secret:right"})
		n := w.node(func(o *Options, _ *gorm.DB) { o.Workers = 1 })
		n.occupy() // so that the run is born due
		id := n.accepted(`{}`).DeliveryID
		must(t, w.store.DeleteListener(t.Context(), w.listener.ID))
		must(t, n.Refresh(t.Context()))
		n.slots.put(1)
		n.wake(0)
		if left := n.left(); left != "dead reason=" {
			t.Fatalf("the run was left %s", left)
		}
		if want := "test.call (line 6): the secret of input key went with the listener, which was deleted"; w.run(id).Error != want {
			t.Errorf("got %q, want %q", w.run(id).Error, want)
		}
	})
}

func TestPausedListenerAnswersAndHolds(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Paused
deadline: {after: 8s, respond: {status: 202}}
steps:
  - test.do: {name: first}
    as: made
  - respond: {status: 201, text: "${{ made.name }}"}
`, nil)
		w.change(func(l *models.Listener) { l.Paused = true })
		n := w.node(nil)
		answer := n.accepted(`{}`)
		if answer.Response.Status != 202 {
			t.Errorf("got %d, want the deadline's answer", answer.Response.Status)
		}
		if got := n.left(); got != "waiting reason=paused" {
			t.Fatalf("the run was left %s", got)
		}
		run := w.run(answer.DeliveryID)
		if run.State != "waiting" || run.Reason != "paused" || run.DueAt != after(w.clock.micros(), heldFor) {
			t.Fatalf("got %+v, want a run that waits, paused", run)
		}
		if got := w.count("SELECT COUNT(*) FROM host_effects"); got != 0 {
			t.Errorf("%d effects while paused", got)
		}
		w.change(func(l *models.Listener) { l.Paused = false })
		must(t, n.Refresh(t.Context()))
		if got := n.left(); got != "done reason=" {
			t.Fatalf("after the pause the run was left %s", got)
		}
		w.wantShown(answer.DeliveryID, "steps[0] test.do done = {\"name\":\"first\"}\nsteps[1] respond done")
	})
}
