package plugin

import "context"

// Registry is the host's extension registry, to which Register contributes. All
// its methods are called by Register, before the host serves.
type Registry interface {
	// Public is where services post to. It must be outside of CSRF, session,
	// body-limit, decompressing and rewriting middleware: signatures are over
	// the bytes that were sent.
	Public() Mount
	// Pages is where the admin pages are, API what they call.
	Pages() Mount
	API() Mount
	// Manifest hands over what plugin.yaml says, for the host's page of plugins
	// and for the permissions of its roles. The host must not change it.
	Manifest(m *Manifest)
	// Menu adds an entry to the admin menu, to be shown while the plugin is
	// enabled to those whose [Caller] Allows its permission.
	Menu(e MenuEntry)
	// Switch hands over the switch that the host's page of plugins uses.
	Switch(s Switch)
	// Configuration hands over the plugin's settings, for the same page; their
	// schema is in the Manifest.
	Configuration(c Configuration)
}

// MenuEntry of the host's admin menu.
type MenuEntry struct {
	Label, Path string
	Permission  Permission
}

// Switch enables and disables the plugin at run time, without a restart. The
// host remembers the state and calls the switch on every node.
type Switch interface {
	// Enable migrates the database, starts, and opens every URL. Nothing when
	// enabled; where it fails, the plugin is as disabled as before.
	Enable(ctx context.Context) error
	// Disable answers 404 at every URL from now on, lets requests and runs under
	// way finish until ctx ends, and stops. Nothing is lost, and nothing happens
	// when disabled. An error says what was cut short; the plugin is off then too.
	Disable(ctx context.Context) error
	// Enabled tells whether the URLs are open.
	Enabled() bool
}
