package runner

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
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
			got, err = c.Secret(expression.Secret{Name: "key"})
			return map[string]any{}, err
		}
		var store *models.Store
		n := w.node(func(o *Options, db *gorm.DB) {
			var err error
			store, err = models.Open(t.Context(), db, models.Options{
				Keys: models.Keys{Current: 2, ByID: map[byte][]byte{2: bytes.Repeat([]byte{2}, 32)}}, Now: w.clock.Now,
			})
			must(t, err)
			t.Cleanup(func() { must(t, store.Close()) })
			o.Store = store
		})
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
		must(t, store.PutSecret(t.Context(), &models.Secret{ID: id}, "set again"))
		n.wake(secretWait)
		if state := n.left(); !strings.HasPrefix(state, "done") || got != "set again" {
			t.Errorf("once it is set: got %s with the secret %q, want done", state, got)
		}
	})
}
