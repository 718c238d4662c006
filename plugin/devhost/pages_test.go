package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/deskhook/deskhook/plugin"
)

func openSQLiteSite(t *testing.T) *site {
	t.Helper()
	return open(t, config{addr: "127.0.0.1:0", data: t.TempDir(), token: testToken, adminPassword: testPassword})
}

func TestLogIn(t *testing.T) {
	s := openSQLiteSite(t)
	for _, path := range []string{"/", "/tickets/ABC-12345-678", "/setup/plugins", "/admin/webhooks"} {
		got := s.get(path)
		if got.status != http.StatusOK || !strings.Contains(got.body, `action="/login"`) || !strings.Contains(got.body, `name="next" value="`+path+`"`) {
			t.Errorf("%s without a log-in: got %d, want the log-in that leads back there", path, got.status)
		}
	}
	for _, c := range []struct{ name, login, password string }{
		{"wrong password", "admin", "wrong"}, {"nobody", "eve", testPassword}, {"empty", "", ""},
	} {
		got := s.post("/login", url.Values{"login": {c.login}, "password": {c.password}})
		if got.status != http.StatusUnauthorized || len(got.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: got %d and %q", c.name, got.status, got.header.Values("Set-Cookie"))
		}
	}
	foreign := s.request("POST", "/login", "application/x-www-form-urlencoded", "login=admin&password=correct+horse")
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := s.do(foreign); got.status != http.StatusForbidden {
		t.Errorf("a log-in from another site: got %d, want 403", got.status)
	}

	for next, want := range map[string]string{
		"/tickets/ABC-12345-678?a=1": "/tickets/ABC-12345-678?a=1",
		"//evil.example/":            "/",
		"https://evil.example/":      "/",
		`/\evil.example`:             "/",
		"/\t/evil.example":           "/",
		"":                           "/",
	} {
		got := s.post("/login", url.Values{"login": {"admin"}, "password": {testPassword}, "next": {next}})
		if got.status != http.StatusSeeOther || got.header.Get("Location") != want {
			t.Errorf("next %q: got %d to %q, want 303 to %q", next, got.status, got.header.Get("Location"), want)
		}
		if cookie := got.header.Get("Set-Cookie"); !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
			t.Errorf("the cookie's flags: %q", cookie)
		}
	}
	page := s.get("/")
	if got := page.header.Get("Content-Security-Policy"); got != pageCSP || strings.Contains(page.body, "style=") || strings.Contains(page.body, "<script>") {
		t.Errorf("the page has the policy %q, and may have nothing inline", got)
	}

	if got := s.post("/logout", url.Values{"csrf": {"another"}}); got.status != http.StatusForbidden {
		t.Errorf("log out with a foreign token: got %d, want 403", got.status)
	}
	cookies := s.client.Jar.Cookies(mustURL(t, s.url))
	if got := s.post("/logout", url.Values{"csrf": {s.csrf()}}); got.status != http.StatusSeeOther {
		t.Errorf("log out: got %d, want 303", got.status)
	}
	again := s.request("GET", "/", "", "")
	for _, c := range cookies {
		again.AddCookie(c)
	}
	if got := s.do(again); !strings.Contains(got.body, `action="/login"`) {
		t.Error("the session's cookie is good after its log-out")
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestForms wants nothing changed by whoever does not know the session's token,
// and no page in another site's frame.
func TestForms(t *testing.T) {
	s := openSQLiteSite(t)
	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	s.logIn("admin", testPassword)
	for name, r := range map[string]*http.Request{
		"no token":      s.request("POST", "/setup/plugins/webhooks", "application/x-www-form-urlencoded", "enabled=false"),
		"foreign token": s.request("POST", "/setup/plugins/webhooks", "application/x-www-form-urlencoded", "enabled=false&csrf=another"),
		"text":          s.request("POST", "/setup/plugins/webhooks", "text/plain", "enabled=false&csrf="+s.csrf()),
		"link":          s.request("GET", "/setup/plugins/webhooks?enabled=false&csrf="+s.csrf(), "", ""),
		"script's API":  s.request("PUT", "/api/plugins/webhooks", "application/json", `{"enabled": false}`),
		"plugin's API":  s.request("PUT", "/api/webhooks/v1/secrets/a", "application/json", `{"value": "x"}`),
	} {
		if got := s.do(r); got.status < 400 || got.status >= 500 {
			t.Errorf("%s: got %d, want a refusal", name, got.status)
		}
	}
	if !s.server.helpdesk.plugin.Enabled() {
		t.Error("the plugin was disabled by one of these")
	}
	for _, path := range []string{"/", "/setup/plugins", "/admin/webhooks"} {
		got := s.get(path)
		if policy := got.header.Get("Content-Security-Policy"); got.status != http.StatusOK ||
			!strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: got %d with the policy %q", path, got.status, policy)
		}
	}
	got := s.post("/setup/plugins/webhooks", url.Values{"csrf": {s.csrf()}, "enabled": {"false"}})
	if got.status != http.StatusSeeOther || s.server.helpdesk.plugin.Enabled() {
		t.Errorf("with the token: got %d, want the plugin disabled", got.status)
	}
}

