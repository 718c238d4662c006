package models_test

import (
	"errors"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
)

func TestListener(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		secret := &models.Secret{Name: "slack", Hosts: []string{"hooks.slack.com"}, UpdatedBy: "ann"}
		must(t, w.PutSecret(ctx(t), secret, "https://hooks.slack.com/services/T"))
		own := &models.Secret{UpdatedBy: "ann"}
		must(t, w.PutSecret(ctx(t), own, "key"))

		l := &models.Listener{
			Name: "Bounces ☃", BehaviorID: w.behavior.ID, Enabled: true, Timezone: "Europe/Vienna", URLOverride: "https://x.example",
			Inputs: map[string]any{
				"url": models.SecretInput{ID: secret.ID, Name: "slack"}, "key": models.SecretInput{ID: own.ID},
				"channel": "#mail", "limit": int64(3), "share": 0.5, "big": int64(1<<53 + 1), "on": true, "none": nil,
				"list": []any{"a", int64(1)}, "forged": map[string]any{"$secret": int64(1)}, "map": map[string]any{"a": int64(1)},
			},
		}
		must(t, w.CreateListener(ctx(t), l))
		if len(l.GUID) != 26 || l.ID == 0 || l.Revision != 1 || l.CreatedAt != w.clock.Micros() || l.UpdatedAt != w.clock.Micros() {
			t.Fatalf("created %+v", l)
		}
		byID, err := w.Listener(ctx(t), l.ID)
		must(t, err)
		same(t, byID, l)
		byGUID, err := w.ListenerByGUID(ctx(t), l.GUID)
		must(t, err)
		same(t, byGUID, l)
		list, err := w.Listeners(ctx(t), models.Page{})
		must(t, err)
		same(t, list[0], l)
		same(t, list[1], w.listener)
		second, err := w.Listeners(ctx(t), models.Page{Limit: 1, After: l.ID})
		must(t, err)
		same(t, second, []*models.Listener{w.listener})

		w.clock.Add(time.Hour)
		changed := *l
		changed.Name, changed.Enabled, changed.Paused = "Other", false, true
		changed.Inputs = map[string]any{"channel": ""}
		must(t, w.UpdateListener(ctx(t), &changed))
		if changed.Revision != 2 || changed.UpdatedAt != w.clock.Micros() || changed.CreatedAt != l.CreatedAt || changed.GUID != l.GUID {
			t.Fatalf("updated %+v", changed)
		}
		byID, err = w.Listener(ctx(t), l.ID)
		must(t, err)
		same(t, byID, &changed)
		if _, err := w.SecretValue(ctx(t), own.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("own secret that is no longer named: %v", err)
		}
		if value, err := w.SecretValue(ctx(t), secret.ID); err != nil || value != "https://hooks.slack.com/services/T" {
			t.Fatalf("stored secret: %q, %v", value, err)
		}

		stale := changed
		stale.Revision = 1
		if err := w.UpdateListener(ctx(t), &stale); !errors.Is(err, models.ErrConflict) {
			t.Fatalf("stale update: %v", err)
		}
		stale.Revision = 0
		must(t, w.UpdateListener(ctx(t), &stale))
		same(t, stale.Revision, int64(3))

		must(t, w.DeleteListener(ctx(t), l.ID))
		for name, err := range map[string]error{
			"delete again": w.DeleteListener(ctx(t), l.ID),
			"update":       w.UpdateListener(ctx(t), &stale),
			"by id":        second2(w.Listener(ctx(t), l.ID)),
			"by guid":      second2(w.ListenerByGUID(ctx(t), l.GUID)),
			"no behavior":  w.CreateListener(ctx(t), &models.Listener{BehaviorID: 999}),
		} {
			if !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second2[T any](_ T, err error) error { return err }

func TestBehavior(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		b := &models.Behavior{Name: "Draft", Source: "name: Draft\n# ☃", Policy: []byte(`[]`), UpdatedBy: "ann"}
		must(t, w.CreateBehavior(ctx(t), b))
		got, err := w.Behavior(ctx(t), b.ID)
		must(t, err)
		want := &models.Behavior{
			ID: b.ID, Name: "Draft", Source: "name: Draft\n# ☃", Policy: []byte(`[]`), Revision: 1,
			CreatedAt: w.clock.Micros(), UpdatedAt: w.clock.Micros(), UpdatedBy: "ann",
		}
		same(t, got, want)

		w.clock.Add(time.Minute)
		b.Name, b.Source, b.Policy, b.UpdatedBy = "Second", "name: Second", nil, "bob"
		must(t, w.UpdateBehavior(ctx(t), b))
		want.Name, want.Source, want.Policy, want.UpdatedBy, want.Revision, want.UpdatedAt = "Second", "name: Second", nil, "bob", 2, w.clock.Micros()
		got, err = w.Behavior(ctx(t), b.ID)
		must(t, err)
		same(t, got, want)

		stale := *b
		stale.Revision = 1
		if err := w.UpdateBehavior(ctx(t), &stale); !errors.Is(err, models.ErrConflict) {
			t.Fatalf("stale update: %v", err)
		}
		if _, err := w.Publish(ctx(t), b.ID, b.Source, "", "bob", 1); !errors.Is(err, models.ErrConflict) {
			t.Fatalf("stale publish: %v", err)
		}
		v1, err := w.Publish(ctx(t), b.ID, b.Source, "note", "bob", 2)
		must(t, err)
		v2, err := w.Publish(ctx(t), b.ID, "name: Third", "", "bob", 0)
		must(t, err)
		same(t, v2, &models.Version{ID: v2.ID, BehaviorID: b.ID, Version: 2, Source: "name: Third", PublishedAt: w.clock.Micros(), PublishedBy: "bob"})
		want.PublishedID, want.PublishedVersion, want.PublishedSource, want.Revision = v2.ID, 2, "name: Third", 4
		all, err := w.Behaviors(ctx(t), models.Page{})
		must(t, err)
		w.behavior.PublishedID, w.behavior.PublishedVersion, w.behavior.PublishedSource = w.version.ID, 1, "steps: []"
		w.behavior.Revision, w.behavior.Listeners = 2, 1
		same(t, len(all), 2)
		same(t, all[0], want)
		same(t, all[1], w.behavior)
		page, err := w.Behaviors(ctx(t), models.Page{Limit: 5, After: b.ID})
		must(t, err)
		same(t, page, []*models.Behavior{w.behavior})

		versions, err := w.Versions(ctx(t), b.ID, models.Page{})
		must(t, err)
		same(t, versions, []*models.Version{v2, v1})
		versions, err = w.Versions(ctx(t), b.ID, models.Page{After: v2.ID})
		must(t, err)
		same(t, versions, []*models.Version{v1})
		got1, err := w.VersionByNumber(ctx(t), b.ID, 1)
		must(t, err)
		same(t, got1, v1)
		got2, err := w.Version(ctx(t), v2.ID)
		must(t, err)
		same(t, got2, v2)

		if err := w.DeleteBehavior(ctx(t), w.behavior.ID); !errors.Is(err, models.ErrConflict) {
			t.Fatalf("delete one in use: %v", err)
		}
		must(t, w.DeleteBehavior(ctx(t), b.ID))
		for name, err := range map[string]error{
			"delete again":  w.DeleteBehavior(ctx(t), b.ID),
			"update":        w.UpdateBehavior(ctx(t), b),
			"read":          second2(w.Behavior(ctx(t), b.ID)),
			"publish":       second2(w.Publish(ctx(t), b.ID, "", "", "", 0)),
			"other version": second2(w.VersionByNumber(ctx(t), w.behavior.ID, 9)),
			"no version":    second2(w.Version(ctx(t), 999)),
			"id 0":          second2(w.Behavior(ctx(t), 0)),
		} {
			if !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if kept, err := w.Version(ctx(t), v1.ID); err != nil || kept.Source != "name: Second" {
			t.Fatalf("version of a deleted behavior: %+v, %v", kept, err)
		}
	})
}

func TestSecret(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		a := &models.Secret{Name: "b", Hosts: []string{"b.example"}, UpdatedBy: "ann"}
		must(t, w.PutSecret(ctx(t), a, "one"))
		must(t, w.PutSecret(ctx(t), &models.Secret{Name: "a"}, ""))
		own := &models.Secret{}
		must(t, w.PutSecret(ctx(t), own, "own"))

		w.clock.Add(time.Minute)
		again := &models.Secret{Name: "b", Hosts: []string{"c.example"}, UpdatedBy: "bob"}
		must(t, w.PutSecret(ctx(t), again, "two"))
		same(t, again.ID, a.ID)
		must(t, w.PutSecret(ctx(t), &models.Secret{ID: own.ID}, "own 2"))
		for id, want := range map[int64]string{a.ID: "two", own.ID: "own 2"} {
			got, err := w.SecretValue(ctx(t), id)
			must(t, err)
			same(t, got, want)
		}
		list, err := w.Secrets(ctx(t))
		must(t, err)
		same(t, len(list), 2)
		same(t, []any{list[0].Name, list[0].Set, list[0].Unreadable}, []any{"a", false, false})
		same(t, list[1], &models.StoredSecret{
			Secret: models.Secret{ID: a.ID, Name: "b", Hosts: []string{"c.example"}, UpdatedAt: w.clock.Micros(), UpdatedBy: "bob"}, Set: true,
		})
		byName, err := w.SecretByName(ctx(t), "b")
		must(t, err)
		same(t, *byName, list[1].Secret)
		if value, err := w.SecretValue(ctx(t), list[0].ID); err != nil || value != "" {
			t.Fatalf("empty value: %q, %v", value, err)
		}

		must(t, w.DeleteSecret(ctx(t), a.ID))
		must(t, w.DeleteSecret(ctx(t), a.ID))
		for name, err := range map[string]error{
			"value":   second2(w.SecretValue(ctx(t), a.ID)),
			"by name": second2(w.SecretByName(ctx(t), "b")),
			"put":     w.PutSecret(ctx(t), &models.Secret{ID: a.ID}, "x"),
		} {
			if !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestChanges(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		start, err := w.ChangedSince(ctx(t), 0)
		must(t, err)
		same(t, start, &models.Changes{
			Number: 3, Listeners: []*models.Listener{w.listener}, DeletedListeners: []int64{},
			Behaviors: []models.BehaviorRef{{ID: w.behavior.ID, PublishedID: w.version.ID, PublishedVersion: 1}},
		})
		none, err := w.ChangedSince(ctx(t), start.Number)
		must(t, err)
		same(t, none, &models.Changes{Number: 3})

		other := w.another()
		l := &models.Listener{Name: "second", BehaviorID: w.behavior.ID, Inputs: map[string]any{}}
		must(t, other.CreateListener(ctx(t), l))
		must(t, other.DeleteListener(ctx(t), w.listener.ID))
		v2, err := other.Publish(ctx(t), w.behavior.ID, "x", "", "", 0)
		must(t, err)
		must(t, other.PutSecret(ctx(t), &models.Secret{Name: "s"}, "v"))
		n, err := w.ChangeNumber(ctx(t))
		must(t, err)
		same(t, n, int64(7))
		got, err := w.ChangedSince(ctx(t), start.Number)
		must(t, err)
		same(t, got, &models.Changes{
			Number: 7, Listeners: []*models.Listener{l}, DeletedListeners: []int64{w.listener.ID},
			Behaviors: []models.BehaviorRef{{ID: w.behavior.ID, PublishedID: v2.ID, PublishedVersion: 2}},
		})

		// What fails leaves the number as it was.
		if err := w.DeleteBehavior(ctx(t), w.behavior.ID); !errors.Is(err, models.ErrConflict) {
			t.Fatal(err)
		}
		n, err = w.ChangeNumber(ctx(t))
		must(t, err)
		same(t, n, int64(7))
	})
}
