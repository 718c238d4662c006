package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// raw answers every connection with these bytes, after it has read a request
// line, which stands for %s.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			request := make([]byte, 4096)
			n, _ := conn.Read(request)
			line, _, _ := strings.Cut(string(request[:n]), "\r\n")
			_, _ = io.WriteString(conn, strings.ReplaceAll(answer, "%s", line))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

func TestErrorsHideTheURL(t *testing.T) {
	secret := "/s3cret?s3cret=s3cret#s3cret"
	unused := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}()
	plain := raw(t, "HTTP/1.1 200 OK\r\n\r\n")
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = quiet
	untrusted.StartTLS()
	defer untrusted.Close()
	c := client(t, nil, func(string) []netip.Addr { return nil }, prefixes("127.0.0.0/8")...)
	for _, tc := range []struct {
		name, url, op, cause string
		permanent            bool
	}{
		{"refused", "http://u:s3cret@10.0.0.1" + secret, "guard", "guard 10.0.0.1: address 10.0.0.1 is not public", true},
		{"malformed", "http://u:s3cret@127.0.0.1:x" + secret, "url", "url: the URL is malformed", true},
		{"bad escape", "http://127.0.0.1/%zzs3cret", "url", "url: the URL is malformed", true},
		{"scheme", "s3cret:x", "url", "url: the URL does not begin with http:// or https://", true},
		{"no such name", "http://u:s3cret@nosuch.example." + secret, "resolve", "resolve nosuch.example.: lookup nosuch.example.: no such host", false},
		{"nobody there", "http://u:s3cret@" + unused + secret, "dial", "dial " + unused + ": connect: connection refused", false},
		{"hangs up", "http://u:s3cret@" + raw(t, "") + secret, "read", "EOF", false},
		{"repeats what it got", "http://u:s3cret@" + raw(t, "%s") + secret, "read", "net/http: HTTP/1.x transport connection broken: malformed HTTP status code", false},
		{"repeats it as a header", "http://u:s3cret@" + raw(t, "HTTP/1.1 200 OK\r\n%s\r\n\r\n") + secret, "read", "net/http: HTTP/1.x transport connection broken: malformed MIME header: missing colon:", false},
		{"repeats it as a length", "http://u:s3cret@" + raw(t, "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n") + secret, "read", "net/http: HTTP/1.x transport connection broken: bad Content-Length", false},
		{"short body", "http://u:s3cret@" + raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx") + secret, "read", "unexpected EOF", false},
		{"large header", "http://u:s3cret@" + raw(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 100<<10)+"\r\n\r\n") + secret, "read", "net/http: server response headers exceeded 65536 bytes; aborted", false},
		{"TLS to a plain port", "https://u:s3cret@" + plain + secret, "tls", "tls: first record does not look like a TLS handshake", false},
		{"untrusted", strings.Replace(untrusted.URL, "https://", "https://u:s3cret@", 1) + secret, "tls", "x509: certificate signed by unknown authority", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := c.Do(t.Context(), Request{URL: tc.url})
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Op != tc.op || e.Permanent != tc.permanent || e.Timeout || !strings.HasSuffix(err.Error(), strings.TrimSuffix(tc.cause, ":")) {
				t.Errorf("got %+v: %v, want %s: %s", e, err, tc.op, tc.cause)
			}
			for chain := err; chain != nil; chain = errors.Unwrap(chain) {
				if text := fmt.Sprintf("%v %+v", chain, chain); strings.Contains(text, "s3cret") {
					t.Errorf("the URL shows: %s", text)
				}
				var u *url.Error
				if errors.As(chain, &u) {
					t.Error("a url.Error is in the chain")
				}
			}
		})
	}
}

func TestHeadersAreCheckedAndNotShown(t *testing.T) {
	for want, h := range map[string]http.Header{
		"write 127.0.0.1: header X has a control character": {"X": {"s3cret\r\nY: 1"}},
		`write 127.0.0.1: "X Y" is no name of a header`:     {"X Y": {"s3cret"}},
		`write 127.0.0.1: "" is no name of a header`:        {"": {"s3cret"}},
	} {
		_, err := open(t).Do(t.Context(), Request{URL: "http://127.0.0.1/", Header: h})
		var e *Error
		if !errors.As(err, &e) || !e.Permanent || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestTransportOfAHostIsHiddenToo(t *testing.T) {
	c := New(Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: r.URL.String(), Err: errors.New("broken")}
	})})
	defer c.Close()
	_, err := c.Do(t.Context(), Request{URL: "http://a.example/s3cret"})
	if err == nil || err.Error() != "dial a.example: broken" {
		t.Errorf("got %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTimeouts(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
		}
		<-release
	}))
	defer s.Close()
	defer close(release)
	for _, path := range []string{"/head", "/body"} {
		_, err := open(t).Do(t.Context(), Request{URL: s.URL + path, Timeout: 50 * time.Millisecond})
		var e *Error
		if !errors.As(err, &e) || !e.Timeout || e.Permanent || e.Op != "read" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %+v", path, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := open(t).Do(ctx, Request{URL: s.URL})
	var e *Error
	if !errors.As(err, &e) || e.Timeout || !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %+v", err)
	}
}
