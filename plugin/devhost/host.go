package main

import (
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/metric"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// host is the helpdesk as the plugin sees it.
type host struct {
	records
	h    *helpdesk
	keys func() (plugin.Keys, error)
}

var (
	_ plugin.Host    = (*host)(nil)
	_ plugin.Metered = (*host)(nil)
)

// DB implements plugin.Host.
func (p *host) DB() *gorm.DB { return p.h.db.DB }

// Logger implements plugin.Host.
func (p *host) Logger() *slog.Logger { return p.h.log }

// BaseURL implements plugin.Host.
func (p *host) BaseURL() string { return p.h.baseURL() }

// Keys implements plugin.Host. They are read at each Enable, so that a key is
// added without a restart.
func (p *host) Keys() (plugin.Keys, error) { return p.keys() }

// MeterProvider implements plugin.Metered.
func (p *host) MeterProvider() metric.MeterProvider { return p.h.metrics.provider }

// Caller implements plugin.Identity: by bearer token, else by session.
func (p *host) Caller(r *http.Request) (*plugin.Caller, error) {
	if _, ok := bearerOf(r); ok {
		s, err := p.h.scriptOf(r)
		if s == nil || err != nil {
			return nil, err
		}
		return s.caller(), nil
	}
	s, err := p.h.sessionOf(r)
	if s == nil || err != nil {
		return nil, err
	}
	return s.caller(), nil
}

// Page implements plugin.Shell: the plugin's page stands in the helpdesk's own
// shell. The plugin has set the headers.
func (p *host) Page(w http.ResponseWriter, r *http.Request, _ *plugin.Caller, page plugin.Page) error {
	s, err := p.h.sessionOf(r)
	if err != nil {
		return err
	}
	return p.h.drawPluginPage(w, r, s, page)
}
