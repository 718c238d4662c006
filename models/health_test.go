package models_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/ncruces/go-sqlite3/gormlite"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

func codesOf(warnings []models.Warning) []string {
	codes := []string{}
	for _, w := range warnings {
		codes = append(codes, w.Code)
	}
	return codes
}

func wantWarnings(t *testing.T, s *models.Store, want ...string) []models.Warning {
	t.Helper()
	got, err := s.Warnings(ctx(t))
	must(t, err)
	if want == nil {
		want = []string{}
	}
	same(t, codesOf(got), want)
	return got
}

func TestWarningsOfMariaDB(t *testing.T) {
	t.Parallel()
	d := modelstest.MariaDB(t)
	db := d.Open()
	s := modelstest.Store(t, db, nil)
	if product, version := s.Database(); product != "MariaDB" && product != "MySQL" || version == "" || strings.Contains(version, "-") {
		t.Errorf("got %q %q", product, version)
	}
	globals := d.HoldGlobals()
	d.SetGlobal(globals, "innodb_flush_log_at_trx_commit", 1)
	wantWarnings(t, s)
	for _, value := range []int{2, 0} {
		d.SetGlobal(globals, "innodb_flush_log_at_trx_commit", value)
		got := wantWarnings(t, s, "flush-log")
		if !strings.Contains(got[0].Message, "set it to 1") {
			t.Errorf("got %q", got[0].Message)
		}
	}
	d.SetGlobal(globals, "innodb_flush_log_at_trx_commit", 1)
	must(t, db.Exec("ALTER TABLE webhooks_steps ENGINE=MyISAM").Error)
	must(t, db.Exec("CREATE TABLE webhooks_of_the_host (id INT) ENGINE=MyISAM").Error)
	got := wantWarnings(t, s, "table")
	same(t, got[0].Message, "table webhooks_steps must be InnoDB, it is MyISAM: ALTER TABLE webhooks_steps ENGINE=InnoDB")

	pool, err := db.DB()
	must(t, err)
	must(t, pool.Close())
	if _, err := s.Warnings(ctx(t)); !errors.Is(err, models.ErrUnavailable) {
		t.Errorf("database away: %v", err)
	}
}

// What cannot be switched on a running server, by its values.
func TestWarningsByVariables(t *testing.T) {
	safe := map[string]string{
		"innodb_flush_log_at_trx_commit": "1", "log_bin": "ON", "sync_binlog": "1", "innodb_doublewrite": "ON", "innodb_flush_method": "O_DIRECT", "wsrep_on": "OFF",
	}
	same(t, codesOf(models.MySQLWarnings(safe)), []string{})
	for _, c := range []struct{ name, value, want string }{
		{"innodb_flush_log_at_trx_commit", "0", "flush-log"},
		{"sync_binlog", "0", "sync-binlog"},
		{"sync_binlog", "100", "sync-binlog"},
		{"innodb_doublewrite", "OFF", "doublewrite"},
		{"innodb_doublewrite", "DETECT_ONLY", "doublewrite"},
		{"innodb_doublewrite", "DETECT_AND_RECOVER", ""},
		{"innodb_flush_method", "nosync", "flush-method"},
		{"wsrep_on", "ON", "galera"},
	} {
		v := map[string]string{}
		for name, value := range safe {
			v[name] = value
		}
		v[c.name] = c.value
		if got := strings.Join(codesOf(models.MySQLWarnings(v)), " "); got != c.want {
			t.Errorf("%s=%s: got %q, want %q", c.name, c.value, got, c.want)
		}
	}
	off := map[string]string{"innodb_flush_log_at_trx_commit": "1", "log_bin": "OFF", "sync_binlog": "0"}
	same(t, codesOf(models.MySQLWarnings(off)), []string{})
}

func TestWarningsOfSQLite(t *testing.T) {
	for _, c := range []struct {
		pragma string
		want   []string
	}{
		{"synchronous(full)", nil},
		{"synchronous(extra)", nil},
		{"journal_mode(delete)", nil},
		{"synchronous(normal)", []string{"synchronous"}},
		{"synchronous(off)", []string{"synchronous"}},
		{"journal_mode(memory)", []string{"journal-mode"}},
		{"journal_mode(off)", []string{"journal-mode"}},
	} {
		t.Run(c.pragma, func(t *testing.T) {
			s := modelstest.Store(t, modelstest.SQLite(t, c.pragma).Open(), nil)
			wantWarnings(t, s, c.want...)
			if product, version := s.Database(); product != "SQLite" || !strings.HasPrefix(version, "3.") {
				t.Errorf("got %q %q", product, version)
			}
		})
	}
	t.Run("in memory", func(t *testing.T) {
		db, err := gorm.Open(gormlite.Open("file::memory:"), &gorm.Config{})
		must(t, err)
		pool, err := db.DB()
		must(t, err)
		t.Cleanup(func() { pool.Close() })
		pool.SetMaxOpenConns(1)
		wantWarnings(t, modelstest.Store(t, db, nil), "memory")
	})
}

// Whoever reads a code finds it in the runbook.
func TestWarningsAreInTheRunbook(t *testing.T) {
	source, err := os.ReadFile("health.go")
	must(t, err)
	runbook, err := os.ReadFile("../plugin/docs/runbook.md")
	must(t, err)
	codes := regexp.MustCompile(`(?:warn\(|Warning\{)"([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 9 {
		t.Fatalf("only the codes %q are found", codes)
	}
	for _, c := range codes {
		if !strings.Contains(string(runbook), "| `"+c[1]+"` |") {
			t.Errorf("the runbook has no row for %s", c[1])
		}
	}
}
