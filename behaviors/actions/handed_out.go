package actions

import (
	"errors"
	"sync"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// handedOut notes the secrets that an attempt is given.
type handedOut struct {
	from   func(ref expression.Secret, url string) (string, error)
	mu     sync.Mutex // an action may ask from goroutines of its own
	values []string
}

func (h *handedOut) secret(ref expression.Secret, url string) (string, error) {
	value, err := h.from(ref, url)
	if err == nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.values = append(h.values, value)
	}
	return value, err
}

// hide gives what came of the attempt without them.
func (h *handedOut) hide(output any, err error) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.values) == 0 {
		return output, err
	}
	r := newRedactor(h.values...)
	if err != nil {
		return nil, r.hideInError(err)
	}
	if _, failed := expression.NewWalker(expression.Limits{}).JSON(output); failed != nil {
		return output, nil // which cannot be kept, and so is not
	}
	if clean, found := r.hideIn(output); found {
		return clean, nil
	}
	return output, nil
}

// hideInError is an error that says the same without the secrets.
func (r *redactor) hideInError(err error) error {
	var said *Error
	if errors.As(err, &said) {
		clean := *said
		clean.Message, clean.Excerpt = r.hide(said.Message), r.hide(said.Excerpt)
		if clean.Message == said.Message && clean.Excerpt == said.Excerpt {
			return err
		}
		return &clean
	}
	if text := r.hide(err.Error()); text != err.Error() {
		return &cleanError{text, err}
	}
	return err
}

// cleanError tells of an error without the secrets in its text.
type cleanError struct {
	text string
	err  error
}

// Error is what may be shown.
func (e *cleanError) Error() string { return e.text }

// Unwrap returns the cause, which may say more.
func (e *cleanError) Unwrap() error { return e.err }
