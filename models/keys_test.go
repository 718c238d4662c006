package models_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// The host's key is lost, changed, or rotated.
func TestKeys(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		const canary = "canary-1c9e"
		secret := &models.Secret{Name: "s"}
		must(t, w.PutSecret(ctx(t), secret, canary))
		d := w.delivery()
		d.Request.Body = []byte(strings.Repeat(canary, 200)) // compressed
		d.Inputs = map[string]any{"a": canary}
		d.Response = &models.HTTPResponse{Status: 201, Body: []byte(canary)}
		step := &models.StepRow{Path: "steps[0]", Action: "slack.post", State: "done", Output: []byte(canary), Params: []byte(canary)}
		run, err := w.Accept(ctx(t), d, &models.NewRun{Lease: lease, Steps: []*models.StepRow{step}})
		must(t, err)
		must(t, w.StartAttempt(ctx(t), run, step, 1))
		must(t, w.EndAttempt(ctx(t), run, step, &models.Attempt{N: 1, Excerpt: canary}, nil))

		open := func(k models.Keys) *models.Store {
			t.Helper()
			s, err := models.Open(ctx(t), w.database.Open(), models.Options{Keys: k, Now: w.clock.Now})
			must(t, err)
			t.Cleanup(func() { s.Close() })
			return s
		}
		key := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
		for name, keys := range map[string]models.Keys{
			"lost":    {Current: 2, ByID: map[byte][]byte{2: key(9)}},
			"changed": {Current: 1, ByID: map[byte][]byte{1: key(9)}},
		} {
			s := open(keys)
			got, err1 := s.Delivery(ctx(t), run.ID)
			_, err2 := s.SecretValue(ctx(t), secret.ID)
			steps, err3 := s.Steps(ctx(t), run.ID)
			_, err4 := s.Answer(ctx(t), run.ID)
			for _, err := range []error{err1, err2, err3, err4} {
				if !errors.Is(err, models.ErrUnreadable) || strings.Contains(err.Error(), canary) {
					t.Fatalf("%s: %v", name, err)
				}
			}
			// What is not encrypted is there all the same.
			same(t, []any{got.UID, got.Outcome, got.ReceivedAt, len(got.Request.Body)}, []any{d.UID, "accepted", d.ReceivedAt, 0})
			same(t, []any{len(steps), steps[0].Path, steps[0].Action, len(steps[0].Attempts)}, []any{1, "steps[0]", "slack.post", 1})
			list, err := s.Deliveries(ctx(t), models.DeliveryFilter{}, models.Page{})
			must(t, err)
			first := list[len(list)-1]
			same(t, []any{first.Unreadable, first.Response.Status, first.Run.State}, []any{true, 201, "open"})
			secrets, err := s.Secrets(ctx(t))
			must(t, err)
			same(t, len(secrets), 1)
			if _, err := s.Accept(ctx(t), w.delivery(), &models.NewRun{Lease: lease}); err != nil {
				t.Fatalf("%s: accept: %v", name, err)
			}
		}

		rotated := open(models.Keys{Current: 2, ByID: map[byte][]byte{1: modelstest.Keys().ByID[1], 2: key(9)}})
		value, err := rotated.SecretValue(ctx(t), secret.ID)
		must(t, err)
		same(t, value, canary)
		got, err := rotated.Delivery(ctx(t), run.ID)
		must(t, err)
		same(t, got, d)
		must(t, rotated.PutSecret(ctx(t), secret, "new"))
		value, err = open(models.Keys{Current: 2, ByID: map[byte][]byte{2: key(9)}}).SecretValue(ctx(t), secret.ID)
		must(t, err)
		same(t, value, "new")
	})
}

// A value that was moved to another row or column, or changed, does not open.
func TestSealedInPlace(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		a, b := &models.Secret{Name: "a"}, &models.Secret{Name: "b"}
		must(t, w.PutSecret(ctx(t), a, "one"))
		must(t, w.PutSecret(ctx(t), b, "two"))
		var sealed []byte
		must(t, w.DB().Raw("SELECT value FROM webhooks_secrets WHERE id = ?", a.ID).Row().Scan(&sealed))
		cut := map[string][]byte{"moved": sealed, "cut": sealed[:30], "short": sealed[:9]}
		for i := range sealed {
			flipped := bytes.Clone(sealed)
			flipped[i] ^= 1
			cut["flipped"] = flipped
			for name, value := range cut {
				must(t, w.DB().Exec("UPDATE webhooks_secrets SET value = ? WHERE id = ?", value, b.ID).Error)
				if got, err := w.SecretValue(ctx(t), b.ID); !errors.Is(err, models.ErrUnreadable) || got != "" {
					t.Fatalf("%s, byte %d: %q, %v", name, i, got, err)
				}
			}
			cut = map[string][]byte{}
		}
	})
}
