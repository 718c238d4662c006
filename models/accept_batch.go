package models

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
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

// insertBatch writes deliveries, runs, keys and known steps in one transaction.
// Any error rolls back all of it.
func (s *Store) insertBatch(batch []*pending) ([]*Run, error) {
	deadline := batch[0].deadline
	for _, p := range batch {
		if p.deadline.After(deadline) {
			deadline = p.deadline
		}
	}
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()

	inserts, err := s.prepareInserts(ctx, batch)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAway, err)
	}
	options := &sql.TxOptions{}
	if !s.dialect.mysql {
		options = s.dialect.txOptions()
	}
	tx, err := s.pool.BeginTx(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAway, err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing

	ids, err := inserts.deliveries(ctx, tx, s, batch)
	if err != nil {
		return nil, fmt.Errorf("insert deliveries: %w", err)
	}
	runs := make([]*Run, len(batch))
	var values []any
	for i, p := range batch {
		row := p.runRow(ids[i])
		runs[i] = row.run()
		values = append(values, row.values()...)
	}
	if err := execKept(ctx, tx, inserts.runs, values); err != nil {
		return nil, fmt.Errorf("insert runs: %w", err)
	}
	if err := inserts.insertKeys(ctx, tx, batch, ids); err != nil {
		return nil, fmt.Errorf("insert dedupe keys: %w", err)
	}
	if err := s.insertSteps(ctx, tx, batch, ids); err != nil {
		return nil, fmt.Errorf("insert steps: %w", err)
	}
	if err := tx.Commit(); err != nil {
		if mysqlNumber(err) != 0 {
			return nil, fmt.Errorf("commit: %w", err) // the server's word: it did not happen
		}
		return nil, fmt.Errorf("%w: %w", errUnknown, err)
	}
	return runs, nil
}

const runColumns = "id, listener_id, version_id, open, state, reason, error, due_at, token, claims, answered, finished_at"

func (r *runRow) values() []any {
	var open any
	if r.Open != nil {
		open = *r.Open
	}
	return []any{r.ID, r.ListenerID, r.VersionID, open, r.State, r.Reason, r.Error, int64(r.DueAt), r.Token, r.Claims, r.Answered, int64(r.FinishedAt)}
}

// inserts are the statements of a batch, one per size and kept.
type inserts struct {
	delivery, runs, keys *sql.Stmt
}

func (s *Store) prepareInserts(ctx context.Context, batch []*pending) (in inserts, err error) {
	keys := 0
	for _, p := range batch {
		if p.key != nil {
			keys++
		}
	}
	query := insert("webhooks_deliveries", deliveryColumns, len(batch))
	if s.dialect.returning {
		query += " RETURNING id, uid"
	}
	if in.delivery, err = s.stmts.prepare(ctx, query); err != nil {
		return in, err
	}
	if in.runs, err = s.stmts.prepare(ctx, insert("webhooks_runs", runColumns, len(batch))); err != nil {
		return in, err
	}
	if keys > 0 {
		in.keys, err = s.stmts.prepare(ctx, insert("webhooks_dedupe", "listener_id, hash, delivery_id, expires_at", keys))
	}
	return in, err
}

// deliveries inserts the rows and gives their ids, told by uid: that ids follow
// one another is a setting of the server's, and so is by how much.
func (in *inserts) deliveries(ctx context.Context, tx *sql.Tx, s *Store, batch []*pending) ([]int64, error) {
	var values []any
	for _, p := range batch {
		values = append(values, p.row.values()...)
	}
	stmt := tx.StmtContext(ctx, in.delivery) //nolint:sqlclosecheck // the transaction closes it
	if s.dialect.returning {
		rows, err := stmt.QueryContext(ctx, values...)
		return idsOf(batch, rows, err)
	}
	if _, err := stmt.ExecContext(ctx, values...); err != nil {
		return nil, err
	}
	return s.idsByUID(ctx, tx, batch, false)
}

// querier is *sql.DB or *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// idsByUID looks deliveries up by the unique index on uid; 0: not there. With
// wait it reads with a lock, so that a commit that is still under way is waited for.
func (s *Store) idsByUID(ctx context.Context, q querier, batch []*pending, wait bool) ([]int64, error) {
	query := "SELECT id, uid FROM webhooks_deliveries WHERE uid IN (?" + strings.Repeat(",?", len(batch)-1) + ")"
	if wait {
		query += " LOCK IN SHARE MODE"
	}
	uids := make([]any, len(batch))
	for i, p := range batch {
		uids[i] = p.row.UID
	}
	rows, err := q.QueryContext(ctx, query, uids...)
	return idsOf(batch, rows, err)
}

func idsOf(batch []*pending, rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	ids := make([]int64, len(batch))
	for rows.Next() {
		var id int64
		var uid []byte
		if err := rows.Scan(&id, &uid); err != nil {
			return nil, err
		}
		for i, p := range batch {
			if bytes.Equal(uid, p.row.UID) {
				ids[i] = id
			}
		}
	}
	return ids, rows.Err()
}

func (in *inserts) insertKeys(ctx context.Context, tx *sql.Tx, batch []*pending, ids []int64) error {
	if in.keys == nil {
		return nil
	}
	var values []any
	for i, p := range batch {
		if p.key != nil {
			values = append(values, p.row.ListenerID, p.key, ids[i], int64(p.now.add(keepKeys)))
		}
	}
	return execKept(ctx, tx, in.keys, values)
}

func execKept(ctx context.Context, tx *sql.Tx, kept *sql.Stmt, values []any) error {
	_, err := tx.StmtContext(ctx, kept).ExecContext(ctx, values...) //nolint:sqlclosecheck // the transaction closes it
	return err
}

// insertSteps writes the steps that are known already. They are few and seldom,
// so the statement is not kept.
func (s *Store) insertSteps(ctx context.Context, tx *sql.Tx, batch []*pending, ids []int64) error {
	var values []any
	n := 0
	flush := func() error {
		if n == 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, insert("webhooks_steps", stepColumns, n), values...)
		values, n = nil, 0
		return err
	}
	for i, p := range batch {
		for _, step := range p.new.Steps {
			row, err := s.keys.sealStep(ids[i], step)
			if err != nil {
				return err
			}
			values = append(values, row.values()...)
			if n++; n == maxBatchRows {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}
