package runner

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/outbound"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

// ErrUnavailable: the delivery could not be stored, or we are over a limit or
// draining. The caller gets 503 with Retry-After, and nothing is acknowledged.
var ErrUnavailable = errors.New("runner: unavailable")

// ErrUnpublished: the listener's behavior has no published version: 503.
var ErrUnpublished = errors.New("runner: behavior is not published")

// Options of a Runner.
type Options struct {
	Store   *models.Store
	Catalog *behaviors.Catalog
	Actions *actions.Registry
	HTTP    *outbound.Client
	Logger  *slog.Logger
	// BaseURL is the public URL of the route group of listeners, "https://…/webhooks".
	BaseURL func() string
	Zone    *time.Location // the host's
	Clock   Clock          // nil: the system's
	Lease   time.Duration  // 0: 30 s
	Workers int            // runs executed at once in the background; 0: 64
	Metrics *Metrics       // nil: none
}

// Clock is what the runner knows of time: for tests, a fake.
type Clock interface {
	Now() time.Time
	// After is time.After; stop releases it.
	After(d time.Duration) (c <-chan time.Time, stop func())
}

// Metrics are the runner's instruments.
type Metrics struct{}

// Runner executes what behaviors decide, and journals it.
type Runner struct{}

func New(o Options) *Runner { panic("contract") }

// Start begins to claim due runs and to follow configuration changes.
func (r *Runner) Start(ctx context.Context) error { panic("contract") }

// Stop drains: no new claims, callers are refused, running attempts get until
// ctx ends, leases are given back. Safe twice and before Start.
func (r *Runner) Stop(ctx context.Context) error { panic("contract") }

// Listener is an entry of the in-memory snapshot.
type Listener struct {
	ID, BehaviorID, VersionID int64
	Name, GUID, URL           string
	Paused                    bool
}

// Listener finds an enabled listener by GUID: in the snapshot, or for a GUID
// unknown to it in the database (rate-limited). nil: 404.
func (r *Runner) Listener(ctx context.Context, guid string) (*Listener, error) { panic("contract") }

// Program is the compiled version of a listener, from the cache or compiled.
// ErrUnpublished.
func (r *Runner) Program(ctx context.Context, l *Listener) (*behaviors.Program, error) {
	panic("contract")
}

// Answer is what the caller is sent, after it was committed.
type Answer struct {
	Response   *behaviors.Response
	Outcome    behaviors.Outcome
	DeliveryID int64 // 0 where nothing was stored
}

// Receive takes one request its whole way: admit, store, steps before the
// answer, and hands what remains to the background. req.URL is filled in from
// the listener's URL, and ReceivedAt from the database's clock. Errors are
// ErrUnavailable and ErrUnpublished (wrapped with their reason).
func (r *Runner) Receive(ctx context.Context, l *Listener, req *payload.Request) (*Answer, error) {
	panic("contract")
}

// Refuse records a request that was refused before Receive (413).
func (r *Runner) Refuse(l *Listener, req *payload.Request, cause, detail string, resp *behaviors.Response) {
	panic("contract")
}

// Trace evaluates a stored delivery again, over its journal, with a trace.
func (r *Runner) Trace(ctx context.Context, deliveryID int64) ([]behaviors.TraceValue, error) {
	panic("contract")
}

// Refresh follows configuration changes at once (it happens each second anyway).
func (r *Runner) Refresh(ctx context.Context) error { panic("contract") }

// Delivery builds what a behavior is given, of a listener's inputs: for
// simulation with listener_id.
func (r *Runner) Delivery(ctx context.Context, p *behaviors.Program, listenerID int64, req *payload.Request) (*behaviors.Delivery, error) {
	panic("contract")
}
