package models_test

import (
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// Whatever a host's data source name says, everything is the same.
func TestDSN(t *testing.T) {
	d := modelstest.MariaDB(t, "parseTime=true", "loc=Local", "clientFoundRows=true", "interpolateParams=true", "charset=utf8mb4",
		"tx_isolation=%27SERIALIZABLE%27", "time_zone=%27-07%3A00%27", "sql_mode=%27ANSI_QUOTES%27")
	w := newWorld(t, d)
	in := w.delivery()
	in.HasKey, in.DedupeKey = true, "k"
	in.Request.Body = []byte("\x00'\"\\\xff☃")
	run, err := w.Accept(ctx(t), in, &models.NewRun{Lease: lease})
	must(t, err)
	got, err := w.Delivery(ctx(t), run.ID)
	must(t, err)
	in.HasKey, in.DedupeKey = false, ""
	same(t, got, in)
	step := &models.StepRow{Path: "steps[0]", State: "done", Output: []byte("\x00'\"\\\xff"), Name: "☃ '\"\\"}
	must(t, w.Step(ctx(t), run, func(tx *gorm.DB) (*models.StepRow, error) {
		e := &models.StoreEntry{Space: "s", Key: "k'\xff", Value: []byte("\x00\xff")}
		if err := models.StoreSet(tx, e); err != nil {
			return nil, err
		}
		back, err := models.StoreGet(tx, "s", "k'\xff", 0)
		same(t, back, e)
		return step, err
	}, nil))
	must(t, w.Renew(ctx(t), run, lease)) // changes nothing, and is no lost lease
	must(t, w.Renew(ctx(t), run, lease))
	steps, err := w.Steps(ctx(t), run.ID)
	must(t, err)
	same(t, steps, []*models.StepRow{step})
	w.clock.Add(lease)
	claimed, err := w.Claim(ctx(t), 5, lease)
	must(t, err)
	same(t, len(claimed), 1)
}

func TestNow(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db := d.Open()
		s := modelstest.Store(t, db, nil)
		var last models.Micros
		for range 100 {
			now, err := s.Now(ctx(t))
			must(t, err)
			if now < last {
				t.Fatalf("%d after %d", now, last)
			}
			last = now
		}
		// Server and test stand on the same clock here.
		if off := time.Since(last.Time()); off < -time.Minute || off > time.Minute {
			t.Fatalf("off by %s", off)
		}
		pool, err := db.DB()
		must(t, err)
		must(t, pool.Close())
		if now, err := s.Now(ctx(t)); err != nil || now < last {
			t.Fatalf("carried on while the database is away: %d, %v", now, err)
		}
	})
}

// A GUID that no listener can have is not even asked for.
func TestStrangeGUID(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		guid := w.listener.GUID
		for _, strange := range []string{"", guid + " ", guid + "\x00", guid[:25], "\xff" + guid[1:], guid[:25] + "A", "%" + guid[1:], guid + guid} {
			if _, err := w.ListenerByGUID(ctx(t), strange); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%q: %v", strange, err)
			}
		}
		if _, err := w.ListenerByGUID(ctx(t), guid); err != nil {
			t.Error(err)
		}
	})
}

func TestMessage(t *testing.T) {
	long := make([]byte, 4095)
	for i := range long {
		long[i] = 'x'
	}
	for in, want := range map[string]string{
		"":                   "",
		"plain ☃":            "plain ☃",
		"a\xff\xfeb":         "a\uFFFDb",
		string(long) + "☃":   string(long),
		string(long) + "yzz": string(long) + "y",
	} {
		if got := models.Message(in); got != want {
			t.Errorf("%.20q: %d bytes, want %d", in, len(got), len(want))
		}
	}
}
