package models_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
)

func TestClaim(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		claim := func(n int) []int64 {
			t.Helper()
			runs, err := w.Claim(ctx(t), n, lease)
			must(t, err)
			ids := []int64{}
			for _, r := range runs {
				ids = append(ids, r.ID)
				same(t, w.stored(r.ID), r)
			}
			return ids
		}
		born := func(after time.Duration) int64 {
			t.Helper()
			run, err := w.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: after})
			must(t, err)
			return run.ID
		}
		c, a, b := born(3*time.Second), born(time.Second), born(2*time.Second)
		same(t, claim(10), []int64{})
		w.clock.Add(3 * time.Second)
		same(t, claim(2), []int64{a, b}) // the longest due first
		same(t, claim(2), []int64{c})
		same(t, claim(2), []int64{})
		w.clock.Add(lease)
		same(t, claim(1), []int64{c})  // as long due as the others, and first
		same(t, w.stored(c).Claims, 3) // born claimed, and twice since: no record of any
		run := w.stored(c)
		must(t, w.Renew(ctx(t), run, 2*lease))
		same(t, run.DueAt, w.clock.Micros()+60e6)
		same(t, w.stored(c), run)
		same(t, claim(10), []int64{a, b})

		// One that becomes due below the mark is found within a second.
		must(t, w.DB().Exec("UPDATE webhooks_runs SET due_at = 5 WHERE id = ?", b).Error)
		same(t, claim(10), []int64{b}) // the bounded scan finds nothing else
		d, e := born(0), born(0)
		must(t, w.DB().Exec("UPDATE webhooks_runs SET due_at = 6 WHERE id = ?", d).Error)
		w.clock.Add(time.Second)
		same(t, claim(10), []int64{d, e})
	})
}

// Several nodes that claim at once: each run goes to one of them.
func TestClaimConcurrently(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		const runs = 200
		var wg sync.WaitGroup
		for range runs {
			wg.Go(func() {
				if _, err := w.Accept(ctx(t), w.delivery(), &models.NewRun{}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var mu sync.Mutex
		claimed := map[int64]int{}
		for _, node := range []*models.Store{w.Store, w.another(), w.another()} {
			for range 2 {
				wg.Go(func() {
					for {
						list, err := node.Claim(ctx(t), 7, lease)
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						for _, r := range list {
							claimed[r.ID]++
						}
						left := runs - len(claimed)
						mu.Unlock()
						if len(list) == 0 && left == 0 {
							return
						}
					}
				})
			}
		}
		wg.Wait()
		for id, n := range claimed {
			if n != 1 {
				t.Errorf("run %d was claimed %d times", id, n)
			}
		}
		same(t, len(claimed), runs)
	})
}

// The claim walks its index in order, on a table that tempts it to sort.
func TestClaimPlan(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for i := range 20 {
			must(t, w.DB().Exec("INSERT INTO webhooks_runs VALUES (?, 1, 1, 1, 'open', '', '', ?, 0, 0, 0, 0)", 1000+i, i).Error)
		}
		explain := "EXPLAIN QUERY PLAN "
		if w.database.MySQL {
			explain = "EXPLAIN "
		}
		var plan []map[string]any
		must(t, w.DB().Raw(explain+w.DueRuns(), 0, 100, 5).Scan(&plan).Error)
		same(t, len(plan), 1)
		if !w.database.MySQL {
			same(t, fmt.Sprint(plan[0]["detail"]), "SEARCH webhooks_runs USING INDEX webhooks_runs_open_due_at_id (open=? AND due_at>? AND due_at<?)")
			return
		}
		text := func(v any) string {
			if b, ok := v.([]byte); ok {
				return string(b)
			}
			return fmt.Sprint(v)
		}
		same(t, []string{text(plan[0]["key"]), text(plan[0]["type"]), text(plan[0]["Extra"])},
			[]string{"webhooks_runs_open_due_at_id", "range", "Using index condition"})
	})
}
