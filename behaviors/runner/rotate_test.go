package runner

import (
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

// A stored secret is replaced on one node: within its next look each other node
// verifies by the new value, and no more by the old one.
func TestSecretIsReplacedOnEveryNode(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`behavior: 1
name: t
inputs:
  key: {type: secret}
verify: bearer(request, inputs.key)
steps:
  - stop: done
`, nil)
		stored := &models.Secret{Name: "shared"}
		must(t, w.store.PutSecret(t.Context(), stored, "one"))
		w.change(func(l *models.Listener) { l.Inputs = map[string]any{"key": models.SecretInput{ID: stored.ID}} })
		nodes := []*node{w.node(nil), w.node(nil), w.node(nil)}
		post := func(n *node, token string, want behaviors.Outcome) {
			t.Helper()
			q := jsonRequest("{}")
			q.Header = append(q.Header, payload.Field{Name: "Authorization", Value: "Bearer " + token})
			a, err := n.Receive(t.Context(), n.found(), q)
			must(t, err)
			if a.Outcome != want {
				t.Errorf("with %s: got %s, want %s", token, a.Outcome, want)
			}
		}
		for _, n := range nodes {
			post(n, "one", behaviors.Accepted)
		}
		must(t, w.store.PutSecret(t.Context(), &models.Secret{Name: "shared"}, "two"))
		w.clock.awaitAll(t, followEvery, 2*len(nodes))
		w.clock.Add(followEvery)
		w.clock.awaitAll(t, followEvery, 2*len(nodes))
		for _, n := range nodes {
			post(n, "two", behaviors.Accepted)
			post(n, "one", behaviors.Refused)
		}
	})
}
