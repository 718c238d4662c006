package hosttest

import (
	"html/template"
	"net/http"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

// drawer is the desk with another shell.
type drawer struct {
	*desk
	draw func(w http.ResponseWriter, r *http.Request, c *plugin.Caller, p plugin.Page) error
}

func (d *drawer) Page(w http.ResponseWriter, r *http.Request, c *plugin.Caller, p plugin.Page) error {
	return d.draw(w, r, c, p)
}

// withPage changes what the desk's shell is given to draw.
func withPage(change func(w http.ResponseWriter, p *plugin.Page)) func(*desk) plugin.Host {
	return func(d *desk) plugin.Host {
		return &drawer{d, func(w http.ResponseWriter, r *http.Request, c *plugin.Caller, p plugin.Page) error {
			change(w, &p)
			return d.Page(w, r, c, p)
		}}
	}
}

// withShell changes the text of the desk's template.
func withShell(old, new string) func(testing.TB, *desk) {
	return func(t testing.TB, d *desk) {
		text := strings.Replace(shellText, old, new, 1)
		if text == shellText {
			t.Fatalf("the shell has no %q", old)
		}
		d.page = template.Must(template.New("").Parse(text))
	}
}

func pageSaboteurs() []saboteur {
	return []saboteur{
		{
			name: "page without the element", fails: "pages/in the shell",
			host: withPage(func(_ http.ResponseWriter, p *plugin.Page) { p.Body = "" }),
		},
		{
			name: "element twice", fails: "pages/in the shell",
			set: withShell("{{.Body}}", "{{.Body}}{{.Body}}"),
		},
		{
			name: "element as text", fails: "pages/in the shell",
			set: withShell("{{.Body}}", `{{printf "%s" .Body}}`),
		},
		{
			name: "no page around the element", fails: "pages/in the shell",
			host: func(d *desk) plugin.Host {
				return &drawer{d, func(w http.ResponseWriter, _ *http.Request, _ *plugin.Caller, p plugin.Page) error {
					w.Header().Set("Content-Type", "text/html; charset=utf-8")
					_, err := w.Write([]byte(p.Body))
					return err
				}}
			},
		},
		{
			name: "no script", fails: "pages/load the script",
			set: withShell(`<script type="module" src="{{.Script}}"></script>`, ""),
		},
		{
			name: "classic script", fails: "pages/load the script",
			set: withShell(` type="module"`, ""),
		},
		{
			name: "a policy of its own", fails: "pages/keep the headers",
			host: withPage(func(w http.ResponseWriter, _ *plugin.Page) {
				w.Header().Set("Content-Security-Policy", "default-src 'self' 'unsafe-inline'")
			}),
		},
		{
			name: "in frames of anybody", fails: "pages/keep the headers",
			host: withPage(func(w http.ResponseWriter, _ *plugin.Page) { w.Header().Del("X-Frame-Options") }),
		},
		{
			name: "inline script", fails: "pages/nothing inline",
			set: withShell("</head>", "<script>track()</script></head>"),
		},
		{
			name: "inline style", fails: "pages/nothing inline",
			set: withShell("<nav>", `<nav style="color: red">`),
		},
		{
			name: "title as HTML", fails: "pages/escape the title",
			host: func(d *desk) plugin.Host {
				return &drawer{d, func(w http.ResponseWriter, r *http.Request, c *plugin.Caller, p plugin.Page) error {
					p.Body = "<h1>" + p.Title + "</h1>" + p.Body
					return d.Page(w, r, c, p)
				}}
			},
		},
		{
			name: "pages for everybody", fails: "pages/not for everybody",
			front: func(d *desk, next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/setup/hooks" && d.worker(r) == nil && d.sw.Enabled() {
						if err := d.Page(w, r, nil, plugin.Page{Title: "Webhooks", Body: "<deskhook-app></deskhook-app>"}); err != nil {
							panic(err)
						}
						return
					}
					next.ServeHTTP(w, r)
				})
			},
		},
		{
			name: "no menu", fails: "pages/menu",
			set: withShell("{{range .Menu}}", "{{range .Menu}}{{break}}"),
		},
	}
}
