package outbound

import (
	"context"
	"net/http"
	"net/netip"
	"time"
)

// Options of a Client.
type Options struct {
	Allow     []netip.Prefix    // private networks that may be reached, on any port
	Transport http.RoundTripper // tests only: replaces the guarded one
}

// Client is the only way out: every address is checked when it is dialled,
// redirects are never followed, and answers are read up to a limit.
type Client struct{}

// New returns a client.
func New(o Options) *Client { panic("contract") }

// Request is one call.
type Request struct {
	Method  string
	URL     string
	Header  http.Header
	Body    []byte
	Timeout time.Duration // 0: 15 s
}

// Response of a remote host; Body is cut at 1 MiB.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Error of a call keeps operation, host and cause only: a URL may be a secret.
type Error struct {
	Op, Host  string // Op: "resolve", "dial", "tls", "write", "read", "guard", "url"
	Permanent bool   // a refused address or a bad URL
	Timeout   bool
	Err       error
}

func (e *Error) Error() string { panic("contract") }
func (e *Error) Unwrap() error { return e.Err }

// Do makes one call. Errors are *Error.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) { panic("contract") }

// Close closes idle connections.
func (c *Client) Close() { panic("contract") }
