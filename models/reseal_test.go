package models_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/deskhook/deskhook/models"
)

func ring(current byte, ids ...byte) models.Keys {
	k := models.Keys{Current: current, ByID: map[byte][]byte{}}
	for _, id := range ids {
		k.ByID[id] = bytes.Repeat([]byte{id + 6}, 32) // 1 is modelstest's
	}
	return k
}

// withKeys opens a store of another node, or of the same after a restart.
func (w *world) withKeys(k models.Keys) *models.Store {
	w.t.Helper()
	s, err := models.Open(w.t.Context(), w.database.Open(), models.Options{Keys: k, Now: w.clock.Now})
	must(w.t, err)
	s.SetTimeout(patience)
	w.t.Cleanup(func() { must(w.t, s.Close()) })
	return s
}

func wantKeys(t *testing.T, s *models.Store, want models.KeyHealth) {
	t.Helper()
	got, err := s.KeyHealth(ctx(t))
	must(t, err)
	same(t, *got, want)
}

// The key changes on three nodes at once: every secret, named or a listener's
// own, is sealed anew once, and the old key can go.
func TestReseal(t *testing.T) {
	const many = 120
	onEach(t, func(t *testing.T, w *world) {
		secrets := make([]*models.Secret, many)
		for i := range secrets {
			secrets[i] = &models.Secret{}
			if i%2 == 0 {
				secrets[i].Name = fmt.Sprintf("s%d", i)
			}
			must(t, w.PutSecret(ctx(t), secrets[i], fmt.Sprintf("value %d", i)))
		}
		wantKeys(t, w.Store, models.KeyHealth{Current: 1})
		same(t, w.Rotating(), false)
		run := w.accept() // sealed with the old key, and open

		nodes := []*models.Store{w.withKeys(ring(240, 1, 240)), w.withKeys(ring(240, 1, 240)), w.withKeys(ring(240, 1, 240))}
		wantKeys(t, nodes[0], models.KeyHealth{Current: 240, Secrets: many, Runs: 1})
		same(t, nodes[0].Rotating(), true)
		before, err := w.ChangeNumber(ctx(t))
		must(t, err)
		var wg sync.WaitGroup
		done := make([]int, len(nodes))
		for i, s := range nodes {
			wg.Go(func() {
				var err error
				if done[i], err = s.Reseal(ctx(t)); err != nil {
					t.Error(err)
				}
			})
		}
		// A person sets one meanwhile, on a node that has not heard of the new key.
		must(t, w.PutSecret(ctx(t), secrets[7], "corrected"))
		wg.Wait()
		if sum := done[0] + done[1] + done[2]; sum < many-1 || sum > many+1 {
			t.Errorf("sealed anew: %v, want %d together", done, many)
		}
		_, err = nodes[1].Reseal(ctx(t)) // what the old node sealed last
		must(t, err)
		again, err := nodes[1].Reseal(ctx(t))
		must(t, err)
		same(t, again, 0)
		wantKeys(t, nodes[0], models.KeyHealth{Current: 240, Runs: 1})
		after, err := w.ChangeNumber(ctx(t))
		must(t, err)
		same(t, after, before+1) // the person's: the values are the same

		must(t, nodes[0].Finish(ctx(t), run, &models.Finish{State: "done"}))
		wantKeys(t, nodes[0], models.KeyHealth{Current: 240})
		alone := w.withKeys(ring(240, 240))
		for i, secret := range secrets {
			want := fmt.Sprintf("value %d", i)
			if i == 7 {
				want = "corrected"
			}
			got, err := alone.SecretValue(ctx(t), secret.ID)
			must(t, err)
			same(t, got, want)
		}
	})
}

// Secrets whose key is lost stay as they are, are told, and can be set again.
func TestLostKey(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		lost, kept := &models.Secret{Name: "lost"}, &models.Secret{Name: "kept"}
		must(t, w.PutSecret(ctx(t), lost, "one"))
		must(t, w.withKeys(ring(2, 2)).PutSecret(ctx(t), kept, "two"))
		w.listener.Inputs = map[string]any{"a": models.SecretInput{ID: lost.ID}}
		must(t, w.UpdateListener(ctx(t), w.listener))

		s := w.withKeys(ring(3, 2, 3))
		wantKeys(t, s, models.KeyHealth{Current: 3, Secrets: 1, Unreadable: 1})
		n, err := s.Reseal(ctx(t))
		must(t, err)
		same(t, n, 1)
		wantKeys(t, s, models.KeyHealth{Current: 3, Unreadable: 1})
		list, err := s.Secrets(ctx(t))
		must(t, err)
		same(t, []any{list[0].Name, list[0].Set, list[0].Unreadable, list[0].UsedBy}, []any{"kept", true, false, []string(nil)})
		same(t, []any{list[1].Name, list[1].Set, list[1].Unreadable, list[1].UsedBy}, []any{"lost", true, true, []string{"Mailgun"}})
		if _, err := s.SecretValue(ctx(t), lost.ID); !errors.Is(err, models.ErrUnreadable) {
			t.Errorf("a lost one: %v", err)
		}
		value, err := w.SecretValue(ctx(t), lost.ID) // whoever has the key still reads it
		must(t, err)
		same(t, value, "one")
		must(t, s.PutSecret(ctx(t), &models.Secret{Name: "lost"}, "set again"))
		wantKeys(t, s, models.KeyHealth{Current: 3})

		var inUse *models.InUseError
		if err := s.DeleteSecret(ctx(t), lost.ID); !errors.As(err, &inUse) || inUse.Error() != "in use by the listeners Mailgun" {
			t.Errorf("deleting one in use: %v", err)
		}
	})
}
