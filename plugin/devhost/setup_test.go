package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// clock is one that a test moves.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }
func (c *clock) in(config config) config { config.now = c.now; return config }
func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// submit sends a form of the logged-in worker, and wants a status.
func (s *site) submit(status int, path string, pairs ...string) answer {
	s.t.Helper()
	v := form(pairs...)
	v.Set("csrf", s.csrf())
	got := s.post(path, v)
	if got.status != status {
		s.t.Fatalf("POST %s %v: got %d, want %d: %s", path, pairs, got.status, status, got.body)
	}
	return got
}

// another is another browser at the same helpdesk, with a worker logged in.
func (s *site) another(login, password string) *site {
	s.t.Helper()
	b := browse(s.t, s.url)
	b.logs = s.logs
	b.logIn(login, password)
	return b
}

// roleNamed gives a role's id, as the page of workers offers it.
func (s *site) roleNamed(name string) string {
	s.t.Helper()
	found := regexp.MustCompile(`<option value="(\d+)"[^>]*>` + regexp.QuoteMeta(name) + `</option>`).
		FindStringSubmatch(s.get("/setup/workers/new").body)
	if found == nil {
		s.t.Fatalf("there is no role %s", name)
	}
	return found[1]
}

// addWorker makes a role of these permissions and a worker who has it, and gives
// the worker's id. The password is the test's own.
func (s *site) addWorker(login string, permissions ...string) (id string) {
	s.t.Helper()
	pairs := []string{"name", "Role of " + login}
	for _, p := range permissions {
		pairs = append(pairs, "permission", p)
	}
	s.submit(http.StatusSeeOther, "/setup/roles/new", pairs...)
	s.submit(http.StatusSeeOther, "/setup/workers/new",
		"login", login, "name", "Worker "+login, "role", s.roleNamed("Role of "+login), "password", testPassword)
	found := regexp.MustCompile(`<a href="/setup/workers/(\d+)">Worker ` + login + `</a>`).FindStringSubmatch(s.get("/setup/workers").body)
	if found == nil {
		s.t.Fatalf("the page of workers lacks %s", login)
	}
	return found[1]
}

var issuedToken = regexp.MustCompile(`<code class="secret" id="issued">(dh_[A-Z2-7]{26})</code>`)

// issue issues a token as the logged-in worker.
func (s *site) issue(name, lastDay string, permissions ...string) string {
	s.t.Helper()
	pairs := []string{"name", name, "expires", lastDay}
	for _, p := range permissions {
		pairs = append(pairs, "permission", p)
	}
	found := issuedToken.FindStringSubmatch(s.submit(http.StatusOK, "/setup/tokens", pairs...).body)
	if found == nil {
		s.t.Fatalf("the token %s is not shown", name)
	}
	return found[1]
}

// bearer calls by a token, and gives the status.
func (s *site) bearer(token, method, path, body string) int {
	s.t.Helper()
	contentType := ""
	if body != "" {
		contentType = "application/json"
	}
	r := s.request(method, path, contentType, body)
	r.Header.Set("Authorization", "Bearer "+token)
	return s.do(r).status
}

// status of a page or of the API as the logged-in worker.
func (s *site) status(path string) int {
	s.t.Helper()
	return s.do(s.request(http.MethodGet, path, "", "")).status
}

func lacks(t *testing.T, body string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("the page lacks %q:\n%s", text, body)
		}
	}
}

const listenersPath, secretsPath = apiPath + "/listeners", apiPath + "/secrets"

