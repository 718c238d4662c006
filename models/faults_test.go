package models_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// faulty is a world, and a node whose database breaks.
func faulty(t *testing.T, test func(t *testing.T, w *world, node *models.Store, f *modelstest.Faults)) {
	t.Helper()
	onEach(t, func(t *testing.T, w *world) {
		f := &modelstest.Faults{}
		node := modelstest.Store(t, w.database.OpenFaulty(f), w.clock)
		node.SetTimeout(patience)
		test(t, w, node, f)
	})
}

// contents is every row of the tables that deliveries and runs are in.
func (w *world) contents() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	for _, table := range []string{"deliveries", "answers", "dedupe", "runs", "steps", "attempts", "changes", "secrets", "listeners"} {
		var rows []map[string]any
		must(w.t, w.DB().Table("webhooks_"+table).Find(&rows).Error)
		lines := make([]string, len(rows))
		for i, row := range rows {
			for _, column := range slices.Sorted(maps.Keys(row)) {
				lines[i] += fmt.Sprintf("%s=%v ", column, row[column])
			}
		}
		slices.Sort(lines)
		all[table] = fmt.Sprint(lines)
	}
	return all
}

// Each write breaks at its n-th statement, for n = 1, 2, … until it does not:
// it leaves nothing behind, and can be done again.
func TestEveryStatementFails(t *testing.T) {
	step := &models.StepRow{Path: "steps[0]", State: "done", Output: []byte("1")}
	writes := []struct {
		name string
		do   func(t *testing.T, w *world, s *models.Store, r *models.Run) error
		min  int
	}{
		{"accept alone", func(t *testing.T, w *world, s *models.Store, _ *models.Run) error {
			return second2(s.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: lease}))
		}, 3},
		{"step", func(t *testing.T, _ *world, s *models.Store, r *models.Run) error {
			return s.Step(ctx(t), r, func(*gorm.DB) (*models.StepRow, error) { return step, nil }, &models.Finish{State: "waiting"})
		}, 5},
		{"start", func(t *testing.T, _ *world, s *models.Store, r *models.Run) error {
			return s.StartAttempt(ctx(t), r, step, 7)
		}, 4},
		{"end", func(t *testing.T, _ *world, s *models.Store, r *models.Run) error {
			return s.EndAttempt(ctx(t), r, step, &models.Attempt{N: 1}, &models.Finish{State: "waiting"})
		}, 6},
		{"answer", func(t *testing.T, _ *world, s *models.Store, r *models.Run) error {
			return s.SetAnswer(ctx(t), r, &models.HTTPResponse{Status: 200}, nil)
		}, 4},
		{"finish", func(t *testing.T, _ *world, s *models.Store, r *models.Run) error {
			return s.Finish(ctx(t), r, &models.Finish{State: "done", Steps: []*models.StepRow{step}})
		}, 4},
		{"claim", func(t *testing.T, _ *world, s *models.Store, _ *models.Run) error {
			return second2(s.Claim(ctx(t), 9, lease))
		}, 3},
		{"secret", func(t *testing.T, _ *world, s *models.Store, _ *models.Run) error {
			return s.PutSecret(ctx(t), &models.Secret{Name: "new"}, "x")
		}, 6},
		{"listener", func(t *testing.T, w *world, s *models.Store, _ *models.Run) error {
			return s.CreateListener(ctx(t), &models.Listener{BehaviorID: w.behavior.ID})
		}, 5},
	}
	faulty(t, func(t *testing.T, w *world, node *models.Store, f *modelstest.Faults) {
		defer node.RecorderLock()()                                // its statements would be counted
		_, err := w.Accept(ctx(t), w.delivery(), &models.NewRun{}) // to be claimed
		must(t, err)
		for _, write := range writes {
			n := 0
			for {
				n++
				run := w.accept()
				before, held := w.contents(), *run
				fired := f.Nth(int64(n))
				err := write.do(t, w, node, run)
				f.None()
				if !fired() {
					must(t, err)
					break
				}
				if write.name == "accept alone" && err == nil {
					continue // tried again, and stored
				}
				if !errors.Is(err, modelstest.ErrFault) {
					t.Fatalf("%s, statement %d: %v", write.name, n, err)
				}
				same(t, w.contents(), before)
				same(t, run, &held)
			}
			if n <= write.min {
				t.Errorf("%s: only %d statements", write.name, n-1)
			}
		}
	})
}

