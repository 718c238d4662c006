package models_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

func TestDeliveries(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		start := w.clock.Micros()
		secret := &models.Secret{Name: "slack"}
		must(t, w.PutSecret(ctx(t), secret, "x"))
		var ids []int64
		add := func(listener int64, response *models.HTTPResponse, r models.NewRun) *models.Run {
			t.Helper()
			d := w.delivery()
			d.ListenerID, d.Response = listener, response
			d.Inputs = map[string]any{"url": models.SecretInput{ID: secret.ID, Name: "slack"}}
			run, err := w.Accept(ctx(t), d, &r)
			must(t, err)
			ids = append([]int64{run.ID}, ids...)
			w.clock.Add(time.Second)
			return run
		}
		add(1, &models.HTTPResponse{Status: 200}, models.NewRun{Done: true, State: "done"})
		answered := add(1, nil, models.NewRun{Lease: lease})
		must(t, w.SetAnswer(ctx(t), answered, &models.HTTPResponse{Status: 202}, &models.Finish{State: "dead", Error: "why"}))
		add(2, nil, models.NewRun{Lease: lease})
		d := w.delivery()
		d.Outcome, d.Cause, d.Detail, d.Response = "refused", "signature", "no match", &models.HTTPResponse{Status: 406}
		w.Record(d)
		must(t, w.Flush(ctx(t)))

		list := func(f models.DeliveryFilter, p models.Page) []*models.DeliveryRow {
			t.Helper()
			rows, err := w.Deliveries(ctx(t), f, p)
			must(t, err)
			return rows
		}
		all := list(models.DeliveryFilter{}, models.Page{})
		same(t, len(all), 4)
		ids = append([]int64{all[0].ID}, ids...)
		for i, row := range all {
			// A line is the delivery without bodies.
			want, err := w.Delivery(ctx(t), ids[i])
			must(t, err)
			size := int64(len(want.Request.Body))
			want.Request.Body = nil
			if answer, err := w.Answer(ctx(t), ids[i]); err != nil {
				t.Fatal(err)
			} else if want.Response = nil; answer != nil {
				want.Response = &models.HTTPResponse{Status: answer.Status}
			}
			line := &models.DeliveryRow{Delivery: *want, Size: size}
			if row.Outcome != "refused" {
				line.Run = w.stored(row.ID)
			}
			same(t, row, line)
		}
		same(t, []string{all[0].Cause, all[0].Detail}, []string{"signature", "no match"})

		for name, tc := range map[string]struct {
			filter models.DeliveryFilter
			page   models.Page
			want   []int64
		}{
			"first page":       {models.DeliveryFilter{}, models.Page{Limit: 3}, ids[:3]},
			"second page":      {models.DeliveryFilter{}, models.Page{Limit: 3, After: ids[2]}, ids[3:]},
			"listener":         {models.DeliveryFilter{ListenerID: 2}, models.Page{}, ids[1:2]},
			"listener, after":  {models.DeliveryFilter{ListenerID: 1}, models.Page{After: ids[2]}, ids[3:]},
			"outcome":          {models.DeliveryFilter{Outcome: "refused"}, models.Page{}, ids[:1]},
			"state":            {models.DeliveryFilter{State: "dead"}, models.Page{}, ids[2:3]},
			"state, after":     {models.DeliveryFilter{State: "dead"}, models.Page{After: ids[2]}, []int64{}},
			"since":            {models.DeliveryFilter{Since: start + 2e6}, models.Page{}, ids[:2]},
			"until":            {models.DeliveryFilter{Until: start + 1e6}, models.Page{}, ids[3:]},
			"state and others": {models.DeliveryFilter{ListenerID: 1, Outcome: "accepted", State: "done"}, models.Page{}, ids[3:]},
		} {
			got := []int64{}
			for _, row := range list(tc.filter, tc.page) {
				got = append(got, row.ID)
			}
			if !sameJSON(got, tc.want) {
				t.Errorf("%s: %v, want %v", name, got, tc.want)
			}
		}
	})
}

