package hosttest

import (
	"net/http"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

func identityCases() []testCase {
	after := []string{"start/"}
	return []testCase{
		{
			name: "identity/nobody", after: after,
			rule: rule{
				"Caller gives nil, nil for a request without session and token, and for a session that is made up or has ended",
				"whoever Caller finds may use the API",
				seeIdentity,
			},
			check: nobody,
		},
		{
			name: "identity/permissions", after: after,
			rule: rule{
				"May gives true for the permissions of the worker's role, and for no other",
				"the four permissions are given one by one: payloads and manage are not for everybody",
				seeIdentity,
			},
			check: permissions,
		},
		{
			name: "identity/names its workers", after: after,
			rule: rule{
				"a Caller has an ID of its own and a Name",
				"they stand in the audit trail and at what was changed",
				seeIdentity,
			},
			check: namesWorkers,
		},
		{
			name: "identity/API follows the permissions", after: append(after, "identity/nobody", "identity/permissions"),
			rule: rule{
				"through the host's handler the API answers 401 to nobody, 403 to those who lack the permission, and the others well",
				"a middleware of the host may let in, or keep out, others than the plugin does",
				seeIdentity,
			},
			check: apiFollows,
		},
		{
			name: "identity/session needs CSRF", after: append(after, "identity/nobody", "identity/permissions", "identity/API"),
			rule: rule{
				"a session has a CSRF token of its own, without which nothing is changed; Bearer is true for tokens alone",
				"else any page that a worker opens can change listeners in the worker's name",
				seeIdentity,
			},
			check: needsCSRF,
		},
		{
			name: "identity/tokens", after: append(after, "identity/nobody", "identity/permissions", "identity/API"),
			rule: rule{
				"a bearer token has its own permissions, needs no CSRF token, and is nobody's once it is revoked",
				"scripts use the API by tokens, which the host issues and revokes",
				seeIdentity,
			},
			check: tokens,
		},
	}
}

func nobody(t testing.TB, h *Host) {
	s := serve(t, h)
	if c := s.caller(&visitor{}); c != nil {
		t.Errorf("Caller of a request without session and token: got %q, want nil", c.Name)
	}
	v := s.session(plugin.View)
	forged := *v.cookie
	forged.Value = "conformance-made-up"
	if c := s.caller(&visitor{cookie: &forged}); c != nil {
		t.Errorf("Caller of a request with the cookie %s: %s: got %q, want nil", forged.Name, forged.Value, c.Name)
	}
	h.LogOut(v.cookie)
	if c := s.caller(v); c != nil {
		t.Errorf("Caller of a session that has ended: got %q, want nil", c.Name)
	}
}

func permissions(t testing.TB, h *Host) {
	s := serve(t, h)
	holds := func(c *plugin.Caller, given []plugin.Permission) {
		t.Helper()
		for _, p := range everything {
			want := false
			for _, g := range given {
				want = want || g == p
			}
			if got := c.May(p); got != want {
				t.Errorf("a worker who was given %v: May(%s) is %t", given, p, got)
			}
		}
		if c.May("conformance") {
			t.Errorf("a worker who was given %v may do what no plugin knows", given)
		}
	}
	holds(s.caller(s.session()), nil)
	for _, p := range everything {
		holds(s.caller(s.session(p)), []plugin.Permission{p})
	}
	holds(s.caller(s.session(everything...)), everything)
}

func namesWorkers(t testing.TB, h *Host) {
	s := serve(t, h)
	first, second := s.caller(s.session(plugin.View)), s.caller(s.session(plugin.View))
	for _, c := range []*plugin.Caller{first, second} {
		if c.ID == "" || c.Name == "" {
			t.Errorf("a worker has the ID %q and the Name %q", c.ID, c.Name)
		}
	}
	if first.ID == second.ID {
		t.Errorf("two workers have the ID %q", first.ID)
	}
}

// probe is a call that takes a permission.
type probe struct {
	method, path string
	in           any
	needs        plugin.Permission
}

var probes = []probe{
	{http.MethodGet, "/listeners", nil, plugin.View},
	{http.MethodGet, "/deliveries", nil, plugin.View},
	{http.MethodPost, "/behaviors/check", map[string]any{"source": "behavior: 1"}, plugin.Edit},
	{http.MethodGet, "/secrets", nil, plugin.Manage},
}

func apiFollows(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	wants := func(who string, v *visitor, want func(plugin.Permission) int) {
		t.Helper()
		for _, p := range probes {
			if got := s.api(v, p.method, p.path, p.in); got.status != want(p.needs) {
				t.Errorf("%s %s as %s: got %s, want %d", p.method, p.path, who, got, want(p.needs))
			}
		}
	}
	always := func(status int) func(plugin.Permission) int {
		return func(plugin.Permission) int { return status }
	}
	wants("nobody", &visitor{}, always(http.StatusUnauthorized))
	wants("a worker without permissions", s.session(), always(http.StatusForbidden))
	for _, given := range everything {
		// manage contains the others, and each contains view.
		wants("a worker who may "+string(given), s.session(given), func(needed plugin.Permission) int {
			if needed == given || needed == plugin.View || given == plugin.Manage {
				return http.StatusOK
			}
			return http.StatusForbidden
		})
	}
}

func needsCSRF(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	v, other := s.session(everything...), s.session(everything...)
	if s.caller(v).Bearer {
		t.Error("Bearer is true for a session")
	}
	if v.csrf == "" || v.csrf == other.csrf || v.csrf == v.cookie.Value {
		t.Errorf("the CSRF tokens of two sessions must be two secrets, and none the session's cookie; they have %d and %d characters", len(v.csrf), len(other.csrf))
	}
	for name, c := range map[string]struct {
		v    visitor
		want int
	}{
		"without a token":             {visitor{cookie: v.cookie}, http.StatusForbidden},
		"with another session's":      {visitor{cookie: v.cookie, csrf: other.csrf}, http.StatusForbidden},
		"with its own":                {*v, http.StatusCreated},
		"with a bearer token made up": {visitor{cookie: v.cookie, token: "conformance-made-up"}, 0},
	} {
		got := s.api(&c.v, http.MethodPost, "/behaviors", map[string]any{"source": "behavior: 1"})
		refused := got.status == http.StatusUnauthorized || got.status == http.StatusForbidden
		if got.status != c.want && (c.want != 0 || !refused) {
			t.Errorf("POST /behaviors by a session %s: got %s, want %s", name, got, statusOr(c.want, "401 or 403"))
		}
	}
}

func statusOr(status int, text string) string {
	if status == 0 {
		return text
	}
	return http.StatusText(status)
}

func tokens(t testing.TB, h *Host) {
	if h.Token == nil {
		t.Log("this host has no bearer tokens")
		return
	}
	s := serveEnabled(t, h)
	viewer := &visitor{token: h.Token(plugin.View)}
	editor := &visitor{token: h.Token(plugin.Edit)}
	source := map[string]any{"source": "behavior: 1"}
	if got := s.api(editor, http.MethodPost, "/behaviors", source); got.status != http.StatusCreated {
		t.Errorf("POST /behaviors by a token that may edit: got %s, want 201", got)
	}
	if got := s.api(viewer, http.MethodPost, "/behaviors", source); got.status != http.StatusForbidden {
		t.Errorf("POST /behaviors by a token that may only view: got %s, want 403", got)
	}
	made := &visitor{token: "conformance-made-up"}
	if got := s.api(made, http.MethodGet, "/listeners", nil); got.status != http.StatusUnauthorized {
		t.Errorf("GET /listeners by a token that is made up: got %s, want 401", got)
	}
	h.Revoke(viewer.token)
	if got := s.api(viewer, http.MethodGet, "/listeners", nil); got.status != http.StatusUnauthorized {
		t.Errorf("GET /listeners by a token that was revoked: got %s, want 401", got)
	}
}
