package models

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
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

func (m Micros) Time() time.Time { return time.UnixMicro(int64(m)).UTC() }

// Keys are the host's keys for encrypting secrets and bodies: 32 bytes each, by
// an id of one byte. Current encrypts; all decrypt.
type Keys struct {
	Current byte
	ByID    map[byte][]byte
}

// Options of a store.
type Options struct {
	Keys Keys
	// Now replaces the database's clock in tests.
	Now func() time.Time
}

// Store is the only holder of the database. Safe for concurrent use.
type Store struct{}

// Open checks the database (version, engine, character set) and migrates it.
// Several nodes may do so at once.
func Open(ctx context.Context, db *gorm.DB, o Options) (*Store, error) { panic("contract") }

// Close ends the writers of Accept, after what they hold is written.
func (s *Store) Close() error { panic("contract") }

// Now is the database's clock: sampled, then carried by the local monotonic one.
func (s *Store) Now(ctx context.Context) (Micros, error) { panic("contract") }

// Listener is a row.
type Listener struct {
	ID          int64
	GUID        string // 16 random bytes, base32, lower case: 26 characters
	Name        string
	BehaviorID  int64
	Inputs      map[string]any // by name; a secret is SecretInput
	Enabled     bool
	Paused      bool
	Timezone    string
	URLOverride string
	Revision    int64 // for ETag
	CreatedAt   Micros
	UpdatedAt   Micros
}

// SecretInput says which secret fills an input: a stored one by name, or the
// listener's own. In JSON: {"$secret": id}. Its text form as a reference is the name.
type SecretInput struct {
	ID   int64
	Name string // of a stored one, or ""
}

type Behavior struct {
	ID               int64
	Name             string // the document's
	Source           string // the draft
	PublishedVersion int    // 0: none
	PublishedID      int64  // of the version's row, 0: none
	PublishedSource  string
	Policy           []byte // JSON, nil: null
	Revision         int64
	Listeners        int // count
	CreatedAt        Micros
	UpdatedAt        Micros
	UpdatedBy        string
}

type Version struct {
	ID          int64
	BehaviorID  int64
	Version     int
	Source      string
	Note        string
	PublishedAt Micros
	PublishedBy string
}

// Page asks for part of a list; After is the last id of the page before, 0 at first.
type Page struct {
	Limit int
	After int64
}

// --- configuration (each changing call bumps the change number in its transaction) ---

func (s *Store) CreateListener(ctx context.Context, l *Listener) error     { panic("contract") } // sets ID, GUID, Revision, times
func (s *Store) UpdateListener(ctx context.Context, l *Listener) error     { panic("contract") } // by ID; l.Revision must match unless 0: ErrConflict
func (s *Store) DeleteListener(ctx context.Context, id int64) error        { panic("contract") }
func (s *Store) Listener(ctx context.Context, id int64) (*Listener, error) { panic("contract") }
func (s *Store) ListenerByGUID(ctx context.Context, guid string) (*Listener, error) {
	panic("contract")
}
func (s *Store) Listeners(ctx context.Context, p Page) ([]*Listener, error) { panic("contract") } // newest first
func (s *Store) ListenerStats(ctx context.Context, ids []int64) (map[int64]ListenerStats, error) {
	panic("contract")
}

type ListenerStats struct {
	LastDeliveryAt                     Micros // 0: never
	Accepted, Refused, Duplicate, Dead int64
}

func (s *Store) CreateBehavior(ctx context.Context, b *Behavior) error      { panic("contract") }
func (s *Store) UpdateBehavior(ctx context.Context, b *Behavior) error      { panic("contract") } // name, source, policy, updated_by
func (s *Store) DeleteBehavior(ctx context.Context, id int64) error         { panic("contract") } // ErrConflict: in use by a listener
func (s *Store) Behavior(ctx context.Context, id int64) (*Behavior, error)  { panic("contract") }
func (s *Store) Behaviors(ctx context.Context, p Page) ([]*Behavior, error) { panic("contract") }

// Publish makes the source a new version and the published one; revision 0 skips the check.
func (s *Store) Publish(ctx context.Context, behaviorID int64, source, note, by string, revision int64) (*Version, error) {
	panic("contract")
}
func (s *Store) Version(ctx context.Context, id int64) (*Version, error) { panic("contract") } // by row id
func (s *Store) VersionByNumber(ctx context.Context, behaviorID int64, n int) (*Version, error) {
	panic("contract")
}
func (s *Store) Versions(ctx context.Context, behaviorID int64, p Page) ([]*Version, error) {
	panic("contract")
} // newest first, with sources

