package outbound

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is the log of servers whose clients hang up on purpose.
var quiet = log.New(io.Discard, "", 0)

// target counts the connections that reach a loopback address.
type target struct {
	port    uint16
	reached atomic.Int64
}

// listen answers 204 on an address, as often as somebody comes.
func listen(t *testing.T, address string) *target {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	tg := &target{port: l.Addr().(*net.TCPAddr).AddrPort().Port()}
	serve(t, l, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, func() { tg.reached.Add(1) })
	return tg
}

func serve(t *testing.T, l net.Listener, h http.HandlerFunc, connected func()) {
	t.Helper()
	s := &http.Server{Handler: h, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connected()
		}
	}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
}

// client is guarded as New's is, but for a port of the test and its own names.
func client(t *testing.T, ports []uint16, lookup func(string) []netip.Addr, allow ...netip.Prefix) *Client {
	t.Helper()
	tr := guarded(&guard{allow: allow, ports: append(ports, webPorts...)}, resolver(lookup))
	c := &Client{transport: tr}
	t.Cleanup(c.Close)
	return c
}

func open(t *testing.T) *Client {
	t.Helper()
	c := New(Options{Allow: prefixes("127.0.0.0/8", "::1/128")})
	t.Cleanup(c.Close)
	return c
}

// loopbackHosts are spellings that lead to loopback.
var loopbackHosts = []string{
	"127.0.0.1", "0x7f000001", "0x7f.0.0.1", "0.0.0.0",
	"localhost", "LOCALHOST", "localhost.", "[::]", "[::1]", "[::1%25lo]", "[::ffff:127.0.0.1]",
	"[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "①②⑦.⓪.⓪.①", "127。0。0。1", "user@127.0.0.1",
	"a.example@127.0.0.1", "a.example",
}

// digitHosts are no names to Go's resolver; a C library's takes them for
// loopback.
var digitHosts = []string{"127.1", "2130706433", "017700000001", "0177.0.0.1", "0", "127.0.0.1."}

func TestLoopbackIsNotReachedInAnySpelling(t *testing.T) {
	v4, v6 := listen(t, "127.0.0.1:0"), listen(t, "[::1]:0")
	ports := []uint16{v4.port, v6.port}
	// every name leads to loopback, which is worse than any resolver
	closed := client(t, ports, loops)
	opened := client(t, ports, loops, prefixes("127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128")...)

	for _, host := range loopbackHosts {
		urls := []string{}
		for _, port := range ports {
			urls = append(urls,
				fmt.Sprintf("http://%s:%d/", host, port),
				fmt.Sprintf("https://%s:%d/", host, port),
				fmt.Sprintf("http://%s:%d#@a.example/", host, port))
		}
		for _, u := range urls {
			_, err := closed.Do(t.Context(), Request{URL: u})
			var e *Error
			if !errors.As(err, &e) || e.Op != "guard" || !e.Permanent {
				t.Errorf("%s: got %v, want a refusal of the guard", u, err)
			}
		}
		if v4.reached.Load()+v6.reached.Load() != 0 {
			t.Fatalf("%s: reached", host)
		}
	}
	systems := &Client{transport: guarded(&guard{ports: ports}, nil)}
	defer systems.Close()
	for _, host := range digitHosts {
		for _, port := range ports {
			for _, c := range []*Client{closed, systems} {
				_, err := c.Do(t.Context(), Request{URL: fmt.Sprintf("http://%s:%d/", host, port)})
				var e *Error
				if !errors.As(err, &e) || e.Op != "guard" && e.Op != "resolve" {
					t.Errorf("%s: got %v, want a refusal", host, err)
				}
			}
		}
	}
	for _, port := range ports {
		_, err := closed.Do(t.Context(), Request{URL: fmt.Sprintf(`http://127.0.0.1:%d\@a.example/`, port)})
		var e *Error
		if !errors.As(err, &e) || e.Op != "url" || !e.Permanent {
			t.Errorf("a backslash: got %v, want a bad URL", err)
		}
	}
	if v4.reached.Load()+v6.reached.Load() != 0 {
		t.Fatal("reached")
	}

	// the control: without the guard's refusal, each of these gets there
	for _, host := range loopbackHosts {
		before := v4.reached.Load() + v6.reached.Load()
		for _, port := range ports {
			_, _ = opened.Do(t.Context(), Request{URL: fmt.Sprintf("http://%s:%d/", host, port)})
		}
		opened.Close() // so that the next one dials anew
		if v4.reached.Load()+v6.reached.Load() == before {
			t.Errorf("%s: not reached though it is allowed, so the test above shows nothing", host)
		}
	}
}

