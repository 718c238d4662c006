package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

const (
	pollEvery     = time.Second
	switchTimeout = 30 * time.Second
)

// pluginState says on every node whether a plugin is enabled.
type pluginState struct {
	ID        string `gorm:"primaryKey;size:64"`
	Enabled   bool
	UpdatedAt int64 `gorm:"autoUpdateTime:milli"`
}

// switchPlugin enables or disables a plugin here and, by its stored state, on
// every other node within a second. A plugin that cannot be enabled stays off.
func (h *helpdesk) switchPlugin(ctx context.Context, p *registered, on bool) error {
	// Whoever asked may hang up: half a switch helps nobody.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), switchTimeout)
	defer cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	if on {
		if err := p.sw.Enable(ctx); err != nil {
			h.log.ErrorContext(ctx, "plugin not enabled", "plugin", p.manifest.ID, "error", err)
			return &problem{Title: "The plugin cannot be enabled.", Status: http.StatusServiceUnavailable, Detail: err.Error()}
		}
	}
	state := pluginState{ID: p.manifest.ID, Enabled: on}
	if err := h.db.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&state).Error; err != nil {
		return fmt.Errorf("store the state of the plugin %s: %w", p.manifest.ID, err)
	}
	if !on {
		if err := p.sw.Disable(ctx); err != nil {
			return fmt.Errorf("disable the plugin %s: %w", p.manifest.ID, err)
		}
	}
	h.log.Info("plugin switched", "plugin", p.manifest.ID, "enabled", on)
	return nil
}

// followPlugins brings each plugin to its stored state, at start and then each
// second, until ctx ends.
func (h *helpdesk) followPlugins(ctx context.Context) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		for _, p := range h.registry.plugins {
			h.followPlugin(ctx, p)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// followPlugin tries again at the next tick where it fails, and logs the same
// trouble once.
func (h *helpdesk) followPlugin(ctx context.Context, p *registered) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := h.applyStoredState(ctx, p)
	switch {
	case ctx.Err() != nil:
	case err == nil:
		p.trouble = ""
	case err.Error() != p.trouble:
		p.trouble = err.Error()
		h.log.Error("plugin does not follow its state", "plugin", p.manifest.ID, "error", err)
	}
}

func (h *helpdesk) applyStoredState(ctx context.Context, p *registered) error {
	ctx, cancel := context.WithTimeout(ctx, switchTimeout)
	defer cancel()
	var state pluginState
	err := h.db.WithContext(ctx).Where("id = ?", p.manifest.ID).Take(&state).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) { // no row: never enabled
		return fmt.Errorf("read the state: %w", err)
	}
	if state.Enabled == p.sw.Enabled() {
		return nil
	}
	if state.Enabled {
		return p.sw.Enable(ctx)
	}
	return p.sw.Disable(ctx)
}
