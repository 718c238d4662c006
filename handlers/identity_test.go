package handlers

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// testIdentity knows a caller by the permissions that it names, separated by
// commas: "Authorization: Bearer view,edit", or "Cookie: session=view". The
// worker "none" is logged in and has no permission.
type testIdentity struct{}

const testCSRF = "csrf-token"

func (testIdentity) Caller(r *http.Request) (*Caller, error) {
	names, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		cookie, err := r.Cookie("session")
		if err != nil {
			return nil, nil
		}
		names = cookie.Value
	}
	permissions := strings.Split(names, ",")
	token := ""
	if bearer {
		token = "token-" + names
	}
	return &Caller{
		ID: "worker-" + names, Name: names, Bearer: bearer, Token: token, CSRF: testCSRF,
		May: func(p Permission) bool { return slices.Contains(permissions, string(p)) },
	}, nil
}

// matrix is RELIABILITY.md 6.6 for the routes there are: who gets in.
var matrix = map[string]string{
	"GET /listeners":                   "view payloads edit manage",
	"POST /listeners":                  "manage",
	"GET /listeners/{id}":              "view payloads edit manage",
	"PATCH /listeners/{id}":            "manage",
	"DELETE /listeners/{id}":           "manage",
	"GET /listeners/{id}/samples":      "view payloads edit manage",
	"POST /listeners/{id}/sample":      "manage",
	"GET /behaviors":                   "view payloads edit manage",
	"POST /behaviors":                  "edit manage",
	"POST /behaviors/check":            "edit manage",
	"POST /behaviors/format":           "edit manage",
	"POST /behaviors/outline":          "edit manage",
	"POST /behaviors/simulate":         "edit manage",
	"GET /behaviors/{id}":              "view payloads edit manage",
	"PATCH /behaviors/{id}":            "edit manage",
	"DELETE /behaviors/{id}":           "manage",
	"POST /behaviors/{id}/publish":     "edit manage", // edit within policy: testdata/api/policy.txtar
	"GET /behaviors/{id}/versions":     "view payloads edit manage",
	"GET /behaviors/{id}/versions/{n}": "view payloads edit manage",
	"GET /deliveries":                  "view payloads edit manage",
	"GET /deliveries/{id}":             "view payloads edit manage",
	"GET /recipes":                     "view payloads edit manage",
	"POST /recipes/{id}/install":       "manage",
	"GET /secrets":                     "manage",
	"PUT /secrets/{name}":              "manage",
	"DELETE /secrets/{name}":           "manage",
	"GET /pickers/{name}":              "manage",
	"GET /catalog":                     "edit manage",
	"GET /openapi.json":                "view payloads edit manage",
	"GET /status":                      "view payloads edit manage",
	"GET /settings":                    "manage",
	"PATCH /settings":                  "manage",
	"GET /audit":                       "manage",
}

// Calls that change nothing, though they are no GET.
var harmless = []string{"POST /behaviors/check", "POST /behaviors/format", "POST /behaviors/outline", "POST /behaviors/simulate"}

// TestAuthorizationMatrix asks each route as each caller. Behind the check
// stands a handler that always succeeds, so a status is the check's alone.
func TestAuthorizationMatrix(t *testing.T) {
	store := modelstest.Store(t, modelstest.Open(t), nil)
	h := New(Options{Store: store, Identity: testIdentity{}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	e := echo.New()
	seen := map[string]bool{}
	reached, changed := 0, 0
	for _, rt := range routes() {
		name := rt.Method + " " + rt.Path
		if seen[name] {
			t.Errorf("%s is routed twice", name)
		}
		seen[name] = true
		rt.handle = func(_ *Handlers, c *call) error {
			reached++
			if rt.Changes {
				changed++
			}
			return c.noContent()
		}
		e.Add(rt.Method, echoPath(rt.Path), h.edge(h.apiError, h.serve(rt)))
	}
	for _, rt := range Routes() {
		name := rt.Method + " " + rt.Path
		allowed, ok := matrix[name]
		if !ok {
			t.Errorf("%s has no row in the matrix", name)
			continue
		}
		changes := rt.Method != http.MethodGet && !slices.Contains(harmless, name)
		ask := func(prepare func(*http.Request)) int {
			r := httptest.NewRequest(rt.Method, strings.NewReplacer("{id}", "7", "{n}", "1", "{name}", "x").Replace(rt.Path), nil)
			prepare(r)
			w := httptest.NewRecorder()
			before := reached
			e.ServeHTTP(w, r)
			if (w.Code == http.StatusNoContent) != (reached > before) {
				t.Errorf("%s: status %d, handler reached %v", name, w.Code, reached > before)
			}
			return w.Code
		}
		check := func(caller string, got, want int) {
			t.Helper()
			if got != want {
				t.Errorf("%s as %s: status %d, want %d", name, caller, got, want)
			}
		}

		check("nobody", ask(func(*http.Request) {}), http.StatusUnauthorized)
		for _, who := range []string{"none", "view", "payloads", "edit", "manage"} {
			want := http.StatusForbidden
			if slices.Contains(strings.Fields(allowed), who) {
				want = http.StatusNoContent
			}
			session := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "session", Value: who}) }
			check(who+" by token", ask(func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+who) }), want)
			check(who+" by session", ask(func(r *http.Request) {
				session(r)
				r.Header.Set("X-CSRF-Token", testCSRF)
			}), want)
			if changes {
				want = http.StatusForbidden
			}
			check(who+" by session without CSRF token", ask(session), want)
			check(who+" with a foreign CSRF token", ask(func(r *http.Request) {
				session(r)
				r.Header.Set("X-CSRF-Token", "another")
			}), want)
		}
	}
	// A change that leaves no row by itself gets one, and a refused call none.
	left := 0
	for page := (models.Page{Limit: maxLimit}); ; {
		rows, err := store.Audit(t.Context(), page)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		left += len(rows)
		page.After = rows[len(rows)-1].ID
	}
	if left != changed || changed == 0 {
		t.Errorf("%d rows in the audit trail, want one for each of %d changing calls", left, changed)
	}
	for name := range matrix {
		if !seen[name] {
			t.Errorf("the matrix has a row for %s, which is not routed", name)
		}
	}
}

// A session without a token cannot be used to change anything.
func TestEmptyCSRFTokenNeverMatches(t *testing.T) {
	r := httptest.NewRequest("POST", "/", nil)
	if csrfMatches(&Caller{}, r) {
		t.Error("no token in the session and none sent: matches")
	}
}

func TestRoutesOfTheTable(t *testing.T) {
	for _, r := range Routes() {
		if !strings.HasPrefix(r.Path, "/") || r.Permission == "" || r.Changes && r.Method == http.MethodGet {
			t.Errorf("odd route %+v", r)
		}
	}
}
