package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/outbound"
	"github.com/deskhook/deskhook/models"
)

// ErrUnavailable says that the delivery could not be stored, or we are over a limit or
// draining. The caller gets 503 with Retry-After, and nothing is acknowledged.
var ErrUnavailable = errors.New("runner: unavailable")

// ErrUnpublished says that the listener's behavior has no published version: 503.
var ErrUnpublished = errors.New("runner: behavior is not published")

const (
	defaultLease   = 30 * time.Second
	defaultWorkers = 64
	queryTimeout   = 5 * time.Second // of what is read or written outside a step
)

// Options of a Runner.
type Options struct {
	Store   *models.Store
	Catalog *behaviors.Catalog
	Actions *actions.Registry
	HTTP    *outbound.Client
	Logger  *slog.Logger // nil: nothing is logged
	// BaseURL is the public URL of the route group of listeners, "https://…/webhooks".
	BaseURL func() string
	Zone    *time.Location // the host's, where the settings name none; nil: UTC
	Clock   Clock          // nil: the system's
	Lease   time.Duration  // 0: 30 s
	Workers int            // runs executed at once in the background, where the settings say nothing; 0: 64
	Metrics *Metrics       // nil: none
}

// Runner executes what behaviors decide, and journals it. It is safe for
// concurrent use.
type Runner struct {
	store   *models.Store
	actions *actions.Registry
	http    *outbound.Client
	log     *slog.Logger
	baseURL func() string
	zone    *time.Location
	workers int
	clock   Clock
	lease   time.Duration
	metrics *Metrics

	listeners *snapshot
	programs  *programs
	secrets   *secrets
	slots     *slots
	inline    *inlineLimit
	live      *live
	life      lifecycle
}

// New returns a runner that is not started.
func New(o Options) *Runner {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Lease <= 0 {
		o.Lease = defaultLease
	}
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	r := &Runner{
		store: o.Store, actions: o.Actions, http: o.HTTP, log: o.Logger, baseURL: o.BaseURL, zone: o.Zone,
		workers: o.Workers, clock: o.Clock, lease: o.Lease, metrics: o.Metrics,
		listeners: newSnapshot(o.Store, o.Clock), programs: newPrograms(o.Store, o.Catalog), secrets: newSecrets(o.Store, o.Clock),
		slots: newSlots(o.Workers), inline: newInlineLimit(), live: newLive(),
	}
	r.metrics.watch(r.live)
	return r
}

// unavailable wraps a reason why a delivery cannot be taken now.
func unavailable(why error) error { return fmt.Errorf("%w: %w", ErrUnavailable, why) }

// bounded is a context for a query that nobody may wait for without end, and
// that a caller's hanging up does not cancel.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), queryTimeout)
}