func TestRecord(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		record := func(outcome string, listener int64, body []byte) string {
			d := w.delivery()
			d.Outcome, d.ListenerID, d.Request.Body = outcome, listener, body
			w.Record(d)
			w.clock.Add(time.Millisecond)
			return d.UID
		}
		big := bytes.Repeat([]byte("x"), 20<<10)
		var refused []string
		for range 15 {
			refused = append(refused, record("refused", 1, big))
		}
		must(t, w.Flush(ctx(t)))
		for range 30 {
			refused = append(refused, record("refused", 1, big))
		}
		record("refused", 2, nil)
		duplicate := record("duplicate", 1, big)
		record("handshake", 1, nil)
		must(t, w.Flush(ctx(t)))

		rows, err := w.Deliveries(ctx(t), models.DeliveryFilter{ListenerID: 1, Outcome: "refused"}, models.Page{})
		must(t, err)
		kept := []string{}
		for _, row := range rows {
			kept = append([]string{row.UID}, kept...)
			same(t, []any{row.Size, row.Run == nil}, []any{int64(16 << 10), true})
		}
		same(t, kept, refused[25:])
		one, err := w.Delivery(ctx(t), rows[0].ID)
		must(t, err)
		same(t, one.Request.Body, big[:16<<10])
		var notes int64
		must(t, w.DB().Table("webhooks_refused").Count(&notes).Error)
		same(t, notes, int64(21))
		rows, err = w.Deliveries(ctx(t), models.DeliveryFilter{Outcome: "duplicate"}, models.Page{})
		must(t, err)
		same(t, []any{len(rows), rows[0].UID, rows[0].Size}, []any{1, duplicate, int64(20 << 10)})
		rows, err = w.Deliveries(ctx(t), models.DeliveryFilter{Outcome: "handshake"}, models.Page{})
		must(t, err)
		same(t, len(rows), 1)
		same(t, w.Dropped(), int64(0))
	})
}

// What finds no room is dropped, and counted; a full recorder blocks nobody.
func TestRecordDrops(t *testing.T) {
	w := newWorld(t, modelstest.SQLite(t))
	unlock := w.RecorderLock()
	for range 1030 {
		d := w.delivery()
		d.Outcome = "duplicate"
		w.Record(d)
	}
	d := w.delivery()
	d.Outcome, d.Request.Body = "refused", nil
	w.Record(d)
	unlock()
	must(t, w.Flush(ctx(t)))
	stats, err := w.ListenerStats(ctx(t), []int64{w.listener.ID})
	must(t, err)
	same(t, []int64{w.Dropped(), stats[w.listener.ID].Duplicate, stats[w.listener.ID].Refused}, []int64{6, 1030, 1})
	must(t, w.Close())
	w.Record(d)
	same(t, w.Dropped(), int64(7))
}

// Close writes what is still held, so that nothing recorded is lost by a restart.
func TestRecordClose(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		other := w.another()
		d := w.delivery()
		d.Outcome = "refused"
		other.Record(d)
		must(t, other.Close())
		rows, err := w.Deliveries(ctx(t), models.DeliveryFilter{}, models.Page{})
		must(t, err)
		same(t, len(rows), 1)
	})
}

func TestListenerStats(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		id, other := w.listener.ID, w.listener.ID+1
		want := map[int64]models.ListenerStats{id: {}, other: {}}
		check := func(s *models.Store) {
			t.Helper()
			got, err := s.ListenerStats(ctx(t), []int64{id, other})
			must(t, err)
			same(t, got, want)
		}
		check(w.Store)
		run := w.accept()
		w.clock.Add(time.Minute)
		w.accept()
		for _, outcome := range []string{"refused", "duplicate", "duplicate", "handshake"} {
			d := w.delivery()
			d.Outcome = outcome
			w.Record(d)
		}
		must(t, w.Finish(ctx(t), run, &models.Finish{State: "dead"}))
		want[id] = models.ListenerStats{LastDeliveryAt: w.clock.Micros(), Accepted: 2, Refused: 1, Duplicate: 2, Dead: 1}
		check(w.Store) // at once, on the node that counted
		must(t, w.Flush(ctx(t)))
		check(w.Store)
		check(w.another())
		w.accept()
		want[id] = models.ListenerStats{LastDeliveryAt: w.clock.Micros(), Accepted: 3, Refused: 1, Duplicate: 2, Dead: 1}
		check(w.Store)
		must(t, w.Flush(ctx(t)))
		check(w.another())

		must(t, w.DeleteListener(ctx(t), id))
		want[id] = models.ListenerStats{Dead: 1}
		check(w.Store)
		none, err := w.ListenerStats(ctx(t), nil)
		must(t, err)
		same(t, none, map[int64]models.ListenerStats{})
	})
}
