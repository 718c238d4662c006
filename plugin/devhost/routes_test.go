package main

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
)

// Who may call one of the helpdesk's own routes.
const (
	anybody        = "anybody"
	loggedInWorker = "worker" // who is logged in
	setter         = "setup"  // whose role has Setup
)

// ownRoutes are the helpdesk's, without the plugin's: who may, and what those
// are answered. Forms are sent to what does not exist, or say nothing.
var ownRoutes = map[string]struct {
	who    string
	status int
}{
	"GET /static/*":                    {anybody, 404},
	"GET /healthz":                     {anybody, 200},
	"GET /metrics":                     {anybody, 200},
	"POST /login":                      {anybody, 401},
	"POST /logout":                     {loggedInWorker, 303},
	"GET /":                            {loggedInWorker, 200},
	"GET /tickets/:mask":               {loggedInWorker, 404},
	"GET /tickets/:mask/files/:id":     {loggedInWorker, 404},
	"GET /notifications":               {loggedInWorker, 200},
	"POST /notifications/read":         {loggedInWorker, 303},
	"GET /setup/plugins":               {setter, 200},
	"POST /setup/plugins/:id":          {setter, 404},
	"POST /setup/plugins/:id/settings": {setter, 404},
	"GET /setup/roles":                 {setter, 200},
	"GET /setup/roles/:id":             {setter, 404},
	"POST /setup/roles/:id":            {setter, 404},
	"POST /setup/roles/:id/delete":     {setter, 404},
	"GET /setup/workers":               {setter, 200},
	"GET /setup/workers/:id":           {setter, 404},
	"POST /setup/workers/:id":          {setter, 404},
	"POST /setup/workers/:id/password": {setter, 404},
	"POST /setup/workers/:id/disable":  {setter, 404},
	"GET /setup/tokens":                {setter, 200},
	"GET /setup/tokens/new":            {setter, 200},
	"POST /setup/tokens":               {setter, 422},
	"POST /setup/tokens/:id/revoke":    {setter, 404},
	"GET /api/tickets":                 {permitTickets, 200},
	"GET /api/tickets/:mask":           {permitTickets, 404},
	"GET /api/addresses/:email":        {permitTickets, 404},
	"POST /api/mail":                   {permitTickets, 400},
	"PUT /api/plugins/:id":             {permitSetup, 400},
}

// TestOwnRoutes asks each of them as each caller of the matrix, and as a worker
// with Setup.
func TestOwnRoutes(t *testing.T) {
	var clock clock
	s := open(t, clock.in(config{addr: "127.0.0.1:0", data: t.TempDir(), token: testToken, adminPassword: testPassword}))
	columns := s.columns(&clock)
	s.addWorker("setter", permitSetup)
	seen := map[string]bool{}
	columns["worker setup"] = s.loggedIn("setter", permitSetup)
	columns["worker setup without the CSRF token"] = &column{permissions: permitSetup, session: columns["worker setup"].session}
	routes := s.server.helpdesk.echo.Routes()
	slices.SortFunc(routes, func(a, b *echo.Route) int { // to log out comes last
		return cmp.Or(cmp.Compare(strings.Count(a.Path, "logout"), strings.Count(b.Path, "logout")), cmp.Compare(a.Path+a.Method, b.Path+b.Method))
	})
	for _, r := range routes {
		if slices.ContainsFunc([]string{"/webhooks", "/admin/webhooks", apiPath}, func(p string) bool { return strings.HasPrefix(r.Path, p) }) {
			continue // the plugin's
		}
		name := r.Method + " " + r.Path
		seen[name] = true
		row, ok := ownRoutes[name]
		if !ok {
			t.Errorf("%s has no row", name)
			continue
		}
		path := strings.NewReplacer(":mask", "ABC-12345-678", ":email", "canary@example.com", ":id", "999999", "*", "none").Replace(r.Path)
		ask := func(c *column, csrf string) answer {
			body := ""
			if csrf != "" {
				body = form("csrf", csrf).Encode()
			}
			q := s.request(r.Method, path, "application/x-www-form-urlencoded", body)
			q.Header.Set("Accept", "text/html")
			c.prepare(q)
			return s.stranger().do(q)
		}
		check := func(who string, got answer, want int, login bool) {
			t.Helper()
			if got.status != want || strings.Contains(got.body, `action="/login"`) != login {
				t.Errorf("%s as %s: got %d, want %d, and the log-in: %t: %s", name, who, got.status, want, login, got.body)
			}
		}
		callers := slices.Sorted(maps.Keys(columns))
		slices.Reverse(callers) // those without the CSRF token before those whose session it is
		for _, who := range callers {
			c := columns[who]
			if name == "POST /login" {
				clock.advance(time.Second) // else too many try it at once
			}
			loggedIn := c.session != nil && c.refused == 0
			switch got := ask(c, c.csrf); {
			case row.who == anybody:
				check(who, got, row.status, name == "POST /login")
			case strings.HasPrefix(r.Path, "/api/"):
				want := row.status
				if c.token == "" || c.refused > 0 {
					want = http.StatusUnauthorized
				} else if !holds(c.permissions, row.who) {
					want = http.StatusForbidden
				}
				check(who, got, want, false)
			case !loggedIn && r.Method == http.MethodGet:
				check(who, got, http.StatusOK, true)
			case !loggedIn:
				check(who, got, http.StatusSeeOther, false)
			case r.Method == http.MethodPost && c.csrf == "", row.who == setter && !holds(c.permissions, permitSetup):
				check(who, got, http.StatusForbidden, false)
			default:
				check(who, got, row.status, false)
			}
		}
	}
	for name := range ownRoutes {
		if !seen[name] {
			t.Errorf("there is a row for %s, which is not routed", name)
		}
	}
}
