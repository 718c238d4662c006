package models_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

func TestAccept(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		secret := &models.Secret{Name: "slack"}
		must(t, w.PutSecret(ctx(t), secret, "x"))
		now := w.clock.Micros()
		type want struct {
			run    models.Run
			answer *models.HTTPResponse
		}
		ok := &models.HTTPResponse{Status: 200, Header: [][2]string{{"X-A", "1"}}, Body: []byte("ok")}
		empty := &models.HTTPResponse{Status: 204}
		for name, tc := range map[string]struct {
			response *models.HTTPResponse
			new      models.NewRun
			want     want
		}{
			"born claimed": {nil, models.NewRun{Lease: lease}, want{models.Run{State: "open", DueAt: now + 30e6, Token: 1, Claims: 1}, nil}},
			"born due":     {nil, models.NewRun{}, want{models.Run{State: "open", DueAt: now}, nil}},
			"answered":     {ok, models.NewRun{Lease: lease}, want{models.Run{State: "open", DueAt: now + 30e6, Token: 1, Claims: 1, Answered: true}, ok}},
			"done":         {empty, models.NewRun{Done: true, State: "done"}, want{models.Run{State: "done", DueAt: now, Answered: true, FinishedAt: now}, empty}},
			"failed": {empty, models.NewRun{Done: true, State: "failed", Error: "why"},
				want{models.Run{State: "failed", Error: "why", DueAt: now, Answered: true, FinishedAt: now}, empty}},
		} {
			d := w.delivery()
			d.Response = tc.response
			d.Inputs = map[string]any{"url": models.SecretInput{ID: secret.ID, Name: "slack"}, "n": int64(1)}
			d.ReplayOf, d.Cause, d.Detail = 7, "c", "detail"
			run, err := w.Accept(ctx(t), d, &tc.new)
			must(t, err)
			tc.want.run.ID, tc.want.run.ListenerID, tc.want.run.VersionID = d.ID, w.listener.ID, w.version.ID
			same(t, run, &tc.want.run)
			stored, err := w.Run(ctx(t), run.ID)
			must(t, err)
			same(t, stored, run)
			got, err := w.Delivery(ctx(t), run.ID)
			must(t, err)
			same(t, got, d)
			answer, err := w.Answer(ctx(t), run.ID)
			must(t, err)
			if !sameJSON(answer, tc.want.answer) {
				t.Errorf("%s: answer %s, want %s", name, show(answer), show(tc.want.answer))
			}
		}
		if _, err := w.Accept(ctx(t), w.delivery(), &models.NewRun{Done: true, State: "waiting"}); err == nil {
			t.Error("a finished run that waits was stored")
		}
		deep := &models.NewRun{Steps: []*models.StepRow{{Path: strings.Repeat("steps[0].", 60)}}}
		if _, err := w.Accept(ctx(t), w.delivery(), deep); err == nil || errors.Is(err, models.ErrUnavailable) {
			t.Errorf("a path that is too long: %v", err)
		}
		if _, err := w.Accept(ctx(t), &models.Delivery{UID: "x"}, &models.NewRun{}); err == nil {
			t.Error("a delivery without a uid was stored")
		}
		for name, err := range map[string]error{
			"delivery": second2(w.Delivery(ctx(t), 999)), "run": second2(w.Run(ctx(t), 999)), "answer": second2(w.Answer(ctx(t), 999)),
		} {
			if !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func sameJSON(a, b any) bool { return show(a) == show(b) }

func TestAcceptSteps(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		steps := make([]*models.StepRow, models.MaxBatchRows+6)
		for i := range steps {
			steps[i] = &models.StepRow{Path: fmt.Sprintf("steps[%d]", i), Seq: i, Line: i + 1, Action: "slack.post", State: "skipped", Output: []byte(`{"a":1}`)}
		}
		run, err := w.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: lease, Steps: steps})
		must(t, err)
		got, err := w.Steps(ctx(t), run.ID)
		must(t, err)
		same(t, got, steps)
	})
}

