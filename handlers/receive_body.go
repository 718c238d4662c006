package handlers

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// firstPart is what is read of a body of unknown length before it grows.
const firstPart = 64 << 10

// lingering is how long the server goes on reading what it will not use, so
// that a sender in the middle of its body still gets the answer.
const lingering = 500 * time.Millisecond

// bodyLimit is the behavior's own, or the plugin's, never more than 32 MiB.
func (h *Handlers) bodyLimit(own int64) int64 {
	limit := h.MaxBody
	if own > 0 {
		limit = own
	}
	return min(limit, HardMaxBody)
}

// readWithin bounds how long the rest of a request may take; 0 ends the bound.
// A host's wrapper may hide the connection: then the host's own timeout is what
// there is.
func readWithin(w http.ResponseWriter, d time.Duration) {
	var deadline time.Time
	if d > 0 {
		deadline = time.Now().Add(d)
	}
	_ = http.NewResponseController(w).SetReadDeadline(deadline)
}

// readBody reads the raw body once, whole or not at all. The bytes belong to the caller; release ends their share of
// what may be in flight, and is never nil.
func (h *Handlers) readBody(r *http.Request, limit int64) (body []byte, release func(), err error) {
	var taken int64
	release = func() { h.inFlight.release(taken) }
	take := func(n int64) bool {
		if !h.inFlight.take(n) {
			return false
		}
		taken += n
		return true
	}
	if r.ContentLength == 0 {
		return nil, release, nil
	}
	if r.ContentLength > limit {
		return nil, release, tooLarge()
	}
	if r.ContentLength > 0 {
		if !take(r.ContentLength) {
			return nil, release, overloaded()
		}
		body = make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, release, unread(err)
		}
		return body, release, nil
	}

	size := min(firstPart, limit+1)
	if !take(size) {
		return nil, release, overloaded()
	}
	body = make([]byte, 0, size)
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return nil, release, tooLarge()
		case errors.Is(err, io.EOF):
			return body, release, nil
		case err != nil:
			return nil, release, unread(err)
		case len(body) == cap(body):
			grown := min(2*int64(cap(body)), limit+1)
			if !take(grown - int64(cap(body))) {
				return nil, release, overloaded()
			}
			body = append(make([]byte, 0, grown), body...)
		}
	}
}

func tooLarge() *Problem {
	return &Problem{Status: http.StatusRequestEntityTooLarge, Title: "The body is too large.", Detail: "the body is over the limit", closes: true}
}

func overloaded() *Problem {
	return &Problem{Status: http.StatusServiceUnavailable, closes: true}
}

// unread tells a sender who is too slow from one who stops early or writes
// nonsense.
func unread(err error) *Problem {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &Problem{Status: http.StatusRequestTimeout, Title: "The body took too long.", closes: true}
	}
	return &Problem{Status: http.StatusBadRequest, Title: "The body ended early, or its encoding is broken.", closes: true}
}
