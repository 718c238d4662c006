package models_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

var released = []string{"0001_configuration", "0002_deliveries", "0003_runs", "0004_administration"}

func migrated(t *testing.T, db *gorm.DB) []string {
	t.Helper()
	var ids []string
	must(t, db.Raw("SELECT id FROM webhooks_migrations ORDER BY id").Scan(&ids).Error)
	return ids
}

// Several nodes start at once on a database that nobody has used.
func TestOpenConcurrently(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		const nodes = 8
		pools := make([]*gorm.DB, nodes)
		for i := range pools {
			pools[i] = d.Open()
		}
		var wg sync.WaitGroup
		for _, db := range pools {
			wg.Go(func() {
				s, err := models.Open(ctx(t), db, models.Options{Keys: modelstest.Keys()})
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close()
				if err := s.CreateBehavior(ctx(t), &models.Behavior{Name: "b"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		same(t, migrated(t, pools[0]), released)
		var n int64
		must(t, pools[0].Raw("SELECT number FROM webhooks_changes").Row().Scan(&n))
		same(t, n, int64(nodes))
	})
}

// A node that died between two statements of a migration: the next one ends it.
func TestMigrateAfterCrash(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db := d.Open()
		must(t, modelstest.Store(t, db, nil).Close())
		must(t, db.Exec("DELETE FROM webhooks_migrations WHERE id = '0003_runs'").Error)
		must(t, db.Exec("DROP TABLE webhooks_attempts").Error)
		s := modelstest.Store(t, d.Open(), nil)
		same(t, migrated(t, db), released)
		if _, err := s.Steps(ctx(t), 1); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNewerSchema(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db := d.Open()
		must(t, modelstest.Store(t, db, nil).Close())
		must(t, db.Exec("INSERT INTO webhooks_migrations VALUES ('0099_more')").Error)
		must(t, modelstest.Store(t, db, nil).Close()) // it only adds
		must(t, db.Exec("INSERT INTO webhooks_migrations VALUES ('0100_other_breaking')").Error)
		_, err := models.Open(ctx(t), db, models.Options{Keys: modelstest.Keys()})
		const want = "open store: migrate: the database was migrated by a newer version (0100_other_breaking) that this one does not know: install that version, or go back to a backup"
		if err == nil || err.Error() != want {
			t.Fatalf("got  %v\nwant %s", err, want)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	db := modelstest.Open(t)
	short := modelstest.Keys()
	short.ByID[2] = []byte("short")
	for _, tc := range []struct {
		keys models.Keys
		want string
	}{
		{models.Keys{}, "models: the current key 0 is not among the keys"},
		{models.Keys{Current: 2, ByID: modelstest.Keys().ByID}, "models: the current key 2 is not among the keys"},
		{short, "models: key 2 must be 32 bytes long, it has 5"},
	} {
		if _, err := models.Open(ctx(t), db, models.Options{Keys: tc.keys}); err == nil || err.Error() != tc.want {
			t.Errorf("got %v, want %s", err, tc.want)
		}
	}
	pool, err := db.DB()
	must(t, err)
	must(t, pool.Close())
	if _, err := models.Open(ctx(t), db, models.Options{Keys: modelstest.Keys()}); !errors.Is(err, models.ErrUnavailable) {
		t.Errorf("database away: %v", err)
	}
}

func TestVersions(t *testing.T) {
	for _, tc := range []struct {
		version, packet, log, format, want string
	}{
		{"8.0.1", "4194304", "ON", "ROW", ""},
		{"8.4.3-cloud", "67108864", "OFF", "STATEMENT", ""},
		{"10.6.0-MariaDB", "16777216", "ON", "MIXED", ""},
		{"5.5.5-10.11.19-MariaDB-0+deb12u1", "16777216", "OFF", "MIXED", ""},
		{"11.4.2-MariaDB-log", "16777216", "OFF", "MIXED", ""},
		{"8.0.0-dmr", "4194304", "OFF", "ROW", "MySQL 8.0.1 or newer is needed (for SKIP LOCKED), this is 8.0.0-dmr"},
		{"5.7.44", "4194304", "OFF", "ROW", "MySQL 8.0.1 or newer is needed (for SKIP LOCKED), this is 5.7.44"},
		{"10.5.27-MariaDB", "16777216", "OFF", "MIXED", "MariaDB 10.6 or newer is needed (for SKIP LOCKED), this is 10.5.27-MariaDB"},
		{"strange", "16777216", "OFF", "MIXED", "MySQL 8.0.1 or newer is needed (for SKIP LOCKED), this is strange"},
		{"8.0.36", "1048576", "OFF", "ROW", "max_allowed_packet must be at least 4194304, it is 1048576"},
		{"8.0.36", "4194304", "ON", "STATEMENT", "binlog_format must be ROW or MIXED: STATEMENT refuses READ COMMITTED"},
	} {
		got := ""
		if _, err := models.NewMySQL(map[string]string{
			"version": tc.version, "max_allowed_packet": tc.packet, "log_bin": tc.log, "binlog_format": tc.format, "character_set_client": "utf8mb4",
		}); err != nil {
			got = err.Error()
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.version, got, tc.want)
		}
	}
}

func TestCharacterSet(t *testing.T) {
	_, err := models.Open(ctx(t), modelstest.MariaDB(t, "charset=latin1").Open(), models.Options{Keys: modelstest.Keys()})
	const want = "open store: the connection's character set must be utf8mb4, it is latin1: see charset in the data source name"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// A server that made a table in another engine is found out.
func TestTableOfAnotherEngine(t *testing.T) {
	d := modelstest.MariaDB(t)
	db := d.Open()
	must(t, modelstest.Store(t, db, nil).Close())
	must(t, db.Exec("ALTER TABLE webhooks_steps ENGINE=MyISAM").Error)
	_, err := models.Open(ctx(t), db, models.Options{Keys: modelstest.Keys()})
	if err == nil || !strings.HasSuffix(err.Error(), "table webhooks_steps must be InnoDB, it is MyISAM: ALTER TABLE webhooks_steps ENGINE=InnoDB") {
		t.Errorf("engine: %v", err)
	}
	must(t, db.Exec("ALTER TABLE webhooks_steps ENGINE=InnoDB, CONVERT TO CHARACTER SET latin1").Error)
	_, err = models.Open(ctx(t), db, models.Options{Keys: modelstest.Keys()})
	if err == nil || !strings.Contains(err.Error(), "table webhooks_steps must be utf8mb4, its collation is latin1_") {
		t.Errorf("character set: %v", err)
	}
}
