package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/deskhook/deskhook/plugin"
)

// helpdesk is a small, real helpdesk: workers, tickets, mail, and plugins.
type helpdesk struct {
	db           *database
	log          *slog.Logger
	templates    templates
	registry     registry
	metrics      *metrics
	plugin       *plugin.Plugin
	token        string
	demo         bool
	url          atomic.Pointer[string] // its public address
	crossOrigin  *http.CrossOriginProtection
	logins       *rate.Limiter
	echo         *echo.Echo
	now          func() time.Time
	passwordCost int // of bcrypt
	// demoToken is one more bearer token, while the demo sets itself up.
	demoToken atomic.Pointer[string]
}

// newHelpdesk puts one together over a database. It starts nothing.
func newHelpdesk(db *database, keys func() (plugin.Keys, error), m *metrics, log *slog.Logger, c config) (*helpdesk, error) {
	h := &helpdesk{
		db: db, log: log, metrics: m, token: c.token, demo: c.demo,
		crossOrigin: http.NewCrossOriginProtection(),
		logins:      rate.NewLimiter(5, 20),
		echo:        echo.New(),
		now:         c.now, passwordCost: c.passwordCost,
	}
	if h.now == nil {
		h.now = time.Now
	}
	h.url.Store(&c.baseURL)
	var err error
	if h.templates, err = parseTemplates(); err != nil {
		return nil, err
	}
	h.echo.HTTPErrorHandler = h.answerError
	h.echo.Use(h.logRequests, h.recoverPanics, h.askForLogin)
	h.mountPages(h.echo)
	h.mountAPI(h.echo)
	h.echo.GET("/healthz", h.healthz)
	h.echo.GET("/metrics", echo.WrapHandler(m.handler))
	if c.demo {
		h.mountStandIn(h.echo)
	}

	options := append(own(db.DB), plugin.WithAllowOutbound(c.allowOutbound...), plugin.WithSessionCookie(sessionCookie))
	h.plugin, err = plugin.Register(h.registry.add(h.echo), &host{records{h.baseURL}, h, keys}, options...)
	return h, err
}

func (h *helpdesk) baseURL() string { return *h.url.Load() }

// secure tells whether browsers reach the helpdesk by https.
func (h *helpdesk) secure() bool { return strings.HasPrefix(h.baseURL(), "https://") }

// logRequests logs the route, never the path: a listener's path is a secret.
func (h *helpdesk) logRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		r := c.Request()
		h.log.DebugContext(r.Context(), "request", "method", r.Method, "route", c.Path(),
			"status", c.Response().Status, "duration", time.Since(start))
		return nil
	}
}

// recoverPanics turns a panic into an error that is answered like any other.
func (h *helpdesk) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if abort, ok := v.(error); ok && errors.Is(abort, http.ErrAbortHandler) {
				panic(v)
			}
			err = panicked(v)
		}()
		return next(c)
	}
}

// askForLogin shows a person the log-in at a plugin's page, which itself
// answers scripts.
func (h *helpdesk) askForLogin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/admin/") || !wantsHTML(r) {
			return next(c)
		}
		s, err := h.sessionOf(r)
		if err != nil {
			return err
		}
		if s == nil {
			return h.drawLogin(c, http.StatusOK, loginContent{Next: r.URL.RequestURI()})
		}
		return next(c)
	}
}

func wantsHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

func (h *helpdesk) healthz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	pool, err := h.db.DB.DB()
	if err == nil {
		err = pool.PingContext(ctx)
	}
	if err != nil {
		h.log.WarnContext(ctx, "database away", "error", err)
		return c.JSON(http.StatusServiceUnavailable, map[string]string{"status": "database away"})
	}
	return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// close ends what the plugin started; requests must have ended.
func (h *helpdesk) close(ctx context.Context) error {
	return errors.Join(h.plugin.Close(ctx), h.metrics.close(ctx), h.db.close())
}
