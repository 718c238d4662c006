// Package signatures knows how providers prove their requests, and what they
// want back: a rejection that ends their retries, an empty answer. One file a
// provider, each around a [Provider].
//
// The package is pure. A request carries its own time, so that a stored one
// still verifies.
package signatures

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// Reply is what a provider is answered: a rejection, or an empty answer.
type Reply struct {
	Status int
	Header payload.Header
	Body   string
}

// Provider knows how one service proves its requests. One file a provider.
type Provider struct {
	Name string // the namespace: `mailgun.signed(…)`
	Doc  string // of signed, with the provider's page
	// Verify tells whether a request is signed with one of the secrets. It takes
	// its time from Request.ReceivedAt. nil, or what is wrong (never the expected
	// signature); one that is [ErrUnchecked] says nothing about the request. An
	// empty secret verifies nothing.
	Verify func(r *payload.Request, secrets []string) error
	// Sign signs a body as the provider would, for samples and `devhost send`:
	// it may change the body (Mailgun) or add header lines (GitHub).
	Sign func(r *payload.Request, secret string, now time.Time) error
	// Renew gives a sample the id of an event of its own, as what providers send
	// twice is told by it. It is called before Sign.
	Renew     func(r *payload.Request, id string) error
	Rejection Reply // of a wrong signature
	Empty     Reply // where a behavior gives no answer
	// Test tells a ping or a sample from an event; nil: none known.
	Test func(r *payload.Request) bool
}

// ErrUnchecked is wrapped by what Verify says where it could not tell just now,
// such as without a certificate that could not be fetched. The caller is asked to
// send again.
var ErrUnchecked = errors.New("cannot be checked just now")

var (
	errEmptySecret = errors.New("the secret is empty")
	errMismatch    = errors.New("signature does not match: another key, or the body was changed")
)

// rejection is a refusal that a person understands who looks at the provider's
// own log.
func rejection(status int) Reply {
	return Reply{
		Status: status,
		Header: payload.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}},
		Body:   "signature does not match",
	}
}

// renewFields renews what is there of these fields of a body.
func renewFields(names ...string) func(r *payload.Request, id string) error {
	return func(r *payload.Request, id string) error {
		for _, name := range names {
			if _, err := payload.Set(r, name, id); err != nil {
				return fmt.Errorf("renew %s: %w", name, err)
			}
		}
		return nil
	}
}

// check compares a signature with the one that each secret gives, in constant
// time. It is the only place that compares signatures.
func check(got string, secrets []string, want func(secret string) string) error {
	err := errEmptySecret
	for _, secret := range secrets {
		if len(secret) == 0 {
			continue
		}
		if hmac.Equal([]byte(got), []byte(want(secret))) {
			return nil
		}
		err = errMismatch
	}
	return err
}

// hmacSHA256 is in lower-case hexadecimal.
func hmacSHA256(secret string, text []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil))
}

// single returns the only line of a header: of two, nobody can say which one
// the sender meant.
func single(h payload.Header, name string) (string, error) {
	values := h.Values(name)
	switch len(values) {
	case 0:
		return "", fmt.Errorf("header %s is missing", name)
	case 1:
		return values[0], nil
	}
	return "", fmt.Errorf("header %s is there %d times", name, len(values))
}

// unixTime reads a moment in seconds, in its one spelling.
func unixTime(timestamp string) (time.Time, error) {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || strings.TrimLeft(timestamp, "0123456789") != "" || timestamp[0] == '0' {
		return time.Time{}, errors.New("the timestamp is no number of seconds")
	}
	return time.Unix(seconds, 0), nil
}

// schemed returns the only line of a header, which names its scheme first
// ("sha256=…"); the scheme is a part of what is compared.
func schemed(h payload.Header, name, scheme string) (string, error) {
	value, err := single(h, name)
	if err == nil && !strings.HasPrefix(value, scheme) {
		err = fmt.Errorf("header %s does not begin with %s", name, scheme)
	}
	return value, err
}

// fresh tells whether a moment lies within a tolerance of the receipt, on
// either side.
func fresh(at, received time.Time, tolerance time.Duration) error {
	word, age := "", int64(0)
	switch { // a difference of far moments would overflow a Duration
	case at.Before(received.Add(-tolerance)):
		word, age = "old", received.Unix()-at.Unix()
	case at.After(received.Add(tolerance)):
		word, age = "ahead", at.Unix()-received.Unix()
	default:
		return nil
	}
	return fmt.Errorf("the timestamp is %d s %s, at most %.0f s are accepted", age, word, tolerance.Seconds())
}
