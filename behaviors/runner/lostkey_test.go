package runner

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

// The host lost its key: deliveries are accepted, what needs the secret waits
// and says why, and setting it again lets it go on.
func TestLostKey(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`behavior: 1
name: t
inputs:
  key: {type: secret}
steps:
  - test.call: {key: "${{ inputs.key }}"}
`, map[string]any{"key": "secret:hunter2"})
		var got string
		w.call = func(_ context.Context, c *actions.Call) (any, error) {
			var err error
			got, err = c.Secret(expression.Secret{Name: "key"}, "")
			return map[string]any{}, err
		}
		n := w.nodeWithLostKey()
		run := n.accepted("{}").DeliveryID
		if state := n.left(); !strings.HasPrefix(state, "waiting") {
			t.Fatalf("the run: got %s, want it to wait", state)
		}
		if got := w.run(run); !strings.Contains(got.Error, "the secret of input key is unreadable") {
			t.Errorf("the run says %q", got.Error)
		}
		n.wake(secretWait)
		if state := n.left(); !strings.HasPrefix(state, "waiting") {
			t.Fatalf("a minute later: got %s, want it to wait", state)
		}
		id, _ := secretID(w.listener, "key")
		must(t, n.store.PutSecret(t.Context(), &models.Secret{ID: id}, "https://again.example/x"))
		n.wake(secretWait)
		if state := n.left(); !strings.HasPrefix(state, "done") || got != "https://again.example/x" {
			t.Errorf("once it is set: got %s with the secret %q, want done", state, got)
		}
	})
}

// A request that cannot be verified for want of the key is not refused, which
// would be final for many senders.
func TestLostKeyOfVerify(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`behavior: 1
name: t
inputs:
  key: {type: secret}
verify: bearer(request, inputs.key)
steps:
  - stop: done
`, map[string]any{"key": "secret:hunter2"})
		n := w.nodeWithLostKey()
		q := jsonRequest("{}")
		q.Header = append(q.Header, payload.Field{Name: "Authorization", Value: "Bearer hunter2"})
		if _, err := n.Receive(t.Context(), n.found(), q); !errors.Is(err, ErrUnavailable) || !errors.Is(err, models.ErrUnreadable) {
			t.Errorf("got %v, want it to be unavailable for an unreadable secret", err)
		}
		if got := len(n.deliveries()); got != 0 {
			t.Errorf("%d deliveries are recorded, want 0", got)
		}
		id, _ := secretID(w.listener, "key")
		must(t, n.store.PutSecret(t.Context(), &models.Secret{ID: id}, "hunter2"))
		must(t, n.Refresh(t.Context()))
		if a, err := n.Receive(t.Context(), n.found(), q); err != nil || a.Outcome != "accepted" {
			t.Errorf("once it is set again: got %+v, %v", a, err)
		}
	})
}

// nodeWithLostKey starts a node whose ring lacks the key of the world's store.
func (w *world) nodeWithLostKey() *node {
	w.t.Helper()
	return w.node(func(o *Options, db *gorm.DB) {
		store, err := models.Open(w.t.Context(), db, models.Options{
			Keys: models.Keys{Current: 2, ByID: map[byte][]byte{2: bytes.Repeat([]byte{2}, 32)}}, Now: w.clock.Now,
		})
		must(w.t, err)
		w.t.Cleanup(func() { must(w.t, store.Close()) })
		o.Store = store
	})
}