func TestNamesAreJudgedByWhatIsDialled(t *testing.T) {
	v4, v6 := listen(t, "127.0.0.1:0"), listen(t, "[::1]:0")
	ports := []uint16{v4.port, v6.port}
	var asked atomic.Int64
	for name, lookup := range map[string]func(string) []netip.Addr{
		"A":    func(string) []netip.Addr { return loops("")[:1] },
		"AAAA": func(string) []netip.Addr { return loops("")[1:] },
		"second of two": func(string) []netip.Addr {
			return append([]netip.Addr{netip.MustParseAddr("198.51.100.1")}, loops("")...)
		},
		"mapped": func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1")} },
		"NAT64":  func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("64:ff9b::127.0.0.1")} },
		"changes with each look-up": func(string) []netip.Addr {
			if asked.Add(1)%2 == 0 {
				return loops("")
			}
			return addrs("10.0.0.1", "fd00::1")
		},
	} {
		c := client(t, ports, lookup)
		for range 20 {
			for _, port := range ports {
				_, err := c.Do(t.Context(), Request{URL: fmt.Sprintf("http://a.example:%d/", port)})
				var e *Error
				if !errors.As(err, &e) || e.Op != "guard" {
					t.Errorf("%s: got %v, want a refusal of the guard", name, err)
				}
			}
		}
	}
	if n := v4.reached.Load() + v6.reached.Load(); n != 0 {
		t.Errorf("reached %d times", n)
	}

	// a name that is allowed at first, and then leads elsewhere
	var now atomic.Pointer[netip.Addr]
	allowed, private := netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()
	rebind := client(t, ports, func(string) []netip.Addr { return []netip.Addr{*now.Load()} }, prefixes("127.0.0.1/32")...)
	for range 20 {
		now.Store(&allowed)
		if _, err := rebind.Do(t.Context(), Request{URL: fmt.Sprintf("http://a.example:%d/", v4.port)}); err != nil {
			t.Fatal(err)
		}
		rebind.Close()
		now.Store(&private)
		if _, err := rebind.Do(t.Context(), Request{URL: fmt.Sprintf("http://a.example:%d/", v6.port)}); err == nil {
			t.Fatal("the name was not judged anew")
		}
	}
	if v6.reached.Load() != 0 || v4.reached.Load() != 20 {
		t.Errorf("reached %d times, and %d times where it may", v6.reached.Load(), v4.reached.Load())
	}
}

func TestPortsAndSchemes(t *testing.T) {
	c := New(Options{})
	defer c.Close()
	for u, want := range map[string]string{
		"http://8.8.8.8:22/":         "guard 8.8.8.8:22: port 22 is not allowed, only [80 443 8080 8443] are",
		"http://8.8.8.8:99999/":      "url 8.8.8.8:99999: the URL's port is no port",
		"ftp://8.8.8.8/":             "url 8.8.8.8: the URL does not begin with http:// or https://",
		"file:///etc/passwd":         "url: the URL does not begin with http:// or https://",
		"gopher://127.0.0.1:6379/_a": "url 127.0.0.1:6379: the URL does not begin with http:// or https://",
		"//8.8.8.8/":                 "url 8.8.8.8: the URL does not begin with http:// or https://",
		"":                           "url: the URL does not begin with http:// or https://",
		"http:///x":                  "url: the URL has no host",
		"http://:80/":                "url: the URL has no host",
		"http:8.8.8.8":               "url: the URL has no host",
		"http://8.8.8.8:80a/":        "url: the URL is malformed",
		"http://[::1/":               "url: the URL is malformed",
		"http://a b/":                "url: the URL is malformed",
		"http://a\n/":                "url: the URL is malformed",
	} {
		_, err := c.Do(t.Context(), Request{URL: u})
		var e *Error
		if !errors.As(err, &e) || !e.Permanent || err.Error() != want {
			t.Errorf("%q: got %v, want %s", u, err, want)
		}
	}
}

func TestEnvironmentsProxyIsNotUsed(t *testing.T) {
	proxy := listen(t, "127.0.0.1:0")
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, fmt.Sprintf("http://127.0.0.1:%d", proxy.port))
	}
	c := client(t, []uint16{proxy.port}, func(string) []netip.Addr { return addrs("10.0.0.1") }, prefixes("127.0.0.0/8")...)
	for _, u := range []string{"http://a.example/", "https://a.example/"} {
		if _, err := c.Do(t.Context(), Request{URL: u}); err == nil {
			t.Errorf("%s: no error", u)
		}
	}
	if n := proxy.reached.Load(); n != 0 {
		t.Errorf("the proxy was reached %d times", n)
	}
}