// brokenSwitch cannot be enabled.
type brokenSwitch struct{ plugin.Switch }

func (brokenSwitch) Enable(context.Context) error { return errors.New("needs MariaDB 10.6") }
func (brokenSwitch) Enabled() bool                { return false }

func TestPluginThatCannotBeEnabled(t *testing.T) {
	s := openSQLiteSite(t)
	p := s.server.helpdesk.registry.find("webhooks")
	p.mu.Lock()
	whole := p.sw
	p.sw = brokenSwitch{}
	p.mu.Unlock()
	got := s.script("PUT", "/api/plugins/webhooks", `{"enabled": true}`)
	if got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, `"detail":"needs MariaDB 10.6"`) {
		t.Errorf("got %d %s, want the reason", got.status, got.body)
	}
	p.mu.Lock()
	p.sw = whole
	p.mu.Unlock()
	var stored int64
	if err := s.server.helpdesk.db.Model(&pluginState{}).Where("enabled").Count(&stored).Error; err != nil || stored > 0 {
		t.Errorf("the plugin is stored as enabled: %d, %v", stored, err)
	}
}

// TestRoles wants of a worker no more than the role gives.
func TestRoles(t *testing.T) {
	s := openSQLiteSite(t)
	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	agent := worker{Login: "anna", Name: "Anna"}
	if err := setPassword(&agent, "anna's password", bcrypt.MinCost); err != nil {
		t.Fatal(err)
	}
	db := s.server.helpdesk.db
	if err := db.Where("name = ?", agents).Take(&agent.Role).Error; err != nil {
		t.Fatal(err)
	}
	if err := db.Create(&agent).Error; err != nil {
		t.Fatal(err)
	}
	s.logIn("anna", "anna's password")
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/", 200},
		{"GET", "/admin/webhooks", 200},
		{"GET", "/api/webhooks/v1/listeners", 200},
		{"GET", "/api/webhooks/v1/secrets", 403},
		{"PUT", "/api/webhooks/v1/secrets/a", 403},
		{"GET", "/setup/plugins", 403},
		{"POST", "/setup/plugins/webhooks", 403},
		{"GET", "/api/tickets", 401},
	} {
		body := ""
		if c.method == "POST" {
			body = url.Values{"csrf": {s.csrf()}, "enabled": {"false"}}.Encode()
		}
		r := s.request(c.method, c.path, "application/x-www-form-urlencoded", body)
		if got := s.do(r); got.status != c.want {
			t.Errorf("%s %s: got %d, want %d", c.method, c.path, got.status, c.want)
		}
	}
	if !s.server.helpdesk.plugin.Enabled() {
		t.Error("an agent disabled the plugin")
	}
	if page := s.get("/").body; strings.Contains(page, "/setup/plugins") {
		t.Error("an agent's menu has Setup > Plugins")
	}
}

