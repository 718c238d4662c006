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
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

const inlineCall = `
behavior: 1
name: Call before the answer
dedupe: payload.key
steps:
  - test.do: {name: first}
  - test.call: {name: second}
    as: called
  - respond: {status: 201, json: {got: "${{ called.got }}"}}
  - test.do: {name: behind}
`

// gate is a test.call that says when it was entered, and goes on when told.
type gate struct {
	entered chan struct{}
	open    chan struct{}
}

func (w *world) gate() *gate {
	g := &gate{entered: make(chan struct{}, 10), open: make(chan struct{})}
	w.call = func(ctx context.Context, _ *actions.Call) (any, error) {
		g.entered <- struct{}{}
		select {
		case <-g.open:
			return map[string]any{"got": "it"}, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return g
}

// result of a Receive in a goroutine.
type result struct {
	answer *Answer
	err    error
}

func (n *node) posting(ctx context.Context, body string) <-chan result {
	l := n.found()
	done := make(chan result, 1)
	go func() {
		a, err := n.Receive(ctx, l, jsonRequest(body))
		done <- result{a, err}
	}()
	return done
}

func get[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func TestStepsBeforeTheAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		w.call = func(context.Context, *actions.Call) (any, error) { return map[string]any{"got": int64(7)}, nil }
		n := w.node(nil)
		answer := n.accepted(`{"key": 1}`)
		want := &behaviors.Response{Status: 201, Body: []byte(`{"got":7}`), Header: payload.Header{{Name: "Content-Type", Value: "application/json"}}}
		if !reflect.DeepEqual(answer.Response, want) {
			t.Errorf("got %+v, want %+v", answer.Response, want)
		}
		stored, err := w.store.Answer(t.Context(), answer.DeliveryID)
		must(t, err)
		if !reflect.DeepEqual(responseOf(stored), want) {
			t.Errorf("stored: got %+v, want %+v", stored, want)
		}
		if got := n.left(); got != "done reason=" {
			t.Errorf("the run was left %s", got)
		}
		w.wantShown(answer.DeliveryID, `
			steps[0] test.do done = {"name":"first"}
			steps[1] test.call done = {"got":7}; 1: ok
			steps[2] respond done
			steps[3] test.do done = {"name":"behind"}
		`)
		if got := n.inline.all; got != 0 {
			t.Errorf("%d callers are still counted", got)
		}
	})
}

func TestFailureBeforeTheAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		fails := true
		w.call = func(context.Context, *actions.Call) (any, error) {
			if fails {
				return nil, &actions.Error{Message: "answered 503", Status: 503, Blame: actions.BlameRemote}
			}
			return map[string]any{"got": "it"}, nil
		}
		n := w.node(nil)
		first := n.accepted(`{"key": 1}`)
		if got := n.left(); first.Response.Status != 500 || got != "failed reason=" {
			t.Fatalf("answered %d, left %s", first.Response.Status, got)
		}
		if got := w.run(first.DeliveryID).Error; got != "test.call (line 7): answered 503" {
			t.Errorf("error: got %q", got)
		}
		// The same key again reopens the run, and its next answer is sent.
		fails = false
		again, err := n.post(`{"key": 1}`)
		must(t, err)
		if again.Outcome != behaviors.Duplicate || again.Response.Status != 201 || string(again.Response.Body) != `{"got":"it"}` {
			t.Errorf("repeated: got %+v", again)
		}
		if got := n.left(); got != "done reason=" {
			t.Errorf("the run was left %s", got)
		}
		w.wantShown(first.DeliveryID, `
			steps[0] test.do done = {"name":"first"}
			steps[1] test.call done = {"got":"it"}; 1: remote: answered 503; 2: ok
			steps[2] respond done
			steps[3] test.do done = {"name":"behind"}
		`)
		// And from now on that answer.
		third, err := n.post(`{"key": 1}`)
		must(t, err)
		if !reflect.DeepEqual(third.Response, again.Response) {
			t.Errorf("third: got %+v, want %+v", third.Response, again.Response)
		}
		rows := n.deliveries()
		if len(rows) != 3 || rows[1].Outcome != "duplicate" || rows[1].DuplicateOf != first.DeliveryID || rows[2].DuplicateOf != first.DeliveryID {
			t.Errorf("log: got %+v", rows)
		}
	})
}

