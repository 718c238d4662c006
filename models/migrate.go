package models

import (
	"context"
	"fmt"
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

// migrate brings the schema to the newest version. One node does it, the
// others wait: on MySQL for a named lock, held by the one connection that does
// the work, on SQLite for the write lock of a transaction around all of it.
func (s *Store) migrate(ctx context.Context, migrations []*gormigrate.Migration) error {
	if !s.dialect.mysql {
		return fail(s.write(ctx, func(tx *gorm.DB) error { return migrateOn(tx, s.dialect, migrations) }), "migrate")
	}
	return fail(s.db.WithContext(ctx).Connection(func(conn *gorm.DB) error {
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
		err := migrateOn(conn, s.dialect, migrations)
		if unlock := conn.Exec("DO RELEASE_LOCK(" + name + ")").Error; err == nil {
			err = unlock
		}
		return err
	}), "migrate")
}

func migrateOn(db *gorm.DB, d *dialect, migrations []*gormigrate.Migration) error {
	// gormigrate would make its table by AutoMigrate, in whatever character set.
	for _, ddl := range (table{name: migrationsTable, columns: []string{"id VARCHAR(191) NOT NULL"}, primary: "id"}).create(d) {
		if err := db.Exec(ddl).Error; err != nil {
			return err
		}
	}
	known := map[string]bool{}
	for _, m := range migrations {
		known[m.ID] = true
	}
	var done []string
	if err := db.Raw("SELECT id FROM " + migrationsTable + " ORDER BY id").Scan(&done).Error; err != nil {
		return err
	}
	for _, id := range done {
		if !known[id] && strings.HasSuffix(id, breaking) {
			return fmt.Errorf("the database was migrated by a newer version (%s) that this one does not know: install that version, or go back to a backup", id)
		}
	}
	return gormigrate.New(db, &gormigrate.Options{TableName: migrationsTable, IDColumnName: "id", IDColumnSize: 191}, migrations).Migrate()
}

// migrations in their order; numbered, named, and never edited once released.
func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{
		tables("0001_configuration", configurationTables),
		tables("0002_deliveries", deliveryTables),
		tables("0003_runs", runTables),
		tables("0004_administration", administrationTables),
	}
}
