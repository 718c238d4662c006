// Package modelstest opens databases for tests: SQLite in a temporary file, and
// a database of its own on the MariaDB or MySQL server of DESKHOOK_TEST_DSN.
package modelstest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"
	_ "github.com/ncruces/go-sqlite3/driver" // the driver that gormlite opens
	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// TestDSN names the environment variable with the data source name of a server
// on which databases may be created and dropped, such as "root@tcp(127.0.0.1:3306)/".
const TestDSN = "DESKHOOK_TEST_DSN"

// sqliteOptions are what models/doc.go asks of a host.
const sqliteOptions = "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)"

// Database is an empty database that lives as long as its test.
type Database struct {
	// MySQL is true for MariaDB and MySQL.
	MySQL bool

	t   testing.TB
	dsn string
}

// DSN is the data source name, for a process of its own.
func (d *Database) DSN() string { return d.dsn }

// Open opens a pool of its own on the database; each is closed with the test.
func (d *Database) Open() *gorm.DB {
	d.t.Helper()
	db, err := gorm.Open(d.dialector(), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		d.t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			d.t.Error(err)
		}
	})
	return db
}

func (d *Database) dialector() gorm.Dialector {
	if d.MySQL {
		return mysql.Open(d.dsn)
	}
	return gormlite.Open(d.dsn)
}

// Open opens a new SQLite database.
func Open(t testing.TB) *gorm.DB {
	t.Helper()
	return SQLite(t).Open()
}

// SQLite is a new database in a temporary file. pragmas come after the usual
// ones, such as "synchronous(normal)".
func SQLite(t testing.TB, pragmas ...string) *Database {
	t.Helper()
	dsn := "file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "test.db")) + sqliteOptions
	for _, p := range pragmas {
		dsn += "&_pragma=" + p
	}
	return &Database{t: t, dsn: dsn}
}

// MariaDB is a new database on the server of TestDSN. params are added to the
// data source name, such as "parseTime=true". Without a server the test is
// skipped, and fails where the environment variable CI is set.
func MariaDB(t testing.TB, params ...string) *Database {
	t.Helper()
	dsn := os.Getenv(TestDSN)
	if dsn == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set", TestDSN)
		}
		t.Skipf("%s is not set", TestDSN)
	}
	config, err := mysqldriver.ParseDSN(dsn)
	if err != nil {
		t.Fatalf("%s: %v", TestDSN, err)
	}
	server, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	var b [8]byte
	rand.Read(b[:])
	name := "deskhook_test_" + hex.EncodeToString(b[:])
	if _, err := server.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := server.Exec("DROP DATABASE " + name); err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	config.DBName = name
	own := config.FormatDSN()
	for _, p := range params {
		sep := "?"
		if strings.Contains(own, "?") {
			sep = "&"
		}
		own += sep + p
	}
	return &Database{MySQL: true, t: t, dsn: own}
}

// HoldGlobals keeps other tests, of any process, from changing the server's
// global variables until the test ends.
func (d *Database) HoldGlobals() *sql.Conn {
	d.t.Helper()
	pool, err := sql.Open("mysql", d.dsn)
	if err != nil {
		d.t.Fatal(err)
	}
	conn, err := pool.Conn(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _, _ = conn.Close(), pool.Close() }) // which gives the lock back
	var got *int
	if err := conn.QueryRowContext(d.t.Context(), "SELECT GET_LOCK('deskhook_test_globals', 120)").Scan(&got); err != nil || got == nil || *got != 1 {
		d.t.Fatalf("lock the server's variables: %v", err)
	}
	return conn
}

// SetGlobal changes a numeric global variable of the server until the test ends.
func (d *Database) SetGlobal(conn *sql.Conn, name string, value int) {
	d.t.Helper()
	var before int
	if err := conn.QueryRowContext(d.t.Context(), "SELECT @@GLOBAL."+name).Scan(&before); err != nil {
		d.t.Fatal(err)
	}
	set := func(ctx context.Context, value int) {
		if _, err := conn.ExecContext(ctx, "SET GLOBAL "+name+" = "+strconv.Itoa(value)); err != nil {
			d.t.Error(err)
		}
	}
	d.t.Cleanup(func() { set(context.Background(), before) })
	set(d.t.Context(), value)
}

// Run runs a test on a new database of each kind, parallel to others.
func Run(t *testing.T, test func(t *testing.T, d *Database)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("mariadb", func(t *testing.T) {
		t.Parallel()
		test(t, MariaDB(t))
	})
}
