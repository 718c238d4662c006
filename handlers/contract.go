package handlers

import (
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/runner"
	"github.com/deskhook/deskhook/models"
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

// Options of the handlers.
type Options struct {
	Store    *models.Store
	Runner   *runner.Runner
	Catalog  *behaviors.Catalog
	Identity Identity
	Shell    Shell
	Logger   *slog.Logger
	BaseURL  func() string // public base of listeners' URLs, "https://host/webhooks"
	// PagesPath and APIPath are where the groups are mounted: "/admin/webhooks", "/api/webhooks/v1".
	PagesPath, APIPath string
	PublicPath         string // "/webhooks"
	MaxBody            int64  // bytes; 0: 1 MiB
	// ClientIP of a request; nil: the peer's address.
	ClientIP func(r *http.Request) string
	// SessionCookie is refused in behaviors' answers.
	SessionCookie string
	Version       string
}

// Handlers are the plugin's HTTP side.
type Handlers struct{}

func New(o Options) *Handlers { panic("contract") }

// Mount adds the routes to the host's groups. gate wraps each handler.
func (h *Handlers) Mount(public, pages, api *echo.Group, gate echo.MiddlewareFunc) { panic("contract") }

// Route is a row of the route table; the authorization matrix is tested over it.
type Route struct {
	Method, Path string
	Permission   Permission
	Changes      bool // needs the CSRF token from a session
}

// Routes of the admin API.
func Routes() []Route { panic("contract") }
