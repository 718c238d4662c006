package actions

import (
	"errors"
	"time"
)

var (
	// ErrNotFound is returned by a host for a record that does not exist.
	ErrNotFound = errors.New("actions: not found")
	// ErrExists is returned by a host for a record that there may be only one of.
	ErrExists = errors.New("actions: exists already")
)

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

// Error is the message: the cause may say more than may be shown.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Err }

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

// mistake is a failure that only a change of the behavior, or other data, mends.
func mistake(message string) *Error {
	return &Error{Message: message, Permanent: true, Blame: BlameBehavior}
}
