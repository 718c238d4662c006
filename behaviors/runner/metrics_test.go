package runner

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/actions"
)

func TestMetrics(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		reader := sdk.NewManualReader()
		m, err := NewMetrics(sdk.NewMeterProvider(sdk.WithReader(reader)).Meter("test"))
		must(t, err)
		w.listen("behavior: 1\nname: A\nsteps:\n  - test.call: {name: a}\n    retry: {attempts: 2}\n", nil)
		fails := true
		w.call = func(context.Context, *actions.Call) (any, error) {
			if fails {
				return nil, &actions.Error{Message: "answered 500", Blame: actions.BlameRemote}
			}
			return map[string]any{}, nil
		}
		n := w.node(func(o *Options, _ *gorm.DB) { o.Metrics = m })
		n.accepted(`{}`)
		n.left()
		fails = false
		n.wake(5 * time.Second)
		n.left()
		req := jsonRequest(`{}`)
		req.Method = "PUT"
		if _, err := n.Receive(t.Context(), n.found(), req); err != nil {
			t.Fatal(err)
		}
		must(t, n.Stop(t.Context()))
		if _, err := n.post(`{}`); err == nil {
			t.Fatal("taken while stopped")
		}

		var data metricdata.ResourceMetrics
		must(t, reader.Collect(t.Context(), &data))
		got := map[string]int64{}
		for _, scope := range data.ScopeMetrics {
			for _, metric := range scope.Metrics {
				switch d := metric.Data.(type) {
				case metricdata.Sum[int64]:
					for _, p := range d.DataPoints {
						got[fmt.Sprint(metric.Name, " ", p.Attributes.Encoded(attribute.DefaultEncoder()))] = p.Value
					}
				case metricdata.Gauge[int64]:
					got[metric.Name] = d.DataPoints[0].Value
				case metricdata.Histogram[float64]:
					for _, p := range d.DataPoints {
						got[fmt.Sprint(metric.Name, " ", p.Attributes.Encoded(attribute.DefaultEncoder()))] = int64(p.Count)
						if first, last := p.Bounds[0], p.Bounds[len(p.Bounds)-1]; first > .01 || last < 8 {
							t.Errorf("%s has buckets from %v to %v s", metric.Name, first, last)
						}
					}
				}
			}
		}
		want := map[string]int64{
			"webhooks.deliveries outcome=accepted":            1,
			"webhooks.deliveries outcome=refused":             1,
			"webhooks.deliveries outcome=unavailable":         1,
			"webhooks.receive.duration outcome=accepted":      1,
			"webhooks.receive.duration outcome=refused":       1,
			"webhooks.receive.duration outcome=unavailable":   1,
			"webhooks.runs.ended state=done":                  1,
			"webhooks.attempts action=test.call,blame=remote": 1,
			"webhooks.attempts action=test.call,blame=":       1,
			"webhooks.runs.executing":                         0,
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %v\nwant %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
	})
}
