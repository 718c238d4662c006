package models_test

import (
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/models"
)

// stored is the run as it is in the database.
func (w *world) stored(id int64) *models.Run {
	w.t.Helper()
	run, err := w.Run(w.t.Context(), id)
	must(w.t, err)
	return run
}

func TestStep(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		must(t, w.DB().Exec("CREATE TABLE host_notes (id BIGINT NOT NULL PRIMARY KEY)").Error)
		notes := func() (n int64) {
			must(t, w.DB().Table("host_notes").Count(&n).Error)
			return n
		}
		note := func(id int, step *models.StepRow, err error) func(tx *gorm.DB) (*models.StepRow, error) {
			return func(tx *gorm.DB) (*models.StepRow, error) {
				if err := tx.Exec("INSERT INTO host_notes VALUES (?)", id).Error; err != nil {
					return nil, err
				}
				return step, err
			}
		}
		run := w.accept()
		step := &models.StepRow{
			Path: "steps[1].each[1].steps[0]", Seq: 2, Line: 12, Name: "Note", Action: "message.note", State: "done",
			Params: []byte(`{"text":"☃"}`), Output: []byte(`{"id":1}`), Status: 201,
		}
		must(t, w.Step(ctx(t), run, note(1, step, nil), nil))
		same(t, notes(), int64(1))
		same(t, run.Claims, 0)
		same(t, w.stored(run.ID), run)

		broken := errors.New("host is broken")
		if err := w.Step(ctx(t), run, note(2, step, broken), &models.Finish{State: "done"}); !errors.Is(err, broken) {
			t.Fatalf("error of fn: %v", err)
		}
		func() {
			defer func() { recover() }()
			_ = w.Step(ctx(t), run, func(tx *gorm.DB) (*models.StepRow, error) {
				must(t, tx.Exec("INSERT INTO host_notes VALUES (3)").Error)
				panic("host")
			}, nil)
		}()
		if err := w.Step(ctx(t), run, note(4, &models.StepRow{Path: string(make([]byte, 600))}, nil), nil); err == nil {
			t.Fatal("a step with a path that is too long was written")
		}
		if err := w.Step(ctx(t), run, note(5, step, nil), &models.Finish{State: "lost"}); err == nil {
			t.Fatal("a run went to a state that does not exist")
		}
		same(t, notes(), int64(1))
		same(t, w.stored(run.ID), run)

		other := &models.StepRow{Path: "steps[1]", Seq: 1, Action: "stop", State: "done"}
		failed := &models.StepRow{Path: "steps[2]", Seq: 3, State: "failed", Error: "bad \xff", Failed: true}
		must(t, w.Step(ctx(t), run, note(6, failed, nil), &models.Finish{State: "failed", Error: "why", Steps: []*models.StepRow{other}}))
		same(t, notes(), int64(2))
		steps, err := w.Steps(ctx(t), run.ID)
		must(t, err)
		failed.Error = "bad \uFFFD"
		same(t, steps, []*models.StepRow{other, step, failed})
		if run.State != "failed" || run.Error != "why" || run.FinishedAt != w.clock.Micros() {
			t.Fatalf("finished %s", show(run))
		}
		same(t, w.stored(run.ID), run)
	})
}

func TestStepWithoutFunction(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		run := w.accept()
		row := &models.StepRow{Path: "steps[0]", State: "done"}
		must(t, w.Step(ctx(t), run, nil, &models.Finish{State: "done", Steps: []*models.StepRow{row}}))
		steps, err := w.Steps(ctx(t), run.ID)
		must(t, err)
		same(t, steps, []*models.StepRow{row})
		same(t, w.stored(run.ID).State, "done")
	})
}

func TestAttempts(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		run := w.accept()
		step := &models.StepRow{Path: "steps[0]", Seq: 1, Action: "slack.post", State: "pending", Params: []byte(`{}`)}
		must(t, w.StartAttempt(ctx(t), run, step, 1))
		same(t, w.stored(run.ID).Claims, 1) // starting is no record: the call may stop the process
		started := w.clock.Micros()
		if err := w.StartAttempt(ctx(t), run, step, 1); !errors.Is(err, models.ErrConflict) {
			t.Fatalf("started again: %v", err)
		}
		w.clock.Add(time.Second)
		due := w.clock.Micros() + 5e6
		must(t, w.EndAttempt(ctx(t), run, step, &models.Attempt{N: 1, Status: 500, Error: "slack answered 500", Blame: "remote", Excerpt: "oh"},
			&models.Finish{State: "waiting", Reason: "retry", DueAt: due}))
		same(t, []any{run.State, run.Reason, run.DueAt, run.Claims}, []any{"waiting", "retry", due, 0})
		same(t, w.stored(run.ID), run)
		first := &models.Attempt{N: 1, StartedAt: started, FinishedAt: w.clock.Micros(), Status: 500, Error: "slack answered 500", Blame: "remote", Excerpt: "oh"}

		must(t, w.StartAttempt(ctx(t), run, step, 2))
		second := &models.Attempt{N: 2, StartedAt: w.clock.Micros()}
		steps, err := w.Steps(ctx(t), run.ID)
		must(t, err)
		want := *step
		want.Attempts = []*models.Attempt{first, second}
		same(t, steps, []*models.StepRow{&want})

		done := *step
		done.State, done.Output = "done", []byte(`"ok"`)
		must(t, w.EndAttempt(ctx(t), run, &done, &models.Attempt{N: 2, Status: 200}, &models.Finish{State: "done"}))
		second.Status, second.FinishedAt = 200, w.clock.Micros()
		done.Attempts = []*models.Attempt{first, second}
		steps, err = w.Steps(ctx(t), run.ID)
		must(t, err)
		same(t, steps, []*models.StepRow{&done})
	})
}

