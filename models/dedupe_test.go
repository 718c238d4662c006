package models_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
)

func TestDedupe(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		keyed := func(listener int64, key string) *models.Delivery {
			d := w.delivery()
			d.ListenerID, d.HasKey, d.DedupeKey = listener, true, key
			return d
		}
		accept := func(d *models.Delivery) (int64, error) {
			run, err := w.Accept(ctx(t), d, &models.NewRun{Lease: lease})
			if err != nil {
				return 0, err
			}
			return run.ID, nil
		}
		first, err := accept(keyed(1, "k"))
		must(t, err)
		for name, d := range map[string]*models.Delivery{"other listener": keyed(2, "k"), "other key": keyed(1, "K"), "empty key": keyed(1, "")} {
			if _, err := accept(d); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = accept(keyed(1, "k"))
		var used *models.DuplicateError
		if !errors.As(err, &used) || used.DeliveryID != first {
			t.Fatalf("same key: %v", err)
		}

		w.clock.Add(models.KeepKeys - time.Microsecond)
		if _, err := accept(keyed(1, "k")); !errors.As(err, &used) {
			t.Fatalf("just before seven days: %v", err)
		}
		w.clock.Add(time.Microsecond)
		later, err := accept(keyed(1, "k"))
		must(t, err)
		if _, err := accept(keyed(1, "k")); !errors.As(err, &used) || used.DeliveryID != later {
			t.Fatalf("same key after it was used anew: %v", err)
		}
	})
}

// The same key from many callers at once, on two nodes, among others with keys
// of their own: one run.
func TestDedupeRace(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		nodes := []*models.Store{w.Store, w.another()}
		const callers = 100
		var mu sync.Mutex
		stored, named := []int64{}, map[int64]int{}
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				d := w.delivery()
				d.HasKey, d.DedupeKey = true, "same"
				if i%4 == 0 {
					d.DedupeKey = fmt.Sprint(i)
				}
				run, err := nodes[i%2].Accept(ctx(t), d, &models.NewRun{Lease: lease})
				var used *models.DuplicateError
				mu.Lock()
				defer mu.Unlock()
				switch {
				case i%4 == 0 && err != nil:
					t.Errorf("own key: %v", err)
				case i%4 == 0:
				case err == nil:
					stored = append(stored, run.ID)
				case errors.As(err, &used):
					named[used.DeliveryID]++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(stored) != 1 || len(named) != 1 || named[stored[0]] != callers*3/4-1 {
			t.Fatalf("stored %v, duplicates of %v", stored, named)
		}
		var rows int64
		must(t, w.DB().Table("webhooks_deliveries").Count(&rows).Error)
		same(t, rows, int64(callers/4+1))
	})
}
