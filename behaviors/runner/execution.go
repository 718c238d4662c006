package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// never is when a run is due that only a person can let go on.
const never = models.Micros(1 << 61)

const (
	heldFor    = 10 * time.Minute // a paused run looks by itself, should it miss the end of the pause
	secretWait = time.Minute
	storeWait  = 5 * time.Second  // after trouble with the database
	elsewhere  = 30 * time.Second // for a node that can what this one cannot
)

// execution is one run in one goroutine, from when it is taken up until it
// ends, waits or is lost.
type execution struct {
	r        *Runner
	session  *session
	id       int64 // of the delivery and its run
	listener int64
	uid      string
	eval     *behaviors.Evaluation
	kept     *behaviors.Run // of eval, over the entries of journal; nil: not begun
	journal  *journal
	log      *slog.Logger
	// late is what a waiting caller is sent at the deadline; nil: nobody waits.
	late    *behaviors.Response
	slot    bool // holds one of the background's slots
	renewed time.Time
	decided behaviors.Decision        // the last one that kept gave
	waits   map[string]*models.Finish // effects that wait for a retry, by path

	// lock is held by who writes the run: its goroutine, or a caller whose
	// deadline has passed. It guards run and answer.
	lock   chan struct{}
	run    *models.Run
	answer *behaviors.Response // as committed; nil: none here

	settled chan struct{} // closed once there is an answer, or there will be none
	settle  sync.Once
}

func (r *Runner) newExecution(s *session, run *models.Run) *execution {
	return &execution{
		r: r, session: s, id: run.ID, listener: run.ListenerID, journal: newJournal(), run: run,
		log:     r.log.With("delivery", run.ID, "listener", run.ListenerID, "run", run.ID),
		renewed: r.clock.Now(), waits: map[string]*models.Finish{}, lock: make(chan struct{}, 1), settled: make(chan struct{}),
	}
}

// start runs in a goroutine of its own. The caller has entered the session and
// is still in it.
func (x *execution) start(d behaviors.Decision) {
	x.r.live.add(x)
	x.session.active.Go(func() {
		x.do(func() error { return x.proceed(x.session.work, d) })
	})
}

// do runs until the run is over for this node. A panic ends the execution and
// not the process: the run's lease runs out, and another claim tries again, at
// most three times.
func (x *execution) do(run func() error) {
	defer func() {
		if p := recover(); p != nil {
			x.log.Error("run panicked", "panic", panicText(p), "stack", string(debug.Stack()))
		}
		x.r.live.remove(x)
		x.settle.Do(func() { close(x.settled) })
		if x.slot {
			x.r.slots.put(1)
		}
		x.log.Debug("run left", "state", x.run.State, "reason", x.run.Reason)
	}()
	x.over(run())
}

// proceed goes on until the run ends, waits or is lost.
func (x *execution) proceed(ctx context.Context, d behaviors.Decision) error {
	for {
		x.decided = d
		if d.Response != nil {
			won, err := x.commit(ctx, d)
			if err != nil {
				return err
			}
			if !won { // the deadline's answer was sent meanwhile
				d = x.advance()
				continue
			}
		}
		if final(d) {
			if d.Response == nil {
				if err := x.finish(ctx, x.ending(d)); err != nil {
					return err
				}
			}
			x.r.metrics.ended(d.State)
			return nil
		}
		if !x.callerWaits() {
			if err := x.background(); err != nil {
				return err
			}
		}
		rests, err := x.effects(ctx, d)
		if err != nil || rests {
			return err
		}
		d = x.advance()
	}
}

func final(d behaviors.Decision) bool {
	return d.State == behaviors.RunDone || d.State == behaviors.RunFailed
}

func (x *execution) advance() behaviors.Decision {
	if x.kept == nil {
		x.kept = x.eval.Run(x.journal.entries)
	}
	return x.kept.Advance(x.answered())
}

// answered tells whether an answer has been sent, or nobody waits for one.
func (x *execution) answered() bool {
	x.lock <- struct{}{}
	defer func() { <-x.lock }()
	return x.run.Answered
}

func (x *execution) callerWaits() bool { return x.late != nil && !x.answered() }

// ending is how a decided run is stored.
func (x *execution) ending(d behaviors.Decision) *models.Finish {
	return &models.Finish{State: string(d.State), Error: short(d.Error), Steps: x.journal.others(d)}
}

// write holds the lock for one write of the run, which a drain that takes too
// long does not cut off. The error is the store's.
func (x *execution) write(ctx context.Context, fn func(context.Context) error) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	return x.locked(func() error { return fn(ctx) })
}

func (x *execution) locked(fn func() error) error {
	x.lock <- struct{}{}
	defer func() { <-x.lock }()
	return fn()
}