func TestTokenAPI(t *testing.T) {
	s := openSQLiteSite(t)
	first := s.script("POST", "/api/mail", `{"from": "Anna <anna@example.com>", "to": "help@example.com", "subject": "Hello", "text": "<b>hi</b>", "message_id": "<1@example.com>"}`)
	var ticket struct {
		ID, Mask, Subject, Status, Group, URL string
		Messages                              []messageJSON
	}
	if err := json.Unmarshal([]byte(first.body), &ticket); err != nil || first.status != http.StatusCreated {
		t.Fatalf("got %d %s", first.status, first.body)
	}
	want := `{"id":"1","mask":"` + ticket.Mask + `","subject":"Hello","status":"open","group":"Support","url":"` + s.url + "/tickets/" + ticket.Mask +
		`","messages":[{"id":"1","message_id":"1@example.com","from":"Anna \u003canna@example.com\u003e","to":"help@example.com","subject":"Hello","text":"\u003cb\u003ehi\u003c/b\u003e","notes":[]}]}` + "\n"
	if first.body != want {
		t.Errorf("got  %s\nwant %s", first.body, want)
	}
	for name, c := range map[string]struct {
		body     string
		status   int
		messages int
	}{
		"the same Message-ID again": {`{"from": "anna@example.com", "to": "help@example.com", "message_id": "1@example.com"}`, 200, 1},
		"in reply to":               {`{"from": "help@example.com", "to": "anna@example.com", "in_reply_to": "<1@example.com>", "message_id": "2@example.com"}`, 201, 2},
		"mask in the subject":       {`{"from": "anna@example.com", "to": "help@example.com", "subject": "Re: [` + ticket.Mask + `] Hello", "message_id": "3@example.com"}`, 201, 3},
	} {
		got := s.script("POST", "/api/mail", c.body)
		if got.status != c.status || !strings.Contains(got.body, ticket.Mask) {
			t.Errorf("%s: got %d %s, want %d and the same ticket", name, got.status, got.body, c.status)
		}
	}
	var list struct{ Items []struct{ Mask string } }
	s.want(http.StatusOK, "GET", "/api/tickets", "", &list)
	if len(list.Items) != 1 {
		t.Errorf("got %d tickets, want 1", len(list.Items))
	}

	for _, c := range []struct {
		name, method, path, body string
		want                     int
	}{
		{"no JSON", "POST", "/api/mail", `{"from"`, 400},
		{"nothing", "PUT", "/api/plugins/webhooks", ``, 400},
		{"unknown field", "POST", "/api/mail", `{"from": "a@b.example", "to": "c@d.example", "cc": "x"}`, 400},
		{"two values", "POST", "/api/mail", `{} {}`, 400},
		{"no addresses", "POST", "/api/mail", `{}`, 422},
		{"no address", "POST", "/api/mail", `{"from": "a", "to": "c@d.example"}`, 422},
		{"long subject", "POST", "/api/mail", `{"from": "a@b.example", "to": "c@d.example", "subject": "` + strings.Repeat("é", 256) + `"}`, 422},
		{"too large", "POST", "/api/mail", `{"text": "` + strings.Repeat("a", maxAPIBody) + `"}`, 413},
		{"enabled is missing", "PUT", "/api/plugins/webhooks", `{}`, 422},
		{"unknown plugin", "PUT", "/api/plugins/other", `{"enabled": true}`, 404},
		{"unknown ticket", "GET", "/api/tickets/ABC-12345-678", ``, 404},
		{"unknown address", "GET", "/api/addresses/nobody@example.com", ``, 404},
		{"limit", "GET", "/api/tickets?limit=0", ``, 422},
		{"cursor", "GET", "/api/tickets?cursor=x", ``, 422},
		{"method", "DELETE", "/api/mail", ``, 405},
	} {
		got := s.script(c.method, c.path, c.body)
		if got.status != c.want || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %s, want a problem with %d", c.name, got.status, got.body, c.want)
		}
	}
	wrong := s.request("GET", "/api/tickets", "", "")
	wrong.Header.Set("Authorization", "Bearer wrong")
	if got := s.do(wrong); got.status != http.StatusUnauthorized {
		t.Errorf("a wrong token: got %d, want 401", got.status)
	}
	s.logIn("admin", testPassword)
	page := s.get("/tickets/" + ticket.Mask).body
	if strings.Contains(page, "<b>hi") || !strings.Contains(page, "&lt;b&gt;hi") {
		t.Error("the text of a mail is not escaped")
	}
}

