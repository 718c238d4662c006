package runner

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

func TestRepeatWaitsForTheAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		g := w.gate()
		n := w.node(nil)
		other := w.node(nil)
		first := n.posting(t.Context(), `{"key": 1}`)
		get(t, g.entered)
		here, there := n.posting(t.Context(), `{"key": 1}`), other.posting(t.Context(), `{"key": 1}`)
		w.clock.await(t, lookEvery)
		close(g.open)
		answer := get(t, first)
		must(t, answer.err)
		repeat := get(t, here)
		must(t, repeat.err)
		w.clock.Add(lookEvery) // the other node looks
		elsewhere := get(t, there)
		must(t, elsewhere.err)
		for name, got := range map[string]*Answer{"on the same node": repeat.answer, "on another node": elsewhere.answer} {
			if got.Outcome != behaviors.Duplicate || !reflect.DeepEqual(got.Response, answer.answer.Response) {
				t.Errorf("%s: got %+v, want the answer %+v", name, got, answer.answer.Response)
			}
		}
		n.left()
		if got := w.count("SELECT COUNT(*) FROM host_effects"); got != 2 {
			t.Errorf("%d effects, want 2", got)
		}
	})
}

func TestRepeatWaitsNoLongerThanItsDeadline(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(strings.Replace(inlineCall, "dedupe:", "deadline: 5s\ndedupe:", 1), nil)
		g := w.gate()
		n := w.node(nil)
		first := n.posting(t.Context(), `{"key": 1}`)
		get(t, g.entered)
		w.clock.Add(time.Second)
		repeat := n.posting(t.Context(), `{"key": 1}`)
		w.clock.await(t, lookEvery)
		// 4 s later the first has its deadline's answer, which is the repeat's too.
		w.clock.Add(4 * time.Second)
		answer := get(t, first)
		must(t, answer.err)
		got := get(t, repeat)
		must(t, got.err)
		if answer.answer.Response.Status != 200 || !reflect.DeepEqual(got.answer.Response, answer.answer.Response) {
			t.Errorf("got %+v and %+v", answer.answer.Response, got.answer.Response)
		}
		close(g.open)
		n.left()
	})
}

func TestRepeatOfWhatIsNotAnswered(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		w.call = func(context.Context, *actions.Call) (any, error) { return map[string]any{"got": "it"}, nil }
		n := w.node(nil)
		// The first was stored by a node that crashed before its answer.
		d := &models.Delivery{
			UID: "01927d3a-7c5b-7000-8000-000000000001", ListenerID: w.listener.ID, VersionID: n.found().VersionID, Outcome: "accepted",
			ReceivedAt: w.clock.micros(), DedupeKey: "1", HasKey: true, Request: storedRequest(jsonRequest(`{"key": 1}`)),
		}
		run, err := w.store.Accept(t.Context(), d, &models.NewRun{Lease: time.Hour})
		must(t, err)
		repeat := n.posting(t.Context(), `{"key": 1}`)
		w.clock.await(t, lookEvery)
		w.clock.Add(8 * time.Second)
		if got := get(t, repeat); !errors.Is(got.err, ErrUnavailable) {
			t.Errorf("got %+v, want ErrUnavailable", got)
		}
		rows := n.deliveries()
		if len(rows) != 2 || rows[1].Outcome != "duplicate" || rows[1].DuplicateOf != run.ID {
			t.Errorf("log: got %+v", rows)
		}
		// When its lease has run out it goes on in the background, and answers.
		n.wake(time.Hour)
		if got := n.left(); got != "done reason=" {
			t.Fatalf("the run was left %s", got)
		}
		again, err := n.post(`{"key": 1}`)
		must(t, err)
		if again.Response.Status != 201 {
			t.Errorf("got %+v, want the run's answer", again.Response)
		}
	})
}

// A simulation lends a listener's inputs and secrets.
func TestDeliveryOfAListener(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\ninputs: {key: {type: secret}, n: {type: number, default: 3}}\nsteps: [{stop: fine}]\n",
			map[string]any{"key": "secret:right"})
		n := w.node(nil)
		p, err := n.Program(t.Context(), n.found())
		must(t, err)
		d, err := n.Delivery(t.Context(), p, w.listener.ID, jsonRequest(`{}`))
		must(t, err)
		secret := expression.Secret{Name: "key"}
		if want := map[string]any{"key": secret, "n": int64(3)}; !reflect.DeepEqual(d.Inputs, want) {
			t.Errorf("got %v, want %v", d.Inputs, want)
		}
		if v, err := d.Secrets(secret); v != "right" || err != nil {
			t.Errorf("got %q, %v", v, err)
		}
		if _, err := n.Delivery(t.Context(), p, 99, jsonRequest(`{}`)); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}
