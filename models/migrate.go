package models

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

const migrationsTable = "webhooks_migrations"

// breaking ends the id of a migration that older versions cannot live with.
//
// Migrations only add: tables, columns with a default, indexes. So an older
// version that meets a newer schema, as nodes do during a rolling deployment,
// works on. Where that cannot be, the migration's id ends with this word, and
// older versions refuse to start on the schema.
const breaking = "_breaking"

// migrationLock is how many seconds a node waits for another that migrates.
const migrationLock = 60

// migrate brings the schema to what the migrations make, and calls then. One node
// does it, the others wait.
func (s *Store) migrate(ctx context.Context, migrations []*gormigrate.Migration, then func(db *gorm.DB) error) error {
	return fail(s.alone(ctx, func(db *gorm.DB) error {
		if err := migrateOn(db, s.dialect, migrations); err != nil {
			return err
		}
		return then(db)
	}), "migrate")
}

// alone runs what changes the schema, on one node at a time: on MySQL behind a
// named lock, held by the one connection that does the work, on SQLite in a
// transaction around all of it, which has the write lock.
func (s *Store) alone(ctx context.Context, fn func(db *gorm.DB) error) error {
	if !s.dialect.mysql {
		return s.write(ctx, fn)
	}
	return s.db.WithContext(ctx).Connection(func(conn *gorm.DB) error {
		conn = conn.Session(&gorm.Session{NewDB: true, Context: ctx})
		// Locks are the server's, so the name tells the databases apart.
		const name = "CONCAT('webhooks_', SHA1(DATABASE()))"
		var got *int
		if err := conn.Raw("SELECT GET_LOCK("+name+", ?)", migrationLock).Row().Scan(&got); err != nil {
			return fmt.Errorf("lock: %w", err)
		}
		if got == nil || *got != 1 {
			return fmt.Errorf("lock: another node has been migrating for %d s", migrationLock)
		}
		err := fn(conn)
		if unlock := conn.Exec("DO RELEASE_LOCK(" + name + ")").Error; err == nil {
			err = unlock
		}
		return err
	})
}

func migrateOn(db *gorm.DB, d *dialect, migrations []*gormigrate.Migration) error {
	// gormigrate would make its table by AutoMigrate, in whatever character set.
	for _, ddl := range (table{name: migrationsTable, columns: []string{"id VARCHAR(191) NOT NULL"}, primary: "id"}).create(d) {
		if err := db.Exec(ddl).Error; err != nil {
			return err
		}
	}
	newer, err := newerThan(db, migrations)
	if err != nil {
		return err
	}
	for _, id := range newer {
		if strings.HasSuffix(id, breaking) {
			return fmt.Errorf("the database was migrated by a newer version (%s) that this one does not know: install that version, or go back to a backup", id)
		}
	}
	return gormigrate.New(db, &gormigrate.Options{TableName: migrationsTable, IDColumnName: "id", IDColumnSize: 191}, migrations).Migrate()
}

// newerThan are the migrations that were run and are not known here.
func newerThan(db *gorm.DB, migrations []*gormigrate.Migration) ([]string, error) {
	var done []string
	if err := db.Raw("SELECT id FROM " + migrationsTable + " ORDER BY id").Scan(&done).Error; err != nil {
		return nil, err
	}
	return slices.DeleteFunc(done, func(id string) bool {
		return slices.ContainsFunc(migrations, func(m *gormigrate.Migration) bool { return m.ID == id })
	}), nil
}

// schema is what each migration makes, in their order; numbered, named, and
// never edited once released.
func schema() []struct {
	id     string
	tables []table
} {
	return []struct {
		id     string
		tables []table
	}{
		{"0001_configuration", configurationTables},
		{"0002_deliveries", deliveryTables},
		{"0003_runs", runTables},
		{"0004_administration", administrationTables},
	}
}

func migrations() []*gormigrate.Migration {
	var list []*gormigrate.Migration
	for _, m := range schema() {
		list = append(list, tables(m.id, m.tables))
	}
	return list
}

// ownTables are the names of all tables that the migrations make.
func ownTables() []string {
	names := []string{migrationsTable}
	for _, m := range schema() {
		for _, t := range m.tables {
			names = append(names, t.name)
		}
	}
	return names
}