// Many callers at once: each gets the id of its own row, whatever batch it was
// in, and on MySQL, which cannot return ids, too.
func TestAcceptConcurrently(t *testing.T) {
	for _, returning := range []bool{true, false} {
		t.Run(fmt.Sprintf("returning %t", returning), func(t *testing.T) {
			onEach(t, func(t *testing.T, w *world) {
				if !returning {
					w.WithoutReturning()
				}
				const callers = 200
				runs := make([]*models.Run, callers)
				deliveries := make([]*models.Delivery, callers)
				var wg sync.WaitGroup
				for i := range callers {
					wg.Go(func() {
						d := w.delivery()
						d.Request.Body = bytes.Repeat([]byte{byte(i)}, 50*i)
						if i%2 == 0 {
							d.HasKey, d.DedupeKey = true, fmt.Sprint(i)
						}
						run, err := w.Accept(ctx(t), d, &models.NewRun{Lease: lease, Steps: []*models.StepRow{{Path: fmt.Sprint(i), State: "skipped"}}})
						if err != nil {
							t.Error(err)
						}
						runs[i], deliveries[i] = run, d
					})
				}
				wg.Wait()
				if t.Failed() {
					return
				}
				for i, run := range runs {
					got, err := w.Delivery(ctx(t), run.ID)
					must(t, err)
					deliveries[i].HasKey, deliveries[i].DedupeKey = false, "" // not read back
					same(t, got, deliveries[i])
					stored, err := w.Run(ctx(t), run.ID)
					must(t, err)
					same(t, stored, run)
					steps, err := w.Steps(ctx(t), run.ID)
					must(t, err)
					same(t, steps, []*models.StepRow{{Path: fmt.Sprint(i), State: "skipped"}})
				}
				var rows int64
				must(t, w.DB().Table("webhooks_runs").Count(&rows).Error)
				same(t, rows, int64(callers))
			})
		})
	}
}

// A row that cannot be stored does not undo its neighbours, and leaves nothing.
func TestAcceptBadNeighbour(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		must(t, w.DB().Exec("DROP TABLE webhooks_steps").Error)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				r := &models.NewRun{Lease: lease}
				if i%10 == 0 {
					r.Steps = []*models.StepRow{{Path: "steps[0]"}}
				}
				run, err := w.Accept(ctx(t), w.delivery(), r)
				if bad := i%10 == 0; bad != (err != nil) || bad != (run == nil) || bad && !errors.Is(err, models.ErrUnavailable) {
					t.Errorf("%d: %v, %v", i, run, err)
				}
			})
		}
		wg.Wait()
		for _, table := range []string{"webhooks_deliveries", "webhooks_runs"} {
			var rows int64
			must(t, w.DB().Table(table).Count(&rows).Error)
			same(t, rows, int64(36))
		}
	})
}

func TestAcceptUnavailable(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		gone, cancel := context.WithCancel(ctx(t))
		cancel()
		if _, err := w.Accept(gone, w.delivery(), &models.NewRun{Lease: lease}); err != nil {
			t.Errorf("the caller hung up: %v", err)
		}

		db := w.database.Open()
		away := modelstest.Store(t, db, w.clock)
		pool, err := db.DB()
		must(t, err)
		must(t, pool.Close())
		for name, err := range map[string]error{
			"accept": second2(away.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: lease})),
			"read":   second2(away.Listeners(ctx(t), models.Page{})),
			"change": away.DeleteSecret(ctx(t), 1),
			"claim":  second2(away.Claim(ctx(t), 1, lease)),
		} {
			if !errors.Is(err, models.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
		}

		closed := w.another()
		must(t, closed.Close())
		if _, err := closed.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: lease}); !errors.Is(err, models.ErrUnavailable) {
			t.Errorf("closed store: %v", err)
		}
	})
}

// More than the queue holds is refused at once; what is not refused is stored.
func TestAcceptOverload(t *testing.T) {
	w := newWorld(t, modelstest.SQLite(t))
	f := &modelstest.Faults{}
	node := modelstest.Store(t, w.database.OpenFaulty(f), w.clock)
	node.SetTimeout(patience)
	release := f.HoldCommits()
	const callers, refusals = models.MaxWaiting + models.MaxBatchRows + 100, 100
	errs := make(chan error, callers)
	for range callers {
		go func() {
			_, err := node.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: lease})
			errs <- err
		}()
	}
	refused := 0
	for range callers {
		if err := <-errs; errors.Is(err, models.ErrUnavailable) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
		if refused == refusals {
			release()
		}
	}
	var rows int64
	must(t, w.DB().Table("webhooks_runs").Count(&rows).Error)
	same(t, rows, int64(callers-refused))
	if refused < refusals {
		t.Errorf("%d refused", refused)
	}
}

