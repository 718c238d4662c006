package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// matrix is RELIABILITY.md 6.6: for each route of the plugin's API, of which
// permissions one is enough, what those who have it are answered, and the call.
// A call that uses its object up makes one of its own.
var matrix = map[string]struct {
	allowed string
	status  int
	call    func(o *objects) (path, body string)
}{
	"GET /listeners":      {everyone, 200, at("/listeners", "")},
	"POST /listeners":     {"manage", 201, func(o *objects) (string, string) { return "/listeners", o.newListener() }},
	"GET /listeners/{id}": {everyone, 200, func(o *objects) (string, string) { return "/listeners/" + o.listener.ID, "" }},
	"PATCH /listeners/{id}": {"manage", 200, func(o *objects) (string, string) {
		return "/listeners/" + o.listener.ID, `{"name": "canary listener"}`
	}},
	"DELETE /listeners/{id}": {"manage", 204, func(o *objects) (string, string) {
		return "/listeners/" + o.create("/listeners", o.newListener()), ""
	}},
	"GET /listeners/{id}/samples": {everyone, 200, func(o *objects) (string, string) { return "/listeners/" + o.listener.ID + "/samples", "" }},
	"POST /listeners/{id}/sample": {"manage", 422, func(o *objects) (string, string) { // which verifies nothing
		return "/listeners/" + o.listener.ID + "/sample", `{"sample": "canary"}`
	}},
	"GET /behaviors":           {everyone, 200, at("/behaviors", "")},
	"POST /behaviors":          {"edit manage", 201, at("/behaviors", canarySource)},
	"POST /behaviors/check":    {"edit manage", 200, at("/behaviors/check", canarySource)},
	"POST /behaviors/format":   {"edit manage", 200, at("/behaviors/format", canarySource)},
	"POST /behaviors/outline":  {"edit manage", 200, at("/behaviors/outline", canarySource)},
	"POST /behaviors/simulate": {"edit manage", 200, at("/behaviors/simulate", canarySimulation)},
	"GET /behaviors/{id}":      {everyone, 200, func(o *objects) (string, string) { return "/behaviors/" + o.behavior, "" }},
	"PATCH /behaviors/{id}":    {"edit manage", 200, func(o *objects) (string, string) { return "/behaviors/" + o.behavior, canarySource }},
	"DELETE /behaviors/{id}": {"manage", 204, func(o *objects) (string, string) {
		return "/behaviors/" + o.create("/behaviors", canarySource), ""
	}},
	"POST /behaviors/{id}/publish":     {"edit manage", 200, func(o *objects) (string, string) { return "/behaviors/" + o.behavior + "/publish", `{"note": ""}` }},
	"GET /behaviors/{id}/versions":     {everyone, 200, func(o *objects) (string, string) { return "/behaviors/" + o.behavior + "/versions", "" }},
	"GET /behaviors/{id}/versions/{n}": {everyone, 200, func(o *objects) (string, string) { return "/behaviors/" + o.behavior + "/versions/1", "" }},
	"GET /deliveries":                  {everyone, 200, at("/deliveries", "")},
	"GET /deliveries/{id}":             {everyone, 200, at("/deliveries/1", "")},
	"GET /recipes":                     {everyone, 200, at("/recipes", "")},
	"POST /recipes/{id}/install": {"manage", 201, at("/recipes/mailgun-bounces/install",
		`{"name": "canary", "inputs": {"signing_key": "canary", "slack": "https://hooks.slack.com/services/canary"}}`)},
	"GET /secrets":        {"manage", 200, at("/secrets", "")},
	"PUT /secrets/{name}": {"manage", 200, at("/secrets/canary", `{"value": "canary"}`)},
	"DELETE /secrets/{name}": {"manage", 204, func(o *objects) (string, string) {
		o.want(http.StatusOK, "PUT", secretsPath+"/canary_gone", `{"value": "canary"}`, nil)
		return "/secrets/canary_gone", ""
	}},
	"GET /pickers/{name}": {"manage", 200, at("/pickers/worker?text=canary", "")},
	"GET /catalog":        {"edit manage", 200, at("/catalog", "")},
	"GET /openapi.json":   {everyone, 200, at("/openapi.json", "")},
	"GET /status":         {everyone, 200, at("/status", "")},
	"GET /settings":       {"manage", 200, at("/settings", "")},
	"PATCH /settings":     {"manage", 200, at("/settings", `{"timezone": "Europe/Berlin"}`)},
	"GET /audit":          {"manage", 200, at("/audit", "")},
}

// Calls that change nothing, though they are no GET.
var harmless = []string{"POST /behaviors/check", "POST /behaviors/format", "POST /behaviors/outline", "POST /behaviors/simulate"}

