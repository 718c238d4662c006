package modelstest

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/models"
)

// Clock stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock begins on the morning of 2026-03-01.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Micros is Now as the store has it.
func (c *Clock) Micros() models.Micros { return models.Micros(c.Now().UnixMicro()) }

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Keys are keys that are no secret.
func Keys() models.Keys {
	return models.Keys{Current: 1, ByID: map[byte][]byte{1: bytes.Repeat([]byte{7}, 32)}}
}

// Store opens a store on db with the test's Keys and a clock, nil: the
// database's. It is closed with the test.
func Store(t testing.TB, db *gorm.DB, clock *Clock) *models.Store {
	t.Helper()
	o := models.Options{Keys: Keys()}
	if clock != nil {
		o.Now = clock.Now
	}
	s, err := models.Open(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
