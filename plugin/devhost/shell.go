package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pageCSP has no inline script or style.
const pageCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// view is what the shell draws: a page's own data inside of the menu.
type view struct {
	Title   string
	Worker  *worker // nil: nobody is logged in
	CSRF    string
	Menu    []menuItem
	Setup   []menuItem
	Script  string
	Done    string // what was just done, in words
	Content any
}

type menuItem struct {
	Label, Path string
	Current     bool
	Count       int64 // of what waits there, or 0
}

// done is what a form that leads back to a page says of itself there.
var done = map[string]string{
	"created":  "Created.",
	"saved":    "Saved.",
	"deleted":  "Deleted.",
	"password": "The password is changed. Other sessions of this worker have ended.",
	"disabled": "Disabled. The worker's sessions have ended, and the tokens issued by this worker are revoked.",
	"enabled":  "Enabled. The worker can log in again.",
	"revoked":  "Revoked. Whoever still calls with the token is answered 401.",
	"settings": "Saved. The settings hold on every node within a second.",
}

// templates are parsed once: each page is the shell with its own content.
type templates map[string]*template.Template

func parseTemplates() (templates, error) {
	funcs := template.FuncMap{
		"when":    showTime,
		"iso":     func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) },
		"initial": func(name string) string { return strings.ToUpper(string([]rune(name + "?")[:1])) },
	}
	all := templates{}
	for _, name := range []string{
		"login", "tickets", "ticket", "notifications", "plugins", "plugin", "roles", "role", "workers", "worker", "tokens", "token", "slack", "error",
	} {
		t, err := template.New("shell.html").Funcs(funcs).
			ParseFS(templateFiles, "templates/shell.html", "templates/fields.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("parse the page %s: %w", name, err)
		}
		all[name] = t
	}
	return all, nil
}

func showTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 Jan 2006, 15:04 UTC") }

// draw writes one of the helpdesk's own pages.
func (h *helpdesk) draw(w http.ResponseWriter, r *http.Request, s *session, status int, name, title string, content any) error {
	header := w.Header()
	header.Set("Content-Security-Policy", pageCSP)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
	return h.render(w, r, s, status, name, view{Title: title, Content: content})
}

// drawPluginPage writes a plugin's page in the same shell.
func (h *helpdesk) drawPluginPage(w http.ResponseWriter, r *http.Request, s *session, p plugin.Page) error {
	body := template.HTML(p.Body) //nolint:gosec // the plugin is trusted as a part of this program
	return h.render(w, r, s, http.StatusOK, "plugin", view{Title: p.Title, Script: p.Script, Content: body})
}

func (h *helpdesk) render(w http.ResponseWriter, r *http.Request, s *session, status int, name string, v view) error {
	if s != nil {
		v.Worker, v.CSRF = &s.Worker, s.CSRF
		unread, err := countUnread(r.Context(), h.db.DB, s.WorkerID)
		if err != nil {
			return err
		}
		v.Menu, v.Setup = h.menu(r.URL.Path, s, unread)
		v.Done = done[r.URL.Query().Get("done")]
	}
	var page bytes.Buffer
	if err := h.templates[name].Execute(&page, v); err != nil {
		return fmt.Errorf("draw the page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // whoever hung up needs no page
	return nil
}

// menu gives the entries that a worker may use.
func (h *helpdesk) menu(path string, s *session, unread int64) (main, setup []menuItem) {
	within := func(base string) bool { return path == base || strings.HasPrefix(path, base+"/") }
	main = []menuItem{
		{"Tickets", "/", path == "/" || within("/tickets"), 0},
		{"Notifications", "/notifications", within("/notifications"), unread},
	}
	if h.demo {
		main = append(main, menuItem{"Slack stand-in", standInPath, within(standInPath), 0})
	}
	if s.Worker.Role.Setup {
		for _, e := range []menuItem{
			{Label: "Plugins", Path: "/setup/plugins"}, {Label: "Roles", Path: "/setup/roles"},
			{Label: "Workers", Path: "/setup/workers"}, {Label: "Tokens", Path: "/setup/tokens"},
		} {
			e.Current = within(e.Path)
			setup = append(setup, e)
		}
	}
	caller := s.caller()
	for _, e := range h.registry.menu() {
		if caller.Allows(e.Permission) {
			setup = append(setup, menuItem{e.Label, e.Path, within(e.Path), 0})
		}
	}
	return main, setup
}
