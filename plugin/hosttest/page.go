package hosttest

import (
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

func pageCases() []testCase {
	after := []string{"start/", "identity/nobody", "identity/permissions"}
	inShell := append(after, "pages/in the shell")
	return []testCase{
		{
			name: "pages/in the shell", after: after,
			rule: rule{
				"Shell draws the plugin's element, unchanged and once, inside of a page of the host, at the pages' path and below it",
				"the element is the whole of the admin pages",
				seeShell,
			},
			check: inTheShell,
		},
		{
			name: "pages/load the script", after: inShell,
			rule: rule{
				"the page loads Page.Script as a module script, and the host serves it",
				"without it the element stays empty",
				seeShell,
			},
			check: loadsScript,
		},
		{
			name: "pages/keep the headers", after: inShell,
			rule: rule{
				"the Content-Security-Policy that the plugin has set stays as it is, and with it nosniff and no frames",
				"the pages show what strangers have sent: the policy is what keeps it from running",
				seeShell,
			},
			check: keepsHeaders,
		},
		{
			name: "pages/nothing inline", after: inShell,
			rule: rule{
				"the shell has no inline script or style, no handler in an attribute, and nothing from elsewhere",
				"the Content-Security-Policy of the pages refuses it",
				seeShell,
			},
			check: nothingInline,
		},
		{
			name: "pages/escape the title", after: inShell,
			rule: rule{
				"Page.Title is text, which the shell escapes; Page.Body is HTML, which it does not",
				"a title may come to hold a name that somebody chose",
				seeShell,
			},
			check: escapesTitle,
		},
		{
			name: "pages/not for everybody", after: inShell,
			rule: rule{
				"whoever is not logged in gets a log-in or 401, and whoever lacks the permission 403",
				"the pages are for workers who may view",
				seeShell,
			},
			check: notForEverybody,
		},
		{
			name: "pages/menu", after: inShell,
			rule: rule{
				"the registry's menu entry is in the menu of those who have its permission while the plugin is on",
				"that is how people find the pages",
				seeRegistry,
			},
			check: inTheMenu,
		},
	}
}

func (s *site) page(v *visitor, path string) answer {
	s.Helper()
	r := v.sign(newRequest(http.MethodGet, path))
	r.header.Set("Accept", "text/html")
	return s.do(r)
}

const element = "<deskhook-app"

func inTheShell(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	viewer := s.session(plugin.View)
	for _, path := range []string{h.PagesPath, h.PagesPath + "/listeners/1"} {
		got := s.page(viewer, path)
		if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("GET %s by a worker who may view: got %s as %q, want 200 as text/html", path, got, got.header.Get("Content-Type"))
			continue
		}
		if n := strings.Count(got.body, element); n != 1 {
			t.Errorf("GET %s: the page has the element %s %d times, want once:\n%s", path, element, n, got.body)
			continue
		}
		for _, want := range []string{`data-api="` + h.APIPath + `"`, `data-base="` + h.PagesPath + `"`, `data-csrf="` + html.EscapeString(viewer.csrf) + `"`} {
			if !strings.Contains(got.body, want) {
				t.Errorf("GET %s: the element lacks %s:\n%s", path, want, got.body)
			}
		}
		if lower := strings.ToLower(got.body); !strings.Contains(lower, "<html") || !strings.Contains(lower, "<title") {
			t.Errorf("GET %s: the element does not stand in a page of the host:\n%s", path, got.body)
		}
	}
}

var scripts = regexp.MustCompile(`(?is)<script\b([^>]*)>(.*?)</script>`)

func loadsScript(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	viewer := s.session(plugin.View)
	source := regexp.MustCompile(`\bsrc="(` + regexp.QuoteMeta(h.PagesPath+"/assets/") + `[^"]+)"`)
	for _, tag := range scripts.FindAllStringSubmatch(s.page(viewer, h.PagesPath).body, -1) {
		found := source.FindStringSubmatch(tag[1])
		if found == nil {
			continue
		}
		if !regexp.MustCompile(`\btype="module"`).MatchString(tag[1]) {
			t.Errorf("the script is no module: %s", tag[0])
		}
		got := s.page(viewer, html.UnescapeString(found[1]))
		if kind := got.header.Get("Content-Type"); got.status != http.StatusOK || !strings.Contains(kind, "javascript") {
			t.Errorf("GET %s: got %d as %q, want 200 as text/javascript", found[1], got.status, kind)
		}
		return
	}
	t.Errorf("the page has no script from %s/assets/, which Page.Script names", h.PagesPath)
}

