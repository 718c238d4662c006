package runner

import (
	"context"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

const (
	claimEvery = time.Second
	claimMost  = 64 // at once
	// maxClaims without a record: then a run has stopped the worker so often.
	maxClaims = 3
	heldPage  = 200
)

// claimLoop takes what is due: retries, runs of crashed nodes, and what there
// was no slot for when it came.
func (r *Runner) claimLoop(s *session) {
	away := false
	for {
		var more bool
		err := r.guarded(func() (err error) {
			more, err = r.claim(s)
			return err
		})
		if err != nil && !away && s.loops.Err() == nil {
			r.log.Warn("due runs not claimed", "error", err)
		}
		away = err != nil
		if s.loops.Err() != nil {
			return
		}
		if more {
			continue
		}
		tick, stop := r.clock.After(claimEvery)
		select {
		case <-s.loops.Done():
			stop()
			return
		case <-r.slots.wake:
		case <-tick:
		}
		stop()
	}
}

// claim takes as many due runs as there are slots. more: there may be others.
func (r *Runner) claim(s *session) (more bool, err error) {
	n := r.slots.takeForClaim(claimMost)
	if n == 0 {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(s.loops, queryTimeout)
	defer cancel()
	runs, err := r.store.Claim(ctx, n, r.lease)
	if len(runs) == n {
		r.slots.expectMore()
	}
	r.slots.put(n - len(runs))
	if err != nil {
		return false, err
	}
	for _, run := range runs {
		s.active.Go(func() { r.resume(s, run) })
	}
	return len(runs) == n, nil
}

// resume goes on with a claimed run, from its journal. It holds a slot.
func (r *Runner) resume(s *session, run *models.Run) {
	x := r.newExecution(s, run)
	x.slot = true
	r.live.add(x)
	x.do(func() error {
		if run.Claims > maxClaims {
			return x.bury(s.work, fmt.Sprintf("stopped the worker %s times", countWord(maxClaims)))
		}
		if err := x.takeUp(s.work); err != nil {
			return err
		}
		return x.proceed(s.work, x.advance())
	})
}

func countWord(n int) string {
	if n == 3 {
		return "three"
	}
	return fmt.Sprint(n)
}

// bury makes a run a dead letter.
func (x *execution) bury(ctx context.Context, reason string) error {
	x.log.Warn("run is dead", "error", reason)
	err := x.finish(ctx, &models.Finish{State: string(behaviors.RunDead), Error: reason})
	if err == nil {
		x.r.metrics.ended(behaviors.RunDead)
	}
	return err
}

// takeUp reads what a run is resumed from.
func (x *execution) takeUp(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	r := x.r
	d, err := r.store.Delivery(ctx, x.id)
	if err != nil {
		return fmt.Errorf("take up run %d: %w", x.id, err)
	}
	p, err := r.programs.get(ctx, x.run.VersionID)
	if err != nil {
		return fmt.Errorf("take up run %d: %w", x.id, err)
	}
	rows, err := r.store.Steps(ctx, x.id)
	if err != nil {
		return fmt.Errorf("take up run %d: %w", x.id, err)
	}
	j, err := readJournal(rows, r.actions)
	if err != nil {
		return fmt.Errorf("take up run %d: %w", x.id, err)
	}
	x.uid, x.journal = d.UID, j
	x.eval = behaviors.NewEvaluation(p, r.stored(x.session.work, d), nil)
	return nil
}

// releaseHeld makes the runs due that were held while their listener was
// paused. Other nodes may do so as well: the fence lets one of us through.
func (r *Runner) releaseHeld(ctx context.Context, listener int64) error {
	page := models.Page{Limit: heldPage}
	for {
		rows, err := r.heldPage(ctx, listener, page)
		if err != nil {
			return fmt.Errorf("release held runs of listener %d: %w", listener, err)
		}
		if len(rows) < heldPage {
			r.slots.poke()
			return nil
		}
		page.After = rows[len(rows)-1].ID
	}
}

func (r *Runner) heldPage(ctx context.Context, listener int64, page models.Page) ([]*models.DeliveryRow, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	now, err := r.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := r.store.Deliveries(ctx, models.DeliveryFilter{ListenerID: listener, State: string(behaviors.RunWaiting)}, page)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Run == nil || row.Run.Reason != "paused" {
			continue
		}
		if err := r.store.Finish(ctx, row.Run, &models.Finish{State: string(behaviors.RunOpen), DueAt: now}); err != nil && !lost(err) {
			return nil, err
		}
	}
	return rows, nil
}
