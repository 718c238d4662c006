package plugin

import (
	"github.com/labstack/echo/v4"

	"github.com/deskhook/deskhook/handlers"
)

// This file and package handlers are all that knows Echo's types.

// Mount is a group of the host's router and the path that it is mounted at.
type Mount struct {
	Group *echo.Group
	Path  string // "/webhooks"
}

// mount adds the routes behind the gate. Echo cannot remove routes, and
// Group.Use would add catch-all ones, so the gate wraps each handler.
func mount(h *handlers.Handlers, public, pages, api Mount, g *gate) {
	h.Mount(public.Group, pages.Group, api.Group, func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !g.enter() {
				return echo.ErrNotFound
			}
			defer g.leave()
			return next(c)
		}
	})
}
