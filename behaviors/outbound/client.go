package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	defaultTimeout = 15 * time.Second
	maxBody        = 1 << 20 // of an answer
	maxHeader      = 64 << 10
)

// Options of a Client.
type Options struct {
	Allow     []netip.Prefix    // private networks that may be reached, on any port
	Transport http.RoundTripper // tests only: replaces the guarded one
}

// Client is the only way out: every address is checked when it is dialled,
// redirects are never followed, and answers are read up to a limit. It is safe
// for concurrent use.
type Client struct {
	transport http.RoundTripper
}

// New returns a client.
func New(o Options) *Client {
	if o.Transport != nil {
		return &Client{transport: o.Transport}
	}
	return &Client{transport: guarded(&guard{allow: o.Allow, ports: webPorts}, nil)}
}

// guarded returns the transport whose every connection passes the guard. A nil
// resolver is the system's.
func guarded(g *guard, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: g.control, Resolver: resolver}
	return &http.Transport{
		Proxy:               nil, // a proxy would dial for us, behind the guard
		DialContext:         dialer.DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		// a body is cut where it arrives, so nothing may inflate behind the cut
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        60 * time.Second,
	}
}

// Request is one call.
type Request struct {
	Method  string
	URL     string
	Header  http.Header
	Body    []byte
	Timeout time.Duration // 0: 15 s; for all of the call, from look-up to the last byte
}

// Response of a remote host; Body is cut at 1 MiB.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	Cut    bool // there was more of the body
}

// Do makes one call. Errors are *Error. Any status is a response, also a
// redirect.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	timeout := r.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	var p progress
	req, failed := newRequest(httptrace.WithClientTrace(ctx, p.trace()), r)
	if failed != nil {
		return nil, failed
	}
	host := req.URL.Host
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, callError(host, p.reached(), err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	// the answer is read; what closing says has no bearing on it
	_ = resp.Body.Close()
	if err != nil {
		return nil, callError(host, "read", err)
	}
	return &Response{
		Status: resp.StatusCode,
		Header: resp.Header,
		Body:   body[:min(len(body), maxBody)],
		Cut:    len(body) > maxBody,
	}, nil
}

// Close closes idle connections. Calls under way end by themselves.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

func newRequest(ctx context.Context, r Request) (*http.Request, *Error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, urlError("", "the URL is malformed")
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, urlError(u.Host, "the URL does not begin with http:// or https://")
	}
	if u.Hostname() == "" {
		return nil, urlError("", "the URL has no host")
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return nil, urlError(u.Host, "the URL's port is no port")
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, urlError(u.Host, "the method or the URL is malformed")
	}
	if err := checkHeader(r.Header); err != nil {
		return nil, &Error{Op: "write", Host: u.Host, Permanent: true, Err: err}
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "Deskhook")
	}
	if u.User != nil && req.Header.Get("Authorization") == "" {
		password, _ := u.User.Password()
		req.SetBasicAuth(u.User.Username(), password)
	}
	return req, nil
}

// checkHeader says which line cannot be sent, and never its value.
func checkHeader(h http.Header) error {
	for name, values := range h {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool {
			return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
		}) {
			return fmt.Errorf("%q is no name of a header", name)
		}
		for _, v := range values {
			if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return fmt.Errorf("header %s has a control character", name)
			}
		}
	}
	return nil
}

// progress is how far a call has come. A transport reports from goroutines of
// its own, also of a dial that another connection has overtaken: so it only ever
// goes forward.
type progress struct{ step atomic.Int32 }

var steps = [...]string{"dial", "tls", "write", "read"}

func (p *progress) reached() string { return steps[p.step.Load()] }

func (p *progress) to(step int32) {
	for {
		now := p.step.Load()
		if step <= now || p.step.CompareAndSwap(now, step) {
			return
		}
	}
}

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		TLSHandshakeStart: func() { p.to(1) },
		GotConn:           func(httptrace.GotConnInfo) { p.to(2) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil {
				p.to(3)
			}
		},
	}
}
