package outbound

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
)

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

// client is guarded as New's is, but for a port of the test and its own names.
func client(t *testing.T, ports []uint16, lookup func(string) []netip.Addr, allow ...netip.Prefix) *Client {
	t.Helper()
	tr := guarded(&guard{allow: allow, ports: append(ports, webPorts...)}, resolver(lookup))
	c := &Client{transport: tr}
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
