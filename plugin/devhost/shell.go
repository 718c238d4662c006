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
	Content any
}

type menuItem struct {
	Label, Path string
	Current     bool
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
	for _, name := range []string{"login", "tickets", "ticket", "plugins", "plugin", "slack", "error"} {
		t, err := template.New("shell.html").Funcs(funcs).ParseFS(templateFiles, "templates/shell.html", "templates/"+name+".html")
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
		v.Menu, v.Setup = h.menu(r.URL.Path, &s.Worker)
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

// menu gives the entries that a worker may use. What plugins add is for setting
// them up.
func (h *helpdesk) menu(path string, w *worker) (main, setup []menuItem) {
	within := func(base string) bool { return path == base || strings.HasPrefix(path, base+"/") }
	main = []menuItem{{"Tickets", "/", path == "/" || within("/tickets")}}
	if h.demo {
		main = append(main, menuItem{"Slack stand-in", standInPath, within(standInPath)})
	}
	if w.Role.Setup {
		setup = append(setup, menuItem{"Plugins", "/setup/plugins", within("/setup/plugins")})
	}
	for _, e := range h.registry.menu() {
		if w.may(e.Permission) {
			setup = append(setup, menuItem{e.Label, e.Path, within(e.Path)})
		}
	}
	return main, setup
}
