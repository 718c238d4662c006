package runner

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
)

// said are the lines of a run's log, with the levels and texts of its logs and
// the reasons of its ends.
func (w *world) said(id int64) string {
	w.t.Helper()
	steps, err := w.store.Steps(w.t.Context(), id)
	must(w.t, err)
	var b strings.Builder
	for _, s := range steps {
		switch s.Action {
		case "log", "fail", "stop", "choose":
			fmt.Fprintf(&b, "%s %s %s %s\n", s.Path, s.Action, s.State, s.Params)
		}
	}
	return b.String()
}

func (w *world) wantSaid(id int64, want string) {
	w.t.Helper()
	if got := w.said(id); strings.TrimSpace(got) != strings.TrimSpace(strings.ReplaceAll(want, "\t", "")) {
		w.t.Errorf("run %d says\n%s\nwant\n%s", id, got, want)
	}
}

// A log's line is in the journal once, however often its run is taken up, and
// as soon as the run comes to rest. It is in no log but the run's.
func TestLogLinesAreKeptOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Talkative
steps:
  - log: "from ${{ payload.who }}"
  - test.do: {name: first}
  - test.call: {name: call}
    as: called
    retry: {attempts: 3, backoff: 10s}
  - choose:
      - when: called.what == "nothing"
        steps: []
      - when: called.what == "this"
        steps:
          - log: {level: warn, text: "${{ called.what }}"}
          - test.do: {name: second}
  - log: {level: debug, text: last}
`, nil)
		calls := 0
		w.call = func(context.Context, *actions.Call) (any, error) {
			if calls++; calls < 3 {
				return nil, &actions.Error{Message: "answered 503", Status: 503, Blame: actions.BlameRemote}
			}
			return map[string]any{"what": "this"}, nil
		}
		first := w.node(nil)
		id := first.accepted(`{"who": "ann@example.com"}`).DeliveryID
		for range 2 {
			if got := first.left(); got != "waiting reason=retry" {
				t.Fatalf("the run was left %s", got)
			}
			w.wantSaid(id, `steps[0] log done {"level":"info","text":"from ann@example.com"}`)
			first.wake(time.Hour)
		}
		if got := first.left(); got != "done reason=" {
			t.Fatalf("the run was left %s", got)
		}
		w.wantSaid(id, `
			steps[0] log done {"level":"info","text":"from ann@example.com"}
			steps[3] choose done {"branch":1}
			steps[3].choose[1].steps[0] log done {"level":"warn","text":"this"}
			steps[4] log done {"level":"debug","text":"last"}
		`)
		w.wantShown(id, `
			steps[0] log done
			steps[1] test.do done = {"name":"first"}
			steps[2] test.call done = {"what":"this"}; 1: remote: answered 503; 2: remote: answered 503; 3: ok
			steps[3] choose done
			steps[3].choose[1].steps[0] log done
			steps[3].choose[1].steps[1] test.do done = {"name":"second"}
			steps[4] log done
		`)
		if strings.Contains(first.logs.all(), "ann@example.com") {
			t.Error("the log of the process has a line of the run's")
		}
	})
}

// A run that needs nothing but its lines is written with them, finished.
func TestLogWithoutAnEffect(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - log: one\n  - respond: {status: 201}\n  - log: two\n  - stop: enough\n", nil)
		n := w.node(nil)
		answer := n.accepted(`{}`)
		if run := w.run(answer.DeliveryID); run.State != "done" || answer.Response.Status != 201 {
			t.Errorf("got %+v, answered %d", run, answer.Response.Status)
		}
		w.wantSaid(answer.DeliveryID, `
			steps[0] log done {"level":"info","text":"one"}
			steps[2] log done {"level":"info","text":"two"}
			steps[3] stop done {"reason":"enough"}
		`)
	})
}

func TestFailEndsTheRun(t *testing.T) {
	tests := map[string]struct {
		steps  string
		status int
		err    string
		said   string
		left   bool // the run was executed, and not finished at once
	}{
		"at once": {
			`
  - fail: nobody works on ${{ payload.day }}
  - respond: {status: 201}
`, 500, "fail (line 4)", `steps[0] fail failed {"reason":"nobody works on sunday"}`, false,
		},
		"while the caller waits": {
			`
  - test.do: {name: one}
    as: made
  - log: made ${{ made.name }}
  - fail: not this one
    when: made.name == "one"
  - respond: {status: 201}
`, 500, "fail (line 7): not this one", `
			steps[1] log done {"level":"info","text":"made one"}
			steps[2] fail failed {"reason":"not this one"}
		`, true,
		},
		"behind the answer": {
			`
  - respond: {status: 201}
  - test.do: {name: one}
    as: made
  - fail: made ${{ made.name }}
  - log: never reached
`, 201, "fail (line 7)", `steps[2] fail failed {"reason":"made one"}`, true,
		},
		"for a failure of an action": {
			`
  - respond: {status: 201}
  - test.call: {name: one}
    retry: {attempts: 1}
    on_error:
      - choose:
          - when: error.status == 404
            steps:
              - stop: it is gone
          - steps:
              - fail: "given up: ${{ error.message }}"
`, 201, "fail (line 13)", `
			steps[1].on_error[0] choose failed {"branch":1}
			steps[1].on_error[0].choose[1].steps[0] fail failed {"reason":"given up: answered 502"}
		`, true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, w *world) {
				w.listen("behavior: 1\nname: A\nsteps:"+tt.steps, nil)
				w.call = func(context.Context, *actions.Call) (any, error) {
					return nil, &actions.Error{Message: "answered 502", Status: 502, Blame: actions.BlameRemote}
				}
				n := w.node(nil)
				answer := n.accepted(`{"day": "sunday"}`)
				if tt.left {
					n.left()
				}
				if run := w.run(answer.DeliveryID); run.State != "failed" || run.Error != tt.err || answer.Response.Status != tt.status {
					t.Errorf("got %+v, answered %d; want it failed because of %q, answered %d", run, answer.Response.Status, tt.err, tt.status)
				}
				if body := string(answer.Response.Body); tt.status == 500 && body != "the request could not be processed\n" {
					t.Errorf("the caller is told %q", body)
				}
				w.wantSaid(answer.DeliveryID, tt.said)
			})
		})
	}
}

// A repeat with the same key takes a run up that a fail answered 500: what is
// done stays done, and the fail is asked again.
func TestRepeatOfAFail(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: A
dedupe: payload.key
steps:
  - test.do: {name: one}
  - fail: no
    when: payload.key == 1
  - respond: {status: 201}
`, nil)
		n := w.node(nil)
		id := n.accepted(`{"key": 1}`).DeliveryID
		n.left()
		repeat, err := n.post(`{"key": 1}`)
		must(t, err)
		n.left()
		if repeat.Outcome != behaviors.Duplicate || repeat.Response.Status != 500 {
			t.Errorf("got %+v, want a duplicate that is answered 500", repeat)
		}
		if got := w.count("SELECT COUNT(*) FROM host_effects"); got != 1 {
			t.Errorf("%d effects, want 1", got)
		}
		w.wantSaid(id, `steps[1] fail failed {"reason":"no"}`)
		if run := w.run(id); run.State != "failed" || run.Error != "fail (line 7): no" {
			t.Errorf("got %+v", run)
		}
	})
}
