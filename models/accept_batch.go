package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// errUnknown: COMMIT was sent and its reply did not come.
var errUnknown = errors.New("the commit's outcome is unknown")

// errAway: not even a transaction could be begun, so the next need not try.
var errAway = errors.New("the database cannot be asked")

// lookupTimeout bounds the look-up after a commit of unknown outcome.
const lookupTimeout = time.Second

// accept stores a batch and answers each of it.
func (s *Store) accept(batch []*pending) {
	first, again := splitKeys(batch)
	if len(first) == 0 {
		return
	}
	runs, err := s.insertBatch(first)
	switch {
	case err == nil:
		for i, p := range first {
			p.answer(runs[i], nil)
		}
	case errors.Is(err, errAway):
		answerAll(first, notStored(err))
	case errors.Is(err, errUnknown):
		again = append(s.settle(first, err), again...)
	default:
		again = append(first, again...)
	}
	for i, p := range again {
		if err := s.acceptAlone(p); errors.Is(err, errAway) && time.Now().Before(p.deadline) {
			answerAll(again[i+1:], notStored(err))
			return
		}
	}
}

// splitKeys takes those out whose key another of the batch has too: they would
// fail all of it.
func splitKeys(batch []*pending) (first, again []*pending) {
	type key struct {
		listener int64
		hash     string
	}
	seen := map[key]bool{}
	for _, p := range batch {
		k := key{p.row.ListenerID, string(p.key)}
		if p.key != nil && seen[k] {
			again = append(again, p)
			continue
		}
		seen[k] = true
		first = append(first, p)
	}
	return first, again
}

func answerAll(batch []*pending, err error) {
	for _, p := range batch {
		p.answer(nil, err)
	}
}

// acceptAlone stores one delivery in a transaction of its own, so that no row
// undoes its neighbours, and answers it. What it returns it has answered too.
func (s *Store) acceptAlone(p *pending) error {
	run, err := s.tryAlone(p)
	var used *DuplicateError
	switch {
	case err == nil, errors.As(err, &used):
	case errors.Is(err, errUnknown):
		s.answerUnknown([]*pending{p}, err)
		return err
	default:
		err = notStored(err)
	}
	p.answer(run, err)
	return err
}

func (s *Store) tryAlone(p *pending) (*Run, error) {
	ctx, cancel := context.WithDeadline(context.Background(), p.deadline)
	defer cancel()
	for try := 1; ; try++ {
		first, err := s.keyUser(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errAway, err)
		}
		if first != 0 {
			return nil, &DuplicateError{DeliveryID: first}
		}
		runs, err := s.insertBatch([]*pending{p})
		if err == nil {
			return runs[0], nil
		}
		if try == maxTries || !gaveWay(err) && !s.duplicate(err) {
			return nil, err
		}
	}
}

// keyUser is the delivery that used p's key, or 0. A key whose time is over is
// forgotten.
func (s *Store) keyUser(ctx context.Context, p *pending) (int64, error) {
	if p.key == nil {
		return 0, nil
	}
	var id, expires int64
	err := s.pool.QueryRowContext(ctx, "SELECT delivery_id, expires_at FROM webhooks_dedupe WHERE listener_id = ? AND hash = ?",
		p.row.ListenerID, p.key).Scan(&id, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, err
	case Micros(expires) > p.now:
		return id, nil
	}
	_, err = s.pool.ExecContext(ctx, "DELETE FROM webhooks_dedupe WHERE listener_id = ? AND hash = ? AND expires_at = ?",
		p.row.ListenerID, p.key, expires)
	return 0, err
}

// answerUnknown finds out by their uids what became of deliveries whose COMMIT
// was not confirmed, and answers them.
func (s *Store) answerUnknown(batch []*pending, cause error) {
	for _, p := range s.settle(batch, cause) {
		p.answer(nil, notStored(cause))
	}
}

// settle answers those of a batch that were stored after all, and gives the
// others back; where that cannot be known, all are answered with the cause.
func (s *Store) settle(batch []*pending, cause error) []*pending {
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	ids, err := s.idsByUID(ctx, s.pool, batch, s.dialect.mysql)
	if err != nil {
		answerAll(batch, notStored(fmt.Errorf("%w; looking the deliveries up: %w", cause, err)))
		return nil
	}
	var missing []*pending
	for i, p := range batch {
		if ids[i] == 0 {
			missing = append(missing, p)
			continue
		}
		p.answer(p.runRow(ids[i]).run(), nil)
	}
	return missing
}
