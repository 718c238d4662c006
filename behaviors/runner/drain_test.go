package runner

import (
	"context"
	"errors"
	"testing"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/models"
)

func TestStopBeforeStartTwiceAndStartAgain(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.do: {name: a}\n", nil)
		n := w.node(nil)
		idle := New(Options{Store: n.store, Actions: n.actions})
		must(t, idle.Stop(t.Context()))
		for range 3 {
			must(t, n.Start(t.Context())) // it runs already, at first
			n.accepted(`{}`)
			n.left()
			must(t, n.Stop(t.Context()))
			must(t, n.Stop(t.Context()))
			if _, err := n.post(`{}`); !errors.Is(err, ErrUnavailable) {
				t.Fatalf("stopped: got %v, want ErrUnavailable", err)
			}
		}
		if got := w.count("SELECT COUNT(*) FROM host_effects"); got != 3 {
			t.Errorf("%d effects, want 3", got)
		}
	})
}

// The step under way is finished, what is behind it left to another node.
func TestStopDrains(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.call: {name: a}\n  - test.do: {name: behind}\n", nil)
		g := w.gate()
		first := w.node(nil)
		id := first.accepted(`{}`).DeliveryID
		get(t, g.entered)
		stopped := make(chan error, 1)
		go func() { stopped <- first.Stop(context.Background()) }()
		for first.life.enter1() { // until Stop has begun
		}
		close(g.open)
		must(t, get(t, stopped))
		if run := w.run(id); run.State != "open" || run.DueAt != w.clock.micros() {
			t.Errorf("got %+v, want a lease that was given back", run)
		}
		second := w.node(nil)
		if got := second.left(); got != "done reason=" {
			t.Fatalf("the second node left the run %s", got)
		}
		w.wantShown(id, "steps[0] test.call done = {\"got\":\"it\"}; 1: ok\nsteps[1] test.do done = {\"name\":\"behind\"}")
	})
}

// enter1 tells whether a caller would be let in.
func (l *lifecycle) enter1() bool {
	s := l.enter()
	if s != nil {
		s.active.Done()
	}
	return s != nil
}

// A call that does not end in time is cut off; another node makes it again.
func TestStopCutsOff(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.call: {name: a}\n", nil)
		g := w.gate()
		first := w.node(nil)
		id := first.accepted(`{}`).DeliveryID
		get(t, g.entered)
		now, cancel := context.WithCancel(context.Background())
		cancel()
		if err := first.Stop(now); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		if run := w.run(id); run.State != "open" || run.DueAt != w.clock.micros() {
			t.Errorf("got %+v, want a lease that was given back", run)
		}
		close(g.open)
		second := w.node(nil)
		second.left()
		w.wantShown(id, "steps[0] test.call done = {\"got\":\"it\"}; 1: unfinished; 2: ok")
	})
}

// A caller who waits for steps gets the answer while the node drains.
func TestStopLetsCallersHaveTheirAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		g := w.gate()
		n := w.node(nil)
		first := n.posting(t.Context(), `{}`)
		get(t, g.entered)
		stopped := make(chan error, 1)
		go func() { stopped <- n.Stop(context.Background()) }()
		for n.life.enter1() {
		}
		close(g.open)
		got := get(t, first)
		must(t, got.err)
		must(t, get(t, stopped))
		if got.answer.Response.Status != 201 || w.run(got.answer.DeliveryID).State != "open" {
			t.Errorf("answered %d, the run is %+v", got.answer.Response.Status, w.run(got.answer.DeliveryID))
		}
	})
}

