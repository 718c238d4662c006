package runner

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

const tracedBehavior = `behavior: 1
name: Traced
inputs: {key: {type: secret}, channel: {type: text}}
verify: bearer(request, inputs.key)
let:
  moment: string(now)
steps:
  - test.do: {name: "${{ uuid() }} ${{ inputs.channel }} ${{ moment }}"}
    as: did
  - respond: {text: "${{ did.name }}"}
`

func (n *node) bearing(token string) *Answer {
	n.w.t.Helper()
	q := jsonRequest(`{"a": 1}`)
	q.Header = append(q.Header, payload.Field{Name: "Authorization", Value: "Bearer " + token})
	a, err := n.Receive(n.w.t.Context(), n.found(), q)
	must(n.w.t, err)
	return a
}

func (n *node) trace(id int64) *Traced {
	n.w.t.Helper()
	traced, err := n.Trace(n.w.t.Context(), id)
	must(n.w.t, err)
	return traced
}

func shownTrace(values []behaviors.TraceValue) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "%d:%d %s %s\n", v.Line, v.Column, v.Kind, v.Value)
	}
	return b.String()
}

// A delivery is traced as it was evaluated, whatever has changed since: with its
// version, its inputs, its moment, its ids and its outputs.
func TestTraceIsOfWhatHappened(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(tracedBehavior, map[string]any{"key": "secret:hunter2", "channel": "#one"})
		n := w.node(nil)
		a := n.bearing("hunter2")
		n.left()
		answer := string(a.Response.Body)
		before := n.trace(a.DeliveryID)
		id, rest, _ := strings.Cut(answer, " ")
		moment, _ := strings.CutPrefix(rest, "#one ")
		want := fmt.Sprintf(`4:9 Call true
4:16 Identifier "{\"body\":\"{\\\"a\\\": 1}\",…"
4:25 Identifier {"channel":"#one","key":{"secret":"key"}}
4:32 Member "secret"
6:11 Call %q
6:18 Identifier %q
8:26 Call %q
8:40 Identifier {"channel":"#one","key":{"secret":"key"}}
8:47 Member "#one"
8:62 Identifier %q
10:26 Identifier {"name":%q}
10:30 Member %q
`, moment, moment, id, moment, answer, answer)
		got := shownTrace(before.Values)
		// The request is long.
		start, end := strings.Index(got, `4:16 Identifier `), strings.Index(got, `4:25`)
		got = got[:start] + strings.Split(want, "\n")[1] + "\n" + got[end:]
		if got != want || before.Problem != "" {
			t.Errorf("problem %q, got\n%s\nwant\n%s", before.Problem, got, want)
		}

		w.clock.Add(time.Hour)
		_, err := w.store.Publish(t.Context(), w.behavior, strings.ReplaceAll(tracedBehavior, "moment", "instant"), "", "test", 0)
		must(t, err)
		w.change(func(l *models.Listener) { l.Inputs["channel"] = "#two" })
		must(t, n.Refresh(t.Context()))
		if after := n.trace(a.DeliveryID); !reflect.DeepEqual(after, before) {
			t.Errorf("later the trace is %q\n%s\nwant\n%s", after.Problem, shownTrace(after.Values), shownTrace(before.Values))
		}
		// Secrets are read anew.
		sec := &models.Secret{}
		must(t, w.store.PutSecret(t.Context(), sec, "changed"))
		w.change(func(l *models.Listener) { l.Inputs["key"] = models.SecretInput{ID: sec.ID} })
		must(t, n.Refresh(t.Context()))
		after := n.trace(a.DeliveryID)
		const problem = "evaluated now, the request comes to: refused (signature); a secret or a setting may have changed since"
		if got := shownTrace(after.Values); after.Problem != problem || !strings.HasPrefix(got, "4:9 Call false\n") || !strings.HasSuffix(got, fmt.Sprintf("10:30 Member %q\n", answer)) {
			t.Errorf("with another secret the problem is %q\n%s", after.Problem, got)
		}
	})
}

// What keeps a trace from being made, or from being whole, is said in words.
func TestTraceProblems(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(tracedBehavior, map[string]any{"key": "secret:hunter2", "channel": "#one"})
		n := w.node(nil)
		check := func(name string, n *node, id int64, problem string, values bool) {
			t.Helper()
			if got := n.trace(id); got.Problem != problem || (len(got.Values) > 0) != values {
				t.Errorf("%s: the problem is %q with %d values, want %q", name, got.Problem, len(got.Values), problem)
			}
		}
		exec := func(statement string, args ...any) {
			t.Helper()
			must(t, w.db.Exec(statement, args...).Error)
		}
		accepted := n.bearing("hunter2").DeliveryID
		n.left()
		n.bearing("wrong")
		n.Refuse(n.found(), jsonRequest(`{}`), "too_large", "more than 1 MiB", &behaviors.Response{Status: 413})
		early := n.found()
		early.VersionID = 0
		n.Refuse(early, jsonRequest(`{}`), "too_large", "more than 1 MiB", &behaviors.Response{Status: 413})
		rows := n.deliveries()
		refused := rows[1].ID
		check("accepted", n, accepted, "", true)
		check("refused", n, refused, "", true)
		check("too large", n, rows[2].ID, "the request was refused for its size, before anything was evaluated", false)
		check("before there was a version", n, rows[3].ID, "nothing was published when the request came, so nothing was evaluated", false)

		lacking := w.node(func(o *Options, _ *gorm.DB) {
			catalog, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: actions.Builtin(w.records).Specs()})
			must(t, err)
			o.Catalog = catalog
		})
		check("another catalog", lacking, accepted, "the version that ran does not compile here any more: line 8: unknown action `test.do`", false)

		w.clock.Add(time.Minute)
		w.change(func(l *models.Listener) { l.Inputs["channel"] = "#two" })
		must(t, n.Refresh(t.Context()))
		check("refused, and changed since", n, refused, "the listener was changed since, and only a request that is accepted keeps its inputs: these are those of now", true)

		exec("UPDATE webhooks_steps SET output = ? WHERE run_id = ?", []byte("no seal"), accepted)
		check("a broken output", n, accepted, "the outputs of the steps cannot be read, so what is behind the first of them is not here", true)
		must(t, w.store.DeleteListener(t.Context(), w.listener.ID))
		must(t, n.Refresh(t.Context()))
		check("no listener", n, refused, "the listener was deleted, and with it its secrets and its name", true)
		exec("UPDATE webhooks_deliveries SET head = ? WHERE id = ?", []byte("no seal"), refused)
		check("a key that is gone", n, refused, "the request was encrypted with a key that the host no longer has", false)
		exec("UPDATE webhooks_deliveries SET head = NULL, body = NULL WHERE id = ?", refused)
		check("erased", n, refused, "the request was erased", false)
		exec("DELETE FROM webhooks_versions")
		late := w.node(nil)
		check("no version", late, accepted, "the version that ran was deleted", false)
		if _, err := n.Trace(t.Context(), 1<<40); err == nil {
			t.Error("there is a trace of no delivery")
		}
	})
}
