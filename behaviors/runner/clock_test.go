package runner

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
)

// fakeClock stands still until it is moved.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*fakeTimer
	armed  chan struct{} // closed and made anew when a timer is set
}

type fakeTimer struct {
	at time.Time
	d  time.Duration
	c  chan time.Time
}

func newClock() *fakeClock {
	return &fakeClock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), armed: make(chan struct{})}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) micros() models.Micros { return models.Micros(c.Now().UnixMicro()) }

func (c *fakeClock) After(d time.Duration) (<-chan time.Time, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &fakeTimer{at: c.now.Add(d), d: d, c: make(chan time.Time, 1)}
	if d <= 0 {
		t.c <- c.now
		return t.c, func() {}
	}
	c.timers = append(c.timers, t)
	close(c.armed)
	c.armed = make(chan struct{})
	return t.c, func() { c.drop(t) }
}

func (c *fakeClock) drop(t *fakeTimer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, other := range c.timers {
		if other == t {
			c.timers = append(c.timers[:i], c.timers[i+1:]...)
			return
		}
	}
}

func (c *fakeClock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	var left []*fakeTimer
	for _, t := range c.timers {
		if t.at.After(c.now) {
			left = append(left, t)
			continue
		}
		t.c <- c.now
	}
	c.timers = left
}

// await waits until somebody waits for d.
func (c *fakeClock) await(t testing.TB, d time.Duration) {
	t.Helper()
	c.awaitAll(t, d, 1)
}

// awaitLoops waits until both loops of a clock's only node rest.
func (c *fakeClock) awaitLoops(t testing.TB) {
	t.Helper()
	c.awaitAll(t, claimEvery, 2)
}

// awaitAll waits until n wait for d.
func (c *fakeClock) awaitAll(t testing.TB, d time.Duration, n int) {
	t.Helper()
	late := time.After(patience)
	for {
		c.mu.Lock()
		found := 0
		for _, timer := range c.timers {
			if timer.d == d {
				found++
			}
		}
		if found >= n {
			c.mu.Unlock()
			return
		}
		armed := c.armed
		c.mu.Unlock()
		select {
		case <-armed:
		case <-late:
			t.Fatalf("nobody waits for %s", d)
		}
	}
}

// logs keep what was logged, and let tests wait for it.
type logs struct {
	mu    sync.Mutex
	lines []string
	seen  int
	more  chan struct{}
}

func newLogs() *logs { return &logs{more: make(chan struct{})} }

type logHandler struct {
	logs  *logs
	attrs string
}

func (h logHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h logHandler) WithGroup(string) slog.Handler            { return h }
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		h.attrs += " " + a.String()
	}
	return h
}
func (h logHandler) Handle(_ context.Context, r slog.Record) error {
	line := r.Message + h.attrs
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	h.logs.mu.Lock()
	defer h.logs.mu.Unlock()
	h.logs.lines = append(h.logs.lines, line)
	close(h.logs.more)
	h.logs.more = make(chan struct{})
	return nil
}

// wait gives the next line that begins so, and forgets those before it.
func (l *logs) wait(t testing.TB, prefixes ...string) string {
	t.Helper()
	late := time.After(patience)
	for {
		l.mu.Lock()
		for l.seen < len(l.lines) {
			line := l.lines[l.seen]
			l.seen++
			for _, p := range prefixes {
				if strings.HasPrefix(line, p) {
					l.mu.Unlock()
					return line
				}
			}
		}
		more := l.more
		l.mu.Unlock()
		select {
		case <-more:
		case <-late:
			t.Fatalf("never logged: %q; but\n%s", prefixes, l.all())
		}
	}
}

func (l *logs) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}
