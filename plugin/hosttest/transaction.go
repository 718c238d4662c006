package hosttest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// opTime is how long a record operation may take. One that waits for a second
// connection takes as long.
const opTime = 3 * time.Second

// deliveryID is what the operations are done for.
const deliveryID = "conformance-delivery-4711"

// step is one transaction such as the plugin opens for a step, on a pool of one
// connection.
type step struct {
	testing.TB
	ctx    context.Context
	cancel context.CancelFunc
	gorm   *gorm.DB
	tx     plugin.Tx
	after  []func()
	ended  bool
	// started are the goroutines that operations have left behind.
	started []string
}

// narrow leaves the host's pool one connection until the test ends: whoever
// needs a second one waits for ever.
func narrow(t testing.TB, h *Host) {
	t.Helper()
	pool, err := h.Host.DB().DB()
	if err != nil {
		t.Fatalf("the host's DB has no pool: %v", err)
	}
	most := pool.Stats().MaxOpenConnections
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { pool.SetMaxOpenConns(most) })
}

func begin(t testing.TB, h *Host) *step {
	t.Helper()
	s := &step{TB: t}
	// The database rolls back at the deadline, so that who waits for the
	// connection gets it and the test ends.
	s.ctx, s.cancel = context.WithTimeout(t.Context(), opTime)
	t.Cleanup(s.cancel)
	var options []*sql.TxOptions
	db := h.Host.DB().Session(&gorm.Session{NewDB: true, Context: s.ctx})
	if db.Name() == "mysql" {
		options = append(options, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	}
	s.gorm = db.Begin(options...)
	if s.gorm.Error != nil {
		t.Fatalf("begin a transaction on the only connection: %v", s.gorm.Error)
	}
	s.tx = plugin.Tx{
		DB: s.gorm, DeliveryID: deliveryID,
		AfterCommit: func(fn func()) {
			if s.ended {
				t.Error("AfterCommit was called after the transaction's end")
			}
			s.after = append(s.after, fn)
		},
	}
	return s
}

// do runs an operation in the transaction. A panic is its error.
func (s *step) do(operation func(context.Context, plugin.Tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	before := children()
	err = operation(s.ctx, s.tx)
	for id, stack := range children() {
		if _, known := before[id]; !known {
			s.started = append(s.started, stack)
		}
	}
	if s.ctx.Err() != nil {
		return fmt.Errorf("it did not return within %s while its transaction held the only connection of the pool (%w)", opTime, errLate)
	}
	return err
}

var errLate = errors.New("does it work through another connection than tx.DB's?")

// usable tells whether the transaction is still open.
func (s *step) usable() error {
	var one int
	return s.gorm.Session(&gorm.Session{NewDB: true}).Raw("SELECT 1").Scan(&one).Error
}

func (s *step) rollback() {
	s.ended = true
	s.gorm.Rollback() // fails where the operation has ended it, which another case tells
	s.cancel()
}

// commit commits, and runs the functions that may be lost as the plugin does.
func (s *step) commit() {
	s.Helper()
	s.ended = true
	if err := s.gorm.Commit().Error; err != nil {
		s.Fatalf("commit: %v", err)
	}
	s.cancel()
	for _, fn := range s.after {
		func() {
			defer func() {
				if v := recover(); v != nil {
					s.Errorf("a function given to AfterCommit panicked: %v", v)
				}
			}()
			fn()
		}()
	}
}

// children are the goroutines that this one has started and that still run, by
// their id. What database/sql and drivers start is theirs to end.
func children() map[string]string {
	buffer := make([]byte, 64<<10)
	for {
		n := runtime.Stack(buffer, true)
		if n < len(buffer) {
			buffer = buffer[:n]
			break
		}
		buffer = make([]byte, 2*len(buffer))
	}
	own, rest, _ := strings.Cut(string(buffer), "\n\n")
	me := strings.Fields(own)[1] // "goroutine 12 [running]:"
	found := map[string]string{}
	for stack := range strings.SplitSeq(rest, "\n\n") {
		_, creator, created := strings.Cut(stack, "\ncreated by ")
		name, parent, known := strings.Cut(creator, " in goroutine ")
		parent, _, _ = strings.Cut(parent, "\n")
		if !created || !known || parent != me || slices.ContainsFunc(databaseCode, func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		found[strings.Fields(stack)[1]] = name
	}
	return found
}

// databaseCode begins the names of functions that start goroutines for the
// connection itself.
var databaseCode = []string{"database/sql.", "github.com/go-sql-driver/", "github.com/ncruces/", "github.com/mattn/go-sqlite3.", "modernc.org/", "context.", "time."}
