package runner

import (
	"context"
	"fmt"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// Trace evaluates a stored delivery again, over its journal, with a trace.
// models.ErrNotFound where there is no such delivery; none is traced of a
// listener that had nothing published.
func (r *Runner) Trace(ctx context.Context, deliveryID int64) ([]behaviors.TraceValue, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	d, err := r.store.Delivery(ctx, deliveryID)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	if d.VersionID == 0 {
		return []behaviors.TraceValue{}, nil
	}
	p, err := r.programs.get(ctx, d.VersionID)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	rows, err := r.store.Steps(ctx, deliveryID)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	j, err := readJournal(rows, r.actions)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	delivery := r.stored(ctx, d)
	if d.Outcome != string(behaviors.Accepted) {
		// Nothing was pinned: what is shown is today's.
		if l := r.listeners.id(d.ListenerID); l != nil {
			delivery.Inputs = bind(p, l)
		}
	}
	trace := &expression.Trace{}
	e := behaviors.NewEvaluation(p, delivery, trace)
	if e.Admit().Outcome != behaviors.Accepted || d.Outcome != string(behaviors.Accepted) {
		return p.TraceValues(trace), nil
	}
	decision := e.Advance(behaviors.Journal{Steps: j.entries})
	policy, err := r.policyOf(ctx, d.VersionID)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return e.TraceDenials(p.TraceValues(trace), policy, decision, func(ref expression.Secret) (string, error) {
		secret, err := r.effectSecret(ctx, d.ListenerID, ref)
		return secret.value, err
	}), nil
}
