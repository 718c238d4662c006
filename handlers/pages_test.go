package handlers

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// testShell draws a page that shows what it was given.
type testShell struct{}

func (testShell) Page(w http.ResponseWriter, _ *http.Request, c *Caller, p Page) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := fmt.Fprintf(w, "%s|%s|%s|%s", c.Name, p.Title, p.Script, p.Body)
	return err
}

func (fr *front) get(t *testing.T, path string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest("GET", fr.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func asSession(who string) http.Header { return http.Header{"Cookie": {"session=" + who}} }

func newPages(t *testing.T) *front {
	fr := newFront(t, &fakeReceiver{})
	fr.h.Identity, fr.h.Shell = testIdentity{}, testShell{}
	return fr
}

func TestPages(t *testing.T) {
	permissions := map[string]string{
		"view": "view", "payloads": "view payloads", "edit": "view edit", "manage": "view payloads edit manage",
	}
	fr := newPages(t)
	fr.h.assetsEntry = func() (string, error) { return "deskhook-abc.js", nil }
	for _, path := range []string{"/admin/webhooks", "/admin/webhooks/", "/admin/webhooks/listeners/7?tab=inputs"} {
		for who, want := range map[string]int{"": 401, "none": 403, "view": 200, "payloads": 200, "edit": 200, "manage": 200} {
			header := http.Header{}
			if who != "" {
				header = asSession(who)
			}
			header.Set("Accept-Language", `de-"AT,en;q=0.5`)
			resp, body := fr.get(t, path, header)
			if resp.StatusCode != want {
				t.Errorf("%s as %q: status %d, want %d", path, who, resp.StatusCode, want)
			}
			if want != 200 {
				if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
					t.Errorf("%s as %q: %s", path, who, got)
				}
				continue
			}
			wantBody := who + "|Webhooks|/admin/webhooks/assets/deskhook-abc.js|" +
				`<deskhook-app data-api="/api/webhooks/v1" data-base="/admin/webhooks" data-csrf="csrf-token" data-permissions="` + permissions[who] + `" data-locale="de-&#34;AT" data-theme="auto"></deskhook-app>`
			if body != wantBody {
				t.Errorf("got  %s\nwant %s", body, wantBody)
			}
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
				"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-cache",
			} {
				if got := resp.Header.Get(name); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
		}
	}
}

func TestPagesWithoutAssets(t *testing.T) {
	fr := newPages(t)
	fr.h.assetsEntry = func() (string, error) { return "", errors.New("no manifest") }
	if resp, _ := fr.get(t, "/admin/webhooks", asSession("view")); resp.StatusCode != 500 || strings.Count(fr.log.String(), "no manifest") != 1 {
		t.Errorf("status %d, log %s", resp.StatusCode, fr.log)
	}
}

func TestAssetsOfThePage(t *testing.T) {
	fr := newPages(t)
	resp, body := fr.get(t, "/admin/webhooks", asSession("view"))
	script := strings.Split(body, "|")[2]
	if resp.StatusCode != 200 || !strings.HasPrefix(script, "/admin/webhooks/assets/deskhook-") {
		t.Fatalf("status %d, body %s", resp.StatusCode, body)
	}
	resp, body = fr.get(t, script, nil)
	if resp.StatusCode != 200 || body == "" || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") ||
		resp.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("status %d, header %v", resp.StatusCode, resp.Header)
	}
	for _, path := range []string{"/assets/nothing.js", "/assets/", "/assets/../embed.go", "/assets/%2e%2e%2fembed.go"} {
		if resp, _ := fr.get(t, "/admin/webhooks"+path, nil); resp.StatusCode != 404 {
			t.Errorf("%s: status %d, want 404", path, resp.StatusCode)
		}
	}
}

// What SURFACE.md promises and is not built yet has no route, like any typing error.
func TestUnroutedCalls(t *testing.T) {
	fr := newPages(t)
	for _, tt := range []struct {
		path, allow, body string
	}{
		{"/nothing", "", `{"title":"There is no such thing here.","status":404,"detail":"","errors":[]}`},
		{"", "", `{"title":"There is no such thing here.","status":404,"detail":"","errors":[]}`},
		{"/listeners/7/shape", "", `{"title":"There is no such thing here.","status":404,"detail":"","errors":[]}`},
		{"/listeners//", "", `{"title":"There is no such thing here.","status":404,"detail":"","errors":[]}`},
		{"/behaviors/7/publish", "POST", `{"title":"This is called by another method.","status":405,"detail":"allowed: POST","errors":[]}`},
	} {
		resp, body := fr.get(t, "/api/webhooks/v1"+tt.path, http.Header{"Authorization": {"Bearer manage"}})
		if body != tt.body || resp.Header.Get("Allow") != tt.allow || resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %s, Allow %q", tt.path, body, resp.Header.Get("Allow"))
		}
	}
}

func TestSwitchedOffIs404Everywhere(t *testing.T) {
	fr := newPages(t)
	fr.off = true
	for _, path := range []string{"/admin/webhooks", "/admin/webhooks/x", "/admin/webhooks/assets/x.js", "/api/webhooks/v1/listeners", "/api/webhooks/v1/nothing"} {
		if resp, _ := fr.get(t, path, asSession("manage")); resp.StatusCode != 404 {
			t.Errorf("%s: status %d, want 404", path, resp.StatusCode)
		}
	}
}