// A database that does not answer: the deadline is Accept's own, and what waits
// behind it is given up without being written.
func TestAcceptDeadline(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		blocker := w.database.Open()
		must(t, blocker.Exec("DELETE FROM webhooks_dedupe").Error)
		tx := blocker.Begin()
		must(t, tx.Exec("INSERT INTO webhooks_dedupe VALUES (?, ?, 1, ?)", w.listener.ID, bytes.Repeat([]byte{1}, 32), 1<<62).Error)
		if w.database.MySQL {
			must(t, tx.Exec("LOCK TABLES webhooks_deliveries READ").Error)
		}
		w.SetTimeout(200 * time.Millisecond)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := w.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: lease}); !errors.Is(err, models.ErrUnavailable) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if w.database.MySQL {
			must(t, tx.Exec("UNLOCK TABLES").Error)
		}
		must(t, tx.Rollback().Error)
		w.SetTimeout(patience)
		run := w.accept()
		list, err := w.Deliveries(ctx(t), models.DeliveryFilter{}, models.Page{})
		must(t, err)
		if len(list) != 1 || list[0].ID != run.ID {
			t.Fatalf("stored after all: %s", show(list))
		}
	})
}

func TestAcceptLarge(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				d := w.delivery()
				d.Request.Body = bytes.Repeat([]byte(strings.Repeat("x", i+1)+"\x00\xff"), 1<<18)
				run, err := w.Accept(ctx(t), d, &models.NewRun{Lease: lease})
				if err != nil {
					t.Error(err)
					return
				}
				got, err := w.Delivery(ctx(t), run.ID)
				if err != nil || !bytes.Equal(got.Request.Body, d.Request.Body) {
					t.Errorf("%d bytes: %d came back, %v", len(d.Request.Body), len(got.Request.Body), err)
				}
			})
		}
		wg.Wait()
	})
}

// Nothing that a sender sent, and no key, stands in the database as it was.
func TestSealed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		const canary = "canary-7f3a"
		d := w.delivery()
		d.HasKey, d.DedupeKey = true, canary
		d.Request.Body = []byte(canary)
		d.Request.Header = append(d.Request.Header, [2]string{"X", canary})
		d.Request.Path, d.Request.URL = canary, canary
		d.Inputs = map[string]any{"a": canary}
		d.Response = &models.HTTPResponse{Status: 200, Body: []byte(canary)}
		run, err := w.Accept(ctx(t), d, &models.NewRun{Lease: lease, Steps: []*models.StepRow{{Path: "a", Params: []byte(canary), Output: []byte(canary)}}})
		must(t, err)
		must(t, w.SetAnswer(ctx(t), run, &models.HTTPResponse{Status: 200, Body: []byte(canary)}, nil))
		step := &models.StepRow{Path: "b"}
		must(t, w.StartAttempt(ctx(t), run, step, 1))
		must(t, w.EndAttempt(ctx(t), run, step, &models.Attempt{N: 1, Excerpt: canary}, nil))
		must(t, w.PutSecret(ctx(t), &models.Secret{Name: "s"}, canary))
		tables, err := w.DB().Migrator().GetTables()
		must(t, err)
		seen := 0
		for _, table := range tables {
			var rows []map[string]any
			must(t, w.DB().Table(table).Find(&rows).Error)
			for _, row := range rows {
				seen++
				for column, v := range row {
					if b, ok := v.([]byte); ok {
						v = string(b)
					}
					if s, ok := v.(string); ok && strings.Contains(s, canary) {
						t.Errorf("%s.%s: %q", table, column, s)
					}
				}
			}
		}
		if seen < 10 || !slices.Contains(tables, "webhooks_deliveries") {
			t.Fatalf("looked at %d rows of %v", seen, tables)
		}
	})
}
