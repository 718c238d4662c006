package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// metrics are what /metrics shows: OpenTelemetry's instruments, the plugin's
// among them, and Go's own.
type metrics struct {
	provider *sdkmetric.MeterProvider
	handler  http.Handler
}

func newMetrics() (*metrics, error) {
	r := prometheus.NewRegistry()
	err := errors.Join(
		r.Register(collectors.NewGoCollector()),
		r.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
	)
	if err != nil {
		return nil, fmt.Errorf("set up metrics: %w", err)
	}
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(r))
	if err != nil {
		return nil, fmt.Errorf("set up metrics: %w", err)
	}
	return &metrics{
		provider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter)),
		handler:  promhttp.HandlerFor(r, promhttp.HandlerOpts{}),
	}, nil
}

func (m *metrics) close(ctx context.Context) error { return m.provider.Shutdown(ctx) }
