package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// ErrEnabled says that a node works on what was to be uninstalled.
var ErrEnabled = errors.New("models: enabled")

// Uninstalled is what was there and is gone.
type Uninstalled struct {
	Tables                                        []string // that were dropped; nil: there were none
	Listeners, Behaviors, Secrets                 int64
	Deliveries, OpenRuns, StoreEntries, AuditRows int64
}

// Uninstall drops all tables of ours and the record of their migrations, and
// touches nothing else. It refuses while a node works on them (ErrEnabled): one
// that has not closed its store and was seen within the last 30 seconds. A node
// that starts meanwhile waits, and then begins with nothing. Where it is cut
// short, calling it again drops the rest. No keys are needed.
func Uninstall(ctx context.Context, db *gorm.DB, o Options) (*Uninstalled, error) {
	s, err := connect(ctx, db, o)
	if err != nil {
		return nil, fmt.Errorf("uninstall: %w", err)
	}
	var gone *Uninstalled
	err = s.alone(ctx, func(db *gorm.DB) (err error) {
		gone, err = s.uninstall(db)
		return err
	})
	if err != nil {
		return nil, fail(err, "uninstall")
	}
	return gone, nil
}

func (s *Store) uninstall(db *gorm.DB) (*Uninstalled, error) {
	gone := &Uninstalled{}
	there := map[string]bool{}
	for _, name := range ownTables() {
		if db.Migrator().HasTable(name) {
			there[name] = true
			gone.Tables = append(gone.Tables, name)
		}
	}
	if there[migrationsTable] {
		newer, err := newerThan(db, migrations())
		switch {
		case err != nil:
			return nil, err
		case len(newer) > 0:
			return nil, fmt.Errorf("the database was migrated by a newer version (%s): uninstall with that one", strings.Join(newer, ", "))
		}
	}
	if there[nodeRow{}.TableName()] {
		nodes, ago, err := s.working(db)
		switch {
		case err != nil:
			return nil, err
		case nodes > 0:
			return nil, fmt.Errorf("%w: %d nodes work, one was seen %s ago: disable the plugin first; if a node has crashed, wait for %s",
				ErrEnabled, nodes, ago.Round(time.Second), nodeGone)
		}
	}
	for _, c := range []struct {
		into         *int64
		table, where string
	}{
		{&gone.Listeners, "listeners", "1 = 1"}, {&gone.Behaviors, "behaviors", "1 = 1"}, {&gone.Secrets, "secrets", "name IS NOT NULL"},
		{&gone.Deliveries, "deliveries", "1 = 1"}, {&gone.OpenRuns, "runs", "open = 1"}, {&gone.StoreEntries, "entries", "1 = 1"},
		{&gone.AuditRows, "audit", "1 = 1"},
	} {
		if !there["webhooks_"+c.table] {
			continue
		}
		if err := db.Table("webhooks_" + c.table).Where(c.where).Count(c.into).Error; err != nil {
			return nil, err
		}
	}
	// The record goes first: without it the next Open makes all tables anew,
	// whichever of them were dropped.
	for _, name := range gone.Tables {
		if err := db.Exec("DROP TABLE " + name).Error; err != nil {
			return nil, err
		}
	}
	return gone, nil
}