// TestMailAtOnce wants every mail filed that arrives in the same moment as
// others of the same people.
func TestMailAtOnce(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		const n = 24
		var arrived sync.WaitGroup
		statuses := make([]int, n)
		for i := range n {
			arrived.Go(func() {
				from, to := "anna@example.com", "ben@example.com"
				if i%2 == 1 {
					from, to = to, from
				}
				statuses[i] = s.script("POST", "/api/mail", fmt.Sprintf(`{"from": %q, "to": %q, "message_id": "%d@example.com"}`, from, to, i/2)).status
			})
		}
		arrived.Wait()
		slices.Sort(statuses)
		want := append(slices.Repeat([]int{http.StatusOK}, n/2), slices.Repeat([]int{http.StatusCreated}, n/2)...)
		if !slices.Equal(statuses, want) {
			t.Errorf("got %v, want each of %d mails created once\n%s", statuses, n/2, s.logs)
		}
	})
}

// TestNodesStartAtOnce wants several nodes to start on one empty database.
func TestNodesStartAtOnce(t *testing.T) {
	dsn := newMariaDB(t)
	var started sync.WaitGroup
	for range 3 {
		started.Go(func() {
			s, err := start(t.Context(), config{addr: "127.0.0.1:0", data: t.TempDir(), dsn: dsn}, io.Discard)
			if err != nil {
				t.Error(err)
				return
			}
			ctx, cancel := timeout()
			defer cancel()
			if err := s.stop(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	started.Wait()
}

func TestHealthAndMetrics(t *testing.T) {
	s := openSQLiteSite(t)
	if got := s.get("/healthz"); got.status != http.StatusOK || got.body != "{\"status\":\"ok\"}\n" {
		t.Errorf("healthz: got %d %q", got.status, got.body)
	}
	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	if got := s.get("/metrics"); got.status != http.StatusOK || !strings.Contains(got.body, "\nwebhooks_runs_executing{") {
		t.Errorf("metrics: got %d without the plugin's among them", got.status)
	}
	if got := s.post(standInPath, nil).status; got != http.StatusNotFound {
		t.Errorf("without the demo the stand-in answers %d, want 404", got)
	}
}

// TestOtherNodeFollows wants a plugin that was enabled on one node to be so on
// every other by itself.
func TestOtherNodeFollows(t *testing.T) {
	dsn := newMariaDB(t)
	node := func() *site {
		return open(t, config{addr: "127.0.0.1:0", data: t.TempDir(), dsn: dsn, token: testToken, adminPassword: testPassword})
	}
	one, other := node(), node()
	for _, state := range []struct {
		body string
		want int
	}{{`{"enabled": true}`, http.StatusOK}, {`{"enabled": false}`, http.StatusNotFound}} {
		one.want(http.StatusOK, "PUT", "/api/plugins/webhooks", state.body, nil)
		eventually(t, "the other node follows "+state.body, func() bool {
			return other.script("GET", "/api/webhooks/v1/listeners", "").status == state.want
		})
	}
}

func TestSlackText(t *testing.T) {
	got := parseSlack("a &lt;b&gt; <https://x.example/?a=1&amp;b=2|T &amp; C> and <http://y.example> <javascript:alert(1)|x>")
	want := []slackPart{
		{Text: "a <b> "}, {Text: "T & C", URL: "https://x.example/?a=1&b=2"}, {Text: " and "},
		{Text: "http://y.example", URL: "http://y.example"}, {Text: " <javascript:alert(1)|x>"},
	}
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("part %d: got %q, want %q", i, got[i], want[i])
		}
	}
}
