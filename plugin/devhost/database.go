package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// database is the helpdesk's, with what must be closed after it.
type database struct {
	*gorm.DB
	closers []func() error
}

// openDatabase opens MySQL or MariaDB by its DSN, or without one the SQLite
// file of a data folder, and creates the helpdesk's own tables.
func openDatabase(ctx context.Context, dsn, folder string) (_ *database, err error) {
	d := &database{}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	var pool *sql.DB
	var dialector gorm.Dialector
	if dsn != "" {
		if pool, err = openMySQL(dsn); err != nil {
			return nil, err
		}
		dialector = mysql.New(mysql.Config{Conn: pool})
	} else {
		lock, err := lockFile(ctx, filepath.Join(folder, "helpdesk.lock"))
		if err != nil {
			return nil, err
		}
		d.closers = append(d.closers, lock)
		if pool, err = openSQLite(filepath.Join(folder, "helpdesk.db")); err != nil {
			return nil, err
		}
		dialector = gormlite.OpenDB(pool)
	}
	d.closers = append(d.closers, pool.Close)
	if err := pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	d.DB, err = gorm.Open(dialector, &gorm.Config{
		Logger:         logger.Discard, // errors are returned; nothing is logged twice
		TranslateError: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := migrate(ctx, d.DB); err != nil {
		return nil, fmt.Errorf("create the helpdesk's tables: %w", err)
	}
	return d, nil
}

// openMySQL sets what the DSN leaves open as package plugin advises.
func openMySQL(dsn string) (*sql.DB, error) {
	c, err := mysqldriver.ParseDSN(dsn)
	if err != nil {
		// The driver's error repeats no part of the DSN, which holds a password.
		return nil, fmt.Errorf("read -dsn: %w; it looks like user:password@tcp(host:3306)/helpdesk", err)
	}
	if c.DBName == "" {
		return nil, errors.New("read -dsn: it names no database; it looks like user:password@tcp(host:3306)/helpdesk")
	}
	c.ParseTime = true
	c.Loc = time.UTC
	c.InterpolateParams = false
	if err := c.Apply(mysqldriver.Charset("utf8mb4", "")); err != nil {
		return nil, fmt.Errorf("read -dsn: %w", err)
	}
	connector, err := mysqldriver.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("read -dsn: %w", err)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(16)
	pool.SetConnMaxLifetime(5 * time.Minute)
	return pool, nil
}

// openSQLite opens a file that is as durable as it gets. Whoever writes takes
// the file's one writer's lock at the start of the transaction, so that none
// fails in its middle; the others wait.
func openSQLite(path string) (*sql.DB, error) {
	pragmas := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(5000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(on)",
	}}
	pool, err := driver.Open("file:" + filepath.ToSlash(path) + "?" + pragmas.Encode())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	pool.SetMaxOpenConns(8)
	return pool, nil
}

// lockFile keeps a second process away from an SQLite file, whose rows one
// process may cache. The lock is one of SQLite's own on a file beside it, so it
// works wherever SQLite does and ends with the process, however that ends.
func lockFile(ctx context.Context, path string) (unlock func() error, err error) {
	pool, err := driver.Open("file:" + filepath.ToSlash(path) + "?_txlock=exclusive&_pragma=busy_timeout(0)")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	// The transaction is the lock. It must outlive the context of the start.
	tx, err := pool.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		err = errors.Join(err, pool.Close())
		if errors.Is(err, sqlite3.BUSY) {
			return nil, fmt.Errorf("%s is in use by another process: stop it, choose another -data, or give all of them one -dsn",
				filepath.Dir(path))
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() error { return errors.Join(tx.Rollback(), pool.Close()) }, nil
}

// migrate creates the helpdesk's own tables. Several nodes may start at once.
func migrate(ctx context.Context, db *gorm.DB) error {
	tables := []any{
		&role{}, &worker{}, &session{}, &bearerToken{}, &notification{},
		&ticket{}, &message{}, &note{}, &attachment{}, &address{}, &pluginState{}, &slackMessage{},
	}
	db = db.WithContext(ctx)
	if db.Name() != "mysql" {
		return db.AutoMigrate(tables...)
	}
	return db.Connection(func(conn *gorm.DB) error {
		conn = conn.Session(&gorm.Session{NewDB: true}) // else each statement adds to the one before
		var locked sql.NullBool
		if err := conn.Raw("SELECT GET_LOCK(CONCAT('devhost.', DATABASE()), 60)").Scan(&locked).Error; err != nil {
			return err
		}
		if !locked.Bool {
			return errors.New("another node has been creating them for a minute")
		}
		// Whatever the database's own character set is: people write in all of them.
		err := conn.Set("gorm:table_options", "CHARACTER SET utf8mb4").AutoMigrate(tables...)
		return errors.Join(err, conn.Exec("DO RELEASE_LOCK(CONCAT('devhost.', DATABASE()))").Error)
	})
}

// transact runs fn in a transaction, and again where it gave way to another one
// that did the like at the same moment.
func transact(ctx context.Context, db *gorm.DB, fn func(tx *gorm.DB) error) error {
	const tries = 5
	for try := 1; ; try++ {
		err := db.WithContext(ctx).Transaction(fn)
		if err == nil || try == tries || !gaveWay(err) {
			return err
		}
	}
}

func gaveWay(err error) bool {
	const lockWaitTimeout, deadlock = 1205, 1213
	m, isMySQL := errors.AsType[*mysqldriver.MySQLError](err)
	return errors.Is(err, gorm.ErrDuplicatedKey) || isMySQL && (m.Number == lockWaitTimeout || m.Number == deadlock)
}

// close closes in reverse order of opening.
func (d *database) close() error {
	var err error
	for i := len(d.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, d.closers[i]())
	}
	d.closers = nil
	return err
}

func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("create the data folder: %w", err)
	}
	return nil
}