// Every write of a run that was claimed by another, or has ended, gives
// ErrLeaseLost and writes nothing.
func TestFence(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		writes := func(r *models.Run) map[string]error {
			step := &models.StepRow{Path: "steps[0]", State: "done"}
			finish := &models.Finish{State: "done", Steps: []*models.StepRow{{Path: "steps[1]"}}}
			return map[string]error{
				"renew":  w.Renew(ctx(t), r, lease),
				"finish": w.Finish(ctx(t), r, finish),
				"answer": w.SetAnswer(ctx(t), r, &models.HTTPResponse{Status: 200}, finish),
				"start":  w.StartAttempt(ctx(t), r, step, 1),
				"end":    w.EndAttempt(ctx(t), r, step, &models.Attempt{N: 1}, finish),
				"step": w.Step(ctx(t), r, func(*gorm.DB) (*models.StepRow, error) {
					t.Error("the effect was begun")
					return step, nil
				}, finish),
			}
		}
		nothing := func(r *models.Run, want *models.Run) {
			t.Helper()
			before := *r
			for name, err := range writes(r) {
				if !errors.Is(err, models.ErrLeaseLost) {
					t.Errorf("%s: %v", name, err)
				}
			}
			same(t, r, &before)
			same(t, w.stored(r.ID), want)
			for _, table := range []string{"webhooks_steps", "webhooks_attempts", "webhooks_answers"} {
				var rows int64
				must(t, w.DB().Table(table).Count(&rows).Error)
				if rows != 0 {
					t.Errorf("%d rows in %s", rows, table)
				}
			}
		}
		frozen := w.accept()
		w.clock.Add(lease)
		claimed, err := w.another().Claim(ctx(t), 10, lease)
		must(t, err)
		same(t, len(claimed), 1)
		nothing(frozen, claimed[0])

		must(t, w.Finish(ctx(t), claimed[0], &models.Finish{State: "done"}))
		ended := w.stored(claimed[0].ID)
		nothing(claimed[0], ended)

		if err := w.Finish(ctx(t), &models.Run{ID: 999}, &models.Finish{State: "done"}); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a run that does not exist: %v", err)
		}
	})
}

// A transaction that a person rolled the fence into is atomic: what came before
// a failing statement is gone.
func TestRollback(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		run := w.accept()
		must(t, w.DB().Exec("DROP TABLE webhooks_attempts").Error)
		step := &models.StepRow{Path: "steps[0]", State: "pending"}
		if err := w.StartAttempt(ctx(t), run, step, 1); err == nil {
			t.Fatal("no error")
		}
		var rows int64
		must(t, w.DB().Table("webhooks_steps").Count(&rows).Error)
		same(t, rows, int64(0))
		same(t, w.stored(run.ID), run)
	})
}

func TestAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		run := w.accept()
		none, err := w.Answer(ctx(t), run.ID)
		must(t, err)
		same(t, none, (*models.HTTPResponse)(nil))

		bad := &models.HTTPResponse{Status: 500, Header: [][2]string{{"Content-Type", "text/plain"}}, Body: []byte("no\xff")}
		must(t, w.SetAnswer(ctx(t), run, bad, &models.Finish{State: "failed", Error: "x"}))
		same(t, []any{run.Answered, run.State}, []any{true, "failed"})
		same(t, w.stored(run.ID), run)
		got, err := w.Answer(ctx(t), run.ID)
		must(t, err)
		same(t, got, bad)

		// A redelivery reopens it, and has to wait for the next answer.
		w.clock.Add(time.Minute)
		again, err := w.Reopen(ctx(t), run.ID, lease)
		must(t, err)
		same(t, again, &models.Run{
			ID: run.ID, ListenerID: run.ListenerID, VersionID: run.VersionID, State: "open", DueAt: w.clock.Micros() + 30e6, Token: 2, Claims: 1,
		})
		same(t, w.stored(run.ID), again)
		none, err = w.Answer(ctx(t), run.ID)
		must(t, err)
		same(t, none, (*models.HTTPResponse)(nil))
		if err := w.SetAnswer(ctx(t), run, bad, nil); !errors.Is(err, models.ErrLeaseLost) {
			t.Fatalf("the run as it was before: %v", err)
		}
		good := &models.HTTPResponse{Status: 200}
		must(t, w.SetAnswer(ctx(t), again, good, &models.Finish{State: "done"}))
		got, err = w.Answer(ctx(t), run.ID)
		must(t, err)
		same(t, got, good)
		if _, err := w.Reopen(ctx(t), run.ID, lease); !errors.Is(err, models.ErrConflict) {
			t.Fatalf("reopen one that is done: %v", err)
		}

		// One that answered well and died afterwards keeps its answer.
		d := w.delivery()
		d.Response = &models.HTTPResponse{Status: 202, Body: []byte("ok")}
		run, err = w.Accept(ctx(t), d, &models.NewRun{Lease: lease})
		must(t, err)
		must(t, w.Finish(ctx(t), run, &models.Finish{State: "dead", Error: "18 attempts"}))
		again, err = w.Reopen(ctx(t), run.ID, 0)
		must(t, err)
		same(t, []any{again.Answered, again.DueAt, again.Claims}, []any{true, w.clock.Micros(), 0})
		got, err = w.Answer(ctx(t), run.ID)
		must(t, err)
		same(t, got, d.Response)
		if _, err := w.Reopen(ctx(t), 999, 0); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("reopen none: %v", err)
		}
	})
}

