package handlers

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/deskhook/deskhook/assets"
	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/runner"
	"github.com/deskhook/deskhook/models"
)

const (
	defaultMaxBody = 1 << 20
	maxInFlight    = 32 << 20 // bytes of bodies being read or received, a node
	bodyTimeout    = 10 * time.Second
)

// HardMaxBody is what no setting and no behavior can exceed, in bytes.
const HardMaxBody = 32 << 20

// Options of the handlers.
type Options struct {
	// Store and Runner may come later, by Bind.
	Store    *models.Store
	Runner   *runner.Runner
	Catalog  *behaviors.Catalog
	Identity Identity
	Shell    Shell
	Logger   *slog.Logger  // nil: slog.Default()
	BaseURL  func() string // public base of listeners' URLs, "https://host/webhooks"
	// PagesPath and APIPath are where the groups are mounted: "/admin/webhooks", "/api/webhooks/v1".
	PagesPath, APIPath string
	PublicPath         string // "/webhooks"
	MaxBody            int64  // bytes, where the settings say nothing; 0: 1 MiB; a behavior's accept.max_body wins; never more than 32 MiB
	// Settings of the manifest, with the defaults that are in effect.
	Settings []Setting
	// ClientIP of a request; nil: the peer's address.
	ClientIP func(r *http.Request) string
	// SessionCookie is refused in behaviors' answers.
	SessionCookie string
	Pickers       []Picker
	Version       string
}

// Handlers are the plugin's HTTP side. Safe for concurrent use.
type Handlers struct {
	Options
	receiver    receiver
	inFlight    inFlight
	bodyTimeout time.Duration
	// trouble bounds how often one and the same outage is logged.
	trouble     *rate.Limiter
	assets      http.Handler
	assetsEntry func() (string, error)
	recipes     recipeList
	openapi     document
}

// New returns the handlers; Mount adds them to a host's groups.
func New(o Options) *Handlers {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.MaxBody == 0 {
		o.MaxBody = defaultMaxBody
	}
	return &Handlers{
		Options:     o,
		receiver:    runnerReceiver{o.Runner},
		inFlight:    inFlight{max: maxInFlight},
		bodyTimeout: bodyTimeout,
		trouble:     rate.NewLimiter(rate.Every(time.Second), 5),
		assets:      assets.Handler(),
		assetsEntry: assets.Entry,
	}
}

// inFlight counts the bytes of the bodies that are in memory at once.
type inFlight struct {
	max  int64
	used atomic.Int64
}

// take reserves n bytes, or reports that there is no room for them now.
func (f *inFlight) take(n int64) bool {
	if f.used.Add(n) > f.max {
		f.used.Add(-n)
		return false
	}
	return true
}

func (f *inFlight) release(n int64) { f.used.Add(-n) }
