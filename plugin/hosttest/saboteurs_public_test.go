package hosttest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/deskhook/deskhook/plugin"
)

// before stands before a listener.
func before(do func(d *desk, w http.ResponseWriter, r *http.Request) (goOn bool)) func(*desk, http.Handler) http.Handler {
	return func(d *desk, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/in/") || do(d, w, r) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

// withBody changes the bodies that listeners get.
func withBody(change func(r *http.Request, body []byte) []byte) func(*desk, http.Handler) http.Handler {
	return before(func(_ *desk, w http.ResponseWriter, r *http.Request) bool {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return false
		}
		body = change(r, body)
		r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
		return true
	})
}

// withMiddleware adds one of Echo's own.
func withMiddleware(m echo.MiddlewareFunc) func(testing.TB, *desk) {
	return func(_ testing.TB, d *desk) { d.echo.Pre(m) }
}

func ofType(r *http.Request, media string) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), media)
}

func publicSaboteurs() []saboteur {
	return []saboteur{
		{
			name: "log-in in front of everything", fails: "public/reached",
			front: before(func(d *desk, w http.ResponseWriter, r *http.Request) bool {
				if d.worker(r) != nil || !d.sw.Enabled() {
					return true
				}
				http.Redirect(w, r, "/login", http.StatusSeeOther)
				return false
			}),
		},
		{
			name: "CSRF on the public group", fails: "public/without CSRF and session",
			front: before(func(d *desk, w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost || r.Header.Get("X-CSRF-Token") != "" || !d.sw.Enabled() {
					return true
				}
				http.Error(w, "no CSRF token", http.StatusForbidden)
				return false
			}),
		},
		{
			name: "refuses other origins", fails: "public/without CSRF and session",
			front: func(_ *desk, next http.Handler) http.Handler { return http.NewCrossOriginProtection().Handler(next) },
		},
		{
			name: "a session for everybody", fails: "public/without CSRF and session",
			front: before(func(d *desk, w http.ResponseWriter, _ *http.Request) bool {
				if d.sw.Enabled() {
					http.SetCookie(w, &http.Cookie{Name: deskCookie, Value: "guest", Path: "/"})
				}
				return true
			}),
		},
		{
			name: "cleans paths", fails: "public/escaped path",
			front: func(_ *desk, next http.Handler) http.Handler {
				mux := http.NewServeMux()
				mux.Handle("/", next)
				return mux
			},
		},
		{
			name: "decodes paths", fails: "public/escaped path",
			front: before(func(_ *desk, _ http.ResponseWriter, r *http.Request) bool {
				r.URL.RawPath, r.RequestURI = "", r.URL.Path
				return true
			}),
		},
		{
			name: "no slash at the end", fails: "public/escaped path",
			set: withMiddleware(middleware.RemoveTrailingSlash()),
		},
		{
			name: "limits bodies", fails: "public/large body",
			set: withMiddleware(middleware.BodyLimit("2M")),
		},
		{
			name: "decompresses bodies", fails: "public/compressed",
			set: withMiddleware(middleware.Decompress()),
		},
		{
			name: "reads forms", fails: "public/form",
			set: withMiddleware(middleware.MethodOverrideWithConfig(middleware.MethodOverrideConfig{Getter: middleware.MethodFromForm("_method")})),
		},
		{
			name: "mends texts", fails: "public/invalid UTF-8",
			front: withBody(func(r *http.Request, body []byte) []byte {
				if !ofType(r, "application/json") || r.Header.Get("Content-Encoding") != "" {
					return body
				}
				return bytes.ToValidUTF8(body, []byte("\uFFFD"))
			}),
		},
		{
			name: "trims texts", fails: "public/blanks and newlines",
			front: withBody(func(r *http.Request, body []byte) []byte {
				if !ofType(r, "application/json") {
					return body
				}
				return bytes.TrimSpace(body)
			}),
		},
		{
			name: "drops zeros", fails: "public/every byte",
			front: withBody(func(r *http.Request, body []byte) []byte {
				if !ofType(r, "application/octet-stream") {
					return body
				}
				return bytes.ReplaceAll(body, []byte{0}, nil)
			}),
		},
		{
			name: "believes Content-Length", fails: "public/chunked",
			front: before(func(_ *desk, _ http.ResponseWriter, r *http.Request) bool {
				if r.ContentLength < 0 {
					r.Body, r.ContentLength = http.NoBody, 0
				}
				return true
			}),
		},
		{
			name: "does not name its cookie", fails: "public/session cookie",
			options: []plugin.Option{plugin.WithSessionCookie("another")},
		},
		{
			name: "a page of its own while the plugin is off", fails: "public/tells nothing",
			front: before(func(d *desk, w http.ResponseWriter, r *http.Request) bool {
				if d.sw.Enabled() {
					return true
				}
				http.Error(w, "webhooks are switched off", http.StatusNotFound)
				return false
			}),
		},
	}
}