func TestListenerOfAnotherNode(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n := w.node(nil) // before there is a listener
		w.clock.Add(askEvery)
		w.listen("behavior: 1\nname: A\nsteps: [{stop: fine}]\n", nil)
		n.accepted(`{}`)
		w.change(func(l *models.Listener) { l.Enabled = false })
		must(t, n.Refresh(t.Context()))
		gone := func() bool {
			l, err := n.Listener(t.Context(), w.listener.GUID)
			must(t, err)
			return l == nil
		}
		if !gone() {
			t.Error("a disabled listener is found")
		}
		w.change(func(l *models.Listener) { l.Enabled = true })
		w.clock.await(t, followEvery)
		must(t, n.Refresh(t.Context()))
		if gone() {
			t.Error("an enabled listener is not found")
		}
		must(t, w.store.DeleteListener(t.Context(), w.listener.ID))
		must(t, n.Refresh(t.Context()))
		w.clock.Add(askEvery)
		if !gone() {
			t.Error("a deleted listener is found")
		}
	})
}

// Unknown GUIDs ask the database at most ten times a second, however many come.
func TestUnknownGUIDsAreBounded(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n := w.node(nil)
		w.clock.awaitLoops(t) // callers would share a question of theirs
		w.clock.Add(askEvery)
		unknown := "aaaaaaaaaaaaaaaaaaaaaaaaaa"
		for range 2 { // the second time it is known to be nobody's
			if l, err := n.Listener(t.Context(), unknown); l != nil || err != nil {
				t.Fatalf("got %v, %v", l, err)
			}
		}
		const callers = 50
		done := make(chan error, callers)
		for i := range callers {
			go func() {
				l, err := n.Listener(t.Context(), unknown[:25]+string(rune('b'+i%20)))
				if l != nil {
					err = errors.New("found")
				}
				done <- err
			}()
		}
		w.clock.await(t, askEvery) // none of them before the pause is over
		answered := 0
		select {
		case <-done:
			t.Error("the database was asked twice in one instant")
			answered++
		default:
		}
		for answered < callers {
			select {
			case err := <-done:
				must(t, err)
				answered++
			default:
				w.clock.Add(askEvery)
			}
		}
	})
}

func TestProgramsAreKeptByBytes(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen("behavior: 1\nname: A\nsteps: [{stop: fine}]\n", nil)
		n := w.node(nil)
		p, err := n.Program(t.Context(), n.found())
		must(t, err)
		if again, _ := n.Program(t.Context(), n.found()); again != p {
			t.Error("compiled twice")
		}
		n.programs.limit = n.programs.bytes
		v, err := w.store.Publish(t.Context(), w.behavior, "behavior: 1\nname: A\nsteps: [{stop: good}]\n", "", "test", 0)
		must(t, err)
		must(t, n.Refresh(t.Context()))
		if l := n.found(); l.VersionID != v.ID {
			t.Fatalf("got version %d, want %d", l.VersionID, v.ID)
		}
		newer, err := n.Program(t.Context(), n.found())
		must(t, err)
		if newer == p || n.programs.recent.Len() != 1 || len(n.programs.byVersion) != 1 {
			t.Errorf("%d programs are kept", n.programs.recent.Len())
		}
	})
}

// Posts with one key at once, on two nodes: one run.
func TestOneKeyAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(inlineCall, nil)
		w.call = func(context.Context, *actions.Call) (any, error) { return map[string]any{"got": "it"}, nil }
		ticking := func(o *Options, _ *gorm.DB) { o.Clock = systemClock{} }
		nodes := []*node{w.node(ticking), w.node(ticking)}
		var posts []<-chan result
		for i := range 24 { // below the limit of callers that wait
			posts = append(posts, nodes[i%2].posting(t.Context(), `{"key": 1}`))
		}
		for _, post := range posts {
			got := get(t, post)
			must(t, got.err)
			if got.answer.Response.Status != 201 || string(got.answer.Response.Body) != `{"got":"it"}` {
				t.Fatalf("got %+v", got.answer.Response)
			}
		}
		for _, n := range nodes {
			must(t, n.Stop(t.Context()))
		}
		if got := w.count("SELECT COUNT(*) FROM webhooks_runs"); got != 1 {
			t.Errorf("%d runs, want 1", got)
		}
	})
}
