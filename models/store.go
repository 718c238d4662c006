package models

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Errors of the store that callers branch on.
var (
	ErrNotFound    = errors.New("models: not found")
	ErrConflict    = errors.New("models: conflict")    // an ETag that does not match; in use
	ErrLeaseLost   = errors.New("models: lease lost")  // the fence: another node has the run
	ErrUnavailable = errors.New("models: unavailable") // the database is away, or too slow; nothing was stored as far as anybody knows
	ErrUnreadable  = errors.New("models: unreadable")  // encrypted with a key that is not there
)

// Micros is an instant: microseconds since 1970, of the database's clock.
type Micros int64

// Time is the instant in UTC.
func (m Micros) Time() time.Time { return time.UnixMicro(int64(m)).UTC() }

func (m Micros) add(d time.Duration) Micros { return m + Micros(d.Microseconds()) }

// Page asks for part of a list; After is the last id of the page before, 0 at
// first. Limit 0 means 50.
type Page struct {
	Limit int
	After int64
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return 50
	}
	return p.Limit
}

// Options of a store.
type Options struct {
	Keys Keys
	// Now replaces the database's clock in tests.
	Now func() time.Time
}

// Store is the only holder of the database. Safe for concurrent use.
type Store struct {
	host     *gorm.DB // as the host set it up: steps' transactions are made of it
	db       *gorm.DB // the same, silent, for our own statements
	pool     *sql.DB
	node     string // of this store, among those that work on the database
	dialect  *dialect
	keys     *keyring
	clock    clock
	stmts    statements
	accepts  acceptor
	recorder recorder
	claims   lowWater
	close    sync.Once
}

// Open checks the database (version, engine, character set) and migrates it.
// Several nodes may do so at once.
func Open(ctx context.Context, db *gorm.DB, o Options) (*Store, error) {
	s, err := connect(ctx, db, o)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s.open(ctx, o.Keys, migrations(), s.join)
}

// connect is a store that knows its database and does nothing with it yet.
func connect(ctx context.Context, db *gorm.DB, o Options) (*Store, error) {
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	s := &Store{
		host: db.Session(&gorm.Session{NewDB: true}),
		db:   db.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Logger: logger.Discard}),
		pool: pool,
		node: rand.Text(),
	}
	s.clock.fake = o.Now
	s.stmts.db = pool
	s.dialect, err = newDialect(ctx, s.db)
	return s, err
}

// open migrates and starts. joined is called before another node may change the
// schema.
func (s *Store) open(ctx context.Context, keys Keys, list []*gormigrate.Migration, joined func(db *gorm.DB) error) (_ *Store, err error) {
	if s.keys, err = newKeyring(keys); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, list, joined); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	wrong, err := s.dialect.wrongTables(ctx, s.db)
	if err == nil && wrong != nil {
		err = errors.New(wrong[0])
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if _, err := s.Now(ctx); err != nil { // sampled before many ask for it at once
		return nil, fmt.Errorf("open store: %w", err)
	}
	s.startRecorder()
	s.startAccepting()
	return s, nil
}

// Close ends the writers of Accept, after what they hold is written, and takes
// its leave of the other nodes. Safe twice.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		s.stopAccepting()
		err = errors.Join(s.stopRecorder(), s.stmts.close())
		s.leave()
	})
	return err
}

// read is a session for reading: inside of Together, of its transaction.
func (s *Store) read(ctx context.Context) *gorm.DB {
	if c := changingOf(ctx, s); c != nil {
		return c.tx
	}
	return s.db.WithContext(ctx)
}

// maxTries is how often a transaction is tried that gave way to another one.
const maxTries = 3

// write runs fn in a transaction of our own, and again where the database made
// it give way. Any error rolls back all of it: after a lock wait timeout MySQL
// would commit the rest.
func (s *Store) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	for try := 1; ; try++ {
		err := s.db.WithContext(ctx).Transaction(fn, s.dialect.txOptions())
		if err == nil || try == maxTries || !gaveWay(err) {
			return err
		}
	}
}

// ours is a session of our own in a transaction of the host's.
func ours(tx *gorm.DB) *gorm.DB {
	return tx.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Logger: logger.Discard})
}