// PutSecret stores a value, encrypted: a named one, or (name "") one of a
// listener's own. Replaces the value of an existing id where ID is set.
func (s *Store) PutSecret(ctx context.Context, sec *Secret, value string) error { panic("contract") }
func (s *Store) SecretValue(ctx context.Context, id int64) (string, error)      { panic("contract") } // ErrNotFound, ErrUnreadable
func (s *Store) DeleteSecret(ctx context.Context, id int64) error               { panic("contract") }
func (s *Store) Secrets(ctx context.Context) ([]*Secret, error)                 { panic("contract") } // named ones
func (s *Store) SecretByName(ctx context.Context, name string) (*Secret, error) { panic("contract") }

type Secret struct {
	ID        int64
	Name      string // "" for a listener's own
	Hosts     []string
	UpdatedAt Micros
	UpdatedBy string
}

// ChangeNumber rises with every committed change of configuration.
func (s *Store) ChangeNumber(ctx context.Context) (int64, error) { panic("contract") }

// ChangedSince gives what changed after a change number: the listeners and the behaviors, deleted ones by id.
func (s *Store) ChangedSince(ctx context.Context, n int64) (*Changes, error) { panic("contract") }

type Changes struct {
	Number           int64
	Listeners        []*Listener
	DeletedListeners []int64
	Behaviors        []BehaviorRef // id and what is published
}

type BehaviorRef struct {
	ID, PublishedID  int64
	PublishedVersion int
}

// --- deliveries and runs ---

// HTTPMessage parts are stored compressed (s2 above 1 kB), then encrypted.
type HTTPRequest struct {
	Method, Path, RawQuery, URL, ClientIP, ContentType string
	Header                                             [][2]string
	Body                                               []byte
}
type HTTPResponse struct {
	Status int
	Header [][2]string
	Body   []byte
}

// Delivery is append-only: nothing in it changes after it is stored (erasure apart).
type Delivery struct {
	ID          int64
	UID         string // UUIDv7, set by the caller
	ListenerID  int64
	VersionID   int64 // 0 where nothing is published
	Outcome     string
	Cause       string
	Detail      string
	ReceivedAt  Micros
	DuplicateOf int64
	ReplayOf    int64
	DedupeKey   string // hashed by the store; HasKey false: none
	HasKey      bool
	Inputs      map[string]any // plain ones, as bound; secrets as SecretInput
	Request     HTTPRequest
	Response    *HTTPResponse // as far as known when stored; else see Answer
}

// Run of a delivery; its id is the delivery's. Narrow: claims never touch deliveries.
type Run struct {
	ID         int64 // = Delivery.ID
	ListenerID int64
	VersionID  int64
	State      string // behaviors.RunState
	Reason     string // while waiting
	Error      string
	DueAt      Micros // while open or waiting: when it may be claimed; a claim moves it to the end of the lease
	Token      int64  // fence: rises with each claim
	Claims     int    // without a record since; three and it is dead
	Answered   bool
	FinishedAt Micros
}

// NewRun tells how a delivery is stored.
type NewRun struct {
	Done  bool   // needs nothing more: no run is left open (a finished row is still written)
	State string // with Done: done or failed
	Error string
	Lease time.Duration // born claimed by the caller for so long; 0: born due, for any node
	Steps []*StepRow    // what is known already (skipped steps)
}

// Accept stores one delivery (and its run) durably, grouped with whatever else
// arrived in the same moment, and returns after the commit. A used dedupe key:
// *DuplicateError. ErrUnavailable where it could not be stored. It ignores
// ctx's cancellation, not its values, and has a deadline of 2 s of its own.
func (s *Store) Accept(ctx context.Context, d *Delivery, r *NewRun) (*Run, error) { panic("contract") }

// DuplicateError names the delivery that used the key first.
type DuplicateError struct{ DeliveryID int64 }

func (e *DuplicateError) Error() string { return "models: dedupe key used before" }

