package runner

import (
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/recipes"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

// bounce is the recipe's sample, signed with key at the world's time.
func (w *world) bounce(key string) *payload.Request {
	w.t.Helper()
	recipe, ok := recipes.Get("mailgun-bounces")
	if !ok {
		w.t.Fatal("no recipe mailgun-bounces")
	}
	for _, s := range recipe.Samples {
		if !strings.HasPrefix(s.Name, "permanent") {
			continue
		}
		req, err := payload.ReadRequest([]byte(s.Request))
		must(w.t, err)
		for _, p := range signatures.Providers() {
			if p.Name == "mailgun" {
				must(w.t, p.Sign(req, key, w.clock.Now()))
			}
		}
		return req
	}
	w.t.Fatal("no such sample")
	return nil
}

func (w *world) listenMailgun() {
	w.t.Helper()
	recipe, _ := recipes.Get("mailgun-bounces")
	w.listen(recipe.Source, map[string]any{
		"signing_key": "secret:key-1", "slack": "secret:" + w.remote.url, "channel": "#bounces",
	})
}

func TestBounceBecomesNoteDefunctAddressAndMessage(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listenMailgun()
		n := w.node(nil)
		req := w.bounce("key-1")
		must(t, w.db.Exec("UPDATE host_messages SET message_id = ?", messageIDOf(t, req)).Error)

		answer, err := n.Receive(t.Context(), n.found(), req)
		must(t, err)
		want := &Answer{Response: &behaviors.Response{Status: 200}, Outcome: behaviors.Accepted, DeliveryID: answer.DeliveryID}
		if !reflect.DeepEqual(answer, want) {
			t.Errorf("got %+v, want %+v", answer, want)
		}
		if got := n.left(); got != "done reason=" {
			t.Fatalf("the run was left %s\n%s", got, w.shown(answer.DeliveryID))
		}
		id := answer.DeliveryID
		if got := w.count("SELECT COUNT(*) FROM host_notes WHERE sticky = 1 AND delivery = ?", answer.DeliveryID); got != 1 {
			t.Errorf("%d sticky notes, want 1", got)
		}
		if got := w.count("SELECT COUNT(*) FROM host_defunct WHERE delivery = ?", id); got != 1 {
			t.Errorf("%d defunct addresses, want 1", got)
		}
		calls := w.remote.calls()
		if len(calls) != 1 || !strings.Contains(calls[0].Body, "<https://help.example.com/tickets/ABC-123|ABC-123>") || !strings.Contains(calls[0].Body, `"channel":"#bounces"`) {
			t.Errorf("Slack got %+v", calls)
		}
		var states []string
		steps, err := w.store.Steps(t.Context(), id)
		must(t, err)
		for _, s := range steps {
			states = append(states, s.Action+" "+s.State)
			if strings.Contains(string(s.Params), "hunter2") {
				t.Errorf("%s holds the secret: %s", s.Path, s.Params)
			}
		}
		if want := []string{"stop skipped", "message.find done", "steps done", "message.note done", "address.defunct done", "slack.post done"}; !reflect.DeepEqual(states, want) {
			t.Errorf("steps: got %q, want %q", states, want)
		}

		// The same again: the same answer, nothing done twice.
		again, err := n.Receive(t.Context(), n.found(), req)
		must(t, err)
		if want := (&Answer{Response: want.Response, Outcome: behaviors.Duplicate}); again.Response.Status != 200 || len(again.Response.Body) != 0 || again.Outcome != want.Outcome {
			t.Errorf("repeated: got %+v, want %+v", again, want)
		}
		// A wrong signature: 406, nothing done, and the log says why.
		refused, err := n.Receive(t.Context(), n.found(), w.bounce("key-2"))
		must(t, err)
		if refused.Outcome != behaviors.Refused || refused.Response.Status != 406 {
			t.Errorf("refused: got %+v", refused)
		}
		var log []string
		for _, d := range n.deliveries() {
			log = append(log, d.Outcome+" "+d.Cause)
		}
		if want := []string{"accepted ", "duplicate ", "refused signature"}; !reflect.DeepEqual(log, want) {
			t.Errorf("log: got %q, want %q", log, want)
		}
		if got := w.count("SELECT COUNT(*) FROM host_notes"); got != 1 {
			t.Errorf("%d notes in the end, want 1", got)
		}
		if strings.Contains(n.logs.all(), "hunter2") || strings.Contains(n.logs.all(), "key-1") {
			t.Errorf("a secret is in the log:\n%s", n.logs.all())
		}
		trace, err := n.Trace(t.Context(), id)
		must(t, err)
		if len(trace.Values) == 0 || trace.Problem != "" {
			t.Errorf("the trace has %d values and the problem %q", len(trace.Values), trace.Problem)
		}
	})
}

// messageIDOf is the Message-ID that a bounce names.
func messageIDOf(t *testing.T, req *payload.Request) string {
	t.Helper()
	v, err := payload.ParseJSON(string(req.Body), payload.DefaultLimits)
	must(t, err)
	event := v.(map[string]any)["event-data"].(map[string]any)
	return event["message"].(map[string]any)["headers"].(map[string]any)["message-id"].(string)
}
