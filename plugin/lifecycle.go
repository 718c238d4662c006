package plugin

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/deskhook/deskhook/behaviors/outbound"
	"github.com/deskhook/deskhook/behaviors/runner"
	"github.com/deskhook/deskhook/models"
)

// running is what exists only while the plugin is enabled.
type running struct {
	store  *models.Store
	http   *outbound.Client
	runner *runner.Runner
	upkeep *upkeep
}

// Enable implements Switch.
func (p *Plugin) Enable(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return errors.New("enable the plugin: it is closed")
	case p.running != nil:
		return nil
	}
	// Requests that a Disable gave up waiting for must not meet a new store.
	if err := p.gate.drain(ctx); err != nil {
		return fmt.Errorf("enable the plugin: requests of before are still under way: %w", err)
	}
	r, err := p.start(ctx)
	if err != nil {
		return fmt.Errorf("enable the plugin: %w", err)
	}
	p.running = r
	p.handlers.Bind(r.store, r.runner)
	p.gate.set(true)
	p.logger.InfoContext(ctx, "webhooks enabled", "version", p.manifest.Version)
	return nil
}

// start leaves nothing running where it fails.
func (p *Plugin) start(ctx context.Context) (_ *running, err error) {
	keys, err := p.hostKeys()
	if err != nil {
		return nil, fmt.Errorf("get the host's keys: %w", err)
	}
	r := &running{}
	if r.store, err = models.Open(ctx, p.db, models.Options{Keys: keys}); err != nil {
		return nil, err
	}
	r.http = outbound.New(outbound.Options{Allow: p.options.allowOutbound})
	r.runner = runner.New(runner.Options{
		Store:   r.store,
		Catalog: p.catalog,
		Actions: p.actions,
		HTTP:    r.http,
		Logger:  p.logger,
		BaseURL: p.publicURL,
		Zone:    p.options.zone,
		Workers: int(p.manifest.integer(concurrencySetting)),
		Metrics: p.metrics,
	})
	if err := r.runner.Start(ctx); err != nil {
		return nil, errors.Join(err, r.stop(ctx))
	}
	r.upkeep = startUpkeep(r.store, p.logger)
	return r, nil
}

// hostKeys makes a panic of the host an error: a host may enable in the
// background, where nobody else would catch it.
func (p *Plugin) hostKeys() (keys Keys, err error) {
	defer func() {
		if v := recover(); v != nil {
			p.logger.Error("host panicked", "method", "Keys", "stack", string(debug.Stack()))
			err = fmt.Errorf("it panicked with a %T", v) // the value may hold a key
		}
	}()
	return p.host.Keys()
}

// stop ends in reverse order of the start.
func (r *running) stop(ctx context.Context) error {
	var errs []error
	if err := r.runner.Stop(ctx); err != nil {
		errs = append(errs, err)
	}
	r.upkeep.stop()
	r.http.Close()
	if err := r.store.Close(); err != nil {
		errs = append(errs, fmt.Errorf("close the store: %w", err))
	}
	return errors.Join(errs...)
}

// Disable implements Switch.
func (p *Plugin) Disable(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return nil
	}
	p.gate.set(false)
	var errs []error
	if err := p.gate.drain(ctx); err != nil {
		errs = append(errs, fmt.Errorf("wait for requests under way: %w", err))
	}
	errs = append(errs, p.running.stop(ctx))
	p.running = nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("disable the plugin: %w", err)
	}
	p.logger.InfoContext(ctx, "webhooks disabled")
	return nil
}

// Enabled implements Switch.
func (p *Plugin) Enabled() bool { return p.gate.isOpen() }

// Close disables the plugin here for good: for the host's shutdown. The state
// that the host remembers is not touched. Safe twice.
func (p *Plugin) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	return p.Disable(ctx)
}
