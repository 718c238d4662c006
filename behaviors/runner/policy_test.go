package runner

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/models"
)

// permit sets the policy of the behavior, null for "".
func (w *world) permit(policy string) {
	w.t.Helper()
	b, err := w.store.Behavior(w.t.Context(), w.behavior)
	must(w.t, err)
	if b.Policy = []byte(policy); policy == "" {
		b.Policy = nil
	}
	must(w.t, w.store.UpdateBehavior(w.t.Context(), b))
}

const effects = `
behavior: 1
name: Effects
inputs: {slack: {type: secret}, system: {type: url}}
steps:
  - test.do: {name: "${{ payload.name }}"}
    on_error: continue
  - http.request: {url: "${{ payload.url }}"}
    on_error: continue
  - slack.post: {webhook: "${{ inputs.slack }}", text: hello}
`

// Before each effect the policy of today is asked, on final values: what it
// denies fails for good, makes no call, and says by which rule.
func TestPolicyBeforeEachEffect(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n := w.node(nil)
		api := strings.TrimSuffix(w.remote.url, "/services/T0/B0/hunter2")
		other, strange := stranger(t)
		w.listen(effects, map[string]any{"slack": "secret:" + w.remote.url, "system": api + "/v1"})
		const computed = "denied: the host of `url` is computed; without a policy it must be written in the behavior, or come from an input of type url"
		const none = "denied: no rule of the policy allows it"
		host := strings.TrimPrefix(api, "http://")
		for _, tt := range []struct {
			name, policy, url string
			state             string
			steps             [3]string // why each is denied
			calls             int
		}{
			{"null, an input's host", "", api, "done", [3]string{}, 2},
			{"null, another host", "", other, "done", [3]string{1: computed}, 1},
			{"nothing", "[]", api, "dead", [3]string{none, none, none}, 0},
			{"all of it", `[{"allow": "test.do"}, {"allow": "http.request"}, {"allow": "slack.post"}]`, api, "done", [3]string{}, 2},
			{
				"by rules", `[{"deny": "test.do", "where": {"name": {"equals": "x"}}}, {"allow": "test.do"}, {"allow": "http.request", "where": {"url": {"host": "` + host + `"}}},
				{"allow": "slack.post", "where": {"webhook": {"host": "` + host + `"}}}]`, other, "done", [3]string{"denied by rule 1", none}, 1,
			},
			{"a secret's host", `[{"allow": "test.do"}, {"allow": "slack.post", "where": {"webhook": {"host": "hooks.slack.com"}}}]`, api, "dead", [3]string{1: none, 2: none}, 0},
			{"what cannot be read", "no policy", api, "dead", [3]string{none, none, none}, 0},
		} {
			t.Run(tt.name, func(t *testing.T) {
				w.permit(tt.policy)
				must(t, n.Refresh(t.Context()))
				before, rows := len(w.remote.calls()), w.count("SELECT COUNT(*) FROM host_effects")
				id := n.accepted(fmt.Sprintf(`{"name": "x", "url": %q}`, tt.url)).DeliveryID
				if state := n.left(); state != tt.state+" reason=" {
					t.Errorf("the run was left %s, want %s", state, tt.state)
				}
				steps, err := w.store.Steps(t.Context(), id)
				must(t, err)
				var got [3]string
				for i, s := range steps {
					if got[i] = s.Error; s.Error != "" && (len(s.Attempts) != 1 || s.Attempts[0].Blame != "behavior" || len(s.Params) == 0) {
						t.Errorf("%s was denied with %+v, %s", s.Path, s.Attempts, s.Params)
					}
				}
				if calls := len(w.remote.calls()) - before; got != tt.steps || calls != tt.calls {
					t.Errorf("got %q and %d calls, want %q and %d", got, calls, tt.steps, tt.calls)
				}
				if done := w.count("SELECT COUNT(*) FROM host_effects") - rows; (done == 1) != (tt.steps[0] == "") {
					t.Errorf("%d effects on the host's records", done)
				}
				trace, err := n.Trace(t.Context(), id)
				must(t, err)
				var said, want []string
				for _, v := range trace.Values {
					if v.Kind == "Policy" {
						said = append(said, fmt.Sprintf("%d:%d %s", v.Line, v.Column, v.Value))
					}
				}
				for i, reason := range tt.steps {
					if reason != "" {
						want = append(want, fmt.Sprintf("%d:5 %q", []int{6, 8, 10}[i], reason))
					}
				}
				if !slices.Equal(said, want) {
					t.Errorf("the trace says %q, want %q", said, want)
				}
				n.wantHidden(id, "hunter2")
			})
		}
		if got := strange.Load(); got != 0 {
			t.Errorf("the stranger was called %d times, want 0", got)
		}
	})
}

// A policy that was narrowed holds for a run that waits.
func TestPolicyOfRunsUnderWay(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n := w.node(nil)
		w.listen("behavior: 1\nname: Post\ninputs: {slack: {type: secret}}\nsteps:\n  - slack.post: {webhook: \"${{ inputs.slack }}\", text: hello}\n",
			map[string]any{"slack": "secret:http://127.0.0.1:1/"})
		must(t, n.Refresh(t.Context()))
		id := n.accepted(`{}`).DeliveryID
		if state := n.left(); state != "waiting reason=retry" {
			t.Fatalf("left %s", state)
		}
		w.permit(`[{"deny": "slack.post"}]`)
		must(t, n.Refresh(t.Context()))
		n.wake(secretWait)
		if state := n.left(); state != "dead reason=" {
			t.Errorf("left %s", state)
		}
		if got := w.run(id).Error; got != "slack.post (line 5): denied by rule 1" {
			t.Errorf("the run is dead because of %q", got)
		}
	})
}

// A behavior that nobody knows any more has the null policy: its runs do what
// their version says.
func TestPolicyOfADeletedBehavior(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(effects, nil)
		w.permit(`[]`)
		b, err := w.store.Behavior(t.Context(), w.behavior)
		must(t, err)
		must(t, w.store.DeleteListener(t.Context(), w.listener.ID))
		n := w.node(nil)
		must(t, n.Refresh(t.Context()))
		if p, err := n.policyOf(t.Context(), b.PublishedID); err != nil || p == nil || len(p) != 0 {
			t.Errorf("got %v, %v, want the policy that allows nothing", p, err)
		}
		must(t, w.store.DeleteBehavior(t.Context(), w.behavior))
		must(t, n.Refresh(t.Context()))
		if p, err := n.policyOf(t.Context(), b.PublishedID); err != nil || p == nil {
			t.Errorf("the node that has seen it: got %v, %v", p, err)
		}
		if p, err := w.node(nil).policyOf(t.Context(), b.PublishedID); err != nil || p != nil {
			t.Errorf("a node that has not: got %v, %v", p, err)
		}
		if _, err := n.policyOf(t.Context(), 99); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("no such version: got %v", err)
		}
	})
}
