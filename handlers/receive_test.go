package handlers

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/runner"
)

func status(response string) string {
	line, _, _ := strings.Cut(response, "\r\n")
	return strings.Fields(line)[1]
}

func TestReceiveHandsOverWhatArrived(t *testing.T) {
	for _, tt := range []struct {
		name, request string
		want          payload.Request
	}{
		{
			"as it is, by name, repeated lines in order",
			"POST /webhooks/" + knownGUID + " HTTP/1.1\r\nHost: h\r\nX-B: 2\r\nx-a: 1\r\nX-B: 1\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\x00\xffz",
			payload.Request{Method: "POST", Header: payload.Header{
				{Name: "Connection", Value: "close"}, {Name: "Content-Length", Value: "3"},
				{Name: "X-A", Value: "1"}, {Name: "X-B", Value: "2"}, {Name: "X-B", Value: "1"},
			}, Body: []byte("\x00\xffz"), ClientIP: "127.0.0.1"},
		},
		{
			"path and query undecoded (B15, B16)",
			"GET /webhooks/" + knownGUID + "/../..//a%2fb%00%2E/?a=1;b=2&c=%zz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
			payload.Request{
				Method: "GET", Path: "/../..//a%2fb%00%2E/", RawQuery: "a=1;b=2&c=%zz",
				Header: payload.Header{{Name: "Connection", Value: "close"}}, ClientIP: "127.0.0.1",
			},
		},
		{
			"path with bytes that should have been escaped",
			"GET /webhooks/" + knownGUID + "/a\"<é HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
			payload.Request{
				Method: "GET", Path: "/a\"<é", Header: payload.Header{{Name: "Connection", Value: "close"}}, ClientIP: "127.0.0.1",
			},
		},
		{
			"Latin-1 value byte for byte, foreign host, forwarded headers believed by nobody (B8, B13)",
			"POST http://evil.example/webhooks/" + knownGUID + "/x HTTP/1.1\r\nHost: other\r\nX-Name: caf\xe9\r\nX-Forwarded-For: 3.3.3.3\r\nX-Real-Ip: 3.3.3.3\r\nConnection: close\r\n\r\n",
			payload.Request{Method: "POST", Path: "/x", Header: payload.Header{
				{Name: "Connection", Value: "close"}, {Name: "X-Forwarded-For", Value: "3.3.3.3"},
				{Name: "X-Name", Value: "caf\xe9"}, {Name: "X-Real-Ip", Value: "3.3.3.3"},
			}, ClientIP: "127.0.0.1"},
		},
		{
			"chunked, HTTP/1.1",
			"PUT /webhooks/" + knownGUID + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
			payload.Request{Method: "PUT", Header: payload.Header{}, Body: []byte("abcde"), ClientIP: "127.0.0.1"},
		},
		{
			"HTTP/1.0 without a body (B14)",
			"POST /webhooks/" + knownGUID + " HTTP/1.0\r\n\r\n",
			payload.Request{Method: "POST", Header: payload.Header{}, ClientIP: "127.0.0.1"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &fakeReceiver{}
			fr := newFront(t, f)
			if got := status(fr.raw(t, tt.request, false)); got != "200" {
				t.Fatalf("status %s, want 200", got)
			}
			if !reflect.DeepEqual(f.received, []payload.Request{tt.want}) {
				t.Errorf("received %#v\nwant     %#v", f.received, tt.want)
			}
		})
	}
}

