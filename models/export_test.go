package models

import (
	"context"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// What tests of package models_test may reach of the inside.

func (s *Store) DB() *gorm.DB               { return s.db }
func (s *Store) SetTimeout(d time.Duration) { s.accepts.timeout = d }
func (s *Store) WithoutReturning()          { s.dialect.returning = false }
func (s *Store) DueRuns() string            { return s.dialect.dueRuns("*", true) }
func (s *Store) RecorderLock() (unlock func()) {
	s.recorder.writing.Lock()
	return s.recorder.writing.Unlock
}

// OpenAt opens a store that knows these migrations and no others.
func OpenAt(ctx context.Context, db *gorm.DB, o Options, list []*gormigrate.Migration) (*Store, error) {
	s, err := connect(ctx, db, o)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, o.Keys, list, func(*gorm.DB) error { return nil })
}

var (
	Migrations = migrations
	OwnTables  = ownTables

	NewMySQL      = newMySQL
	MySQLWarnings = mysqlWarnings
	Message       = message
	GaveWay       = gaveWay

	PackTexts    = packTexts
	UnpackTexts  = unpackTexts
	EncodeInputs = encodeInputs
	DecodeInputs = decodeInputs
)

const (
	MaxBatchRows = maxBatchRows
	MaxWaiting   = maxWaiting
	KeepKeys     = keepKeys

	KeepAuditRows = keepAuditRows
	PurgeAudit    = purgeAudit
)

// HalfMigration makes one table and fails at the next, or, mended, makes both.
func HalfMigration(mended bool) *gormigrate.Migration {
	second := table{name: "webhooks_second", columns: []string{"id", "BROKEN BROKEN BROKEN ("}}
	if mended {
		second.columns = []string{"id"}
	}
	return tables("0098_half", []table{{name: "webhooks_first", columns: []string{"id"}}, second})
}
