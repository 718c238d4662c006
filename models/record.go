package models

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"
)

// Limits of recording.
const (
	keepRefused    = 20       // refused deliveries a listener
	refusedBody    = 16 << 10 // bytes of the body of a refused one that are kept
	maxRecords     = 1024     // others that wait to be written
	maxRecordBytes = 8 << 20
	recordPace     = 250 * time.Millisecond // between two writes, so that a flood makes few
	recordTimeout  = 5 * time.Second
)

// recorder writes behind what nobody waits for: deliveries without a run, and
// the listeners' counters.
type recorder struct {
	mu      sync.Mutex
	closed  bool
	refused map[int64][]*Delivery // the last ones of each listener
	others  []*Delivery
	bytes   int
	counts  map[int64]counts
	dropped int64

	writing sync.Mutex // one flush at a time, in order
	wake    chan struct{}
	stop    chan struct{}
	done    chan struct{}
}

func (s *Store) startRecorder() {
	r := &s.recorder
	r.refused, r.counts = map[int64][]*Delivery{}, map[int64]counts{}
	r.wake, r.stop, r.done = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(r.done)
		for {
			select {
			case <-r.wake:
			case <-r.stop:
				return
			}
			ctx, cancel := context.WithTimeout(context.Background(), recordTimeout)
			err := s.Flush(ctx)
			cancel()
			if err != nil {
				r.poke() // what is kept is tried again; what was lost is counted
			}
			select {
			case <-time.After(recordPace):
			case <-r.stop:
				return
			}
		}
	}()
}

func (s *Store) stopRecorder() error {
	r := &s.recorder
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	close(r.stop)
	<-r.done
	ctx, cancel := context.WithTimeout(context.Background(), recordTimeout)
	defer cancel()
	return s.Flush(ctx)
}

func (r *recorder) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Record stores a delivery without a run (refused, duplicate, handshake) and without waiting
// for the commit; what does not fit into its bounded queue is counted and
// dropped. The last 20 refused ones a listener are kept, bodies cut at 16 KiB.
func (s *Store) Record(d *Delivery) {
	kept := *d
	if d.Outcome == outcomeRefused && len(d.Request.Body) > refusedBody {
		kept.Request.Body = bytes.Clone(d.Request.Body[:refusedBody])
	}
	r := &s.recorder
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || !r.keep(&kept) {
		r.dropped++
	}
	c := counts{last: d.ReceivedAt}
	switch d.Outcome {
	case outcomeRefused:
		c.refused = 1
	case outcomeDuplicate:
		c.duplicate = 1
	}
	r.countLocked(d.ListenerID, c)
	r.poke()
}

// keep tells whether a delivery found room. Of the refused ones of a listener
// the oldest makes room for the newest.
func (r *recorder) keep(d *Delivery) bool {
	size := len(d.Request.Body)
	if d.Outcome == outcomeRefused {
		if list := r.refused[d.ListenerID]; len(list) == keepRefused {
			r.bytes -= len(list[0].Request.Body)
			r.refused[d.ListenerID] = slices.Delete(list, 0, 1)
		}
	} else if len(r.others) == maxRecords {
		return false
	}
	if r.bytes+size > maxRecordBytes {
		return false
	}
	r.bytes += size
	if d.Outcome == outcomeRefused {
		r.refused[d.ListenerID] = append(r.refused[d.ListenerID], d)
	} else {
		r.others = append(r.others, d)
	}
	return true
}

func (r *recorder) count(listener int64, c counts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.countLocked(listener, c)
	r.poke()
}

func (r *recorder) countLocked(listener int64, c counts) {
	sum := r.counts[listener]
	sum.add(c)
	r.counts[listener] = sum
}

// Dropped is how many deliveries Record could not keep since the store was opened.
func (s *Store) Dropped() int64 {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	return s.recorder.dropped
}

// Flush writes what Record and the counters hold now. It happens by itself
// within a second.
func (s *Store) Flush(ctx context.Context) error {
	r := &s.recorder
	r.writing.Lock()
	defer r.writing.Unlock()
	r.mu.Lock()
	list, sums := r.others, r.counts
	for _, refused := range r.refused {
		list = append(list, refused...)
	}
	r.others, r.refused, r.counts, r.bytes = nil, map[int64][]*Delivery{}, map[int64]counts{}, 0
	r.mu.Unlock()
	if len(list) == 0 && len(sums) == 0 {
		return nil
	}

	slices.SortStableFunc(list, func(a, b *Delivery) int { return cmp.Compare(a.ReceivedAt, b.ReceivedAt) })
	var errs []error
	for chunk := range slices.Chunk(list, maxBatchRows) {
		if err := s.writeRecords(ctx, chunk); err != nil {
			errs = append(errs, err)
			r.mu.Lock()
			r.dropped += int64(len(chunk))
			r.mu.Unlock()
		}
	}
	if err := s.writeCounts(ctx, sums); err != nil {
		errs = append(errs, err)
		r.mu.Lock()
		for listener, c := range sums {
			r.countLocked(listener, c)
		}
		r.mu.Unlock()
	}
	return fail(errors.Join(errs...), "record deliveries")
}

// refusedRow tells which refused deliveries are kept.
type refusedRow struct {
	ListenerID int64 `gorm:"column:listener_id;primaryKey;autoIncrement:false"`
	DeliveryID int64 `gorm:"column:delivery_id;primaryKey;autoIncrement:false"`
}

func (refusedRow) TableName() string { return "webhooks_refused" }

// writeRecords inserts deliveries one by one, in one transaction, and deletes
// the refused ones that are too many.
func (s *Store) writeRecords(ctx context.Context, list []*Delivery) error {
	rows := make([]*deliveryRow, len(list))
	for i, d := range list {
		var err error
		if rows[i], err = s.keys.sealDelivery(d); err != nil {
			return fmt.Errorf("delivery %s: %w", d.UID, err)
		}
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		var listeners []int64
		for i, row := range rows {
			row.ID = 0
			if err := tx.Create(row).Error; err != nil {
				return fmt.Errorf("insert delivery: %w", err)
			}
			if list[i].Outcome == outcomeRefused {
				if err := tx.Create(&refusedRow{ListenerID: row.ListenerID, DeliveryID: row.ID}).Error; err != nil {
					return fmt.Errorf("note refused delivery: %w", err)
				}
				listeners = append(listeners, row.ListenerID)
			}
		}
		slices.Sort(listeners)
		for _, id := range slices.Compact(listeners) {
			if err := trimRefused(tx, id); err != nil {
				return fmt.Errorf("trim refused deliveries: %w", err)
			}
		}
		return nil
	})
}

// trimRefused deletes all but the last refused deliveries of a listener.
func trimRefused(tx *gorm.DB, listener int64) error {
	var gone []int64
	err := tx.Model(&refusedRow{}).Where("listener_id = ?", listener).Order("delivery_id DESC").Offset(keepRefused).Limit(maxRecords).
		Pluck("delivery_id", &gone).Error
	if err != nil || len(gone) == 0 {
		return err
	}
	if err := tx.Where("id IN ?", gone).Delete(&deliveryRow{}).Error; err != nil {
		return err
	}
	return tx.Where("listener_id = ? AND delivery_id IN ?", listener, gone).Delete(&refusedRow{}).Error
}
