package models

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"
)

// fullScan is how often, at least, a claim looks below the low-water mark.
const fullScan = Micros(time.Second / time.Microsecond)

// lowWater is from where claims look for due runs. What was claimed leaves its
// old entries at the head of the index until the database has purged them, and
// under READ COMMITTED a claim that begins there walks over them all. A row that
// was committed late with an earlier time is found by the scan from the
// beginning, about once a second and whenever the bounded one finds nothing.
type lowWater struct {
	mu   sync.Mutex
	mark Micros
	full Micros // when it was last scanned from the beginning
}

func (w *lowWater) from(now Micros) Micros {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now-w.full >= fullScan || now < w.full {
		w.mark, w.full = 0, now
	}
	return w.mark
}

func (w *lowWater) set(mark Micros) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mark = mark
}

// Claim takes due runs for a lease, at most n, the longest due first: READ
// COMMITTED, SKIP LOCKED, by the index on (open, due_at, id) with a lower bound.
func (s *Store) Claim(ctx context.Context, n int, lease time.Duration) ([]*Run, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	low := s.claims.from(now)
	rows, err := s.claimFrom(ctx, low, now, n, lease)
	if err == nil && len(rows) == 0 && low > 0 {
		rows, err = s.claimFrom(ctx, 0, now, n, lease)
	}
	if err != nil {
		return nil, fail(err, "claim runs")
	}
	runs := make([]*Run, len(rows))
	for i, row := range rows {
		if i == 0 {
			s.claims.set(row.DueAt)
		}
		row.DueAt, row.State, row.Reason = now.add(lease), stateOpen, ""
		row.Token++
		row.Claims++
		runs[i] = row.run()
	}
	return runs, nil
}

func (s *Store) claimFrom(ctx context.Context, low, now Micros, n int, lease time.Duration) ([]*runRow, error) {
	if !s.dialect.mysql {
		// SQLite has one write lock for all: not taken where nothing is due.
		var due int64
		if err := s.read(ctx).Raw("SELECT COUNT(*) FROM ("+s.dialect.dueRuns("id", false)+")", low, now, 1).Row().Scan(&due); err != nil || due == 0 {
			return nil, err
		}
	}
	var rows []*runRow
	err := s.write(ctx, func(tx *gorm.DB) error {
		rows = nil
		if err := tx.Raw(s.dialect.dueRuns("*", true), low, now, n).Scan(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]int64, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		return tx.Exec("UPDATE webhooks_runs SET token = token + 1, claims = claims + 1, state = ?, reason = '', due_at = ? WHERE id IN ?",
			stateOpen, now.add(lease), ids).Error
	})
	return rows, err
}

// dueRuns selects what is due between two instants, at most so many. The index
// is named, as a plan that sorts would lock every candidate.
func (d *dialect) dueRuns(columns string, lock bool) string {
	index, locking := " INDEXED BY webhooks_runs_open_due_at_id", ""
	if d.mysql {
		index = " FORCE INDEX (webhooks_runs_open_due_at_id)"
		if lock {
			locking = " FOR UPDATE SKIP LOCKED"
		}
	}
	return "SELECT " + columns + " FROM webhooks_runs" + index +
		" WHERE open = 1 AND due_at >= ? AND due_at <= ? ORDER BY due_at, id LIMIT ?" + locking
}
