package plugin

import (
	"context"
	"fmt"

	"github.com/deskhook/deskhook/models"
)

// Uninstalled is what was there and is gone.
type Uninstalled = models.Uninstalled

// ErrEnabled says that the plugin is enabled, here or on another node.
var ErrEnabled = models.ErrEnabled

// Uninstall drops all tables of the plugin, with every listener, delivery and
// secret, and says what there was. The host's own tables are not touched, nor is
// what behaviors did in them. Enabling afterwards begins with nothing.
//
// It is for an explicit command of the host, which should ask first. It refuses
// with [ErrEnabled] while the plugin is enabled here, or on any node that was
// seen within the last 30 seconds: a node says each 10 seconds that it works, and
// takes its leave when it is disabled. So disable the plugin, and wait for half a
// minute where a node has crashed. Called again, it drops what a crash left over.
func (p *Plugin) Uninstall(ctx context.Context) (*Uninstalled, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running != nil {
		return nil, fmt.Errorf("uninstall the plugin: %w: disable it first", ErrEnabled)
	}
	gone, err := models.Uninstall(ctx, p.db, models.Options{})
	if err != nil {
		return nil, fmt.Errorf("uninstall the plugin: %w", err)
	}
	p.logger.InfoContext(ctx, "webhooks uninstalled", "listeners", gone.Listeners, "deliveries", gone.Deliveries, "tables", len(gone.Tables))
	return gone, nil
}