func TestDeadline(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(strings.Replace(inlineCall, "dedupe:", "deadline: {after: 3s, respond: {status: 202, text: working on it}}\ndedupe:", 1), nil)
		g := w.gate()
		n := w.node(nil)
		first := n.posting(t.Context(), `{"key": 1}`)
		get(t, g.entered)
		w.clock.await(t, 3*time.Second)
		w.clock.Add(3 * time.Second)
		got := get(t, first)
		must(t, got.err)
		if got.answer.Response.Status != 202 || string(got.answer.Response.Body) != "working on it" {
			t.Errorf("got %+v, want the deadline's answer", got.answer.Response)
		}
		id := got.answer.DeliveryID
		if !w.run(id).Answered {
			t.Error("the answer was sent before it was journaled")
		}
		close(g.open) // the attempt under way finishes and is journaled
		if left := n.left(); left != "done reason=" {
			t.Fatalf("the run was left %s", left)
		}
		w.wantShown(id, `
			steps[0] test.do done = {"name":"first"}
			steps[1] test.call done = {"got":"it"}; 1: ok
			steps[2] respond done
			steps[3] test.do done = {"name":"behind"}
		`)
		stored, err := w.store.Answer(t.Context(), id)
		must(t, err)
		if stored.Status != 202 {
			t.Errorf("a later respond replaced the answer: %d", stored.Status)
		}
		again, err := n.post(`{"key": 1}`)
		must(t, err)
		if again.Response.Status != 202 {
			t.Errorf("repeated: got %d, want the deadline's answer", again.Response.Status)
		}
	})
}

func TestFailureAfterTheDeadlineIsRetried(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		g := w.gate()
		inner := w.call
		n := w.node(nil)
		fails := true
		w.call = func(ctx context.Context, c *actions.Call) (any, error) {
			out, err := inner(ctx, c)
			if fails {
				return nil, errors.New("no")
			}
			return out, err
		}
		first := n.posting(t.Context(), `{"key": 1}`)
		get(t, g.entered)
		w.clock.await(t, 8*time.Second)
		w.clock.Add(8 * time.Second)
		must(t, get(t, first).err)
		close(g.open)
		if left := n.left(); left != "waiting reason=retry" {
			t.Fatalf("the run was left %s", left)
		}
		fails = false
		n.wake(time.Minute)
		if left := n.left(); left != "done reason=" {
			t.Fatalf("the run was left %s", left)
		}
	})
}

func TestCallerHangsUp(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		g := w.gate()
		n := w.node(nil)
		ctx, hangUp := context.WithCancel(t.Context())
		first := n.posting(ctx, `{"key": 1}`)
		get(t, g.entered)
		hangUp()
		close(g.open)
		got := get(t, first)
		must(t, got.err)
		if left := n.left(); left != "done reason=" || got.answer.Response.Status != 201 {
			t.Errorf("the run was left %s, answered %+v", left, got.answer.Response)
		}
	})
}

func TestDatabaseAway(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - stop: nothing to do\n", nil)
		db := w.database.Open()
		store, err := models.Open(t.Context(), db, models.Options{Keys: modelstest.Keys(), Now: w.clock.Now})
		must(t, err)
		t.Cleanup(func() { store.Close() }) // which cannot write any more
		n := w.node(func(o *Options, _ *gorm.DB) { o.Store = store })
		n.accepted(`{}`)
		pool, err := db.DB()
		must(t, err)
		must(t, pool.Close())
		if _, err := n.post(`{}`); !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
		w.clock.Add(askEvery)
		if l, err := n.Listener(t.Context(), "aaaaaaaaaaaaaaaaaaaaaaaaaa"); l != nil || !errors.Is(err, ErrUnavailable) {
			t.Errorf("an unknown GUID: got %v, %v, want ErrUnavailable and no 404", l, err)
		}
		if got := w.count("SELECT COUNT(*) FROM webhooks_deliveries"); got != 1 {
			t.Errorf("%d deliveries are stored, want 1", got)
		}
	})
}