// Record stores a delivery without a run (refused, duplicate, handshake) and without waiting
// for the commit; what does not fit into its bounded queue is counted and
// dropped. The last 20 refused ones a listener are kept, bodies cut at 16 KiB.
func (s *Store) Record(d *Delivery) { panic("contract") }

func (s *Store) Delivery(ctx context.Context, id int64) (*Delivery, error) { panic("contract") } // with bodies
// Answer is the delivery's final answer, whether stored with it or later; nil: none yet.
func (s *Store) Answer(ctx context.Context, deliveryID int64) (*HTTPResponse, error) {
	panic("contract")
}
func (s *Store) Run(ctx context.Context, id int64) (*Run, error)            { panic("contract") }
func (s *Store) Steps(ctx context.Context, runID int64) ([]*StepRow, error) { panic("contract") } // with attempts, in order of Seq
func (s *Store) Deliveries(ctx context.Context, f DeliveryFilter, p Page) ([]*DeliveryRow, error) {
	panic("contract")
} // newest first

type DeliveryFilter struct {
	ListenerID     int64
	Outcome, State string
	Since, Until   Micros
}

// DeliveryRow is a line of the log: no bodies, with its run.
type DeliveryRow struct {
	Delivery
	Size int64
	Run  *Run // nil for deliveries without one
}

// StepRow is a line of the journal.
type StepRow struct {
	Path     string
	Seq      int // order of first appearance
	Line     int
	Name     string
	Action   string
	State    string // behaviors.StepState
	Params   []byte // JSON, secrets as {"secret": name}
	Output   []byte // JSON
	Error    string
	Failed   bool // a failure that on_error took or that ended the run: it is part of the journal
	Status   int
	Attempts []*Attempt
}

type Attempt struct {
	N          int
	StartedAt  Micros
	FinishedAt Micros // 0: not known to have finished
	Status     int
	Error      string
	Blame      string
	Excerpt    string
}

// --- the runner's writes: each is one transaction that begins with the fence
// (SELECT token … FOR UPDATE; ErrLeaseLost) ---

// Claim takes due runs for a lease, at most n: READ COMMITTED, SKIP LOCKED, with a lower bound.
func (s *Store) Claim(ctx context.Context, n int, lease time.Duration) ([]*Run, error) {
	panic("contract")
}
func (s *Store) Renew(ctx context.Context, r *Run, lease time.Duration) error { panic("contract") }

// Step runs fn and writes the journal row in one transaction under the fence:
// exactly once on the host. fn may be nil (an outside effect that has happened).
// finish, when set, is stored in the same transaction.
func (s *Store) Step(ctx context.Context, r *Run, fn func(tx *gorm.DB) (*StepRow, error), finish *Finish) error {
	panic("contract")
}

// StartAttempt commits an attempt row before an outside call.
func (s *Store) StartAttempt(ctx context.Context, r *Run, step *StepRow, n int) error {
	panic("contract")
}

// EndAttempt completes it, with the step's new state; next, when set, sets the run waiting until then.
func (s *Store) EndAttempt(ctx context.Context, r *Run, step *StepRow, a *Attempt, finish *Finish) error {
	panic("contract")
}

// SetAnswer journals the answer before it is sent.
func (s *Store) SetAnswer(ctx context.Context, r *Run, resp *HTTPResponse, finish *Finish) error {
	panic("contract")
}

// Finish ends a run, or puts it to wait.
type Finish struct {
	State  string // done, failed, dead, canceled, waiting, or open (released: due at DueAt)
	Reason string
	Error  string
	DueAt  Micros
	Steps  []*StepRow // further rows to write: skipped steps, stop, respond
}

// Finish does only that.
func (s *Store) Finish(ctx context.Context, r *Run, f *Finish) error { panic("contract") }

// Reopen makes a failed or dead run open and due again (a redelivery after a 5xx, a person's retry).
func (s *Store) Reopen(ctx context.Context, runID int64, lease time.Duration) (*Run, error) {
	panic("contract")
}

// --- store entries (store.get …), each in the step's transaction ---

type StoreEntry struct {
	Space, Key string
	Value      []byte
	ExpiresAt  Micros
}

func StoreGet(tx *gorm.DB, space, key string, now Micros) (*StoreEntry, error) { panic("contract") }
func StoreSet(tx *gorm.DB, e *StoreEntry) error                                { panic("contract") }
func StoreDelete(tx *gorm.DB, space, key string) error                         { panic("contract") }
