package models

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// dialect is what differs between the databases.
type dialect struct {
	mysql     bool // MySQL or MariaDB; else SQLite
	returning bool // INSERT … RETURNING
	product   string
	version   string // "10.11.19"
}

// newDialect finds out which database this is, and refuses those that cannot
// hold the promises.
func newDialect(ctx context.Context, db *gorm.DB) (*dialect, error) {
	db = db.WithContext(ctx)
	switch name := db.Name(); name {
	case "mysql":
		v, err := variables(db)
		if err != nil {
			return nil, fail(err, "ask the database for its settings")
		}
		return newMySQL(v)
	case "sqlite":
		var version string
		if err := db.Raw("SELECT sqlite_version()").Row().Scan(&version); err != nil {
			return nil, fail(err, "ask the database for its version")
		}
		if !atLeast(version, 3, 35, 0) {
			return nil, fmt.Errorf("SQLite 3.35 or newer is needed, this is %s", version)
		}
		return &dialect{returning: true, product: "SQLite", version: version}, nil
	default:
		return nil, fmt.Errorf("MySQL, MariaDB or SQLite is needed, this is %q", name)
	}
}

// minPacket holds a batch and the largest body.
const minPacket = 4 << 20

// variables are the settings that matter, by name; a server may lack some.
func variables(db *gorm.DB) (map[string]string, error) {
	rows, err := db.Raw(`SHOW VARIABLES WHERE Variable_name IN
		('version', 'max_allowed_packet', 'log_bin', 'binlog_format', 'character_set_client', 'sync_binlog',
		'innodb_flush_log_at_trx_commit', 'innodb_flush_method', 'innodb_doublewrite', 'wsrep_on')`).Rows()
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	v := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		v[name] = value
	}
	return v, rows.Err()
}

func newMySQL(v map[string]string) (*dialect, error) {
	d := &dialect{mysql: true, product: "MySQL"}
	version := v["version"]
	d.version, _, _ = strings.Cut(strings.TrimPrefix(version, "5.5.5-"), "-")
	switch maria := strings.Contains(version, "MariaDB"); {
	case maria && !atLeast(strings.TrimPrefix(version, "5.5.5-"), 10, 6, 0):
		return nil, fmt.Errorf("MariaDB 10.6 or newer is needed (for SKIP LOCKED), this is %s", version)
	case !maria && !atLeast(version, 8, 0, 1):
		return nil, fmt.Errorf("MySQL 8.0.1 or newer is needed (for SKIP LOCKED), this is %s", version)
	case maria:
		d.returning, d.product = true, "MariaDB"
	}
	if n, err := strconv.Atoi(v["max_allowed_packet"]); err != nil || n < minPacket {
		return nil, fmt.Errorf("max_allowed_packet must be at least %d, it is %s", minPacket, v["max_allowed_packet"])
	}
	if v["log_bin"] == "ON" && v["binlog_format"] == "STATEMENT" {
		return nil, fmt.Errorf("binlog_format must be ROW or MIXED: STATEMENT refuses READ COMMITTED")
	}
	if charset := v["character_set_client"]; charset != "utf8mb4" {
		return nil, fmt.Errorf("the connection's character set must be utf8mb4, it is %s: see charset in the data source name", charset)
	}
	return d, nil
}

// atLeast compares a version such as "10.11.19-MariaDB" with a lowest one.
func atLeast(version string, lowest ...int) bool {
	parts := strings.SplitN(version, ".", len(lowest))
	for i, want := range lowest {
		if i >= len(parts) {
			return want == 0
		}
		digits := strings.TrimRight(parts[i], "\x00")
		if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
			digits = digits[:end]
		}
		got, err := strconv.Atoi(digits)
		if err != nil {
			return false
		}
		if got != want {
			return got > want
		}
	}
	return true
}

// wrongTables says which of our tables have another engine or character set than
// what was asked for; a server may make them so.
func (d *dialect) wrongTables(ctx context.Context, db *gorm.DB) (wrong []string, err error) {
	if !d.mysql {
		return nil, nil
	}
	rows, err := db.WithContext(ctx).Raw(`SELECT TABLE_NAME, ENGINE, TABLE_COLLATION FROM information_schema.TABLES
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ? ORDER BY TABLE_NAME`, ownTables()).Rows()
	if err != nil {
		return nil, fail(err, "check the tables")
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var table string
		var engine, collation sql.NullString
		if err := rows.Scan(&table, &engine, &collation); err != nil {
			return nil, fail(err, "check the tables")
		}
		if engine.String != "InnoDB" {
			wrong = append(wrong, fmt.Sprintf("table %s must be InnoDB, it is %s: ALTER TABLE %s ENGINE=InnoDB", table, engine.String, table))
		}
		if !strings.HasPrefix(collation.String, "utf8mb4") {
			wrong = append(wrong, fmt.Sprintf("table %s must be utf8mb4, its collation is %s", table, collation.String))
		}
	}
	return wrong, fail(rows.Err(), "check the tables")
}

// txOptions of a transaction of our own. READ COMMITTED, because under MySQL's
// default a claim that reaches the end of the due rows locks the gap into which
// receivers insert. SQLite begins IMMEDIATE, whatever the host's data source
// name says.
func (d *dialect) txOptions() *sql.TxOptions {
	if d.mysql {
		return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	return &sql.TxOptions{Isolation: sql.LevelSerializable}
}

// hostTxOptions of a transaction that the host's records are changed in: the
// isolation that the host is used to.
func (d *dialect) hostTxOptions() *sql.TxOptions {
	if d.mysql {
		return &sql.TxOptions{}
	}
	return d.txOptions()
}