func TestSetUpRoles(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		s.logIn("admin", testPassword)
		lacks(t, s.get("/setup/roles/new").body, "Webhooks: See what deliveries contain", `value="manage"`, `value="helpdesk.setup"`)
		s.addWorker("anna")
		anna := s.another("anna", testPassword)
		if got := anna.status(listenersPath); got != http.StatusForbidden {
			t.Errorf("without a permission: got %d, want 403", got)
		}

		id := s.roleNamed("Role of anna")
		for name, c := range map[string]struct {
			pairs []string
			want  string
		}{
			"no name":      {[]string{"name", " "}, "Enter something."},
			"long name":    {[]string{"name", strings.Repeat("é", 65)}, "Use at most 64 characters."},
			"line break":   {[]string{"name", "a\nb"}, "Use one line of plain text."},
			"another's":    {[]string{"name", "Agent"}, "Another role has this name."},
			"another's, a": {[]string{"name", "Agent", "permission", "edit"}, `value="edit" checked`},
		} {
			for _, path := range []string{"/setup/roles/" + id, "/setup/roles/new"} {
				if got := s.submit(http.StatusUnprocessableEntity, path, c.pairs...); !strings.Contains(got.body, c.want) {
					t.Errorf("%s: the form does not say %q:\n%s", name, c.want, got.body)
				}
			}
		}
		s.submit(http.StatusSeeOther, "/setup/roles/"+id, "name", "Auditor <b>", "permission", "view", "permission", "nonsense")
		if got := anna.status(listenersPath); got != http.StatusOK {
			t.Errorf("with a permission that was just given: got %d, want 200", got)
		}
		if got := anna.status(secretsPath); got != http.StatusForbidden {
			t.Errorf("secrets: got %d, want 403", got)
		}
		lacks(t, s.get("/setup/roles?done=saved").body, "Auditor &lt;b&gt;", "Saved.", `class="notice good" role="status"`)
		// Saving what is there already changes nothing, and fails nowhere.
		s.submit(http.StatusSeeOther, "/setup/roles/"+id, "name", "Auditor <b>", "permission", "view")

		s.submit(http.StatusConflict, "/setup/roles/"+id+"/delete")
		admins := s.roleNamed("Administrator")
		s.submit(http.StatusConflict, "/setup/roles/"+admins+"/delete")
		s.submit(http.StatusSeeOther, "/setup/roles/"+admins, "name", "Root")
		if got := s.get("/setup/roles/" + admins); got.status != http.StatusOK || !strings.Contains(got.body, `value="helpdesk.setup" checked disabled`) {
			t.Errorf("the administrators' role lost Setup: %d %s", got.status, got.body)
		}
		if got := s.status(listenersPath); got != http.StatusForbidden {
			t.Errorf("the administrators' role kept the permissions of the plugin: got %d", got)
		}
		s.submit(http.StatusSeeOther, "/setup/roles/new", "name", "Unused")
		unused := s.roleNamed("Unused")
		s.submit(http.StatusSeeOther, "/setup/roles/"+unused+"/delete")
		s.submit(http.StatusNotFound, "/setup/roles/"+unused+"/delete")
		s.submit(http.StatusNotFound, "/setup/roles/"+unused, "name", "x")

		s.close()
		again := open(t, c)
		again.logIn("admin", testPassword)
		if body := again.get("/setup/roles").body; !strings.Contains(body, ">Root ") || strings.Contains(body, ">Administrator ") {
			t.Errorf("a renamed role must stay so after a restart:\n%s", body)
		}
	})
}

func TestSetUpWorkers(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		s.logIn("admin", testPassword)
		agent := s.roleNamed("Agent")
		for name, c := range map[string]struct{ field, value, want string }{
			"no log-in":          {"login", "", "Enter something."},
			"digits":             {"login", "7", "Begin with a letter"},
			"another's log-in":   {"login", "Admin", "Another worker logs in by this name."},
			"no name":            {"name", "", "Enter something."},
			"no role":            {"role", "", "Choose one of the roles."},
			"unknown role":       {"role", "999", "Choose one of the roles."},
			"short password":     {"password", "123456789", "Use at least 10 characters."},
			"very long password": {"password", strings.Repeat("é", 37), "Use at most 72 bytes"},
		} {
			v := map[string]string{"login": "anna", "name": "Anna", "role": agent, "password": testPassword, c.field: c.value}
			got := s.submit(http.StatusUnprocessableEntity, "/setup/workers/new", "login", v["login"], "name", v["name"], "role", v["role"], "password", v["password"])
			if !strings.Contains(got.body, c.want) || !strings.Contains(got.body, `aria-invalid="true"`) || strings.Contains(got.body, testPassword) {
				t.Errorf("%s: the form must say %q and no password:\n%s", name, c.want, got.body)
			}
		}

		id := s.addWorker("anna", "view", permitSetup)
		page := "/setup/workers/" + id
		anna := s.another(" Anna ", testPassword)
		token := anna.issue("anna's", "", "view")
		if a, b := anna.status(listenersPath), anna.bearer(token, "GET", listenersPath, ""); a != 200 || b != 200 {
			t.Fatalf("anna and her token: got %d and %d, want 200", a, b)
		}
		s.submit(http.StatusSeeOther, page, "name", "Anna Berg", "role", agent)
		if got := anna.status("/setup/workers"); got != http.StatusForbidden {
			t.Errorf("after the role changed: got %d, want 403", got)
		}
		s.submit(http.StatusUnprocessableEntity, page, "name", "Anna Berg", "role", "999")

		// Disabled: sessions and tokens end with the next request, for good.
		s.submit(http.StatusSeeOther, page+"/disable", "disabled", "true")
		if a, b := anna.status(listenersPath), anna.bearer(token, "GET", listenersPath, ""); a != 401 || b != 401 {
			t.Errorf("a disabled worker and her token: got %d and %d, want 401", a, b)
		}
		if got := s.post("/login", form("login", "anna", "password", testPassword)); got.status != http.StatusUnauthorized {
			t.Errorf("a disabled worker logs in: got %d, want 401", got.status)
		}
		s.submit(http.StatusSeeOther, page+"/disable", "disabled", "false")
		if a, b := anna.status(listenersPath), anna.bearer(token, "GET", listenersPath, ""); a != 401 || b != 401 {
			t.Errorf("the session and the token of before: got %d and %d, want 401", a, b)
		}
		anna.logIn("anna", testPassword)

		// A new password ends the other sessions.
		s.submit(http.StatusUnprocessableEntity, page+"/password", "password", "short")
		s.submit(http.StatusSeeOther, page+"/password", "password", "another password")
		if got := anna.status(listenersPath); got != http.StatusUnauthorized {
			t.Errorf("a session of before the reset: got %d, want 401", got)
		}
		anna.logIn("anna", "another password")

		// Nobody locks everybody out.
		admin := regexp.MustCompile(`<a href="(/setup/workers/\d+)">Admin</a>`).FindStringSubmatch(s.get("/setup/workers").body)[1]
		s.submit(http.StatusConflict, admin+"/disable", "disabled", "true")
		s.submit(http.StatusConflict, admin, "name", "Admin", "role", agent)
		s.submit(http.StatusNotFound, "/setup/workers/new/disable", "disabled", "true")
		s.submit(http.StatusNotFound, "/setup/workers/999/password", "password", testPassword)
		if got := s.status("/setup/workers"); got != http.StatusOK {
			t.Errorf("the admin: got %d, want 200", got)
		}
		// Whose last one it is, is decided in one transaction.
		s.addWorker("ben", permitSetup)
		ben := s.another("ben", testPassword)
		ben.submit(http.StatusSeeOther, admin+"/disable", "disabled", "true")
		if got := s.status("/setup/workers"); got != http.StatusOK { // the log-in
			t.Errorf("got %d", got)
		}
		bens := ben.roleNamed("Role of ben")
		ben.submit(http.StatusConflict, "/setup/roles/"+bens, "name", "Role of ben")
		if got := ben.status("/setup/roles"); got != http.StatusOK {
			t.Errorf("ben's role lost Setup: got %d", got)
		}
	})
}

