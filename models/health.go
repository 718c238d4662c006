package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Warning is something under which what is promised would not hold. Its code
// stands in the runbook.
type Warning struct {
	Code    string
	Message string // what is so, what may happen, and what to do
}

// Database names the database that the store found when it was opened.
func (s *Store) Database() (product, version string) { return s.dialect.product, s.dialect.version }

// Warnings asks the database for settings under which accepted would not mean
// stored, and for tables that are not as they were made. It sees what one
// connection sees.
func (s *Store) Warnings(ctx context.Context) ([]Warning, error) {
	db := s.read(ctx)
	if !s.dialect.mysql {
		w, err := sqliteWarnings(db)
		return w, fail(err, "ask the database for its settings")
	}
	v, err := variables(db)
	if err != nil {
		return nil, fail(err, "ask the database for its settings")
	}
	warnings := mysqlWarnings(v)
	wrong, err := s.dialect.wrongTables(ctx, s.db)
	if err != nil {
		return nil, err
	}
	for _, text := range wrong {
		warnings = append(warnings, Warning{"table", text})
	}
	return warnings, nil
}

// mysqlWarnings judges a server's settings by their values.
func mysqlWarnings(v map[string]string) []Warning {
	var warnings []Warning
	warn := func(code, format string, args ...any) {
		warnings = append(warnings, Warning{code, fmt.Sprintf(format, args...)})
	}
	if got := v["innodb_flush_log_at_trx_commit"]; got != "1" {
		warn("flush-log", "innodb_flush_log_at_trx_commit is %s: a crash of the server loses up to a second of deliveries that were acknowledged; set it to 1", got)
	}
	if got := v["sync_binlog"]; v["log_bin"] == "ON" && got != "1" {
		warn("sync-binlog", "sync_binlog is %s with the binary log on: after a crash the server takes back transactions that are not in it; set it to 1", got)
	}
	switch got := v["innodb_doublewrite"]; got {
	case "OFF", "0", "DETECT_ONLY":
		warn("doublewrite", "innodb_doublewrite is %s: a power cut in the middle of a page loses what is on it; switch it on, unless the file system writes pages whole", got)
	}
	switch got := v["innodb_flush_method"]; got {
	case "nosync", "littlesync":
		warn("flush-method", "innodb_flush_method is %s, which is for tests: commits are not synced to the disk; set it to O_DIRECT or fsync", got)
	}
	if v["wsrep_on"] == "ON" {
		warn("galera", "the server is part of a Galera cluster: with several nodes that are written to, committed transactions can be lost; let all nodes of the helpdesk use one server")
	}
	return warnings
}

// sqliteWarnings asks for the settings of a connection, and where the data is.
func sqliteWarnings(db *gorm.DB) ([]Warning, error) {
	var synchronous int
	var journal string
	var file *string
	for query, into := range map[string]any{
		"PRAGMA synchronous": &synchronous, "PRAGMA journal_mode": &journal,
		"SELECT file FROM pragma_database_list WHERE name = 'main'": &file,
	} {
		if err := db.Raw(query).Row().Scan(into); err != nil {
			return nil, err
		}
	}
	var warnings []Warning
	warn := func(code, format string, args ...any) {
		warnings = append(warnings, Warning{code, fmt.Sprintf(format, args...)})
	}
	const full = 2
	switch {
	case file == nil || *file == "":
		warn("memory", "the database is in memory: it ends with the process; use a file")
	case synchronous < full:
		warn("synchronous", "synchronous is %d: a power cut loses deliveries that were acknowledged; open the database with _pragma=synchronous(full)", synchronous)
	case journal == "off" || journal == "memory":
		warn("journal-mode", "journal_mode is %s: a crash in the middle of a commit breaks the database; open it with _pragma=journal_mode(wal)", journal)
	}
	return warnings, nil
}

// KeyHealth tells what of the host's key ring is still needed.
type KeyHealth struct {
	Current byte
	// Secrets are sealed with an older key of the ring; Reseal mends it.
	Secrets int
	// Unreadable secrets are sealed with a key that the ring does not have, or
	// has otherwise. A person must set them again.
	Unreadable int
	// Runs, of the oldest thousand that are open, belong to a delivery that was
	// sealed with another key than the current one.
	Runs int
}

// oldestRuns are looked at for keys.
const oldestRuns = 1000

// KeyHealth opens every secret, and looks at what open runs are sealed with, by
// the runs' index on (state, id).
func (s *Store) KeyHealth(ctx context.Context) (*KeyHealth, error) {
	h := &KeyHealth{Current: s.keys.current}
	err := s.eachSecret(ctx, func(r *secretRow) error {
		switch _, err := s.keys.open(secretIdentity(r.ID), r.Value); {
		case err != nil:
			h.Unreadable++
		case !s.keys.isCurrent(r.Value):
			h.Secrets++
		}
		return nil
	})
	if err != nil {
		return nil, fail(err, "check the keys")
	}
	for _, state := range []string{stateOpen, stateWaiting} {
		var heads []struct{ Head []byte }
		err := s.read(ctx).Table("webhooks_runs AS r").Select("SUBSTR(d.head, 1, 1) AS head").
			Joins("JOIN webhooks_deliveries d ON d.id = r.id").Where("r.state = ?", state).Order("r.id").Limit(oldestRuns).Scan(&heads).Error
		if err != nil {
			return nil, fail(err, "check the keys")
		}
		for _, d := range heads {
			if !s.keys.isCurrent(d.Head) {
				h.Runs++
			}
		}
	}
	return h, nil
}
