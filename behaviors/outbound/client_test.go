package outbound

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is the log of servers whose clients hang up on purpose.
var quiet = log.New(io.Discard, "", 0)

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

func open(t *testing.T) *Client {
	t.Helper()
	c := New(Options{Allow: prefixes("127.0.0.0/8", "::1/128")})
	t.Cleanup(c.Close)
	return c
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
