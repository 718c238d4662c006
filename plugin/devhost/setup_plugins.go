package main

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

type pluginContent struct {
	ID, Name, Version, Description, Homepage string
	Enabled                                  bool
}

func (h *helpdesk) pluginsPage(c echo.Context, s *session) error {
	var content []pluginContent
	for _, p := range h.registry.plugins {
		m := p.manifest
		content = append(content, pluginContent{m.ID, m.Name, m.Version, m.Description, m.Homepage, p.sw.Enabled()})
	}
	return h.draw(c.Response(), c.Request(), s, http.StatusOK, "plugins", "Plugins", content)
}

func (h *helpdesk) pluginForm(c echo.Context, _ *session) error {
	p := h.registry.find(c.Param("id"))
	if p == nil {
		return notFound()
	}
	if err := h.switchPlugin(c.Request().Context(), p, c.FormValue("enabled") == "true"); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/setup/plugins")
}
