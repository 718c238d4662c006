package plugin

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook"
	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/runner"
	"github.com/deskhook/deskhook/handlers"
)

// Plugin is the plugin in one process of a host. It is off until it is enabled.
// Safe for concurrent use.
type Plugin struct {
	manifest *Manifest
	host     Host
	db       *gorm.DB
	logger   *slog.Logger
	options  options
	catalog  *behaviors.Catalog
	actions  *actions.Registry
	metrics  *runner.Metrics // nil: the host measures nothing
	handlers *handlers.Handlers
	gate     gate
	// publicURL is where listeners are: "https://help.example.com/webhooks".
	publicURL func() string

	mu      sync.Mutex // one Enable or Disable at a time
	running *running   // nil while disabled
	closed  bool
}

var _ Switch = (*Plugin)(nil)

// meterName is the scope of the plugin's metrics.
const meterName = "github.com/deskhook/deskhook"

// Register adds the plugin to a host, switched off: its routes, menu entries,
// permissions and switch. It touches neither database nor network. An error
// says what does not fit, and the host should not start with it.
func Register(r Registry, h Host, opts ...Option) (*Plugin, error) {
	p, err := register(r, h, opts)
	if err != nil {
		return nil, fmt.Errorf("register the plugin: %w", err)
	}
	return p, nil
}

// learn builds what behaviors may name.
func (p *Plugin) learn(h Host) (err error) {
	p.actions = actions.Builtin(h)
	v, err := p.options.vocabulary(p.actions)
	if err != nil {
		return err
	}
	v.NotYet = runner.NotYet()
	p.catalog, err = behaviors.NewCatalog(v)
	return err
}

func register(r Registry, h Host, opts []Option) (*Plugin, error) {
	m, err := readManifest(deskhook.ManifestYAML)
	if err != nil {
		return nil, err
	}
	p := &Plugin{manifest: m, host: h, db: h.DB(), logger: h.Logger()}
	if p.db == nil {
		return nil, errors.New("the host's DB is nil")
	}
	if p.logger == nil {
		p.logger = slog.Default()
	}
	p.options.zone = time.UTC
	for _, opt := range opts {
		opt(&p.options)
	}
	if err := p.overrideSettings(); err != nil {
		return nil, err
	}
	if err := p.learn(h); err != nil {
		return nil, err
	}
	if metered, ok := h.(Metered); ok {
		if p.metrics, err = runner.NewMetrics(metered.MeterProvider().Meter(meterName)); err != nil {
			return nil, err
		}
	}

	public, pages, api := r.Public(), r.Pages(), r.API()
	for _, m := range []struct {
		name string
		Mount
	}{{"Public", public}, {"Pages", pages}, {"API", api}} {
		if m.Group == nil || !strings.HasPrefix(m.Path, "/") || strings.HasSuffix(m.Path, "/") {
			return nil, fmt.Errorf("the registry's %s must give a group and its path, such as /webhooks; got the path %q", m.name, m.Path)
		}
	}
	p.publicURL = func() string { return strings.TrimRight(h.BaseURL(), "/") + public.Path }
	p.handlers = handlers.New(handlers.Options{
		Catalog:       p.catalog,
		Identity:      h,
		Shell:         h,
		Logger:        p.logger,
		BaseURL:       p.publicURL,
		PublicPath:    public.Path,
		PagesPath:     pages.Path,
		APIPath:       api.Path,
		MaxBody:       m.integer(maxBodySetting),
		Settings:      m.Settings,
		ClientIP:      p.options.clientIP,
		SessionCookie: p.options.sessionCookie,
		Pickers:       p.options.pickers,
		Version:       m.Version,
	})
	mount(p.handlers, public, pages, api, &p.gate)
	r.Manifest(m)
	for _, e := range m.Extends.Menu {
		// The manifest's paths are the usual ones; the host's are what counts.
		r.Menu(MenuEntry{Label: e.Label, Path: pages.Path + strings.TrimPrefix(e.Path, pagesPath), Permission: e.Permission})
	}
	r.Switch(p)
	r.Configuration(p)
	return p, nil
}
