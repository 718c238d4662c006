package models

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// counts of a listener that are not written yet.
type counts struct {
	accepted, refused, duplicate int64
	last                         Micros
}

func (c *counts) add(d counts) {
	c.accepted += d.accepted
	c.refused += d.refused
	c.duplicate += d.duplicate
	c.last = max(c.last, d.last)
}

// ListenerStats counts a listener's deliveries since it was made, whatever was
// purged; Dead are its dead runs.
type ListenerStats struct {
	LastDeliveryAt                     Micros // 0: never
	Accepted, Refused, Duplicate, Dead int64
}

// ListenerStats of some listeners, by the counters' primary key and the runs'
// index on (state, id). What this node has not written yet is counted in;
// another node's counts come within a second.
func (s *Store) ListenerStats(ctx context.Context, ids []int64) (map[int64]ListenerStats, error) {
	stats := make(map[int64]ListenerStats, len(ids))
	if len(ids) == 0 {
		return stats, nil
	}
	// No flush between the two reads, else it is counted twice or not at all.
	s.recorder.writing.Lock()
	defer s.recorder.writing.Unlock()
	db := s.read(ctx)
	var counters []counterRow
	if err := db.Where("listener_id IN ?", ids).Find(&counters).Error; err != nil {
		return nil, fail(err, "count deliveries")
	}
	written := make(map[int64]counterRow, len(counters))
	for _, c := range counters {
		written[c.ListenerID] = c
	}
	var dead []struct {
		ListenerID, Dead int64
	}
	err := db.Model(&runRow{}).Select("listener_id, COUNT(*) AS dead").Where("state = ? AND listener_id IN ?", stateDead, ids).
		Group("listener_id").Scan(&dead).Error
	if err != nil {
		return nil, fail(err, "count dead runs")
	}
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	for _, id := range ids {
		c, more := written[id], s.recorder.counts[id]
		stats[id] = ListenerStats{
			LastDeliveryAt: max(c.LastAt, more.last), Accepted: c.Accepted + more.accepted,
			Refused: c.Refused + more.refused, Duplicate: c.Duplicate + more.duplicate,
		}
	}
	for _, d := range dead {
		st := stats[d.ListenerID]
		st.Dead = d.Dead
		stats[d.ListenerID] = st
	}
	return stats, nil
}

// counterRow counts the deliveries of a listener, whatever is purged.
type counterRow struct {
	ListenerID int64  `gorm:"column:listener_id;primaryKey;autoIncrement:false"`
	Accepted   int64  `gorm:"column:accepted"`
	Refused    int64  `gorm:"column:refused"`
	Duplicate  int64  `gorm:"column:duplicate"`
	LastAt     Micros `gorm:"column:last_at"`
}

func (counterRow) TableName() string { return "webhooks_counters" }

// writeCounts adds to the counters, in the order of ids, so that nodes do not
// wait for each other in a circle.
func (s *Store) writeCounts(ctx context.Context, sums map[int64]counts) error {
	if len(sums) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(sums))
	for id := range sums {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return s.write(ctx, func(tx *gorm.DB) error {
		for _, id := range ids {
			c := sums[id]
			err := tx.Clauses(clause.OnConflict{
				Columns: []clause.Column{{Name: "listener_id"}},
				DoUpdates: clause.Assignments(map[string]any{
					"accepted":  gorm.Expr("accepted + ?", c.accepted),
					"refused":   gorm.Expr("refused + ?", c.refused),
					"duplicate": gorm.Expr("duplicate + ?", c.duplicate),
					"last_at":   gorm.Expr("CASE WHEN last_at < ? THEN ? ELSE last_at END", c.last, c.last),
				}),
			}).Create(&counterRow{ListenerID: id, Accepted: c.accepted, Refused: c.refused, Duplicate: c.duplicate, LastAt: c.last}).Error
			if err != nil {
				return fmt.Errorf("count deliveries of listener %d: %w", id, err)
			}
		}
		return nil
	})
}
