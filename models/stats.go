package models

import "context"

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
