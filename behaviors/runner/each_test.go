package runner

import (
	"context"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/actions"
)

// An iteration that waits for a retry does not hold the others, and the step
// behind the each waits for it.
func TestIterationsWaitAlone(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: A
steps:
  - each:
      in: payload.items
      as: item
      steps:
        - test.call: {name: "${{ item }}"}
          retry: {attempts: 3, backoff: 10s}
        - test.do: {name: "behind ${{ item }}"}
  - test.do: {name: last}
`, nil)
		failed := false
		w.call = func(_ context.Context, c *actions.Call) (any, error) {
			if c.Text("name") == "b" && !failed {
				failed = true
				return nil, &actions.Error{Message: "answered 503", Status: 503, Blame: actions.BlameRemote}
			}
			return nil, nil
		}
		n := w.node(nil)
		id := n.accepted(`{"items": ["a", "b", "c"]}`).DeliveryID
		if got := n.left(); got != "waiting reason=retry" {
			t.Fatalf("the run was left %s", got)
		}
		w.wantShown(id, `
			steps[0].each[0].steps[0] test.call done; 1: ok
			steps[0].each[0].steps[1] test.do done = {"name":"behind a"}
			steps[0].each[1].steps[0] test.call pending (answered 503); 1: remote: answered 503
			steps[0].each[2].steps[0] test.call done; 1: ok
			steps[0].each[2].steps[1] test.do done = {"name":"behind c"}
		`)
		n.wake(time.Hour)
		if got := n.left(); got != "done reason=" {
			t.Fatalf("the run was left %s", got)
		}
		w.wantShown(id, `
			steps[0] each done
			steps[0].each[0].steps[0] test.call done; 1: ok
			steps[0].each[0].steps[1] test.do done = {"name":"behind a"}
			steps[0].each[1].steps[0] test.call done; 1: remote: answered 503; 2: ok
			steps[0].each[1].steps[1] test.do done = {"name":"behind b"}
			steps[0].each[2].steps[0] test.call done; 1: ok
			steps[0].each[2].steps[1] test.do done = {"name":"behind c"}
			steps[1] test.do done = {"name":"last"}
		`)
	})
}

// A run that is claimed for one retry leaves the others until they are due.
func TestIterationsKeepTheirBackoff(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: A
steps:
  - each:
      in: payload.items
      as: item
      steps:
        - test.call: {name: soon}
          when: item == "soon"
          retry: {attempts: 9, backoff: 10s, max: 10s}
        - test.call: {name: later}
          when: item == "later"
          retry: {attempts: 9, backoff: 2h, max: 2h}
`, nil)
		calls := map[string]int{}
		w.call = func(_ context.Context, c *actions.Call) (any, error) {
			name := c.Text("name")
			if calls[name]++; calls[name] < 3 {
				return nil, &actions.Error{Message: "answered 503", Status: 503, Blame: actions.BlameRemote}
			}
			return nil, nil
		}
		n := w.node(nil)
		n.accepted(`{"items": ["later", "soon"]}`)
		for i, want := range []struct {
			wake        time.Duration
			left        string
			soon, later int
		}{
			{0, "waiting reason=retry", 1, 1}, {10 * time.Second, "waiting reason=retry", 2, 1},
			{10 * time.Second, "waiting reason=retry", 3, 1}, {2 * time.Hour, "waiting reason=retry", 3, 2}, {2 * time.Hour, "done reason=", 3, 3},
		} {
			if i > 0 {
				n.wake(want.wake)
			}
			if got := n.left(); got != want.left || calls["soon"] != want.soon || calls["later"] != want.later {
				t.Fatalf("time %d: left %s after %v calls, want %+v", i, got, calls, want)
			}
		}
	})
}

// A caller waits for the iterations before an answer.
func TestEachBeforeTheAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: A
steps:
  - each:
      in: payload.items
      as: item
      steps:
        - test.call: {name: "${{ item }}"}
          on_error: continue
    on_error:
      - respond: {status: 502}
  - respond: {status: 201, text: "${{ len(payload.items) }}"}
`, nil)
		calls := 0
		w.call = func(_ context.Context, c *actions.Call) (any, error) {
			if calls++; c.Text("name") == "b" {
				return nil, &actions.Error{Message: "answered 503", Status: 503, Blame: actions.BlameRemote}
			}
			return nil, nil
		}
		n := w.node(nil)
		answer := n.accepted(`{"items": ["a", "b", "c"]}`)
		n.left()
		if answer.Response.Status != 201 || string(answer.Response.Body) != "3" || calls != 3 {
			t.Errorf("answered %d %s after %d calls", answer.Response.Status, answer.Response.Body, calls)
		}
	})
}
