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
//	settings    one row: what was set, by name               ChangeSettings
//	audit       who changed what                             with the change that it tells of
//	nodes       which nodes work on the database             Open, Beat, Close
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
// # Configuration
//
// Every change of configuration takes a change number, which locks one row, so
// that changes happen one after another and other nodes can ask what is new
// since a number. Together makes one transaction of several. The context of a
// changing call carries a Trail; the transaction writes its row of the audit
// trail, so there is one for what happened and none for what did not. Rows are
// kept for a year, the newest 100,000 at most; each new one takes up to 20 of
// the oldest away.
//
// # Keys
//
// Values of secrets, requests, answers, parameters and outputs are sealed with a
// key of the host's ring, whose id is their first byte. Where the current key
// has changed, Reseal seals the secrets anew. What belongs to deliveries stays
// as it is: it may be much, never changes, and ages. KeyHealth tells how many
// secrets and open runs still need another key than the current one.
//
// # Schema
//
// Migrations only add: tables, and columns with a default (migrate.go says how
// one that cannot is told to older versions). One node migrates, the others
// wait. On SQLite all of it is one transaction; MySQL commits each statement, so
// a migration can be run again, and is until it is in the record. Uninstall
// drops our tables and nothing else, while no node works.
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
