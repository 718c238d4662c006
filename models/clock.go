package models

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"
)

// resample is how long a sample of the database's clock is carried on.
const resample = time.Second

// clock is the database's clock, sampled and carried by the monotonic one, so
// that asking for it costs nothing and no node's wall clock matters.
type clock struct {
	fake func() time.Time

	mu       sync.Mutex
	at       Micros    // what the database said …
	taken    time.Time // … at this local moment
	sampling bool
}

// Now is the database's clock: sampled, then carried by the local monotonic one.
// One caller a second
// waits for a new sample; while the database is away the last one is carried on.
func (s *Store) Now(ctx context.Context) (Micros, error) {
	c := &s.clock
	if c.fake != nil {
		return Micros(c.fake().UnixMicro()), nil
	}
	c.mu.Lock()
	known := !c.taken.IsZero() // from Open on
	if known && (c.sampling || time.Since(c.taken) < resample) {
		defer c.mu.Unlock()
		return c.carried(), nil
	}
	c.sampling = true
	c.mu.Unlock()

	at, taken, err := s.sampleClock(ctx)

	c.mu.Lock()
	defer c.mu.Unlock()
	c.sampling = false
	switch {
	case err == nil:
		c.at, c.taken = at, taken
	case !known:
		return 0, err
	}
	return c.carried(), nil
}

func (c *clock) carried() Micros { return c.at.add(time.Since(c.taken)) }

// sampleClock asks the database, half of the way there counted to each side.
func (s *Store) sampleClock(ctx context.Context) (Micros, time.Time, error) {
	before := time.Now()
	ctx, cancel := context.WithTimeout(ctx, resample)
	defer cancel()
	at, err := s.clockOn(s.read(ctx))
	if err != nil {
		return 0, before, fail(err, "read the database's clock")
	}
	return at, before.Add(time.Since(before) / 2), nil
}

// clockOn reads the clock by a connection that is at hand. SQLite has no clock
// but ours.
func (s *Store) clockOn(db *gorm.DB) (at Micros, err error) {
	switch {
	case s.clock.fake != nil:
		return Micros(s.clock.fake().UnixMicro()), nil
	case !s.dialect.mysql:
		return Micros(time.Now().UnixMicro()), nil
	}
	err = db.Raw("SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))").Row().Scan(&at)
	return at, err
}
