package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

var (
	errStopped  = errors.New("the runner is stopped")
	errOverload = errors.New("too many callers wait for steps")
)

// grace is how long what was cut off gets to give its lease back.
const grace = 5 * time.Second

// lifecycle starts and stops sessions, one after another.
type lifecycle struct {
	starting sync.Mutex // Start and Stop, one at a time

	mu  sync.Mutex
	now *session // nil: stopped
}

// session is the time from Start to Stop.
type session struct {
	loops    context.Context // of the claim loop and of following
	stop     context.CancelFunc
	work     context.Context // of attempts; cut off when draining takes too long
	cut      context.CancelCauseFunc
	draining atomic.Bool // executions go no further than the step under way
	active   sync.WaitGroup
}

// enter counts a caller in, who leaves by active.Done. nil: stopped or draining.
func (l *lifecycle) enter() *session {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now != nil {
		l.now.active.Add(1)
	}
	return l.now
}

func (l *lifecycle) get() *session {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *lifecycle) set(s *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = s
}

// Start begins to claim due runs and to follow configuration changes. ctx is of
// the start only; what runs is ended by Stop. Starting twice is no error, and
// starting after Stop begins anew.
func (r *Runner) Start(ctx context.Context) error {
	r.life.starting.Lock()
	defer r.life.starting.Unlock()
	if r.life.get() != nil {
		return nil
	}
	if err := r.Refresh(ctx); err != nil {
		return fmt.Errorf("start runner: %w", err)
	}
	ctx = context.WithoutCancel(ctx)
	s := &session{}
	s.loops, s.stop = context.WithCancel(ctx)
	s.work, s.cut = context.WithCancelCause(ctx)
	s.active.Go(func() { r.followLoop(s.loops) })
	s.active.Go(func() { r.claimLoop(s) })
	r.life.set(s)
	r.log.InfoContext(ctx, "runner started")
	return nil
}

// Stop drains: no new claims, callers are refused, running attempts get until
// ctx ends, leases are given back. Safe twice and before Start. The error is
// ctx's where attempts were cut off: what they did may be done again.
func (r *Runner) Stop(ctx context.Context) error {
	r.life.starting.Lock()
	defer r.life.starting.Unlock()
	s := r.life.get()
	if s == nil {
		return nil
	}
	s.draining.Store(true)
	r.life.set(nil)
	s.stop()
	drained := make(chan struct{})
	go func() {
		s.active.Wait()
		close(drained)
	}()
	var err error
	select {
	case <-drained:
	case <-ctx.Done():
		err = fmt.Errorf("stop runner: attempts were cut off: %w", ctx.Err())
		s.cut(errStopped)
		late, stop := r.clock.After(grace)
		select {
		case <-drained:
		case <-late:
			err = fmt.Errorf("stop runner: %d runs did not end: %w", r.live.len(), ctx.Err())
		}
		stop()
	}
	s.cut(errStopped)
	r.log.InfoContext(ctx, "runner stopped")
	return err
}

// followLoop follows configuration changes. An outage is logged once.
func (r *Runner) followLoop(ctx context.Context) {
	away := false
	for {
		tick, stop := r.clock.After(followEvery)
		select {
		case <-ctx.Done():
			stop()
			return
		case <-tick:
		}
		err := r.guarded(func() error { return r.Refresh(ctx) })
		switch {
		case err != nil && !away:
			r.log.WarnContext(ctx, "configuration not followed", "error", err)
		case err == nil && away:
			r.log.InfoContext(ctx, "configuration followed again")
		}
		away = err != nil
	}
}
