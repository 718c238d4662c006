package plugin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/plugin"
	"github.com/deskhook/deskhook/plugin/hosttest"
)

// TestParley shows that the host of the example, which is written from the
// documentation alone, keeps every rule.
func TestParley(t *testing.T) {
	hosttest.Run(t, openParley)
}

func openParley(t testing.TB) *hosttest.Host {
	p, err := open(t.TempDir(), config{"https://parley.example.org", plugin.Keys{
		Current: 3, ByID: map[byte][]byte{3: bytes.Repeat([]byte{3}, 32)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	hooks, err := p.embed()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := hooks.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	clerks := 0
	change := func(do func(c *config)) {
		c := *p.config.Load()
		do(&c)
		p.config.Store(&c)
	}
	return &hosttest.Host{
		Host: p, Plugin: hooks, Handler: p.web,
		PublicPath: "/post", PagesPath: "/office/post", APIPath: "/office/post-api",
		LogIn: func(may ...plugin.Permission) *http.Cookie {
			clerks++
			who := clerk{Name: strings.Repeat("i", clerks), Passphrase: "sesame"}
			for _, right := range may {
				who.Rights += " " + string(right)
			}
			if err := p.db.Create(&who).Error; err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodPost, "/door", strings.NewReader(url.Values{"name": {who.Name}, "passphrase": {"sesame"}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			p.web.ServeHTTP(w, r)
			cookies := w.Result().Cookies()
			if len(cookies) != 1 {
				t.Fatalf("the door: %d %s", w.Code, w.Body)
			}
			return cookies[0]
		},
		LogOut: func(c *http.Cookie) {
			if err := p.db.Model(&clerk{}).Where("seat = ?", c.Value).Update("seat", "").Error; err != nil {
				t.Fatal(err)
			}
		},
		SetKeys:    func(k plugin.Keys) { change(func(c *config) { c.keys = k }) },
		SetBaseURL: func(base string) { change(func(c *config) { c.address = base }) },
		Mail: func(m hosttest.Mail) {
			l := letter{Postmark: m.MessageID, Sender: m.From, Title: m.Subject, Text: m.Text, Affair: affair{Ref: "R1", Title: m.Subject}}
			if err := p.db.Create(&l).Error; err != nil {
				t.Fatal(err)
			}
		},
	}
}

// TestGlue holds the example to its promise: what a host writes beside its own
// records is less than 60 lines.
func TestGlue(t *testing.T) {
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, glue, begins := strings.Cut(string(source), "// ---- The glue begins")
	glue, _, ends := strings.Cut(glue, "// ---- The glue ends")
	if lines := strings.Count(glue, "\n"); !begins || !ends || lines >= 60 {
		t.Errorf("the glue has %d lines, want less than 60", lines)
	}
}

// TestWithoutAnAbility shows a host without Addresses: what needs them says so in
// the catalog, and where a behavior names it.
func TestWithoutAnAbility(t *testing.T) {
	h := openParley(t)
	if err := h.Plugin.Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
	session := h.LogIn(plugin.Manage)
	call := func(method, path, body string, out any) {
		t.Helper()
		r := httptest.NewRequest(method, h.APIPath+path, strings.NewReader(body))
		r.AddCookie(session)
		caller, err := h.Host.Caller(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-CSRF-Token", caller.CSRF)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.Handler.ServeHTTP(w, r)
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}

	var catalog struct {
		Absent []struct{ Name, Needs string }
	}
	call(http.MethodGet, "/catalog", "", &catalog)
	if got := catalog.Absent; len(got) != 1 || got[0].Name != "address.defunct" || got[0].Needs != "Addresses" {
		t.Errorf("the catalog says that there is not: %+v, want address.defunct, which needs Addresses", got)
	}

	const behavior = "behavior: 1\nname: Bounce\nsteps:\n  - address.defunct: {email: anna@example.net}\n"
	source, err := json.Marshal(map[string]string{"source": behavior})
	if err != nil {
		t.Fatal(err)
	}
	var checked struct {
		Diagnostics []struct {
			Line    int
			Code    string
			Message string
		}
	}
	call(http.MethodPost, "/behaviors/check", string(source), &checked)
	if got := checked.Diagnostics; len(got) != 1 || got[0].Line != 4 || got[0].Code != "absent-action" {
		t.Errorf("a behavior that names it: got %+v, want absent-action on line 4", got)
	}
}
