package handlers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// Problem is an error as callers of the admin API get it: application/problem+json.
type Problem struct {
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail"`
	Errors []FieldError `json:"errors"`
	// ID stands in the log too; only internal errors have one.
	ID string `json:"id,omitempty"`
	// Diagnostics of a behavior that cannot be published or formatted.
	Diagnostics behaviors.Diagnostics `json:"diagnostics,omitempty"`

	closes bool // the rest of the request was not read
}

// FieldError is what is wrong with one field of the input.
type FieldError struct {
	Field   string `json:"field"` // "inputs.signing_key"
	Code    string `json:"code"`  // "required", "type", "unknown", …
	Message string `json:"message"`
}

func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Title
	}
	return p.Title + " " + p.Detail
}

// invalid is 422 for these fields.
func invalid(errs ...FieldError) *Problem {
	return &Problem{Status: http.StatusUnprocessableEntity, Title: "The input is not valid.", Errors: errs}
}

// malformed is 400: what was sent cannot be read at all.
func malformed(format string, args ...any) *Problem {
	return &Problem{Status: http.StatusBadRequest, Title: "The request is malformed.", Detail: fmt.Sprintf(format, args...)}
}

func notFound() *Problem {
	return &Problem{Status: http.StatusNotFound, Title: "There is no such thing here."}
}

func conflict(detail string) *Problem {
	return &Problem{Status: http.StatusConflict, Title: "This is in the way of something else.", Detail: detail}
}

// panicError is a panic that was stopped at the edge.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// problemOf translates an error, once, at the edge. What nobody expected is
// logged here, and nowhere else, under the id that the caller is given.
func (h *Handlers) problemOf(r *http.Request, err error) *Problem {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, models.ErrNotFound):
		return notFound()
	case errors.Is(err, models.ErrConflict):
		return conflict("it changed meanwhile, or is in use")
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil: // the caller has gone
		return &Problem{Status: http.StatusServiceUnavailable, Title: "The request was canceled."}
	case errors.Is(err, models.ErrUnavailable):
		h.logTrouble(r, "database unavailable", err)
		return &Problem{Status: http.StatusServiceUnavailable, Title: "The database is away. Nothing was changed."}
	}
	p = &Problem{Status: http.StatusInternalServerError, Title: "Something went wrong on our side.", ID: newID()}
	attrs := []any{"id", p.ID, "method", r.Method, "error", err}
	var pe *panicError
	if errors.As(err, &pe) {
		attrs = append(attrs, "stack", string(pe.stack))
	}
	h.Logger.ErrorContext(r.Context(), "request failed", attrs...)
	return p
}

func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// logTrouble logs an outage, but not once for each request that meets it.
func (h *Handlers) logTrouble(r *http.Request, message string, err error, attrs ...any) {
	if h.trouble.Allow() {
		h.Logger.WarnContext(r.Context(), message, append(attrs, "error", err)...)
	}
}

// write sends the problem.
func (p *Problem) write(w http.ResponseWriter) {
	out := *p
	if out.Errors == nil {
		out.Errors = []FieldError{}
	}
	body, err := json.Marshal(out)
	if err != nil { // texts and numbers only
		panic(err)
	}
	header := w.Header()
	header.Set("Content-Type", "application/problem+json")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	switch p.Status {
	case http.StatusServiceUnavailable:
		header.Set("Retry-After", retryAfter())
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", "Bearer")
	}
	if p.closes {
		header.Set("Connection", "close")
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the caller has gone: nobody is left to tell
}

// retryAfter is 5 to 30 seconds at random: equal values would make a new wave.
func retryAfter() string {
	var b [1]byte
	rand.Read(b[:])
	return strconv.Itoa(5 + int(b[0])%26)
}
