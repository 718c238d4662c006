package models

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// table is a table as both databases make it. Types are MySQL's; "id" alone is
// the usual key: BIGINT, counted by the database, never used twice.
type table struct {
	name    string
	columns []string
	primary string
	unique  []string // lists of columns
	index   []string
	rows    []string // VALUES of rows that are there from the beginning
}

// Bytes have no length in SQLite, and a type without BLOB in its name would
// turn "1" into a number.
var binaryType = regexp.MustCompile(`\b(VAR)?BINARY\(\d+\)`)

// create is the DDL. It may be run again: MySQL commits each statement by
// itself, so a node that dies in the middle leaves some of the tables behind.
func (t table) create(d *dialect) []string {
	columns := make([]string, len(t.columns))
	for i, c := range t.columns {
		switch {
		case c == "id" && d.mysql:
			c = "id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY"
		case c == "id":
			c = "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"
		case !d.mysql:
			c = binaryType.ReplaceAllString(c, "BLOB")
		}
		columns[i] = c
	}
	if t.primary != "" {
		columns = append(columns, "PRIMARY KEY ("+t.primary+")")
	}
	var after []string
	index := func(kind, list string) {
		name := t.name + "_" + strings.ReplaceAll(list, ", ", "_")
		if d.mysql {
			columns = append(columns, fmt.Sprintf("%sKEY %s (%s)", kind, name, list))
		} else {
			after = append(after, fmt.Sprintf("CREATE %sINDEX IF NOT EXISTS %s ON %s (%s)", kind, name, t.name, list))
		}
	}
	for _, list := range t.unique {
		index("UNIQUE ", list)
	}
	for _, list := range t.index {
		index("", list)
	}
	ddl := "CREATE TABLE IF NOT EXISTS " + t.name + " (\n\t" + strings.Join(columns, ",\n\t") + "\n)"
	ignore := "INSERT OR IGNORE INTO "
	if d.mysql {
		ddl += " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC"
		ignore = "INSERT IGNORE INTO "
	}
	for _, row := range t.rows {
		after = append(after, ignore+t.name+" VALUES ("+row+")")
	}
	return append([]string{ddl}, after...)
}

// tables is a migration that makes tables.
func tables(id string, list []table) *gormigrate.Migration {
	return &gormigrate.Migration{ID: id, Migrate: func(db *gorm.DB) error {
		d := &dialect{mysql: db.Name() == "mysql"}
		for _, t := range list {
			for _, ddl := range t.create(d) {
				if err := db.Exec(ddl).Error; err != nil {
					return fmt.Errorf("%s: table %s: %w", id, t.name, err)
				}
			}
		}
		return nil
	}}
}
