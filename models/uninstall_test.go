package models_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

func tablesIn(t *testing.T, db *gorm.DB) []string {
	t.Helper()
	all, err := db.Migrator().GetTables()
	must(t, err)
	all = slices.DeleteFunc(all, func(name string) bool { return strings.HasPrefix(name, "sqlite_") })
	slices.Sort(all)
	return all
}

// Uninstalling drops what is ours, whatever else is there, and says what it was.
func TestUninstall(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db, clock := d.Open(), modelstest.NewClock()
		o := models.Options{Now: clock.Now}
		never, err := models.Uninstall(ctx(t), db, o)
		must(t, err)
		same(t, never, &models.Uninstalled{})

		for _, table := range []string{"tickets", "webhooks_of_the_host"} {
			must(t, db.Exec("CREATE TABLE "+table+" (id INT)").Error)
			must(t, db.Exec("INSERT INTO "+table+" VALUES (7)").Error)
		}
		w := newWorld(t, d)
		must(t, w.PutSecret(trailed(t), &models.Secret{Name: "s"}, "x"))
		w.accept()

		if _, err := models.Uninstall(ctx(t), db, models.Options{Now: w.clock.Now}); !errors.Is(err, models.ErrEnabled) {
			t.Fatalf("while a node works: %v", err)
		}
		w.clock.Add(time.Minute)
		must(t, w.Beat(ctx(t)))
		w.clock.Add(20 * time.Second)
		_, err = models.Uninstall(ctx(t), db, models.Options{Now: w.clock.Now})
		const want = "uninstall: models: enabled: 1 nodes work, one was seen 20s ago: disable the plugin first; if a node has crashed, wait for 30s"
		if err == nil || err.Error() != want {
			t.Fatalf("got %v, want %s", err, want)
		}
		same(t, len(tablesIn(t, db)), len(models.OwnTables())+2)
		must(t, w.Close())

		must(t, db.Exec("INSERT INTO webhooks_migrations VALUES ('0099_more')").Error)
		_, err = models.Uninstall(ctx(t), db, o)
		if err == nil || err.Error() != "uninstall: the database was migrated by a newer version (0099_more): uninstall with that one" {
			t.Fatalf("a newer schema: %v", err)
		}
		must(t, db.Exec("DELETE FROM webhooks_migrations WHERE id = '0099_more'").Error)

		gone, err := models.Uninstall(ctx(t), db, o)
		must(t, err)
		same(t, gone, &models.Uninstalled{
			Tables: models.OwnTables(), Listeners: 1, Behaviors: 1, Secrets: 1, Deliveries: 1, OpenRuns: 1, AuditRows: 1,
		})
		same(t, tablesIn(t, db), []string{"tickets", "webhooks_of_the_host"})
		var n int
		must(t, db.Raw("SELECT SUM(id) FROM tickets").Row().Scan(&n))
		same(t, n, 7)

		s := modelstest.Store(t, db, nil)
		list, err := s.Listeners(ctx(t), models.Page{})
		must(t, err)
		same(t, len(list), 0)
	})
}

// A node that crashed does not hinder for ever, and one that was cut short in
// dropping the tables is taken up.
func TestUninstallAfterCrash(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		w := newWorld(t, d)
		w.clock.Add(30 * time.Second)
		db := d.Open()
		must(t, db.Exec("DROP TABLE webhooks_migrations").Error)
		must(t, db.Exec("DROP TABLE webhooks_tombstones").Error)
		gone, err := models.Uninstall(ctx(t), db, models.Options{Now: w.clock.Now})
		must(t, err)
		same(t, []any{gone.Listeners, len(gone.Tables), len(tablesIn(t, db))}, []any{int64(1), len(models.OwnTables()) - 2, 0})
	})
}
