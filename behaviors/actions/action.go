package actions

import (
	"context"
	"errors"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/outbound"
)

// ErrNotFound is returned by a host for a record that does not exist.
var ErrNotFound = errors.New("actions: not found")

// Call is one attempt of a step.
type Call struct {
	Params         map[string]any // final values, checked against the spec; a secret is an expression.Secret
	DeliveryID     string
	IdempotencyKey string // "<delivery>-<step>", the same at each attempt
	// Tx is set for actions that reach the host or the store.
	Tx Tx
	// HTTP is set for actions that reach outside.
	HTTP   *outbound.Client
	Secret func(expression.Secret) (string, error)
}

// Action is a registered capability.
type Action struct {
	behaviors.ActionSpec
	Do func(ctx context.Context, c *Call) (any, error)
}

// Error is a failure of a step. Anything else that an action returns is a
// passing failure, blamed on the host or on us.
type Error struct {
	Message    string // never holds a secret, or a URL that may be one
	Status     int    // an outside answer's, or 0
	Excerpt    string // of an outside answer, at most 1 KiB
	Permanent  bool   // trying again is useless
	RetryAfter time.Duration
	Blame      Blame
	Err        error
}

// Blame says whose fault a failure is.
type Blame string

// Blames.
const (
	BlameBehavior Blame = "behavior"
	BlameHost     Blame = "host"
	BlameRemote   Blame = "remote"
	BlameNetwork  Blame = "network"
	BlameUs       Blame = "us"
)

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Err }

// Registry holds actions by name.
type Registry struct{ byName map[string]*Action }

// Builtin returns a fresh registry with the built-in actions over a host's records.
func Builtin(r Records) *Registry { panic("contract") }

// Register adds an action; an error names what is wrong with it.
func (r *Registry) Register(a *Action) error { panic("contract") }

// Get returns an action, or nil.
func (r *Registry) Get(name string) *Action { return r.byName[name] }

// Specs of all actions, sorted by name.
func (r *Registry) Specs() []*behaviors.ActionSpec { panic("contract") }