func addrs(texts ...string) []netip.Addr {
	var all []netip.Addr
	for _, t := range texts {
		all = append(all, netip.MustParseAddr(t))
	}
	return all
}

func TestCall(t *testing.T) {
	var got *http.Request
	var body []byte
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Add("X-A", "1")
		w.Header().Add("X-A", "2")
		w.WriteHeader(418)
		_, _ = io.WriteString(w, "tea\x00pot")
	}))
	defer s.Close()
	sent := http.Header{"Content-Type": {"application/json"}, "x-b": {"3"}}
	resp, err := open(t).Do(t.Context(), Request{
		Method: "PUT", URL: strings.Replace(s.URL, "http://", "http://user:pass@", 1) + "/p%2Fq?a=1&b=%20#f",
		Header: sent, Body: []byte(`{"a":1}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != 418 || !reflect.DeepEqual(resp.Header.Values("X-A"), []string{"1", "2"}) || string(resp.Body) != "tea\x00pot" || resp.Cut {
		t.Errorf("answer: %+v", resp)
	}
	user, password, _ := got.BasicAuth()
	want := []any{"PUT", "/p%2Fq?a=1&b=%20", `{"a":1}`, "application/json", "3", "Deskhook", "user", "pass", ""}
	if has := []any{got.Method, got.RequestURI, string(body), got.Header.Get("Content-Type"), got.Header.Get("X-B"),
		got.Header.Get("User-Agent"), user, password, got.Header.Get("Accept-Encoding")}; !reflect.DeepEqual(has, want) {
		t.Errorf("sent %q, want %q", has, want)
	}
	if len(sent) != 2 {
		t.Errorf("the caller's header was changed: %v", sent)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := listen(t, "127.0.0.1:0")
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{fmt.Sprintf("http://127.0.0.1:%d/", elsewhere.port), "http://[bad", "/self", ""} {
			calls := 0
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls++
				w.Header().Set("Location", location)
				w.WriteHeader(status)
			}))
			resp, err := open(t).Do(t.Context(), Request{Method: "POST", URL: s.URL, Body: []byte("x")})
			s.Close()
			if err != nil || resp.Status != status || resp.Header.Get("Location") != location || calls != 1 {
				t.Errorf("%d to %q: got %+v, %v after %d calls", status, location, resp, err, calls)
			}
		}
	}
	if n := elsewhere.reached.Load(); n != 0 {
		t.Errorf("followed %d times", n)
	}
}

func TestBodyIsCut(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 4 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	for _, c := range []struct {
		name  string
		write func(w http.ResponseWriter)
		size  int
		cut   bool
	}{
		{"empty", func(http.ResponseWriter) {}, 0, false},
		{"1 MiB", func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, 1<<20)) }, 1 << 20, false},
		{"one byte more", func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, 1<<20+1)) }, 1 << 20, true},
		{"endless", func(w http.ResponseWriter) {
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, 1 << 20, true},
		{"gzip bomb", func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		}, bomb.Len(), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { c.write(w) }))
			defer s.Close()
			resp, err := open(t).Do(t.Context(), Request{URL: s.URL})
			if err != nil {
				t.Fatal(err)
			}
			if len(resp.Body) != c.size || resp.Cut != c.cut {
				t.Errorf("got %d bytes, cut %v, want %d, %v", len(resp.Body), resp.Cut, c.size, c.cut)
			}
		})
	}
}

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

func TestOldTLSIsRefused(t *testing.T) {
	for version, works := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
		s.Config.ErrorLog = quiet
		s.TLS = &tls.Config{MinVersion: version, MaxVersion: version}
		s.StartTLS()
		tr := guarded(&guard{allow: prefixes("127.0.0.0/8")}, nil)
		tr.TLSClientConfig.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		c := &Client{transport: tr}
		_, err := c.Do(t.Context(), Request{URL: s.URL})
		var e *Error
		if works != (err == nil) || !works && (!errors.As(err, &e) || e.Op != "tls") {
			t.Errorf("%s: got %v", tls.VersionName(version), err)
		}
		c.Close()
		s.Close()
	}
}