const (
	everyone         = "view payloads edit manage" // but who has none of them
	canaryBehavior   = "behavior: 1\nname: canary behavior\ninputs: {key: {type: secret}}\nsteps:\n  - respond: {text: canary}\n"
	canarySource     = `{"source": "behavior: 1\nname: canary behavior\ninputs: {key: {type: secret}}\nsteps:\n  - respond: {text: canary}\n"}`
	canarySimulation = `{"source": "behavior: 1\nname: canary\nsteps: []\n", "request": "POST / HTTP/1.1\r\n\r\n"}`
)

func at(path, body string) func(*objects) (string, string) {
	return func(*objects) (string, string) { return path, body }
}

// objects are what nobody may see anything of without a permission.
type objects struct {
	*site
	behavior string
	listener listenerOut
}

func (o *objects) newListener() string {
	return fmt.Sprintf(`{"name": "canary", "behavior_id": %q, "inputs": {"key": "canary"}}`, o.behavior)
}

// create makes an object with -token, and gives its id.
func (o *objects) create(path, body string) string {
	o.t.Helper()
	var made struct{ ID string }
	o.want(http.StatusCreated, "POST", apiPath+path, body, &made)
	return made.ID
}

// audited is how many changes the audit trail tells of.
func (o *objects) audited() string {
	o.t.Helper()
	var trail struct{ Items []struct{ ID string } }
	o.want(http.StatusOK, "GET", apiPath+"/audit?limit=1", "", &trail)
	if len(trail.Items) == 0 {
		return "0"
	}
	return trail.Items[0].ID
}

// column is a caller of the matrix.
type column struct {
	permissions string
	refused     int // whatever is called; 0: by the permissions
	session     *http.Cookie
	csrf, token string
}

