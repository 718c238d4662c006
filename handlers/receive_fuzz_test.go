package handlers

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/runner"
)

// FuzzReceive feeds raw requests through the router: whatever they are, the
// answer is guarded, and nothing is stored but for the listener that exists.
func FuzzReceive(f *testing.F) {
	for _, seed := range []string{
		post(knownGUID, "{}"),
		post(unknownGUID, ""),
		"GET /webhooks/" + knownGUID + "/../%2e%2e//%00?a;b HTTP/1.1\r\nHost: h\r\nX: \xe9\r\n\r\n",
		"PUT /webhooks/" + knownGUID + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"POST /webhooks/" + knownGUID + " HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
		"HEAD http://x/webhooks/%61 HTTP/1.0\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		fake := &fakeReceiver{}
		h := New(Options{PublicPath: "/webhooks", BaseURL: func() string { return "https://h/webhooks" }})
		h.receiver = fake
		e := echo.New()
		unrouted := false // Echo's own 404 and 405
		e.HTTPErrorHandler = func(err error, c echo.Context) {
			unrouted = true
			e.DefaultHTTPErrorHandler(err, c)
		}
		h.Mount(e.Group("/webhooks"), e.Group("/pages"), e.Group("/api"), nil)
		w := httptest.NewRecorder()
		r.RemoteAddr = "192.0.2.1:1"
		e.ServeHTTP(w, r)
		guarded := w.Header().Get("Content-Security-Policy") == "sandbox" && w.Header().Get("X-Content-Type-Options") == "nosniff"
		if !unrouted && strings.HasPrefix(echo.GetPath(r), "/webhooks/") && !guarded {
			t.Errorf("status %d, unguarded: %v", w.Code, w.Header())
		}
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
		if received, _ := fake.counts(); received > 0 && !strings.HasPrefix(echo.GetPath(r), "/webhooks/"+knownGUID) {
			t.Errorf("stored for %s", echo.GetPath(r))
		}
		if used := h.inFlight.used.Load(); used != 0 {
			t.Errorf("%d bytes in flight", used)
		}
	})
}

// BenchmarkReceive is the HTTP side alone: the runner answers at once.
func BenchmarkReceive(b *testing.B) {
	h := New(Options{PublicPath: "/webhooks"})
	h.receiver = benchReceiver{&fakeReceiver{}}
	e := echo.New()
	h.Mount(e.Group("/webhooks"), e.Group("/pages"), e.Group("/api"), nil)
	body := strings.Repeat("a", 2000)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/webhooks/"+knownGUID, strings.NewReader(body))
		e.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// benchReceiver keeps nothing, as a benchmark would fill the memory.
type benchReceiver struct{ *fakeReceiver }

func (benchReceiver) Receive(context.Context, *runner.Listener, *payload.Request) (*runner.Answer, error) {
	return &runner.Answer{Response: &behaviors.Response{Status: http.StatusOK}}, nil
}
