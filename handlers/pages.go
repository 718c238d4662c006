package handlers

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// pageCSP holds for the host's shell too: it has no inline script or style.
const pageCSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// page serves the same shell at any path: the element in it does the routing.
func (h *Handlers) page(w http.ResponseWriter, r *http.Request) error {
	caller, err := h.authorize(r, Route{Permission: View})
	if err != nil {
		return err
	}
	entry, err := h.assetsEntry()
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Security-Policy", pageCSP)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cache-Control", "no-cache")
	return h.Shell.Page(w, r, caller, Page{
		Title:  "Webhooks",
		Script: h.PagesPath + "/assets/" + entry,
		Body: fmt.Sprintf(`<deskhook-app data-api="%s" data-base="%s" data-csrf="%s" data-permissions="%s" data-locale="%s" data-theme="auto"></deskhook-app>`,
			html.EscapeString(h.APIPath), html.EscapeString(h.PagesPath), html.EscapeString(caller.CSRF), caller.permissions(), html.EscapeString(locale(r))),
	})
}

// locale is the first language that the browser asks for, or "en".
func locale(r *http.Request) string {
	tag, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
	if tag == "" || tag == "*" || len(tag) > 35 {
		return "en"
	}
	return tag
}
