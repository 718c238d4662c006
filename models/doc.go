// Package models is the plugin's store: every table, every statement and every
// migration. Nothing else in the module speaks SQL.
//
// # Tables
//
// All names begin with webhooks_. Instants are BIGINT microseconds of the
// database's clock; what a sender or a behavior gave is bytes, sealed.
//
//	listeners   a name, a GUID, a behavior, inputs           configuration
//	behaviors   a draft and what is published of it          configuration
//	versions    each published source, never changed         configuration
//	secrets     values, sealed; named or a listener's own    configuration
//	changes     one row: the number of the last change       with each change of configuration
//	tombstones  listeners that were deleted, by number       DeleteListener
//	deliveries  what arrived; append-only                    Accept, Record
//	answers     answers given after the delivery was stored  SetAnswer
//	dedupe      hashes of dedupe keys, kept for seven days   Accept
//	refused     which refused deliveries are kept            Record
//	counters    deliveries a listener, by outcome            Record, and Accept a moment later
//	runs        what is to be done; id is the delivery's     Accept, Claim, and the writes under the fence
//	steps       the journal, by (run, path)                  Accept, Step, EndAttempt, Finish
//	attempts    calls to the outside, by (run, path, n)      StartAttempt, EndAttempt
//	entries     what behaviors store                         StoreSet, StoreDelete
//	migrations  which of the migrations have run             Open
//
// A delivery that is accepted and its run are stored by one commit, together
// with whatever else arrived in the same moment (accept.go). The run is born
// claimed; Claim (claim.go) is for what is overdue. Every later write of a run
// begins with the fence: it locks the run's row and gives ErrLeaseLost where
// another node has claimed it since.
//
// # What a host opens
//
// The store works on the host's *gorm.DB and depends on nothing in its data
// source name (parseTime, loc, clientFoundRows, interpolateParams, isolation)
// but the character set utf8mb4, which is the driver's default. It needs MySQL
// 8.0.1, MariaDB 10.6 or SQLite 3.35; a pool of one connection works. For
// SQLite with github.com/ncruces/go-sqlite3:
//
//	file:PATH?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)
//
// synchronous(full) is what makes "accepted" mean "stored"; _txlock=immediate
// keeps two writers from waiting for each other. One process at a time.
package models
