package hosttest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"
)

// snapshot is every row of every table of the host's database, and how often it
// is there.
type snapshot map[string]int

func snap(t testing.TB, h *Host) snapshot {
	t.Helper()
	db := h.Host.DB().Session(&gorm.Session{NewDB: true, Context: t.Context()})
	tables, err := db.Migrator().GetTables()
	if err != nil {
		t.Fatalf("list the tables: %v", err)
	}
	s := snapshot{}
	for _, table := range tables {
		if err := s.add(db, table); err != nil {
			t.Fatalf("read the table %s: %v", table, err)
		}
	}
	return s
}

func (s snapshot) add(db *gorm.DB, table string) error {
	var rows []map[string]any
	if err := db.Table(table).Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		var b strings.Builder
		b.WriteString(table + ":")
		for _, column := range slices.Sorted(maps.Keys(row)) {
			value := row[column]
			if bytes, ok := value.([]byte); ok {
				value = string(bytes)
			}
			fmt.Fprintf(&b, " %s=%v", column, value)
		}
		s[b.String()]++
	}
	return nil
}

// changes are the rows that came and those that went.
func (s snapshot) changes(after snapshot) (came, went []string) {
	for _, row := range slices.Sorted(maps.Keys(after)) {
		for range after[row] - s[row] {
			came = append(came, row)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(s)) {
		for range s[row] - after[row] {
			went = append(went, row)
		}
	}
	return came, went
}

// show is what a failure tells of rows.
func show(sign string, rows []string) string {
	const most = 5
	var b strings.Builder
	for i, row := range rows {
		if i == most {
			fmt.Fprintf(&b, "\n\t%s … and %d more", sign, len(rows)-most)
			break
		}
		b.WriteString("\n\t" + sign + " " + row)
	}
	return b.String()
}