func TestUnpublishedBehavior(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps: []\n", nil)
		b := &models.Behavior{Name: "draft", Source: "behavior: 1\nname: A\nsteps: []\n"}
		must(t, w.store.CreateBehavior(t.Context(), b))
		w.change(func(l *models.Listener) { l.BehaviorID = b.ID })
		n := w.node(nil)
		if _, err := n.post(`{}`); !errors.Is(err, ErrUnpublished) {
			t.Errorf("got %v, want ErrUnpublished", err)
		}
		_, err := w.store.Publish(t.Context(), b.ID, b.Source, "", "test", 0)
		must(t, err)
		must(t, n.Refresh(t.Context()))
		n.accepted(`{}`)
	})
}

func TestRefusals(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Verified
inputs: {key: {type: secret}}
verify: github.signed(request, inputs.key)
steps:
  - stop: fine
`, map[string]any{"key": "secret:right"})
		n := w.node(nil)
		refused := func(want int) {
			t.Helper()
			a, err := n.post(`{}`)
			must(t, err)
			if a.Outcome != behaviors.Refused || a.Response.Status != want || a.DeliveryID != 0 {
				t.Errorf("got %+v, want %d", a, want)
			}
		}
		refused(401)
		n.Refuse(n.found(), jsonRequest(`{}`), "too_large", "more than 1 MiB", &behaviors.Response{Status: 413})
		// A secret that is gone proves nothing.
		w.change(func(l *models.Listener) { l.Inputs = nil })
		must(t, n.Refresh(t.Context()))
		refused(401)
		var log []string
		for _, d := range n.deliveries() {
			log = append(log, d.Cause)
		}
		if want := []string{"signature", "too_large", "secret_missing"}; !reflect.DeepEqual(log, want) {
			t.Errorf("log: got %q, want %q", log, want)
		}
	})
}

func TestURLOfARequest(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - respond: {text: \"${{ request.url }}\"}\n", nil)
		n := w.node(nil)
		post := func() string {
			req := jsonRequest(`{}`)
			req.Path, req.RawQuery = "/a%2Fb", "x=%zz&y"
			a, err := n.Receive(t.Context(), n.found(), req)
			must(t, err)
			return string(a.Response.Body)
		}
		if got, want := post(), "https://help.example.com/webhooks/"+w.listener.GUID+"/a%2Fb?x=%zz&y"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		w.change(func(l *models.Listener) { l.URLOverride = "https://proxy.example.com/hook" })
		must(t, n.Refresh(t.Context()))
		if got, want := post(), "https://proxy.example.com/hook/a%2Fb?x=%zz&y"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestOverload(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		g := w.gate()
		n := w.node(nil)
		for range maxInlineListener {
			n.inline.enter(w.listener.ID)
		}
		if _, err := n.post(`{}`); !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
		if got := w.count("SELECT COUNT(*) FROM webhooks_deliveries"); got != 0 {
			t.Errorf("%d deliveries are stored of what was refused for load", got)
		}
		n.inline.leave(w.listener.ID)
		close(g.open)
		n.accepted(`{}`)
		n.left()
	})
}

// All slots are taken: the run is stored as due, and claimed when one is free.
func TestBacklog(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.call: {name: a}\n", nil)
		g := w.gate()
		n := w.node(func(o *Options, _ *gorm.DB) { o.Workers = 1 })
		n.accepted(`{}`)
		get(t, g.entered)
		second := n.accepted(`{}`)
		if run := w.run(second.DeliveryID); run.Token != 0 || run.DueAt != w.clock.micros() {
			t.Errorf("got %+v, want a run that nobody has claimed", run)
		}
		close(g.open)
		n.left()
		if got := n.left(); got != "done reason=" {
			t.Errorf("the second run was left %s", got)
		}
	})
}
