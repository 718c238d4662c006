package models

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// guardedTx is the transaction that a host's effect works in. It remembers an
// error after which MySQL has undone all of the transaction (a deadlock) or one
// statement of it (a lock wait timeout), in case the effect does not return it:
// what follows would be committed without what came before.
type guardedTx struct {
	gorm.Tx
	pool *sql.DB
	gone error
}

// guard wraps tx; gone is the error that was seen, or nil.
func guard(tx *gorm.DB) (guarded *gorm.DB, gone func() error) {
	pool, ok := tx.Statement.ConnPool.(gorm.Tx)
	if !ok {
		return tx, func() error { return nil }
	}
	g := &guardedTx{Tx: pool}
	g.pool, _ = tx.DB() // nil where there is none
	guarded = tx.Session(&gorm.Session{NewDB: true, Context: tx.Statement.Context})
	guarded.Statement.ConnPool = g
	return guarded, func() error { return g.gone }
}

func (g *guardedTx) see(err error) {
	if g.gone == nil && gaveWay(err) {
		g.gone = err
	}
}

// GetDBConn is what gorm.DB.DB asks for.
func (g *guardedTx) GetDBConn() (*sql.DB, error) {
	if g.pool == nil {
		return nil, gorm.ErrInvalidDB
	}
	return g.pool, nil
}

func (g *guardedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	result, err := g.Tx.ExecContext(ctx, query, args...)
	g.see(err)
	return result, err
}

func (g *guardedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := g.Tx.QueryContext(ctx, query, args...)
	g.see(err)
	return rows, err
}

func (g *guardedTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	row := g.Tx.QueryRowContext(ctx, query, args...)
	g.see(row.Err())
	return row
}

var (
	_ gorm.Tx             = (*guardedTx)(nil)
	_ gorm.GetDBConnector = (*guardedTx)(nil)
)
