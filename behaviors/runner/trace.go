package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

// Traced is what the expressions of a stored delivery gave.
type Traced struct {
	Values []behaviors.TraceValue
	// Problem says why there are no values, or why they may not be all, or not
	// those of what happened; otherwise it is empty.
	Problem string
}

const causeTooLarge = "too_large" // of Refuse

// Trace evaluates a stored delivery again as it was evaluated then: with its
// version, inputs, moment of receipt and journal. Secrets are those of today.
// What keeps it from that is a Problem; the error is models.ErrNotFound where
// there is no such delivery, or the store's.
func (r *Runner) Trace(ctx context.Context, deliveryID int64) (*Traced, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	d, err := r.store.Delivery(ctx, deliveryID)
	if err != nil && !errors.Is(err, models.ErrUnreadable) {
		return nil, fmt.Errorf("trace: %w", err)
	}
	if why := untraceable(d, err); why != "" {
		return &Traced{Problem: why}, nil
	}
	p, err := r.programs.get(ctx, d.VersionID)
	var failed *notCompiledError
	switch {
	case errors.As(err, &failed):
		return &Traced{Problem: fmt.Sprintf("the version that ran does not compile here any more: line %d: %s", failed.first.Line, failed.first.Message)}, nil
	case errors.Is(err, models.ErrNotFound):
		return &Traced{Problem: "the version that ran was deleted"}, nil
	case err != nil:
		return nil, fmt.Errorf("trace: %w", err)
	}
	t := &tracing{r: r, d: d, p: p, delivery: r.stored(ctx, d)}
	if err := t.evaluate(ctx); err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return &Traced{t.values, strings.Join(t.problems, "; ")}, nil
}

// untraceable says why nothing of a delivery can be evaluated, or "".
func untraceable(d *models.Delivery, err error) string {
	switch {
	case err != nil:
		return "the request was encrypted with a key that the host no longer has"
	case d.VersionID == 0:
		return "nothing was published when the request came, so nothing was evaluated"
	case d.Cause == causeTooLarge:
		return "the request was refused for its size, before anything was evaluated"
	case d.Request.Method == "":
		return "the request was erased"
	}
	return ""
}

// tracing is one delivery that is evaluated again.
type tracing struct {
	r        *Runner
	d        *models.Delivery
	p        *behaviors.Program
	delivery *behaviors.Delivery
	values   []behaviors.TraceValue
	problems []string
}

func (t *tracing) problem(format string, args ...any) {
	t.problems = append(t.problems, fmt.Sprintf(format, args...))
}

func (t *tracing) evaluate(ctx context.Context) error {
	t.bindInputs()
	trace := &expression.Trace{}
	e := behaviors.NewEvaluation(t.p, t.delivery, trace)
	t.admitted(e.Admit())
	var decision behaviors.Decision
	if t.d.Outcome == string(behaviors.Accepted) {
		// What is answered at the deadline is decided upon where steps are waited for.
		if first := behaviors.Advance(t.p, t.delivery, behaviors.Journal{}); first.State == behaviors.RunOpen && first.Response == nil {
			e.DeadlineResponse()
		}
		journal, run, err := t.journal(ctx)
		if err != nil {
			return err
		}
		decision = e.Advance(journal)
		t.ended(run, decision)
	}
	policy, err := t.r.policyOf(ctx, t.d.VersionID)
	if err != nil {
		return err
	}
	t.values = e.TraceDenials(t.p.TraceValues(trace), policy, decision, func(ref expression.Secret) (string, error) {
		secret, err := t.r.effectSecret(ctx, t.d.ListenerID, ref)
		return secret.value, err
	})
	if trace.Cut {
		t.problem(behaviors.TraceCut)
	}
	return nil
}

// bindInputs gives a request that was not accepted the inputs of today, as none
// were pinned.
func (t *tracing) bindInputs() {
	l := t.r.listeners.id(t.d.ListenerID)
	pinned := t.d.Outcome == string(behaviors.Accepted)
	switch {
	case l == nil:
		t.problem("the listener was deleted, and with it its secrets and its name")
	case !pinned:
		t.delivery.Inputs = bind(t.p, l)
		if l.UpdatedAt > t.d.ReceivedAt {
			t.problem("the listener was changed since, and only a request that is accepted keeps its inputs: these are those of now")
		}
	}
}

// admitted compares what the request comes to with what it came to.
func (t *tracing) admitted(a behaviors.Admission) {
	want := t.d.Outcome
	if want == string(behaviors.Duplicate) {
		want = string(behaviors.Accepted) // which the store finds out
	}
	if string(a.Outcome) == want && a.Cause == t.d.Cause {
		return
	}
	comes := string(a.Outcome)
	if a.Cause != "" {
		comes += " (" + a.Cause + ")"
	}
	t.problem("evaluated now, the request comes to: %s; a secret or a setting may have changed since", comes)
}

// journal is what the run knew when it was last evaluated.
func (t *tracing) journal(ctx context.Context) (behaviors.Journal, *models.Run, error) {
	run, err := t.r.store.Run(ctx, t.d.ID)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return behaviors.Journal{}, nil, err
	}
	rows, err := t.r.store.Steps(ctx, t.d.ID)
	if err != nil && !errors.Is(err, models.ErrUnreadable) {
		return behaviors.Journal{}, nil, err
	}
	j := newJournal()
	if err == nil {
		j, err = readJournal(rows, t.r.actions)
	}
	if err != nil {
		t.problem("the outputs of the steps cannot be read, so what is behind the first of them is not here")
		j = newJournal()
	}
	return behaviors.Journal{Steps: j.entries, Answered: run != nil && run.Answered}, run, nil
}

// ended compares how the run ends with how it did.
func (t *tracing) ended(run *models.Run, d behaviors.Decision) {
	if run == nil || len(t.problems) > 0 {
		return
	}
	was, is := behaviors.RunState(run.State), d.State
	if was == behaviors.RunDone && is != was || was == behaviors.RunFailed && is == behaviors.RunDone {
		t.problem("evaluated now, the run comes to: %s; what is not kept with a delivery has changed since", is)
	}
}
