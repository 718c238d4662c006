package plugin

import (
	"context"

	"github.com/labstack/echo/v4"
)

// Registry is the host's extension registry, to which Register contributes.
type Registry interface {
	// Groups give the Echo groups that routes are added to, at the host's
	// prefixes. Public must be outside of CSRF, session, body-limit, decompressing and rewriting middleware.
	Public() Mount
	Pages() Mount
	API() Mount
	// Manifest hands over what plugin.yaml says, for Setup > Plugins.
	Manifest(m *Manifest)
	// Menu adds an entry to the admin menu, shown while the plugin is enabled.
	Menu(e MenuEntry)
	// Plugin hands over the switch that the host's admin page uses.
	Switch(s Switch)
}

// Mount is a group and the path that it is mounted at.
type Mount struct {
	Group *echo.Group
	Path  string // "/webhooks"
}

// MenuEntry of the host's admin menu.
type MenuEntry struct {
	Label, Path, Permission string
}

// Switch enables and disables the plugin at run time, without a restart. The
// host remembers the state and calls it on every node.
type Switch interface {
	Enable(ctx context.Context) error  // migrates, starts; safe when enabled
	Disable(ctx context.Context) error // drains; every URL answers 404; safe when disabled
	Enabled() bool
}