func TestSetUpTokens(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		var clock clock
		s := open(t, clock.in(c))
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		s.logIn("admin", testPassword)
		yesterday := clock.now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
		for name, c := range map[string]struct {
			pairs []string
			want  string
		}{
			"no name":       {[]string{"name", "", "permission", "view"}, "Enter something."},
			"no permission": {[]string{"name", "a", "permission", "all"}, "Choose at least one."},
			"yesterday":     {[]string{"name", "a", "permission", "view", "expires", yesterday}, "This day is over already."},
			"no day":        {[]string{"name", "a", "permission", "view", "expires", "soon"}, "Enter a day such as"},
		} {
			if got := s.submit(http.StatusUnprocessableEntity, "/setup/tokens", c.pairs...); !strings.Contains(got.body, c.want) {
				t.Errorf("%s: the form does not say %q:\n%s", name, c.want, got.body)
			}
		}

		today := clock.now().UTC().Format(time.DateOnly)
		view := s.issue("Viewer", "", "view")
		desk := s.issue("Desk <b>", today, permitTickets)
		setup := s.issue("Switch", "", permitSetup)
		const off, on = `{"enabled": false}`, `{"enabled": true}`
		for _, c := range []struct {
			name, token, method, path, body string
			want                            int
		}{
			{"view", view, "GET", listenersPath, "", 200},
			{"view", view, "GET", secretsPath, "", 403},
			{"view", view, "GET", "/api/tickets", "", 403},
			{"view", view, "PUT", "/api/plugins/webhooks", off, 403},
			{"tickets", desk, "GET", "/api/tickets", "", 200},
			{"tickets", desk, "GET", listenersPath, "", 403},
			{"tickets", desk, "PUT", "/api/plugins/webhooks", off, 403},
			{"setup", setup, "GET", "/api/tickets", "", 403},
			{"setup", setup, "PUT", "/api/plugins/webhooks", on, 200},
			{"a part of a token", view[:20], "GET", listenersPath, "", 401},
			{"the hash", hashOf(view), "GET", listenersPath, "", 401},
			{"-token", testToken, "GET", secretsPath, "", 200},
		} {
			if got := s.bearer(c.token, c.method, c.path, c.body); got != c.want {
				t.Errorf("%s: %s %s: got %d, want %d", c.name, c.method, c.path, got, c.want)
			}
		}

		page := s.get("/setup/tokens").body
		lacks(t, page, "Viewer", "Desk &lt;b&gt;", "Issued by Admin", view[:8]+"…", "last used")
		var rows []bearerToken
		if err := s.server.helpdesk.db.Order("id").Find(&rows).Error; err != nil || len(rows) != 3 {
			t.Fatalf("got %d rows, %v", len(rows), err)
		}
		for _, text := range []string{view, desk, setup} {
			if strings.Contains(page, text) || strings.Contains(s.logs.String(), text) {
				t.Error("a token is shown more than once")
			}
		}
		if rows[0].Hash != hashOf(view) || rows[0].LastUsedAt == 0 {
			t.Errorf("got the row %+v, want the token's hash and its use", rows[0])
		}

		s.submit(http.StatusSeeOther, "/setup/tokens/"+formatID(rows[0].ID)+"/revoke")
		s.submit(http.StatusNotFound, "/setup/tokens/999/revoke")
		if got := s.bearer(view, "GET", listenersPath, ""); got != http.StatusUnauthorized {
			t.Errorf("a revoked token: got %d, want 401", got)
		}
		clock.advance(24 * time.Hour)
		if got := s.bearer(desk, "GET", "/api/tickets", ""); got != http.StatusUnauthorized {
			t.Errorf("an expired token: got %d, want 401", got)
		}
		if got := s.bearer(setup, "PUT", "/api/plugins/webhooks", on); got != http.StatusOK {
			t.Errorf("a token without a last day, a day later: got %d, want 200", got)
		}
		if got := s.get("/setup/tokens"); !strings.Contains(got.body, `action="/login"`) {
			t.Error("a session is good after a day")
		}
		s.logIn("admin", testPassword)
		lacks(t, s.get("/setup/tokens").body, ">revoked<", ">expired<", ">valid<")
	})
}

