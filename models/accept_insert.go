package models

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
)

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
