package handlers

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// Permission of the plugin. A caller has any of them.
type Permission string

// Permissions, as plugin.yaml declares them.
const (
	View     Permission = "view"
	Payloads Permission = "payloads"
	Edit     Permission = "edit"
	Manage   Permission = "manage"
)

// Caller is who asks.
type Caller struct {
	ID   string // of the worker; for updated_by and the audit trail
	Name string
	// May tells whether the caller has a permission.
	May func(Permission) bool
	// Bearer: identified by a token rather than by a session, so no CSRF token is needed.
	Bearer bool
	// Token is the id of that token, for the audit trail; never the token itself.
	Token string
	// CSRF is the session's token, which changing calls send as X-CSRF-Token.
	CSRF string
}

// Identity is the host's knowledge of who is logged in.
type Identity interface {
	// Caller of a request, by session cookie or bearer token. nil, nil: nobody.
	Caller(r *http.Request) (*Caller, error)
}

// Page is drawn by the host inside its own admin shell.
type Page struct {
	Title string
	// Script is the URL of a module script for the head, Body the element to
	// put into the page.
	Script string
	Body   string // trusted HTML
}

// Shell draws a page in the host's look.
type Shell interface {
	Page(w http.ResponseWriter, r *http.Request, c *Caller, p Page) error
}

// Allows tells whether a caller has a permission, or one that contains it: for
// the host's menu and links.
func (c *Caller) Allows(p Permission) bool { return c.may(p) }

// may tells whether a caller has a permission, or one that contains it: manage
// is everything, and whoever has any permission may view.
func (c *Caller) may(p Permission) bool {
	switch p {
	case View:
		return c.May(View) || c.May(Payloads) || c.May(Edit) || c.May(Manage)
	case Manage:
		return c.May(Manage)
	default:
		return c.May(p) || c.May(Manage)
	}
}

// permissions are all that the caller may, separated by blanks, so that the
// browser shows only what will not be refused.
func (c *Caller) permissions() string {
	var names []string
	for _, p := range []Permission{View, Payloads, Edit, Manage} {
		if c.may(p) {
			names = append(names, string(p))
		}
	}
	return strings.Join(names, " ")
}

// seesURLs tells whether GUIDs, which are credentials, are shown in full.
func (c *Caller) seesURLs() bool { return c.may(Edit) }

// authorize finds the caller and what it lacks for a route, as an error.
func (h *Handlers) authorize(r *http.Request, route Route) (*Caller, error) {
	caller, err := h.Identity.Caller(r)
	switch {
	case err != nil:
		return nil, err
	case caller == nil:
		return nil, &Problem{Status: http.StatusUnauthorized, Title: "Log in, or send a bearer token."}
	case !caller.may(route.Permission):
		return nil, forbidden(route.Permission)
	case route.Changes && !caller.Bearer && !csrfMatches(caller, r):
		return nil, &Problem{Status: http.StatusForbidden, Title: "The request does not carry the session's X-CSRF-Token."}
	}
	return caller, nil
}

func csrfMatches(c *Caller, r *http.Request) bool {
	token := r.Header.Get("X-CSRF-Token")
	return c.CSRF != "" && subtle.ConstantTimeCompare([]byte(token), []byte(c.CSRF)) == 1
}

func forbidden(p Permission) *Problem {
	return &Problem{Status: http.StatusForbidden, Title: "You may not do this.", Detail: "it needs the permission " + string(p)}
}