// TestEveryNodeAtOnce wants what was changed on one node to hold for the next
// request on another.
func TestEveryNodeAtOnce(t *testing.T) {
	dsn := newMariaDB(t)
	node := func() *site {
		return open(t, config{addr: "127.0.0.1:0", data: t.TempDir(), dsn: dsn, token: testToken, adminPassword: testPassword})
	}
	one, other := node(), node()
	one.logIn("admin", testPassword)
	id := one.addWorker("anna", "view", permitSetup)
	anna := other.another("anna", testPassword)
	token := one.issue("Desk", "", permitTickets)
	if a, b := anna.status("/setup/roles"), other.bearer(token, "GET", "/api/tickets", ""); a != 200 || b != 200 {
		t.Fatalf("got %d and %d, want 200", a, b)
	}
	one.submit(http.StatusSeeOther, "/setup/roles/"+one.roleNamed("Role of anna"), "name", "Role of anna", "permission", "view")
	one.submit(http.StatusSeeOther, "/setup/tokens/1/revoke")
	if a, b := anna.status("/setup/roles"), other.bearer(token, "GET", "/api/tickets", ""); a != 403 || b != 401 {
		t.Errorf("got %d and %d, want 403 and 401", a, b)
	}
	one.submit(http.StatusSeeOther, "/setup/workers/"+id+"/disable", "disabled", "true")
	if page := anna.get("/").body; !strings.Contains(page, `action="/login"`) {
		t.Error("a worker who was disabled on one node is logged in on the other")
	}
}

// TestMenus wants two roles to see different menus.
func TestMenus(t *testing.T) {
	s := openSQLiteSite(t)
	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	s.logIn("admin", testPassword)
	entry := regexp.MustCompile(`<li><a href="([^"]+)"`)
	menu := func(b *site) string {
		var paths []string
		for _, found := range entry.FindAllStringSubmatch(b.get("/").body, -1) {
			paths = append(paths, found[1])
		}
		return strings.Join(paths, " ")
	}
	const own = "/ /notifications"
	for login, c := range map[string]struct {
		permissions []string
		want        string
	}{
		"nobody":  {nil, own},
		"viewer":  {[]string{"view"}, own + " /admin/webhooks"},
		"manager": {[]string{"manage"}, own + " /admin/webhooks"},
		"setter":  {[]string{permitSetup}, own + " /setup/plugins /setup/roles /setup/workers /setup/tokens"},
	} {
		s.addWorker(login, c.permissions...)
		if got := menu(s.another(login, testPassword)); got != c.want {
			t.Errorf("%s: got %s, want %s", login, got, c.want)
		}
	}
	if got, want := menu(s), own+" /setup/plugins /setup/roles /setup/workers /setup/tokens /admin/webhooks"; got != want {
		t.Errorf("admin: got %s, want %s", got, want)
	}
}
