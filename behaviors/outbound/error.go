package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
)

// Error of a call keeps operation, host and cause only: a URL may be a secret.
type Error struct {
	Op, Host  string // Op: "resolve", "dial", "tls", "write", "read", "guard", "url"
	Permanent bool   // a refused address, a bad URL or a bad header
	Timeout   bool
	Err       error
}

// Error says what failed, with which host and why.
func (e *Error) Error() string {
	if e.Host == "" {
		return e.Op + ": " + e.Err.Error()
	}
	return e.Op + " " + e.Host + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// urlError is a URL that cannot be called. Why is said in fixed words: the
// parser's own would repeat a part of it.
func urlError(host, why string) *Error {
	return &Error{Op: "url", Host: host, Permanent: true, Err: errors.New(why)}
}

// callError turns what a transport returned into an Error. reached is how far
// the call had come.
func callError(host, reached string, err error) *Error {
	e := &Error{Op: reached, Host: host, Timeout: errors.Is(err, context.DeadlineExceeded)}
	var timed interface{ Timeout() bool }
	if errors.As(err, &timed) && timed.Timeout() {
		e.Timeout = true
	}
	var (
		refused     *refusal
		lookup      *net.DNSError
		certificate *tls.CertificateVerificationError
		dialled     *net.OpError
	)
	switch {
	case errors.As(err, &refused):
		e.Op, e.Permanent = "guard", true
	case errors.As(err, &lookup):
		e.Op = "resolve"
	case errors.As(err, &certificate):
		e.Op = "tls"
	case errors.As(err, &dialled) && dialled.Op == "dial":
		e.Op = "dial"
	}
	e.Err = cause(err)
	return e
}

// cause strips an error of everything that may hold a part of the URL, or what
// the remote sent: a remote may well repeat the line that it was sent.
func cause(err error) error {
	var (
		refused     *refusal
		lookup      *net.DNSError
		certificate *tls.CertificateVerificationError
		op          *net.OpError
		wrapped     *url.Error
	)
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &lookup):
		plain := *lookup
		plain.Server = "" // our network's business
		return &plain
	case errors.As(err, &certificate):
		return certificate.Err
	case errors.As(err, &op):
		return cause(op.Err)
	case errors.As(err, &wrapped):
		return cause(wrapped.Err)
	}
	for _, known := range []error{context.DeadlineExceeded, context.Canceled, io.ErrUnexpectedEOF, io.EOF} {
		if errors.Is(err, known) {
			return known
		}
	}
	// net/http quotes what it received
	if text, _, quotes := strings.Cut(err.Error(), `"`); quotes {
		return errors.New(strings.TrimRight(text, " :,="))
	}
	return err
}
