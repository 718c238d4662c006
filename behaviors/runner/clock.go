package runner

import "time"

// Clock is what the runner knows of time: for tests, a fake. It paces and
// bounds; what is written down is always the database's clock.
type Clock interface {
	Now() time.Time
	// After is time.After; stop releases it.
	After(d time.Duration) (c <-chan time.Time, stop func())
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) After(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}
