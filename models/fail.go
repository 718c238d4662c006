package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// The driver's error types are the host's choice, and importing a driver here
// would link it into every host. So errors of MySQL are told by the number that
// their text begins with, those of SQLite by its fixed wording.
const (
	mysqlLockTimeout = 1205
	mysqlDeadlock    = 1213
)

// mysqlUnavailable are the errors of a server that is there but cannot serve:
// too many connections, disk full, read-only, shutting down, lock trouble.
var mysqlUnavailable = map[int]bool{
	1021: true, 1037: true, 1040: true, 1041: true, 1053: true, 1114: true, 1129: true, 1158: true, 1159: true,
	1160: true, 1161: true, 1180: true, 1203: true, mysqlLockTimeout: true, mysqlDeadlock: true, 1226: true,
	1290: true, 1317: true, 1792: true, 1836: true, 1927: true, 3024: true, 3032: true, 3169: true,
}

var sqliteUnavailable = []string{
	"database is locked", "database table is locked", "database or disk is full", "disk I/O error",
	"unable to open database file", "attempt to write a readonly database",
}

// mysqlNumber is the number of a server's error, or 0.
func mysqlNumber(err error) int {
	if err == nil {
		return 0
	}
	if rest, ok := strings.CutPrefix(err.Error(), "Error "); ok {
		if end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); end > 0 {
			n, _ := strconv.Atoi(rest[:end])
			return n
		}
	}
	switch u := err.(type) { //nolint:errorlint // it walks the chain itself
	case interface{ Unwrap() error }:
		return mysqlNumber(u.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range u.Unwrap() {
			if n := mysqlNumber(err); n != 0 {
				return n
			}
		}
	}
	return 0
}

// gaveWay tells whether a transaction was undone, or must be, because of
// another one, and may be tried again.
func gaveWay(err error) bool {
	n := mysqlNumber(err)
	return n == mysqlLockTimeout || n == mysqlDeadlock || err != nil && strings.Contains(err.Error(), "database is locked")
}

// unavailable tells whether an error says that the database is away or too slow.
func unavailable(err error) bool {
	// Every error of a SQLite driver may have a net.Error's methods.
	var timeout net.Error
	var network *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network),
		errors.As(err, &timeout) && timeout.Timeout(), mysqlUnavailable[mysqlNumber(err)]:
		return true
	}
	text := err.Error()
	for _, s := range sqliteUnavailable {
		if strings.Contains(text, s) {
			return true
		}
	}
	return strings.Contains(text, "invalid connection") || strings.Contains(text, "sql: database is closed")
}

// fail says what was tried, and makes the database's errors ours.
func fail(err error, what string, args ...any) error {
	if err == nil {
		return nil
	}
	what = fmt.Sprintf(what, args...)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	case !errors.Is(err, ErrUnavailable) && unavailable(err):
		return fmt.Errorf("%s: %w: %w", what, ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// duplicate tells whether an error is a key that exists.
func (s *Store) duplicate(err error) bool {
	if errors.Is(err, gorm.ErrDuplicatedKey) || mysqlNumber(err) == 1062 {
		return true
	}
	return err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed")
}
