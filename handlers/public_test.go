package handlers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/runner"
)

const (
	knownGUID   = "abcdefghijklmnopqrstuvwxy2"
	unknownGUID = "zbcdefghijklmnopqrstuvwxy2"
)

// fakeReceiver knows one listener and remembers what it is given.
type fakeReceiver struct {
	maxBody   int64
	err       error
	answer    *behaviors.Response
	cors      payload.Header
	onReceive func()

	mu       sync.Mutex
	received []payload.Request
	refused  []string
}

func (f *fakeReceiver) Listener(_ context.Context, guid string) (*runner.Listener, error) {
	if guid != knownGUID {
		return nil, nil
	}
	return &runner.Listener{ID: 7, GUID: guid}, nil
}

func (f *fakeReceiver) MaxBody(context.Context, *runner.Listener) (int64, error) {
	return f.maxBody, nil
}

func (f *fakeReceiver) CORS(context.Context, *runner.Listener, *payload.Request) (payload.Header, error) {
	return f.cors, nil
}

func (f *fakeReceiver) Receive(_ context.Context, _ *runner.Listener, req *payload.Request) (*runner.Answer, error) {
	if f.onReceive != nil {
		f.onReceive()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	f.received = append(f.received, *req)
	resp := f.answer
	if resp == nil {
		resp = &behaviors.Response{Status: http.StatusOK}
	}
	return &runner.Answer{Response: resp, Outcome: behaviors.Accepted, DeliveryID: 9}, nil
}

func (f *fakeReceiver) Refuse(_ *runner.Listener, _ *payload.Request, cause, _ string, _ *behaviors.Response) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused = append(f.refused, cause)
}

// counts of what was received and refused.
func (f *fakeReceiver) counts() (received, refused int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.received), len(f.refused)
}

// front is the public way in on a real socket, over a fake receiver.
type front struct {
	h   *Handlers
	log *strings.Builder
	url string
	off bool
}

func newFront(t testing.TB, f *fakeReceiver) *front {
	t.Helper()
	fr := &front{log: &strings.Builder{}}
	fr.h = New(Options{
		Logger: slog.New(slog.NewTextHandler(fr.log, nil)), PublicPath: "/webhooks", PagesPath: "/admin/webhooks",
		APIPath: "/api/webhooks/v1", SessionCookie: "session", BaseURL: func() string { return "https://help.example/webhooks" },
	})
	fr.h.receiver = f
	e := echo.New()
	fr.h.Mount(e.Group("/webhooks"), e.Group("/admin/webhooks"), e.Group("/api/webhooks/v1"),
		func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c echo.Context) error {
				if fr.off {
					return echo.ErrNotFound
				}
				return next(c)
			}
		})
	s := httptest.NewServer(e)
	t.Cleanup(s.Close)
	fr.url = s.URL
	return fr
}

// raw sends bytes as they are, and reads until the server closes. halfClose
// tells the server that nothing more comes. What the server answers may end in
// a reset where it did not read all, so only what was read counts.
func (fr *front) raw(t *testing.T, text string, halfClose bool) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(fr.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, text)
	if halfClose {
		_ = conn.(*net.TCPConn).CloseWrite()
	}
	answer, err := io.ReadAll(conn)
	if len(answer) == 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %q: %v", answer, err)
	}
	return dateLine.ReplaceAllString(string(answer), "")
}

var dateLine = regexp.MustCompile(`Date: [^\r]*\r\n`)

func post(path, body string) string {
	return "POST /webhooks/" + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
		formatID(int64(len(body))) + "\r\nConnection: close\r\n\r\n" + body
}
