package actions

import (
	"context"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/outbound"
)

// Call is one attempt of a step.
type Call struct {
	// Params are final values, checked against the spec: a parameter that was
	// not given, or was nil, is missing or nil here. A secret is an
	// expression.Secret.
	Params         map[string]any
	DeliveryID     string // as the outside sees it
	IdempotencyKey string // "<delivery>-<step>", the same at each attempt
	// Tx is set for actions that reach the host or the store.
	Tx Tx
	// HTTP is set for actions that reach outside.
	HTTP *outbound.Client
	// Secret gives the value behind a reference that is one of Params, for a call
	// to a URL: a secret is bound to hosts, and is never sent to another one. An
	// empty url stands for the URL that the secret itself is. Its errors may be
	// returned as they are.
	Secret func(ref expression.Secret, url string) (string, error)
}

// Action is what a step can do: one that is built in, or a host's own.
type Action struct {
	behaviors.ActionSpec
	// Do makes one attempt. Its output is plain data: nil, bool, int64,
	// float64, text, []any, map[string]any.
	Do func(ctx context.Context, c *Call) (any, error)
}

// Run makes one attempt, but refuses a secret in a parameter that is not
// declared to take one there: whatever a behavior's checks have missed ends here.
// A secret that it hands out is neither in the output nor in what is said of a
// failure, whatever the action or the remote made of it. The size of final
// parameters was bounded when they were checked.
func (a *Action) Run(ctx context.Context, c *Call) (any, error) {
	for name, v := range c.Params {
		if spec, _ := a.Param(name); !spec.TakesSecretsOf(v) {
			return nil, &Error{
				Message: a.Name + ": the parameter " + name + " does not take a secret", Permanent: true, Blame: BlameBehavior,
			}
		}
	}
	own, out := *c, &handedOut{from: c.Secret}
	own.Secret = out.secret
	output, err := a.Do(ctx, &own)
	return out.hide(output, err)
}

// Text is a parameter that is text, or "" where it is missing.
func (c *Call) Text(name string) string {
	s, _ := c.Params[name].(string)
	return s
}

// Flag is a parameter that is true or false, and false where it is missing.
func (c *Call) Flag(name string) bool {
	b, _ := c.Params[name].(bool)
	return b
}
