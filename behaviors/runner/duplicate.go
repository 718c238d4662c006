package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// lookEvery is how often a repeat looks for the answer of a run that another
// node executes. One of this node wakes it.
const lookEvery = 250 * time.Millisecond

// duplicate answers a request whose dedupe key was used before: as the first
// was answered below 500; else with the next answer of its run, which is waited
// for, and for which a failed run is reopened. What is done is done once.
func (rc *reception) duplicate(ctx context.Context, first int64) (*Answer, error) {
	if !rc.counted {
		if !rc.r.inline.enter(rc.l.ID) {
			return nil, unavailable(errOverload)
		}
		defer rc.r.inline.leave(rc.l.ID)
	}
	answer, err := rc.repeated(ctx, first)
	recorded := &behaviors.Response{Status: http.StatusServiceUnavailable}
	if err == nil {
		recorded = answer.Response
	}
	d := rc.delivery(behaviors.Duplicate, "", "", recorded)
	d.DuplicateOf = first
	rc.r.store.Record(d)
	rc.r.log.DebugContext(ctx, "delivery repeated", "delivery", first, "listener", rc.l.ID)
	return answer, err
}

func (rc *reception) repeated(ctx context.Context, first int64) (*Answer, error) {
	deadline, stop := rc.deadline()
	defer stop()
	for {
		// Looked up before the database is asked: an answer in between wakes us.
		var settled <-chan struct{}
		if x := rc.r.live.get(first); x != nil {
			settled = x.settled
		}
		answer, state, err := rc.r.stateOf(ctx, first)
		switch {
		case err != nil:
			return nil, unavailable(err)
		case answer != nil && (answer.Status < http.StatusInternalServerError || state != behaviors.RunFailed):
			return &Answer{Response: answer, Outcome: behaviors.Duplicate}, nil
		case answer != nil:
			run, err := rc.r.reopen(ctx, first)
			if err != nil {
				return nil, unavailable(err)
			}
			if run != nil {
				return rc.continued(ctx, run)
			}
			continue // somebody else has reopened it
		}
		look, stopLook := rc.r.clock.After(lookEvery)
		select {
		case <-settled:
		case <-look:
		case <-deadline:
			stopLook()
			return nil, unavailable(fmt.Errorf("delivery %d with the same key is not answered yet", first))
		case <-rc.session.work.Done():
			stopLook()
			return nil, unavailable(errStopped)
		}
		stopLook()
	}
}

// stateOf is how a run was answered, nil: not yet, and how it stands.
func (r *Runner) stateOf(ctx context.Context, id int64) (*behaviors.Response, behaviors.RunState, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	run, err := r.store.Run(ctx, id)
	if err != nil {
		return nil, "", err
	}
	stored, err := r.store.Answer(ctx, id)
	if err != nil || stored == nil {
		return nil, "", err
	}
	return responseOf(stored), behaviors.RunState(run.State), nil
}

// reopen takes up a failed run again; nil where somebody else did.
func (r *Runner) reopen(ctx context.Context, id int64) (*models.Run, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	run, err := r.store.Reopen(ctx, id, r.lease)
	if errors.Is(err, models.ErrConflict) {
		return nil, nil
	}
	return run, err
}

// continued executes a reopened run while the caller of the repeat waits.
func (rc *reception) continued(ctx context.Context, run *models.Run) (*Answer, error) {
	x := rc.r.newExecution(rc.session, run)
	if err := x.takeUp(ctx); err != nil {
		x.over(err)
		return nil, unavailable(err)
	}
	x.late = x.eval.DeadlineResponse()
	x.start(x.advance())
	return rc.await(ctx, x, behaviors.Duplicate, 0)
}
