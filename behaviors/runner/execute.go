package runner

import (
	"context"
	"errors"
	"strconv"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

// maxMessage of an error in the journal, in bytes.
const maxMessage = 1 << 10

// unknownActionError: a newer node knows it.
type unknownActionError struct{ name string }

func (e *unknownActionError) Error() string { return "this node does not know the action " + e.name }

// effects executes what was decided, one attempt each. An effect that waits for
// a retry does not hold the others. rests: the run waits, or is over.
func (x *execution) effects(ctx context.Context, d behaviors.Decision) (rests bool, err error) {
	tried := false
	var first *models.Finish
	for _, e := range d.Effects {
		if len(d.Effects) > 1 {
			if err := x.stillWaits(ctx, e); err != nil {
				return false, err
			}
		}
		if w := x.waits[e.Path]; w != nil {
			if first == nil || w.DueAt < first.DueAt {
				first = w
			}
			continue
		}
		if tried && !x.callerWaits() {
			if err := x.background(); err != nil {
				return false, err
			}
		}
		tried = true
		if rests, err := x.effect(ctx, d, e); err != nil || rests {
			return rests, err
		}
	}
	if tried || first == nil {
		return false, nil
	}
	return true, x.finish(ctx, first)
}

// stillWaits takes up from the journal that an effect waits for a retry: the run
// may have been claimed for another one. What the remote asked for is not in the
// journal, so only the backoff counts.
func (x *execution) stillWaits(ctx context.Context, e behaviors.Effect) error {
	row := x.journal.rows[e.Path]
	if x.waits[e.Path] != nil || row == nil || len(row.Attempts) == 0 || row.State != string(behaviors.StepPending) {
		return nil
	}
	last := row.Attempts[len(row.Attempts)-1]
	if last.FinishedAt == 0 || last.Error == "" {
		return nil
	}
	now, err := x.r.store.Now(ctx)
	if err != nil {
		return err
	}
	if due := after(last.FinishedAt, backoff(e.Retry, x.uid, e.Path, last.N, 0)); due > now {
		x.waits[e.Path] = &models.Finish{
			State: string(behaviors.RunWaiting), Reason: "retry", Error: row.Error, DueAt: due, Steps: x.journal.others(x.decided),
		}
	}
	return nil
}

// step is one attempt of an effect.
type step struct {
	behaviors.Effect
	action  *actions.Action
	row     *models.StepRow
	attempt *models.Attempt
	call    *actions.Call
	alone   bool // no other effect was decided with it
}

// effect makes one attempt and journals what came of it.
func (x *execution) effect(ctx context.Context, d behaviors.Decision, e behaviors.Effect) (rests bool, err error) {
	s := &step{Effect: e, action: x.r.actions.Get(e.Action), row: x.journal.row(e, d), alone: len(d.Effects) == 1}
	if s.action == nil {
		return false, &unknownActionError{e.Action}
	}
	if err := x.renew(ctx); err != nil {
		return false, err
	}
	outside := s.action.Reach == behaviors.ReachOutside
	if outside && e.Retry.Ask && unfinished(s.row) {
		return true, x.park(ctx, s)
	}
	s.attempt = &models.Attempt{N: len(s.row.Attempts) + 1}
	if s.attempt.StartedAt, err = x.r.store.Now(ctx); err != nil {
		return false, err
	}
	failure, err := x.prepare(ctx, s)
	if err != nil {
		return false, err
	}
	var missing *secretError
	switch {
	case errors.As(failure, &missing) && !errors.Is(missing, errListenerGone) && !x.inline(e):
		return x.waitForSecret(ctx, s, missing)
	case failure != nil:
	case outside:
		failure, err = x.outside(ctx, s)
	default:
		failure, err = x.inTransaction(ctx, s)
	}
	if err != nil {
		return false, err
	}
	if failure == nil {
		x.r.metrics.attempted(e.Action, "")
		return false, nil
	}
	f := failureOf(failure, s.action.Reach)
	x.r.metrics.attempted(e.Action, f.Blame)
	x.log.Debug("step failed", "step", e.Path, "attempt", s.attempt.N, "blame", string(f.Blame), "error", f.Message)
	return x.failed(ctx, s, f)
}

// inline tells whether an effect still stands before the answer. The deadline
// may have passed since it was decided.
func (x *execution) inline(e behaviors.Effect) bool { return e.Inline && !x.answered() }

// unfinished tells whether a call perhaps happened: a crash came between it and
// its journal.
func unfinished(row *models.StepRow) bool {
	n := len(row.Attempts)
	return n > 0 && row.Attempts[n-1].FinishedAt == 0
}

// prepare builds the call. What cannot even be attempted is a failure.
func (x *execution) prepare(ctx context.Context, s *step) (failure, err error) {
	params, err := encode(s.Params)
	if err != nil {
		return &actions.Error{Message: "the parameters: " + err.Error(), Permanent: true, Blame: actions.BlameBehavior, Err: err}, nil
	}
	s.row.Params = params
	if denied, err := x.permitted(ctx, s.Effect); denied != nil || err != nil {
		return denied, err
	}
	secrets := map[expression.Secret]sendable{}
	for _, ref := range secretsIn(s.Params, nil) {
		if secrets[ref], err = x.r.effectSecret(ctx, x.listener, ref); err != nil {
			return err, nil
		}
	}
	s.call = &actions.Call{
		Params: s.Params, DeliveryID: strconv.FormatInt(x.id, 10), IdempotencyKey: x.uid + "-" + s.Path, HTTP: x.r.http,
		Secret: func(ref expression.Secret, url string) (string, error) {
			secret, ok := secrets[ref]
			if !ok {
				return "", &secretError{ref.Name, errNoSecret} // none of this step's parameters
			}
			return secret.to(url, ref, x.eval.SecretHosts(ref))
		},
	}
	return nil, nil
}

// done is a step's row with its output, and the output as the journal reads it.
// An output that cannot be kept is a failure of the action.
func (s *step) done(output any) (*models.StepRow, any, error) {
	text, value, err := normalize(output)
	if err != nil {
		return nil, nil, &actions.Error{Message: "its output cannot be kept: " + err.Error(), Permanent: true, Blame: blameOf(s.action.Reach), Err: err}
	}
	row := *s.row
	row.State, row.Output, row.Error, row.Status = string(behaviors.StepDone), text, "", 0
	return &row, value, nil
}

// learn takes a journaled output up.
func (x *execution) learn(s *step, row *models.StepRow, output any) {
	*s.row = *row
	x.journal.entries[s.Path] = behaviors.Entry{Output: output}
}

// failed journals a failed attempt, and what follows from it.
func (x *execution) failed(ctx context.Context, s *step, f *actions.Error) (rests bool, err error) {
	row, a := s.row, s.attempt
	row.Error, row.Status = short(f.Message), f.Status
	a.Error, a.Status, a.Blame, a.Excerpt = row.Error, f.Status, string(f.Blame), short(f.Excerpt)
	if n := len(row.Attempts); n == 0 || row.Attempts[n-1] != a {
		row.Attempts = append(row.Attempts, a) // it was not started before a call
	}
	if a.FinishedAt, err = x.r.store.Now(ctx); err != nil {
		return false, err
	}
	row.State = string(behaviors.StepFailed)
	verdict := judge(s.Effect, a.N, x.inline(s.Effect), f.Permanent)
	switch verdict {
	case tryAgain:
		row.State = string(behaviors.StepPending)
		pause := backoff(s.Retry, x.uid, s.Path, a.N, f.RetryAfter)
		return x.waitFor(ctx, s, "retry", after(a.FinishedAt, pause), true)
	case buried:
		reason := short(deadReason(s.Effect, a.N, f))
		x.log.WarnContext(ctx, "run is dead", "step", s.Path, "attempt", a.N, "blame", string(f.Blame), "error", reason)
		err := x.endAttempt(ctx, s, &models.Finish{State: string(behaviors.RunDead), Error: reason, Steps: x.journal.others(x.decided)})
		if err == nil {
			x.r.metrics.ended(behaviors.RunDead)
		}
		return true, err
	case handled:
		row.Failed = true
		if err := x.endAttempt(ctx, s, nil); err != nil {
			return false, err
		}
		return false, x.journal.learn(row)
	}
	if err := x.endAttempt(ctx, s, nil); err != nil {
		return false, err
	}
	return x.answerFailed(ctx, s)
}

// answerFailed ends a run whose caller waits: 500. The failure is not part of
// the journal, so a redelivery continues at this step.
func (x *execution) answerFailed(ctx context.Context, s *step) (rests bool, err error) {
	x.journal.entries[s.Path] = behaviors.Entry{Failed: stepError(s.row)}
	d := x.eval.Advance(behaviors.Journal{Steps: x.journal.entries, Answered: x.answered()})
	delete(x.journal.entries, s.Path)
	if d.Response == nil {
		return false, nil // the deadline's answer came first: the step is a background one now
	}
	won, err := x.commit(ctx, d)
	if err == nil && won {
		x.r.metrics.ended(d.State)
	}
	return won, err
}

func (x *execution) endAttempt(ctx context.Context, s *step, f *models.Finish) error {
	return x.write(ctx, func(ctx context.Context) error { return x.r.store.EndAttempt(ctx, x.run, s.row, s.attempt, f) })
}

// waitFor lets the run wait, or only this effect where there are others.
func (x *execution) waitFor(ctx context.Context, s *step, reason string, due models.Micros, attempted bool) (rests bool, err error) {
	f := &models.Finish{
		State: string(behaviors.RunWaiting), Reason: reason, Error: s.row.Error, DueAt: due, Steps: x.journal.others(x.decided),
	}
	now := f
	if !s.alone {
		x.waits[s.Path], now = f, nil
	}
	switch {
	case attempted:
		err = x.endAttempt(ctx, s, now)
	case now != nil:
		f.Steps = append(f.Steps, s.row)
		err = x.finish(ctx, f)
	}
	return s.alone, err
}

// waitForSecret waits without an attempt: only a person can mend it, and may
// take longer than attempts last.
func (x *execution) waitForSecret(ctx context.Context, s *step, e *secretError) (rests bool, err error) {
	s.row.State, s.row.Error = string(behaviors.StepPending), e.Error()
	x.log.WarnContext(ctx, "run waits for a secret", "step", s.Path, "error", e)
	return x.waitFor(ctx, s, "retry", after(s.attempt.StartedAt, secretWait), false)
}

// park leaves it to a person whether a call happened.
func (x *execution) park(ctx context.Context, s *step) error {
	s.row.State = string(behaviors.StepUnknown)
	s.row.Error = "a crash left open whether the call happened"
	return x.finish(ctx, &models.Finish{
		State: string(behaviors.RunWaiting), Reason: "ask", Error: s.row.Error, DueAt: never,
		Steps: append(x.journal.others(x.decided), s.row),
	})
}

// failureOf is what the journal is told of an action's error.
func failureOf(err error, reach behaviors.Reach) *actions.Error {
	var f *actions.Error
	if errors.As(err, &f) {
		return f
	}
	var missing *secretError
	if errors.As(err, &missing) {
		return &actions.Error{Message: missing.Error(), Permanent: errors.Is(missing, errListenerGone), Blame: actions.BlameBehavior, Err: err}
	}
	return &actions.Error{Message: err.Error(), Blame: blameOf(reach), Err: err}
}

// blameOf is whose fault an error is that does not say so.
func blameOf(reach behaviors.Reach) actions.Blame {
	if reach == behaviors.ReachHost {
		return actions.BlameHost
	}
	return actions.BlameUs
}
