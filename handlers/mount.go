package handlers

import (
	"errors"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/deskhook/deskhook/models"
)

// publicMethods are Echo's but CONNECT and TRACE, which Echo answers with 405.
var publicMethods = [...]string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodOptions, echo.PROPFIND, echo.REPORT,
}

// Mount adds the routes to the host's groups. gate wraps each handler; while
// the plugin is off it returns echo.ErrNotFound and writes nothing, so that the
// 404 has the same bytes as the one for an unknown GUID. nil: no gate.
//
// Group.Use would add catch-all routes to the host's router, so nothing here does.
func (h *Handlers) Mount(public, pages, api *echo.Group, gate echo.MiddlewareFunc) {
	if gate == nil {
		gate = func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	receive := h.edge(h.publicError, gate(func(c echo.Context) error {
		prefix, _, _ := strings.Cut(c.Path(), ":guid")
		return h.receive(c.Response(), c.Request(), prefix)
	}))
	for _, method := range publicMethods {
		public.Add(method, "/:guid", receive)
		public.Add(method, "/:guid/*", receive)
	}

	for _, rt := range routes() {
		api.Add(rt.Method, echoPath(rt.Path), h.edge(h.apiError, gate(h.serve(rt))))
	}
	unknown := h.edge(h.apiError, gate(func(c echo.Context) error {
		return unrouted(c.Response(), strings.TrimPrefix(c.Request().URL.Path, strings.TrimSuffix(c.Path(), "/*")))
	}))
	for _, method := range publicMethods {
		api.Add(method, "", unknown)
		api.Add(method, "/*", unknown)
	}

	asset := h.edge(h.apiError, gate(echo.WrapHandler(h.assets)))
	page := h.edge(h.apiError, gate(func(c echo.Context) error { return h.page(c.Response(), c.Request()) }))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		pages.Add(method, "/assets/*", asset)
		pages.Add(method, "", page)
		pages.Add(method, "/*", page)
	}
}

// serve authorizes a call of the admin API and runs its handler.
func (h *Handlers) serve(rt route) echo.HandlerFunc {
	return func(c echo.Context) error {
		caller, err := h.authorize(c.Request(), rt.Route)
		if err != nil {
			return err
		}
		r := c.Request()
		if rt.Changes {
			r = r.WithContext(models.WithTrail(r.Context(), newTrail(caller, rt.Method+" "+rt.Path)))
		}
		return rt.handle(h, &call{w: c.Response(), r: r, caller: caller, param: c.Param, store: h.Store})
	}
}

// edge is the outermost layer: an error or a panic of what it wraps becomes an
// answer here, and ends here. The host's error handler never sees it.
func (h *Handlers) edge(fail func(http.ResponseWriter, *http.Request, error), next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (_ error) {
		var err error
		defer func() {
			if v := recover(); v != nil {
				if cause, ok := v.(error); ok && errors.Is(cause, http.ErrAbortHandler) {
					panic(v)
				}
				err = &panicError{value: v, stack: debug.Stack()}
			}
			if err == nil {
				return
			}
			if c.Response().Committed { // too late for an answer, not for the log
				_ = h.problemOf(c.Request(), err)
				return
			}
			var he *echo.HTTPError
			if errors.As(err, &he) { // the gate's
				err = &Problem{Status: he.Code, Title: http.StatusText(he.Code) + "."}
			}
			fail(c.Response(), c.Request(), err)
		}()
		err = next(c)
		return nil
	}
}

func (h *Handlers) apiError(w http.ResponseWriter, r *http.Request, err error) {
	h.problemOf(r, err).write(w)
}

// echoPath turns "/listeners/{id}" into "/listeners/:id".
func echoPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