func keepsHeaders(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	got := s.page(s.session(plugin.View), h.PagesPath)
	policies := got.header.Values("Content-Security-Policy")
	if len(policies) != 1 {
		t.Fatalf("the page has %d headers Content-Security-Policy: %q", len(policies), policies)
	}
	sources := map[string][]string{}
	for directive := range strings.SplitSeq(policies[0], ";") {
		if words := strings.Fields(directive); len(words) > 0 {
			sources[words[0]] = words[1:]
		}
	}
	for name, want := range map[string]string{
		"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'",
		"base-uri": "'none'", "frame-ancestors": "'none'",
	} {
		if !slices.Equal(sources[name], []string{want}) {
			t.Errorf("Content-Security-Policy has %s %v, want %s alone", name, sources[name], want)
		}
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"} {
		if values := got.header.Values(name); !slices.Equal(values, []string{want}) {
			t.Errorf("the header %s is %q, want %q", name, values, want)
		}
	}
}

var inline = map[string]*regexp.Regexp{
	"an inline style":           regexp.MustCompile(`(?i)<style\b|<[^>]*\sstyle\s*=`),
	"a handler in an attribute": regexp.MustCompile(`(?i)<[^>]*\son[a-z]+\s*=`),
	"something from elsewhere":  regexp.MustCompile(`(?i)<(script|link|img|iframe)\b[^>]*\s(src|href)\s*=\s*["']?(https?:)?//`),
}

func nothingInline(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	body := s.page(s.session(plugin.View), h.PagesPath).body
	for what, pattern := range inline {
		if found := pattern.FindString(body); found != "" {
			t.Errorf("the page has %s: %s", what, found)
		}
	}
	for _, tag := range scripts.FindAllStringSubmatch(body, -1) {
		if strings.TrimSpace(tag[2]) != "" {
			t.Errorf("the page has an inline script: %s", tag[0])
		}
	}
}

func escapesTitle(t testing.TB, h *Host) {
	s := serve(t, h)
	v := s.session(plugin.View)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, h.PagesPath, nil)
	r.Host = s.hostName()
	r.Header = v.sign(newRequest(http.MethodGet, "")).header
	caller := s.caller(v)
	const body = `<deskhook-app data-x="&lt;&amp;"></deskhook-app>`
	w := httptest.NewRecorder()
	if err := h.Host.Page(w, r, caller, plugin.Page{Title: `<b>"Conformance" & so</b>`, Script: h.PagesPath + "/assets/x.js", Body: body}); err != nil {
		t.Fatalf("Page: %v", err)
	}
	drawn := w.Body.String()
	if strings.Contains(drawn, "<b>") || !strings.Contains(drawn, "&lt;b&gt;") {
		t.Errorf("the title %s was not escaped:\n%s", `<b>"Conformance" & so</b>`, drawn)
	}
	if !strings.Contains(drawn, body) {
		t.Errorf("the body %s was changed:\n%s", body, drawn)
	}
}

func notForEverybody(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	got := s.page(&visitor{}, h.PagesPath)
	asks := got.status == http.StatusOK || got.status == http.StatusUnauthorized || got.status >= 300 && got.status < 400
	if !asks || strings.Contains(got.body, element) {
		t.Errorf("GET %s by nobody: got %s, want a log-in or 401", h.PagesPath, got)
	}
	if got := s.page(s.session(), h.PagesPath); got.status != http.StatusForbidden || strings.Contains(got.body, element) {
		t.Errorf("GET %s by a worker without permissions: got %s, want 403", h.PagesPath, got)
	}
}

func inTheMenu(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	entry := `href="` + h.PagesPath + `"`
	if got := s.page(s.session(plugin.View), h.PagesPath); !strings.Contains(got.body, entry) {
		t.Errorf("the menu of a worker who may view has no entry with %s:\n%s", entry, got.body)
	}
}
