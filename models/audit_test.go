package models_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// trail lists the trail of a world, oldest first: object and detail.
func (w *world) trail() []string {
	w.t.Helper()
	rows, err := w.Audit(w.t.Context(), models.Page{Limit: 100})
	must(w.t, err)
	lines := []string{}
	for i := len(rows) - 1; i >= 0; i-- {
		lines = append(lines, strings.TrimSuffix(rows[i].Object+": "+rows[i].Detail, ": "))
	}
	return lines
}

func trailed(t *testing.T) context.Context {
	return models.WithTrail(ctx(t), models.NewTrail("7", "Ann", "3", "POST /x"))
}

// Each change leaves one row, and says what it was.
func TestTrail(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		same(t, w.trail(), []string{}) // changes without a trail leave none
		b := &models.Behavior{Name: "b", Source: "one"}
		must(t, w.CreateBehavior(trailed(t), b))
		b.Source, b.Policy = "two", []byte("[]")
		must(t, w.UpdateBehavior(trailed(t), b))
		_, err := w.Publish(trailed(t), b.ID, "two", "", "", 0)
		must(t, err)
		stored := &models.Secret{Name: "s", Hosts: []string{"a.example"}}
		must(t, w.PutSecret(trailed(t), stored, "canary"))
		must(t, w.PutSecret(trailed(t), stored, "canary 2"))
		l := &models.Listener{Name: "Desk", BehaviorID: b.ID, Inputs: map[string]any{"a": "canary", "s": models.SecretInput{ID: stored.ID}}}
		must(t, w.CreateListener(trailed(t), l))
		l.Name, l.Paused, l.Enabled, l.Timezone, l.URLOverride = "Front", true, true, "UTC", "https://canary.example"
		l.Inputs = map[string]any{"a": "canary 3", "s": l.Inputs["s"], "new": int64(1)}
		must(t, w.UpdateListener(trailed(t), l))
		_, err = w.ChangeSettings(trailed(t), map[string]any{"b": int64(2), "a": nil}, 0, "")
		must(t, err)
		must(t, w.DeleteListener(trailed(t), l.ID))
		must(t, w.DeleteSecret(trailed(t), stored.ID))
		must(t, w.DeleteBehavior(trailed(t), b.ID))
		same(t, w.trail(), []string{
			"behavior 2", "behavior 2: source, policy", "behavior 2: published version 1", "secret s: value, hosts=a.example", "secret s: value", "listener 2",
			"listener 2: name, enabled=true, paused=true, timezone=UTC, url_override, inputs.a, inputs.new", "settings: a=default, b=2",
			"listener 2: name=Front", "secret s", "behavior 2: name=b",
		})
		rows, err := w.Audit(ctx(t), models.Page{Limit: 1, After: 2})
		must(t, err)
		same(t, rows, []*models.AuditRow{{
			ID: 1, At: w.clock.Micros(), By: "7", Name: "Ann", Token: "3", Action: "POST /x", Object: "behavior 2",
		}})
	})
}

// What fails leaves no row, however far it came.
func TestTrailOfFailures(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		old := *w.behavior
		old.Revision = 99
		missing := &models.Listener{Name: "x", BehaviorID: w.behavior.ID, Inputs: map[string]any{"s": models.SecretInput{ID: 99}}}
		stop := errors.New("stop")
		for name, err := range map[string]error{
			"old revision":   w.UpdateBehavior(trailed(t), &old),
			"in use":         w.DeleteBehavior(trailed(t), w.behavior.ID),
			"deleted secret": w.CreateListener(trailed(t), missing),
			"together": w.Together(trailed(t), func(ctx context.Context) error {
				return errors.Join(w.CreateBehavior(ctx, &models.Behavior{Name: "undone"}), stop)
			}),
		} {
			if err == nil || !errors.Is(err, models.ErrConflict) && !errors.Is(err, stop) {
				t.Errorf("%s: %v", name, err)
			}
		}
		same(t, w.trail(), []string{})
		list, err := w.Behaviors(ctx(t), models.Page{})
		must(t, err)
		same(t, len(list), 1)
	})
}

// Several changes of one call are one transaction and leave one row, also where
// the call is tried again.
func TestTogether(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		tries := 0
		ctx := trailed(t)
		models.TrailOf(ctx).Note("recipe x")
		var l *models.Listener
		must(t, w.Together(ctx, func(ctx context.Context) error {
			b := &models.Behavior{Name: "b"}
			must(t, w.CreateBehavior(ctx, b))
			l = &models.Listener{Name: "Desk", BehaviorID: b.ID}
			must(t, w.CreateListener(ctx, l))
			found, err := w.Behavior(ctx, b.ID) // reads what is not committed yet
			must(t, err)
			same(t, found.Listeners, 1)
			if tries++; tries == 1 {
				return errors.New("Error 1213 (40001): Deadlock found")
			}
			return nil
		}))
		same(t, tries, 2)
		same(t, w.trail(), []string{fmt.Sprintf("behavior %d, listener %d: recipe x", l.BehaviorID, l.ID)})
		must(t, w.WriteTrail(ctx, models.TrailOf(ctx))) // it is there already
		same(t, len(w.trail()), 1)
		other := trailed(t)
		must(t, w.WriteTrail(other, models.TrailOf(other)))
		must(t, w.WriteTrail(other, models.TrailOf(other)))
		same(t, len(w.trail()), 2)
	})
}

// A pool of one connection is enough for a call of several changes.
func TestTogetherOnOneConnection(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db := d.Open()
		pool, err := db.DB()
		must(t, err)
		pool.SetMaxOpenConns(1)
		s := modelstest.Store(t, db, nil)
		must(t, s.Together(trailed(t), func(ctx context.Context) error {
			if err := s.CreateBehavior(ctx, &models.Behavior{Name: "b"}); err != nil {
				return err
			}
			_, err := s.Behaviors(ctx, models.Page{})
			return err
		}))
	})
}

// What keeps the transaction itself from beginning is told as its changes' errors are.
func TestTogetherWithTheDatabaseAway(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db := d.Open()
		s := modelstest.Store(t, db, nil)
		pool, err := db.DB()
		must(t, err)
		must(t, pool.Close())
		err = s.Together(trailed(t), func(context.Context) error { t.Error("it began"); return nil })
		if !errors.Is(err, models.ErrUnavailable) {
			t.Errorf("got %v, want %v", err, models.ErrUnavailable)
		}
	})
}

// The trail is bounded in time and in number, a few rows at each new one.
func TestTrailIsTrimmed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		write := func() {
			t.Helper()
			ctx := trailed(t)
			must(t, w.WriteTrail(ctx, models.TrailOf(ctx)))
		}
		count := func() (n int) {
			t.Helper()
			must(t, w.DB().Raw("SELECT COUNT(*) FROM webhooks_audit").Row().Scan(&n))
			return n
		}
		for range 30 {
			write()
		}
		w.clock.Add(366 * 24 * time.Hour)
		write()
		same(t, count(), 31-models.PurgeAudit)
		write()
		same(t, count(), 2)
		must(t, w.DB().Create(&models.AuditRow{ID: 32 + models.KeepAuditRows, At: w.clock.Micros()}).Error)
		write() // number 33+keep: 31, 32 and 33 are too many
		same(t, count(), 2)
	})
}