func (c *column) prepare(r *http.Request) {
	if c.session != nil {
		r.AddCookie(c.session)
	}
	if c.csrf != "" {
		r.Header.Set("X-CSRF-Token", c.csrf)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
}

// wants tells the status that a caller is answered.
func (c *column) wants(allowed string, status int, changes bool) int {
	may := slices.ContainsFunc(strings.Fields(c.permissions), func(p string) bool { return slices.Contains(strings.Fields(allowed), p) })
	switch {
	case c.refused > 0:
		return c.refused
	case !may, changes && c.token == "" && c.csrf == "":
		return http.StatusForbidden
	}
	return status
}

// loggedIn is a column of a worker's session.
func (s *site) loggedIn(login, permissions string) *column {
	s.t.Helper()
	b := s.another(login, testPassword)
	u, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	return &column{permissions: permissions, session: b.client.Jar.Cookies(u)[0], csrf: b.csrf()}
}

// columns are real workers, sessions and tokens; clock lets some of them expire.
func (s *site) columns(clock *clock) map[string]*column {
	s.t.Helper()
	const longAgo = 25 * time.Hour
	s.logIn("admin", testPassword)
	for _, p := range []string{"", "view", "payloads", "edit", "manage"} {
		s.addWorker("may"+p, strings.Fields(p)...)
	}
	expired := s.loggedIn("maymanage", "manage")
	expiredToken := s.issue("expired", clock.now().UTC().Format(time.DateOnly), "manage", permitTickets, permitSetup)
	clock.advance(longAgo)
	s.logIn("admin", testPassword)

	leaver := s.addWorker("leaver", "manage", permitSetup)
	left := s.loggedIn("leaver", "manage")
	leftToken := s.another("leaver", testPassword).issue("left", "", "manage", permitTickets, permitSetup)
	s.submit(http.StatusSeeOther, "/setup/workers/"+leaver+"/disable", "disabled", "true")
	revoked := s.issue("revoked", "", "manage", permitTickets, permitSetup)
	var row bearerToken
	if err := s.server.helpdesk.db.Where("name = ?", "revoked").Take(&row).Error; err != nil {
		s.t.Fatal(err)
	}
	s.submit(http.StatusSeeOther, "/setup/tokens/"+formatID(row.ID)+"/revoke")

	all := map[string]*column{
		"nobody":                      {refused: 401},
		"a session that expired":      {refused: 401, session: expired.session, csrf: expired.csrf},
		"a token that expired":        {refused: 401, token: expiredToken},
		"a disabled worker":           {refused: 401, session: left.session, csrf: left.csrf},
		"a disabled worker's token":   {refused: 401, token: leftToken},
		"a revoked token":             {refused: 401, token: revoked},
		"a made-up token":             {refused: 401, token: "dh_AAAAAAAAAAAAAAAAAAAAAAAAAA"},
		"an empty token":              {refused: 401, token: " "},
		"a token without permissions": {token: s.issue("desk", "", permitTickets), permissions: permitTickets},
		"a token for setup":           {token: s.issue("switch", "", permitSetup), permissions: permitSetup},
		"-token":                      {token: testToken, permissions: everyone + " " + permitTickets + " " + permitSetup},
	}
	for _, p := range []string{"", "view", "payloads", "edit", "manage"} {
		worker := s.loggedIn("may"+p, p)
		all["worker "+p] = worker
		all["worker "+p+" without the CSRF token"] = &column{permissions: p, session: worker.session}
		if p != "" {
			all["token "+p] = &column{permissions: p, token: s.issue("token "+p, "", p)}
		}
	}
	return all
}

// TestAuthorizationMatrix asks each route that the plugin's OpenAPI description
// has as each caller.
func TestAuthorizationMatrix(t *testing.T) {
	var clock clock
	s := open(t, clock.in(config{addr: "127.0.0.1:0", data: t.TempDir(), token: testToken, adminPassword: testPassword}))
	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	columns := s.columns(&clock)
	o := &objects{site: s, behavior: s.publish(canaryBehavior)}
	s.want(http.StatusCreated, "POST", listenersPath, o.newListener(), &o.listener)
	s.want(http.StatusOK, "PUT", secretsPath+"/canary", `{"value": "canary"}`, nil)
	if got := s.do(s.request("POST", o.listener.URL, "text/plain", "canary")); got.body != "canary" {
		t.Fatalf("got %d %s", got.status, got.body)
	}

	var description struct {
		Paths map[string]map[string]json.RawMessage
	}
	s.want(http.StatusOK, "GET", apiPath+"/openapi.json", "", &description)
	seen := map[string]bool{}
	for path, methods := range description.Paths {
		for method := range methods {
			name := strings.ToUpper(method) + " " + path
			seen[name] = true
			row, ok := matrix[name]
			if !ok {
				t.Errorf("%s has no row in the matrix", name)
				continue
			}
			changes := strings.ToUpper(method) != http.MethodGet && !slices.Contains(harmless, name)
			ask := func(c *column, path, body string) answer {
				r := s.request(strings.ToUpper(method), apiPath+path, "application/json", body)
				c.prepare(r)
				return s.stranger().do(r)
			}
			for _, who := range slices.Sorted(maps.Keys(columns)) {
				c := columns[who]
				path, body := row.call(o)
				before := o.audited()
				got, want := ask(c, path, body), c.wants(row.allowed, row.status, changes)
				if got.status != want {
					t.Errorf("%s as %s: got %d, want %d: %s", name, who, got.status, want, got.body)
				}
				if after, told := o.audited(), got.status < 300 && changes; (after != before) != told {
					t.Errorf("%s as %s: %d; the audit trail went from %s to %s", name, who, got.status, before, after)
				}
				if want != http.StatusUnauthorized && want != http.StatusForbidden {
					continue
				}
				// Nothing of the object, nor whether it exists.
				elsewhere := got
				if strings.Contains(name, "{") {
					elsewhere = ask(c, nowhere(path), body)
				}
				if strings.Contains(got.body, "canary") || strings.Contains(got.body, o.listener.GUID) || elsewhere.body != got.body || elsewhere.status != got.status {
					t.Errorf("%s as %s: got %s, for what does not exist %d %s", name, who, got.body, elsewhere.status, elsewhere.body)
				}
			}
		}
	}
	for name := range matrix {
		if !seen[name] {
			t.Errorf("the matrix has a row for %s, which is not described", name)
		}
	}
}

// nowhere is a path with an id or a name that nothing has.
func nowhere(path string) string {
	segments := strings.Split(path, "/")
	segments[2] = "999999"
	return strings.Join(segments, "/")
}

// stranger is the same site without the cookies of whoever is logged in.
func (s *site) stranger() *site {
	anonymous := *s.client
	anonymous.Jar = nil
	return &site{t: s.t, url: s.url, client: &anonymous}
}

// TestWhatPermissionsShow wants the GUID and contents of deliveries shown to
// those who may see them alone.
func TestWhatPermissionsShow(t *testing.T) {
	var clock clock
	s := open(t, clock.in(config{addr: "127.0.0.1:0", data: t.TempDir(), token: testToken, adminPassword: testPassword}))
	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	columns := s.columns(&clock)
	l := s.listen(canaryBehavior)
	s.do(s.request("POST", l.URL, "text/plain", "canary body"))
	for who, sees := range map[string]struct{ guid, body bool }{
		"worker view": {}, "worker payloads": {body: true}, "worker edit": {guid: true}, "worker manage": {true, true},
		"token view": {}, "token payloads": {body: true}, "token edit": {guid: true}, "token manage": {true, true},
	} {
		for _, c := range []struct {
			path, text string
			want       bool
		}{
			{"/listeners", l.GUID, sees.guid}, {"/listeners/" + l.ID, l.GUID, sees.guid},
			{"/deliveries/1", "canary body", sees.body}, {"/deliveries", "canary body", false}, {"/deliveries/1", l.GUID, sees.guid},
		} {
			r := s.request("GET", apiPath+c.path, "", "")
			columns[who].prepare(r)
			if got := s.stranger().do(r); got.status != http.StatusOK || strings.Contains(got.body, c.text) != c.want {
				t.Errorf("%s as %s: got %d; shows %q: want %t: %s", c.path, who, got.status, c.text, c.want, got.body)
			}
		}
	}
}
