package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
)

// Metrics are the runner's instruments; doc.go lists them. A nil *Metrics
// measures nothing.
type Metrics struct {
	deliveries metric.Int64Counter
	duration   metric.Float64Histogram
	runs       metric.Int64Counter
	attempts   metric.Int64Counter
	executing  atomic.Pointer[live]

	byOutcome map[behaviors.Outcome]metric.MeasurementOption
	byState   map[behaviors.RunState]metric.MeasurementOption
	byAttempt sync.Map // of attemptKind to metric.MeasurementOption: what a host registers is not known before
}

type attemptKind struct {
	action string
	blame  actions.Blame
}

// outcomeUnavailable counts what was answered with 503 because it could not be
// taken.
const outcomeUnavailable behaviors.Outcome = "unavailable"

// NewMetrics makes the instruments of a meter.
func NewMetrics(meter metric.Meter) (*Metrics, error) {
	m := &Metrics{byOutcome: map[behaviors.Outcome]metric.MeasurementOption{}, byState: map[behaviors.RunState]metric.MeasurementOption{}}
	for _, o := range []behaviors.Outcome{behaviors.Accepted, behaviors.Refused, behaviors.Duplicate, behaviors.Handshake, behaviors.Preflight, outcomeUnavailable} {
		m.byOutcome[o] = metric.WithAttributeSet(attribute.NewSet(attribute.String("outcome", string(o))))
	}
	for _, s := range []behaviors.RunState{behaviors.RunDone, behaviors.RunFailed, behaviors.RunDead, behaviors.RunCanceled} {
		m.byState[s] = metric.WithAttributeSet(attribute.NewSet(attribute.String("state", string(s))))
	}
	var errs [5]error
	m.deliveries, errs[0] = meter.Int64Counter("webhooks.deliveries", metric.WithDescription("Requests received, by outcome."))
	m.duration, errs[1] = meter.Float64Histogram("webhooks.receive.duration", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 4, 8, 16),
		metric.WithDescription("From the last byte of a request to its answer, by outcome."))
	m.runs, errs[2] = meter.Int64Counter("webhooks.runs.ended", metric.WithDescription("Runs that ended on this node, by state."))
	m.attempts, errs[3] = meter.Int64Counter("webhooks.attempts",
		metric.WithDescription("Attempts of steps, by action and blame; no blame: it was done."))
	_, errs[4] = meter.Int64ObservableGauge("webhooks.runs.executing", metric.WithDescription("Runs that this node is executing."),
		metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
			if l := m.executing.Load(); l != nil {
				o.Observe(int64(l.len()))
			}
			return nil
		}))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("make metrics: %w", err)
	}
	return m, nil
}

func (m *Metrics) watch(l *live) {
	if m != nil {
		m.executing.Store(l)
	}
}

// received counts a request; a nil answer is one that could not be taken.
func (m *Metrics) received(a *Answer, took time.Duration) {
	if m == nil {
		return
	}
	outcome := outcomeUnavailable
	if a != nil {
		outcome = a.Outcome
	}
	m.deliveries.Add(context.Background(), 1, m.byOutcome[outcome])
	m.duration.Record(context.Background(), took.Seconds(), m.byOutcome[outcome])
}

func (m *Metrics) refused() {
	if m != nil {
		m.deliveries.Add(context.Background(), 1, m.byOutcome[behaviors.Refused])
	}
}

func (m *Metrics) ended(s behaviors.RunState) {
	if m != nil {
		m.runs.Add(context.Background(), 1, m.byState[s])
	}
}

func (m *Metrics) attempted(action string, blame actions.Blame) {
	if m == nil {
		return
	}
	kind := attemptKind{action, blame}
	option, ok := m.byAttempt.Load(kind)
	if !ok {
		option, _ = m.byAttempt.LoadOrStore(kind, metric.WithAttributeSet(attribute.NewSet(
			attribute.String("action", action), attribute.String("blame", string(blame)))))
	}
	m.attempts.Add(context.Background(), 1, option.(metric.MeasurementOption))
}