func (x *execution) finish(ctx context.Context, f *models.Finish) error {
	return x.write(ctx, func(ctx context.Context) error { return x.r.store.Finish(ctx, x.run, f) })
}

// commit journals the answer, and with it the end of a run that is over. won is
// false where another answer was first: that one is sent, this only recorded.
func (x *execution) commit(ctx context.Context, d behaviors.Decision) (won bool, err error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	x.lock <- struct{}{}
	defer func() { <-x.lock }()
	if x.run.Answered {
		return false, nil
	}
	var f *models.Finish
	if final(d) {
		f = x.ending(d)
	}
	return true, x.send(ctx, d.Response, f)
}

// send commits an answer, then lets the caller go. The lock is held.
func (x *execution) send(ctx context.Context, answer *behaviors.Response, f *models.Finish) error {
	if err := x.r.store.SetAnswer(ctx, x.run, storedResponse(answer), f); err != nil {
		return err
	}
	x.answer = answer
	x.settle.Do(func() { close(x.settled) })
	return nil
}

// errHeld, errDrained and errNoSlot end an execution whose run goes on later.
var (
	errHeld    = errors.New("the listener is paused")
	errDrained = errors.New("this node is stopping")
	errNoSlot  = errors.New("this node has no slot free")
)

// background is asked before each step that no caller waits for.
func (x *execution) background() error {
	switch {
	case x.r.listeners.paused(x.listener):
		return errHeld
	case x.session.draining.Load():
		return errDrained
	case !x.slot && !x.r.slots.take():
		x.r.slots.expectMore()
		return errNoSlot
	}
	x.slot = true
	return nil
}

// over gives back a run that did not come to rest by itself.
func (x *execution) over(err error) {
	if err == nil {
		return
	}
	if lost(err) {
		x.log.Debug("lease lost")
		return
	}
	f := &models.Finish{State: string(behaviors.RunOpen), Steps: x.journal.others(x.decided)}
	wait := time.Duration(0)
	var foreign *notCompiledError
	var unknown *unknownActionError
	switch {
	case errors.Is(err, errDrained), errors.Is(err, errNoSlot), x.session.work.Err() != nil:
	case errors.Is(err, errHeld):
		f.State, f.Reason, wait = string(behaviors.RunWaiting), "paused", heldFor
	case errors.Is(err, models.ErrUnreadable):
		// Encrypted with a key that is not there: a person has to bring it back.
		f.State, f.Reason, f.Error, wait = string(behaviors.RunWaiting), "retry", short(err.Error()), secretWait
		x.log.Warn("run waits for the host's key", "error", err)
	case errors.As(err, &foreign), errors.As(err, &unknown):
		f.Error, wait = short(err.Error()), elsewhere
		x.log.Warn("run is for another node", "error", err)
	default:
		wait = storeWait
		x.log.Warn("run interrupted", "error", err)
	}
	ctx, cancel := bounded(x.session.work)
	defer cancel()
	now, nowErr := x.r.store.Now(ctx)
	if nowErr == nil {
		f.DueAt = after(now, wait)
		nowErr = x.finish(ctx, f)
	}
	if nowErr != nil && !lost(nowErr) {
		x.log.Warn("lease not given back; it will run out", "error", nowErr)
	}
	if errors.Is(err, errHeld) && !x.r.listeners.paused(x.listener) {
		// The pause ended while we were writing, so nobody saw this run.
		if err := x.r.releaseHeld(ctx, x.listener); err != nil {
			x.log.Warn("held runs not released", "error", err)
		}
	}
}

// renew moves the end of the lease, once a third of it is gone.
func (x *execution) renew(ctx context.Context) error {
	now := x.r.clock.Now()
	if now.Sub(x.renewed) < x.r.lease/3 {
		return nil
	}
	if err := x.write(ctx, func(ctx context.Context) error { return x.r.store.Renew(ctx, x.run, x.r.lease) }); err != nil {
		return err
	}
	x.renewed = now
	return nil
}

// lost tells that another node has the run: not ours to touch any more.
func lost(err error) bool { return errors.Is(err, models.ErrLeaseLost) }

func after(m models.Micros, d time.Duration) models.Micros {
	return m + models.Micros(d.Microseconds())
}

// guarded makes a panic in one of the runner's loops an error.
func (r *Runner) guarded(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("runner panicked", "panic", panicText(p), "stack", string(debug.Stack()))
			err = errors.New("panic: " + panicText(p))
		}
	}()
	return fn()
}

// panicText tells of a panic what cannot hold a secret.
func panicText(p any) string {
	if err, ok := p.(interface {
		error
		RuntimeError()
	}); ok {
		return err.Error()
	}
	return fmt.Sprintf("a %T", p)
}
