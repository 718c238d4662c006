package runner

import (
	"context"
	"errors"
	"fmt"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

// permitted asks the behavior's policy of today about an effect, on its final
// values. denied is a failure of the step; err says that nobody knows.
func (x *execution) permitted(ctx context.Context, e behaviors.Effect) (denied, err error) {
	policy, err := x.r.policyOf(ctx, x.run.VersionID)
	if err != nil {
		return nil, err
	}
	err = x.eval.Permit(policy, e, func(ref expression.Secret) (string, error) {
		secret, err := x.r.effectSecret(ctx, x.listener, ref)
		return secret.value, err
	})
	var d *behaviors.DeniedError
	if errors.As(err, &d) {
		return &actions.Error{Message: d.Error(), Permanent: true, Blame: actions.BlameBehavior, Err: d}, nil
	}
	return err, nil // a secret that cannot be had now
}

// policyOf is the policy of the behavior that a version belongs to. Like a
// secret's value it is that of today, so that one that was narrowed holds for the
// runs that are under way. A behavior that was deleted keeps the policy that this
// node has seen; otherwise it is the null policy, by which a run does what its
// own version says.
func (r *Runner) policyOf(ctx context.Context, version int64) (behaviors.Policy, error) {
	behavior, err := r.programs.behavior(ctx, version)
	if err != nil {
		return nil, err
	}
	if p, known := r.listeners.policy(behavior); known {
		return p, nil
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	b, err := r.store.Behavior(ctx, behavior)
	if errors.Is(err, models.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	return behaviors.StoredPolicy(b.Policy), nil
}
