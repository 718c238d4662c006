package models

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
)

// statements keeps prepared statements of the accept path. GORM's cache does
// not serve here: it prepares inside the transaction, where database/sql has to
// prepare anew each time.
type statements struct {
	db *sql.DB
	mu sync.Mutex
	by map[string]*sql.Stmt
}

// prepare gives the kept statement. It may need a connection, so it is called
// before a transaction holds one.
func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	stmt := s.by[query]
	s.mu.Unlock()
	if stmt != nil {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.by[query]; other != nil {
		return other, stmt.Close() //nolint:sqlclosecheck // another was faster: this one is not kept
	}
	if s.by == nil {
		s.by = map[string]*sql.Stmt{}
	}
	s.by[query] = stmt
	return stmt, nil
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.by {
		errs = append(errs, stmt.Close())
	}
	s.by = nil
	return errors.Join(errs...)
}

// insert is a multi-row INSERT.
func insert(table, columns string, rows int) string {
	row := "(" + strings.Repeat("?,", strings.Count(columns, ",")) + "?)"
	return "INSERT INTO " + table + " (" + columns + ") VALUES " + strings.Repeat(row+",", rows-1) + row
}