func TestFinish(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		now := w.clock.Micros()
		for _, tc := range []struct {
			finish  models.Finish
			want    models.Run
			claimed bool // an hour later
		}{
			{models.Finish{State: "done"}, models.Run{State: "done", FinishedAt: now, DueAt: now + 30e6}, false},
			{models.Finish{State: "failed", Error: "e"}, models.Run{State: "failed", Error: "e", FinishedAt: now, DueAt: now + 30e6}, false},
			{models.Finish{State: "dead", Error: "e", Reason: "x"}, models.Run{State: "dead", Error: "e", FinishedAt: now, DueAt: now + 30e6}, false},
			{models.Finish{State: "canceled"}, models.Run{State: "canceled", FinishedAt: now, DueAt: now + 30e6}, false},
			{models.Finish{State: "waiting", Reason: "retry", DueAt: now + 1e6}, models.Run{State: "waiting", Reason: "retry", DueAt: now + 1e6}, true},
			{models.Finish{State: "open", DueAt: now}, models.Run{State: "open", DueAt: now}, true},
		} {
			run := w.accept()
			tc.want.ID, tc.want.ListenerID, tc.want.VersionID, tc.want.Token = run.ID, run.ListenerID, run.VersionID, 1
			must(t, w.Finish(ctx(t), run, &tc.finish))
			same(t, run, &tc.want)
			same(t, w.stored(run.ID), run)
			w.clock.Add(time.Hour)
			claimed, err := w.Claim(ctx(t), 10, lease)
			must(t, err)
			if got := len(claimed) == 1; got != tc.claimed {
				t.Fatalf("%s: claimed %t", tc.finish.State, got)
			}
			for _, r := range claimed {
				same(t, []any{r.State, r.Reason, r.Token, r.Claims}, []any{"open", "", int64(2), 1})
				must(t, w.Finish(ctx(t), r, &models.Finish{State: "done"}))
			}
			w.clock.Add(-time.Hour)
		}
	})
}

func TestStoreEntries(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		run := w.accept()
		now := w.clock.Micros()
		in := func(fn func(tx *gorm.DB)) {
			t.Helper()
			must(t, w.Step(ctx(t), run, func(tx *gorm.DB) (*models.StepRow, error) {
				fn(tx)
				return nil, nil
			}, nil))
		}
		get := func(tx *gorm.DB, space, key string) *models.StoreEntry {
			t.Helper()
			e, err := models.StoreGet(tx, space, key, now)
			must(t, err)
			return e
		}
		long := string(make([]byte, 5000))
		a := &models.StoreEntry{Space: "s", Key: long, Value: []byte("1")}
		b := &models.StoreEntry{Space: "s", Key: "b", Value: []byte(`"x"`), ExpiresAt: now + 1}
		in(func(tx *gorm.DB) {
			same(t, get(tx, "s", "b"), (*models.StoreEntry)(nil))
			must(t, models.StoreSet(tx, a))
			must(t, models.StoreSet(tx, &models.StoreEntry{Space: "s", Key: "b", Value: []byte("0")}))
			must(t, models.StoreSet(tx, b))
			must(t, models.StoreSet(tx, &models.StoreEntry{Space: "s", Key: "old", Value: []byte("0"), ExpiresAt: now}))
			same(t, get(tx, "s", long), a)
			same(t, get(tx, "s", "b"), b)
			same(t, get(tx, "S", "b"), (*models.StoreEntry)(nil))
			same(t, get(tx, "s", "old"), (*models.StoreEntry)(nil))
		})
		in(func(tx *gorm.DB) {
			same(t, get(tx, "s", "b"), b)
			must(t, models.StoreDelete(tx, "s", "b"))
			must(t, models.StoreDelete(tx, "s", "b"))
			same(t, get(tx, "s", "b"), (*models.StoreEntry)(nil))
			same(t, get(tx, "s", long), a)
		})
	})
}