// Nobody can tell a GUID that never was from a listener or plugin that is off.
func TestReceiveNotFoundIsTheSameBytes(t *testing.T) {
	f := &fakeReceiver{}
	fr := newFront(t, f)
	want := "HTTP/1.1 404 Not Found\r\nCache-Control: no-store\r\nContent-Length: 10\r\n" +
		"Content-Security-Policy: sandbox\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nnot found\n"
	for name, path := range map[string]string{
		"unknown":           unknownGUID,
		"unknown with path": unknownGUID + "/x?y",
		"upper case":        strings.ToUpper(knownGUID),
		"too short":         knownGUID[:25],
		"too long":          knownGUID + "a",
		"escaped letter":    "%61" + knownGUID[1:],
		"NUL behind":        knownGUID + "%00",
		"slash inside":      knownGUID[:12] + "%2f" + knownGUID[13:],
		"padding":           knownGUID[:25] + "=",
	} {
		t.Run(name, func(t *testing.T) {
			if got := fr.raw(t, post(path, "body"), false); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	t.Run("switched off", func(t *testing.T) {
		fr.off = true
		if got := fr.raw(t, post(knownGUID, "body"), false); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
	if received, _ := f.counts(); received != 0 {
		t.Errorf("received %d requests, want 0", received)
	}
}

func TestReceiveMethods(t *testing.T) {
	for method, want := range map[string]string{
		"GET": "200", "HEAD": "200", "POST": "200", "PUT": "200", "PATCH": "200", "DELETE": "200", "OPTIONS": "200",
		"PROPFIND": "200", "REPORT": "200", "TRACE": "405", "CONNECT": "405", "FROB": "405",
	} {
		t.Run(method, func(t *testing.T) {
			f := &fakeReceiver{answer: &behaviors.Response{Status: 200, Body: []byte("text")}}
			fr := newFront(t, f)
			req, err := http.NewRequest(method, fr.url+"/webhooks/"+knownGUID, nil)
			if err != nil {
				t.Fatal(err)
			}
			if method == "CONNECT" {
				req.URL.Opaque = "/webhooks/" + knownGUID
			}
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := strconv.Itoa(resp.StatusCode); got != want {
				t.Errorf("status %s, want %s", got, want)
			}
			if method == "HEAD" && len(body) != 0 {
				t.Errorf("body %q, want none", body)
			}
		})
	}
}

func TestReceiveBodyLimits(t *testing.T) {
	const limit = 100 << 10
	chunk := func(n int) string { return fmt.Sprintf("%x\r\n%s\r\n", n, strings.Repeat("a", n)) }
	head := "POST /webhooks/" + knownGUID + " HTTP/1.1\r\nHost: h\r\n"
	chunked := head + "Transfer-Encoding: chunked\r\n\r\n"
	for _, tt := range []struct {
		name, request string
		halfClose     bool
		want          string
		stored        int // bytes; -1: nothing stored
		refused       int
	}{
		{"at the limit (B1)", post(knownGUID, strings.Repeat("a", limit)), false, "200", limit, 0},
		{"over the limit (B1)", post(knownGUID, strings.Repeat("a", limit+1)), true, "413", -1, 1},
		{"10 GB announced, nothing sent (B1)", head + "Content-Length: 10000000000\r\n\r\n", false, "413", -1, 1},
		{"too large, expecting 100 (B17)", head + "Expect: 100-continue\r\nContent-Length: 200000\r\n\r\n", false, "413", -1, 1},
		{"chunked at the limit", chunked + chunk(limit) + "0\r\n\r\n", false, "200", limit, 0},
		{"chunked over the limit (B2)", chunked + chunk(limit) + chunk(1) + "0\r\n\r\n", true, "413", -1, 1},
		{"chunked and cut (B2)", chunked + chunk(10), true, "400", -1, 0},
		{"chunked, broken length (B12)", chunked + "zz\r\n", true, "400", -1, 0},
		{"chunked, length overflows (B12)", chunked + "ffffffffffffffffff\r\n", true, "400", -1, 0},
		{"shorter than announced (B3)", head + "Content-Length: 10\r\n\r\nabc", true, "400", -1, 0},
		{"never finished (B3)", head + "Content-Length: 10\r\n\r\nabc", false, "408", -1, 0},
		{"never finished, to nobody", strings.Replace(head, knownGUID, unknownGUID, 1) + "Content-Length: 10\r\n\r\nabc", false, "404", -1, 0},
		{"chunked, never finished", chunked + chunk(10), false, "408", -1, 0},
		{"headers too large (B7)", head + "X: " + strings.Repeat("a", 40<<10) + "\r\n\r\n", false, "431", -1, 0},
		{"URL too long (B7)", "GET /webhooks/" + knownGUID + "/" + strings.Repeat("a", 40<<10) + " HTTP/1.1\r\nHost: h\r\n\r\n", false, "431", -1, 0},
		{"too many headers (B7)", head + strings.Repeat("X: y\r\n", 2000) + "\r\n", false, "431", -1, 0},
		{"two lengths (B10)", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", true, "400", -1, 0},
		{"bad escape in the path (B15)", "GET /webhooks/" + knownGUID + "/%zz HTTP/1.1\r\nHost: h\r\n\r\n", false, "400", -1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &fakeReceiver{maxBody: limit}
			fr := newFront(t, f)
			fr.h.bodyTimeout = 50 * time.Millisecond
			if tt.want == "200" {
				fr.h.bodyTimeout = time.Minute
			}
			response := fr.raw(t, tt.request, tt.halfClose)
			if got := status(response); got != tt.want {
				t.Errorf("status %s, want %s", got, tt.want)
			}
			if !strings.Contains(response, "Connection: close") {
				t.Errorf("connection is kept:\n%s", response)
			}
			if used := fr.h.inFlight.used.Load(); used != 0 {
				t.Errorf("%d bytes still in flight, want 0", used)
			}
			stored := -1
			if len(f.received) > 0 {
				stored = len(f.received[0].Body)
			}
			if stored != tt.stored || len(f.refused) != tt.refused {
				t.Errorf("stored %d bytes and refused %d, want %d and %d", stored, len(f.refused), tt.stored, tt.refused)
			}
		})
	}
}

// What stands behind a chunked request may be smuggled: it is never served (B9).
func TestReceiveServesNothingBehindAChunkedRequest(t *testing.T) {
	f := &fakeReceiver{}
	fr := newFront(t, f)
	smuggled := "POST /webhooks/" + knownGUID + " HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	if got := status(fr.raw(t, smuggled+post(knownGUID, "second"), true)); got != "200" {
		t.Errorf("status %s, want 200", got)
	}
	if received, _ := f.counts(); received != 1 {
		t.Errorf("received %d requests, want 1", received)
	}
}

// A connection is used again after a plain request, in spite of the deadline.
func TestReceiveKeepsConnections(t *testing.T) {
	f := &fakeReceiver{}
	fr := newFront(t, f)
	one := "POST /webhooks/" + knownGUID + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
	answers := fr.raw(t, one+one+post(knownGUID, "abc"), false)
	if n := strings.Count(answers, "HTTP/1.1 200 OK"); n != 3 {
		t.Errorf("%d answers, want 3:\n%s", n, answers)
	}
}

func TestReceiveUnavailable(t *testing.T) {
	for name, err := range map[string]error{
		"unavailable": fmt.Errorf("store delivery: %w", runner.ErrUnavailable),
		"unpublished": fmt.Errorf("listener 7: %w", runner.ErrUnpublished),
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeReceiver{err: err}
			fr := newFront(t, f)
			checkUnavailable(t, fr.raw(t, post(knownGUID, "body"), false))
			if !strings.Contains(fr.log.String(), "delivery not accepted") {
				t.Errorf("log %q lacks the reason", fr.log)
			}
		})
	}
}

func checkUnavailable(t *testing.T, response string) {
	t.Helper()
	form := regexp.MustCompile(`^HTTP/1.1 503 Service Unavailable\r\nCache-Control: no-store\r\n(?:Connection: close\r\n)?Content-Length: 0\r\n` +
		`Content-Security-Policy: sandbox\r\nRetry-After: (\d+)\r\nX-Content-Type-Options: nosniff\r\n(?:Connection: close\r\n)?\r\n$`)
	m := form.FindStringSubmatch(response)
	if m == nil {
		t.Fatalf("got\n%s", response)
	}
	if after, _ := strconv.Atoi(m[1]); after < 5 || after > 30 {
		t.Errorf("Retry-After %d, want 5 to 30", after)
	}
}

func TestReceiveCapsBytesInFlight(t *testing.T) {
	f := &fakeReceiver{}
	fr := newFront(t, f)
	fr.h.inFlight.max = 1000
	inside := make(chan string, 1)
	f.onReceive = func() {
		f.onReceive = nil
		inside <- fr.raw(t, post(knownGUID, strings.Repeat("b", 600)), true)
	}
	if got := status(fr.raw(t, post(knownGUID, strings.Repeat("a", 600)), false)); got != "200" {
		t.Errorf("first: status %s, want 200", got)
	}
	checkUnavailable(t, <-inside)
	if got := status(fr.raw(t, post(knownGUID, strings.Repeat("c", 600)), false)); got != "200" {
		t.Errorf("afterwards: status %s, want 200", got)
	}
}

func TestReceivePanicIsA500AndLoggedOnce(t *testing.T) {
	f := &fakeReceiver{onReceive: func() { panic("boom") }}
	fr := newFront(t, f)
	response := fr.raw(t, post(knownGUID, "body"), false)
	id := regexp.MustCompile(`"id":"([0-9a-f]{16})"`).FindStringSubmatch(response)
	if status(response) != "500" || id == nil || !strings.Contains(response, "application/problem+json") ||
		!strings.Contains(response, "Content-Security-Policy: sandbox") || strings.Contains(response, "boom") {
		t.Fatalf("got\n%s", response)
	}
	if n := strings.Count(fr.log.String(), id[1]); n != 1 {
		t.Errorf("the id is logged %d times, want once:\n%s", n, fr.log)
	}
}

func TestReceiveUnexpectedError(t *testing.T) {
	fr := newFront(t, &fakeReceiver{err: errors.New("disk on fire")})
	response := fr.raw(t, post(knownGUID, "body"), false)
	if status(response) != "500" || strings.Contains(response, "fire") || strings.Count(fr.log.String(), "disk on fire") != 1 {
		t.Errorf("got\n%s\nlog\n%s", response, fr.log)
	}
}

func TestClientIP(t *testing.T) {
	h := New(Options{})
	for remote, want := range map[string]string{
		"203.0.113.9:4711": "203.0.113.9", "[::ffff:203.0.113.9]:1": "203.0.113.9", "[fe80::1%eth0]:1": "fe80::1",
		"[2001:db8::1]:443": "2001:db8::1", "@": "",
	} {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {"3.3.3.3"}}}
		if got := h.clientIP(r); got != want {
			t.Errorf("clientIP(%q) = %q, want %q", remote, got, want)
		}
	}
	h.ClientIP = func(*http.Request) string { return "192.0.2.1" }
	if got := h.clientIP(&http.Request{}); got != "192.0.2.1" {
		t.Errorf("the host's: %q", got)
	}
}
