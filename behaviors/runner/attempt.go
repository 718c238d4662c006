package runner

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/models"
)

const (
	outsideTimeout = 15 * time.Second
	hostTimeout    = 10 * time.Second // a transaction holds locks
	hostTries      = 3                // of one that the database made give way
)

// timeoutOf an attempt: what the behavior says, or ours.
func timeoutOf(said, ours, most time.Duration) time.Duration {
	if said <= 0 {
		said = ours
	}
	return min(said, most)
}

// attempt does one, and makes a panic a failure.
func (x *execution) attempt(ctx context.Context, s *step) (output any, err error) {
	defer func() {
		if p := recover(); p != nil {
			x.log.ErrorContext(ctx, "action panicked", "step", s.Path, "action", s.Action, "panic", panicText(p), "stack", string(debug.Stack()))
			err = &actions.Error{Message: "panic: " + panicText(p), Blame: blameOf(s.action.Reach)}
		}
	}()
	return s.action.Run(ctx, s.call)
}

// inTransaction does the effect and journals it in one transaction: exactly
// once. A failure was undone by the database; an error says that nobody knows,
// so the run is taken up anew from the journal.
func (x *execution) inTransaction(ctx context.Context, s *step) (failure, err error) {
	limit := timeoutOf(s.Timeout, hostTimeout, x.r.lease/2)
	for try := 1; ; try++ {
		failure, timedOut, err := x.transact(ctx, s, limit)
		var said *actions.Error
		switch {
		case err == nil, failure == nil:
			return nil, err
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case timedOut:
			return &actions.Error{Message: fmt.Sprintf("did not end within %s", limit), Blame: blameOf(s.action.Reach), Err: failure}, nil
		case errors.As(failure, &said) || !errors.Is(err, models.ErrUnavailable):
			return failure, nil
		case try == hostTries:
			return nil, err
		}
	}
}

// transact tries once. failure is the action's own, err the transaction's.
func (x *execution) transact(ctx context.Context, s *step, limit time.Duration) (failure error, timedOut bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var (
		committed []func()
		row       *models.StepRow
		output    any
	)
	err = x.locked(func() error {
		return x.r.store.Step(ctx, x.run, func(tx *gorm.DB) (*models.StepRow, error) {
			committed = nil
			s.call.Tx = actions.Tx{
				DB: tx, AfterCommit: func(fn func()) { committed = append(committed, fn) }, DeliveryID: s.call.DeliveryID,
			}
			raw, err := x.attempt(ctx, s)
			if err == nil {
				row, output, err = s.done(raw)
			}
			failure = err
			return row, err
		}, nil)
	})
	if err != nil {
		return failure, ctx.Err() != nil, err
	}
	x.learn(s, row, output)
	for _, fn := range committed {
		x.afterCommit(ctx, s, fn)
	}
	return nil, false, nil
}

// afterCommit runs what may be lost. The step is done, whatever it does.
func (x *execution) afterCommit(ctx context.Context, s *step, fn func()) {
	defer func() {
		if p := recover(); p != nil {
			x.log.ErrorContext(ctx, "after-commit function panicked", "step", s.Path, "panic", panicText(p), "stack", string(debug.Stack()))
		}
	}()
	fn()
}

// outside calls, with a row committed before and one after: at least once. An
// error says that nobody knows whether the call happened.
func (x *execution) outside(ctx context.Context, s *step) (failure, err error) {
	err = x.write(ctx, func(ctx context.Context) error { return x.r.store.StartAttempt(ctx, x.run, s.row, s.attempt.N) })
	if err != nil {
		return nil, err
	}
	s.row.Attempts = append(s.row.Attempts, s.attempt)
	raw, failure, err := x.call(ctx, s)
	if err != nil {
		return nil, err
	}
	if failure != nil {
		return failure, nil
	}
	row, output, failure := s.done(raw)
	if failure != nil {
		return failure, nil
	}
	if s.attempt.FinishedAt, err = x.r.store.Now(ctx); err != nil {
		return nil, err
	}
	err = x.write(ctx, func(ctx context.Context) error { return x.r.store.EndAttempt(ctx, x.run, row, s.attempt, nil) })
	if err != nil {
		return nil, err
	}
	x.learn(s, row, output)
	return nil, nil
}

// call makes the call in a goroutine, waits for its end, and keeps the lease
// meanwhile. An error says that the call was cut off, or the lease is lost.
func (x *execution) call(ctx context.Context, s *step) (output any, failure, err error) {
	limit := timeoutOf(s.Timeout, outsideTimeout, time.Hour)
	calling, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		output, failure = x.attempt(calling, s)
	}()
	for {
		third, stop := x.r.clock.After(x.r.lease / 3)
		select {
		case <-done:
			stop()
		case <-third:
			if err = x.renew(ctx); err == nil {
				continue
			}
			cancel()
			<-done
			return nil, nil, err
		}
		break
	}
	switch {
	case failure == nil:
		return output, nil, nil
	case ctx.Err() != nil:
		return nil, nil, context.Cause(ctx)
	case calling.Err() != nil:
		return nil, &actions.Error{Message: fmt.Sprintf("no answer within %s", limit), Blame: actions.BlameNetwork, Err: failure}, nil
	}
	return nil, failure, nil
}

// short bounds a text of the journal at a rune's beginning, and makes it UTF-8.
func short(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxMessage {
		return text
	}
	n := maxMessage
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
