package main

import (
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/deskhook/deskhook/plugin"
)

// registry is what plugins extend the helpdesk by. Plugins register before the
// server starts; from then on it is only read.
type registry struct {
	plugins []*registered
}

// registered is one plugin: what it contributed, and its state here.
type registered struct {
	echo     *echo.Echo
	manifest *plugin.Manifest
	menu     []plugin.MenuEntry
	sw       plugin.Switch
	config   plugin.Configuration

	mu      sync.Mutex // one switching at a time
	trouble string     // of the last try to follow the stored state
}

var _ plugin.Registry = (*registered)(nil)

// add makes room for one more plugin, which registers with what it is given.
func (r *registry) add(e *echo.Echo) *registered {
	p := &registered{echo: e}
	r.plugins = append(r.plugins, p)
	return p
}

// find gives a plugin by its manifest's id, or nil.
func (r *registry) find(id string) *registered {
	for _, p := range r.plugins {
		if p.manifest.ID == id {
			return p
		}
	}
	return nil
}

// menu gives the entries of the plugins that are enabled.
func (r *registry) menu() []plugin.MenuEntry {
	var entries []plugin.MenuEntry
	for _, p := range r.plugins {
		if p.sw.Enabled() {
			entries = append(entries, p.menu...)
		}
	}
	return entries
}

// Public implements plugin.Registry. No middleware but the log stands in front
// of it: signatures are over what was sent.
func (p *registered) Public() plugin.Mount { return p.mount("/webhooks") }

// Pages implements plugin.Registry.
func (p *registered) Pages() plugin.Mount { return p.mount("/admin/webhooks") }

// API implements plugin.Registry.
func (p *registered) API() plugin.Mount { return p.mount("/api/webhooks/v1") }

// mount is a group without middleware of its own: Echo would add catch-all
// routes for it.
func (p *registered) mount(path string) plugin.Mount {
	return plugin.Mount{Group: p.echo.Group(path), Path: path}
}

// Manifest implements plugin.Registry.
func (p *registered) Manifest(m *plugin.Manifest) { p.manifest = m }

// Menu implements plugin.Registry.
func (p *registered) Menu(e plugin.MenuEntry) { p.menu = append(p.menu, e) }

// Switch implements plugin.Registry.
func (p *registered) Switch(s plugin.Switch) { p.sw = s }

// Configuration implements plugin.Registry.
func (p *registered) Configuration(c plugin.Configuration) { p.config = c }
