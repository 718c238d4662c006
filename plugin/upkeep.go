package plugin

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/deskhook/deskhook/models"
)

// resealEvery is how often secrets are looked for that another node sealed with
// an older key meanwhile.
const resealEvery = time.Minute

// upkeep is what an enabled node does beside its runs: it says that it works,
// and seals secrets anew where the host's current key has changed.
type upkeep struct {
	store  *models.Store
	logger *slog.Logger
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func startUpkeep(store *models.Store, logger *slog.Logger) *upkeep {
	ctx, cancel := context.WithCancel(context.Background())
	u := &upkeep{store: store, logger: logger, cancel: cancel}
	u.done.Go(func() { u.every(ctx, models.BeatEvery, "node not reported as working", u.store.Beat) })
	if store.Rotating() {
		u.done.Go(func() {
			u.attempt(ctx, "secrets not sealed anew", u.reseal)
			u.every(ctx, resealEvery, "secrets not sealed anew", u.reseal)
		})
	}
	return u
}

// stop waits until nothing is done any more. A nil one has not been started.
func (u *upkeep) stop() {
	if u != nil {
		u.cancel()
		u.done.Wait()
	}
}

func (u *upkeep) every(ctx context.Context, d time.Duration, trouble string, do func(context.Context) error) {
	ticker := time.NewTicker(d)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			u.attempt(ctx, trouble, do)
		}
	}
}

// attempt logs what went wrong; the next one is made in any case.
func (u *upkeep) attempt(ctx context.Context, trouble string, do func(context.Context) error) {
	if err := do(ctx); err != nil && ctx.Err() == nil {
		u.logger.WarnContext(ctx, trouble, "error", err)
	}
}

func (u *upkeep) reseal(ctx context.Context) error {
	n, err := u.store.Reseal(ctx)
	if n > 0 {
		u.logger.InfoContext(ctx, "secrets sealed anew with the host's current key", "secrets", n)
	}
	return err
}
