package models

import (
	"time"

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

var (
	NewMySQL = newMySQL
	Message  = message
	GaveWay  = gaveWay

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
