package models_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
)

func TestSettings(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		got, err := w.Settings(ctx(t))
		must(t, err)
		same(t, got, &models.Settings{Values: map[string]any{}, Revision: 1})
		start, err := w.ChangeNumber(ctx(t))
		must(t, err)

		w.clock.Add(time.Minute)
		values := map[string]any{"n": int64(1) << 60, "f": 1.5, "text": "☃ '\"", "flag": true}
		changed, err := w.ChangeSettings(ctx(t), values, 1, "ann")
		must(t, err)
		same(t, changed, &models.Settings{Values: values, Revision: 2, UpdatedAt: w.clock.Micros(), UpdatedBy: "ann"})
		other := w.another()
		got, err = other.Settings(ctx(t))
		must(t, err)
		same(t, got, changed)
		changes, err := other.ChangedSince(ctx(t), start)
		must(t, err)
		same(t, changes.Settings, changed)

		if _, err := w.ChangeSettings(ctx(t), map[string]any{"n": nil}, 1, "bob"); !errors.Is(err, models.ErrConflict) {
			t.Errorf("an old revision: %v", err)
		}
		got, err = w.ChangeSettings(ctx(t), map[string]any{"n": nil, "f": nil, "never": nil, "text": ""}, 0, "bob")
		must(t, err)
		same(t, got.Values, map[string]any{"text": "", "flag": true})

		// What else changes does not give the settings again.
		number, err := w.ChangeNumber(ctx(t))
		must(t, err)
		must(t, w.CreateBehavior(ctx(t), &models.Behavior{Name: "b"}))
		changes, err = other.ChangedSince(ctx(t), number)
		must(t, err)
		same(t, changes.Settings == nil, true)
	})
}

// Two who change different settings at once both win.
func TestSettingsTogether(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		const nodes = 6
		var wg sync.WaitGroup
		for i := range nodes {
			s := w.another()
			wg.Go(func() {
				if _, err := s.ChangeSettings(ctx(t), map[string]any{string(rune('a' + i)): int64(i)}, 0, ""); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got, err := w.Settings(ctx(t))
		must(t, err)
		same(t, []any{len(got.Values), got.Revision}, []any{nodes, int64(nodes + 1)})
	})
}
