package modelstest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"

	mysqldriver "github.com/go-sql-driver/mysql"
	sqlitedriver "github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// ErrFault is what a fault looks like to the store.
var ErrFault = errors.New("modelstest: fault")

// Faults break a database at chosen moments. The zero value breaks nothing.
type Faults struct {
	now atomic.Pointer[faults]
}

type faults struct {
	statement func() error                    // before a statement; an error is its result
	commit    func(commit func() error) error // in place of a commit, which it may make or not
}

// Nth fails the n-th statement or commit from now on, counted from 1, once.
// Commits that fail are not made. fired tells whether it came to that.
func (f *Faults) Nth(n int64) (fired func() bool) {
	var count atomic.Int64
	f.now.Store(&faults{
		statement: func() error {
			if count.Add(1) == n {
				return ErrFault
			}
			return nil
		},
		commit: func(commit func() error) error {
			if count.Add(1) == n {
				return ErrFault
			}
			return commit()
		},
	})
	return func() bool { return count.Load() >= n }
}

// LoseCommits makes commits and loses their replies.
func (f *Faults) LoseCommits() {
	f.now.Store(&faults{commit: func(commit func() error) error {
		if err := commit(); err != nil {
			return err
		}
		return driver.ErrBadConn
	}})
}

// HoldCommits lets no commit begin until release is called, which may be done twice.
func (f *Faults) HoldCommits() (release func()) {
	held := make(chan struct{})
	f.now.Store(&faults{commit: func(commit func() error) error {
		<-held
		return commit()
	}})
	return sync.OnceFunc(func() { close(held) })
}

// None heals the database.
func (f *Faults) None() { f.now.Store(nil) }

func (f *Faults) statement() error {
	if now := f.now.Load(); now != nil && now.statement != nil {
		return now.statement()
	}
	return nil
}

func (f *Faults) commit(commit func() error) error {
	if now := f.now.Load(); now != nil && now.commit != nil {
		return now.commit(commit)
	}
	return commit()
}

// OpenFaulty opens a pool on the database that breaks as f says.
func (d *Database) OpenFaulty(f *Faults) *gorm.DB {
	d.t.Helper()
	var inner driver.Connector
	var err error
	if d.MySQL {
		var config *mysqldriver.Config
		if config, err = mysqldriver.ParseDSN(d.dsn); err == nil {
			inner, err = mysqldriver.NewConnector(config)
		}
	} else {
		inner, err = (&sqlitedriver.SQLite{}).OpenConnector(d.dsn)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	pool := sql.OpenDB(&connector{inner, f})
	dialector := gormlite.OpenDB(pool)
	if d.MySQL {
		dialector = mysql.New(mysql.Config{Conn: pool})
	}
	db, err := gorm.Open(dialector, &gorm.Config{Logger: logger.Discard})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { pool.Close() })
	return db
}

type connector struct {
	driver.Connector
	faults *Faults
}

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{inner, c.faults}, nil
}

// conn has only what both drivers have and the faults need: a statement with
// arguments is always prepared.
type conn struct {
	driver.Conn
	faults *Faults
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	inner, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &stmt{inner, c.faults}, nil
}

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	inner, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	return &tx{inner, c.faults}, nil
}

type stmt struct {
	driver.Stmt
	faults *Faults
}

// CheckNamedValue leaves the conversion of arguments to the driver.
func (s *stmt) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := s.Stmt.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.faults.statement(); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.faults.statement(); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

type tx struct {
	driver.Tx
	faults *Faults
}

// Commit leaves nothing open where the commit was not made.
func (t *tx) Commit() error {
	made := false
	err := t.faults.commit(func() error {
		made = true
		return t.Tx.Commit()
	})
	if !made {
		return errors.Join(err, t.Rollback())
	}
	return err
}
