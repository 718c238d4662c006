package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

// secretAge bounds how long a value stays in memory. A change is seen sooner,
// with the change number.
const secretAge = time.Minute

// secrets keeps values for verify, so that a request needs no query. Effects
// read the database.
type secrets struct {
	store *models.Store
	clock Clock

	mu    sync.Mutex
	epoch int // rises when values may have changed
	byID  map[int64]secretValue
}

type secretValue struct {
	value string
	until time.Time
}

func newSecrets(store *models.Store, clock Clock) *secrets {
	return &secrets{store: store, clock: clock, byID: map[int64]secretValue{}}
}

// forget drops what is kept, and what is being read just now.
func (s *secrets) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	clear(s.byID)
}

func (s *secrets) value(ctx context.Context, id int64) (string, error) {
	s.mu.Lock()
	kept, ok := s.byID[id]
	epoch := s.epoch
	s.mu.Unlock()
	now := s.clock.Now()
	if ok && now.Before(kept.until) {
		return kept.value, nil
	}
	value, err := s.read(ctx, id)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == epoch {
		s.byID[id] = secretValue{value, now.Add(secretAge)}
	}
	return value, nil
}

func (s *secrets) read(ctx context.Context, id int64) (string, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	return s.store.SecretValue(ctx, id)
}

var (
	errNoSecret     = errors.New("runner: secret is not set")
	errListenerGone = errors.New("runner: the listener was deleted") // and its secrets with it
)

// secretError is a secret that an effect needs and cannot have now. A person
// can mend it, so the run waits.
type secretError struct {
	name string
	err  error
}

func (e *secretError) Error() string {
	why := "cannot be read just now"
	switch {
	case errors.Is(e.err, errListenerGone):
		why = "went with the listener, which was deleted"
	case errors.Is(e.err, errNoSecret), errors.Is(e.err, models.ErrNotFound):
		why = "is not set; set it on the listener"
	case errors.Is(e.err, models.ErrUnreadable):
		why = "is unreadable: it was encrypted with a key that the host no longer has; set it again"
	}
	return fmt.Sprintf("the secret of input %s %s", e.name, why)
}

func (e *secretError) Unwrap() error { return e.err }

// secretID is the secret that a listener's input names today.
func secretID(l *models.Listener, name string) (int64, bool) {
	if l == nil {
		return 0, false
	}
	switch in := l.Inputs[name].(type) {
	case models.SecretInput:
		return in.ID, in.ID != 0
	case *models.SecretInput:
		return in.ID, in.ID != 0
	}
	return 0, false
}

// verifySecret gives values to the checks of a request: "" for one that is not
// set, which proves nothing and is a rejection. An error is one that cannot be
// read just now, which is none.
func (r *Runner) verifySecret(ctx context.Context, l *models.Listener) func(expression.Secret) (string, error) {
	return func(ref expression.Secret) (string, error) {
		id, ok := secretID(l, ref.Name)
		if !ok {
			return "", nil
		}
		value, err := r.secrets.value(ctx, id)
		if errors.Is(err, models.ErrNotFound) {
			return "", nil
		}
		return value, err
	}
}

// sendable is a secret's value, with where it may be sent.
type sendable struct {
	value string
	hosts []string // the secret's own
}

// effectSecret gives values to effects: the listener's of today, read anew, so
// that correcting a wrong one and retrying works. Errors are *secretError.
func (r *Runner) effectSecret(ctx context.Context, listener int64, ref expression.Secret) (sendable, error) {
	l, err := r.listenerNow(ctx, listener)
	if err != nil {
		return sendable{}, &secretError{ref.Name, err}
	}
	id, ok := secretID(l, ref.Name)
	if !ok {
		return sendable{}, &secretError{ref.Name, errNoSecret}
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	value, hosts, err := r.store.SecretToSend(ctx, id)
	if err == nil && value == "" {
		err = errNoSecret
	}
	if err != nil {
		return sendable{}, &secretError{ref.Name, err}
	}
	return sendable{value, hosts}, nil
}

// to is the value for a call to a URL, or to the URL that it itself is. An error
// is one of the behavior's: the secret is not for that host.
func (s sendable) to(url string, ref expression.Secret, declared []string) (string, error) {
	if err := behaviors.CheckSecretHost(s.value, s.hosts, declared, url); err != nil {
		return "", &actions.Error{
			Message: fmt.Sprintf("the secret of input %s: %s", ref.Name, err), Permanent: true, Blame: actions.BlameBehavior, Err: err,
		}
	}
	return s.value, nil
}

// listenerNow is a listener as this node knows it, or as the database does where
// this node has not heard of it. errListenerGone.
func (r *Runner) listenerNow(ctx context.Context, id int64) (*models.Listener, error) {
	if l := r.listeners.id(id); l != nil {
		return l, nil
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	l, err := r.store.Listener(ctx, id)
	if errors.Is(err, models.ErrNotFound) {
		return nil, errListenerGone
	}
	return l, err
}

// secretsIn are the references that parameters hold.
func secretsIn(v any, found []expression.Secret) []expression.Secret {
	switch v := v.(type) {
	case expression.Secret:
		return append(found, v)
	case []any:
		for _, item := range v {
			found = secretsIn(item, found)
		}
	case map[string]any:
		for _, item := range v {
			found = secretsIn(item, found)
		}
	}
	return found
}