// The reply to COMMIT is lost: what was stored is found by its uid.
func TestCommitWithoutReply(t *testing.T) {
	faulty(t, func(t *testing.T, w *world, node *models.Store, f *modelstest.Faults) {
		f.LoseCommits()
		d := w.delivery()
		d.HasKey, d.DedupeKey = true, "k"
		run, err := node.Accept(ctx(t), d, &models.NewRun{Lease: lease})
		f.None()
		must(t, err)
		same(t, w.stored(run.ID), run)
		list, err := w.Deliveries(ctx(t), models.DeliveryFilter{}, models.Page{})
		must(t, err)
		same(t, len(list), 1)
		same(t, list[0].UID, d.UID)
	})
}

// A deadlock or a lock wait timeout that an effect of the host swallows ends
// the transaction all the same.
func TestSwallowedDeadlock(t *testing.T) {
	w := newWorld(t, modelstest.MariaDB(t, "innodb_lock_wait_timeout=1"))
	must(t, w.DB().Exec("CREATE TABLE host_notes (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL) ENGINE=InnoDB").Error)
	must(t, w.DB().Exec("INSERT INTO host_notes VALUES (1, 0), (2, 0)").Error)
	run := w.accept()
	blocker := w.DB().Begin()
	must(t, blocker.Exec("UPDATE host_notes SET n = 5 WHERE id = 2").Error)
	err := w.Step(ctx(t), run, func(tx *gorm.DB) (*models.StepRow, error) {
		must(t, tx.Exec("UPDATE host_notes SET n = 1 WHERE id = 1").Error)
		if err := tx.Exec("UPDATE host_notes SET n = 1 WHERE id = 2").Error; err == nil {
			t.Error("nothing was locked")
		}
		return &models.StepRow{Path: "steps[0]", State: "done"}, nil
	}, nil)
	must(t, blocker.Rollback().Error)
	if !errors.Is(err, models.ErrUnavailable) || !models.GaveWay(err) {
		t.Fatalf("step: %v", err)
	}
	var sum int64
	must(t, w.DB().Raw("SELECT SUM(n) FROM host_notes").Row().Scan(&sum))
	same(t, sum, int64(0))
	steps, err := w.Steps(ctx(t), run.ID)
	must(t, err)
	same(t, len(steps), 0)
}

// A lock that does not go away: three tries, then unavailable, and no half.
func TestLockWaitTimeout(t *testing.T) {
	w := newWorld(t, modelstest.MariaDB(t, "innodb_lock_wait_timeout=1"))
	run := w.accept()
	blocker := w.DB().Begin()
	must(t, blocker.Exec("UPDATE webhooks_runs SET claims = claims + 1 WHERE id = ?", run.ID).Error)
	err := w.Finish(ctx(t), run, &models.Finish{State: "done"})
	must(t, blocker.Rollback().Error)
	if !errors.Is(err, models.ErrUnavailable) {
		t.Fatalf("finish: %v", err)
	}
	same(t, w.stored(run.ID), run)
	must(t, w.Finish(ctx(t), run, &models.Finish{State: "done"}))
}

// A host may have one connection for everything.
func TestOneConnection(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db := d.Open()
		pool, err := db.DB()
		must(t, err)
		pool.SetMaxOpenConns(1)
		s := modelstest.Store(t, db, nil)
		s.SetTimeout(patience)
		w := &world{Store: s, t: t, database: d, clock: modelstest.NewClock(), listener: &models.Listener{ID: 1}, version: &models.Version{}}
		run, err := s.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: lease})
		must(t, err)
		must(t, s.Step(ctx(t), run, func(tx *gorm.DB) (*models.StepRow, error) {
			return &models.StepRow{Path: "steps[0]", State: "done"}, models.StoreSet(tx, &models.StoreEntry{Space: "s", Key: "k"})
		}, nil))
		must(t, s.SetAnswer(ctx(t), run, &models.HTTPResponse{Status: 200}, &models.Finish{State: "waiting"}))
		claimed, err := s.Claim(ctx(t), 5, time.Minute)
		must(t, err)
		same(t, len(claimed), 1)
		must(t, s.PutSecret(ctx(t), &models.Secret{Name: "a"}, "b"))
		must(t, s.Flush(ctx(t)))
	})
}
