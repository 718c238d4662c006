package models

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// StoreEntry is what a behavior keeps under a key. Its value is not encrypted:
// it is read and written by the host's key-less transaction of a step.
type StoreEntry struct {
	Space, Key string
	Value      []byte
	ExpiresAt  Micros // 0: never
}

// maxSpace is in bytes, as the column's.
const maxSpace = 255

type entryRow struct {
	Space     []byte `gorm:"column:space;primaryKey"`
	Hash      []byte `gorm:"column:hash;primaryKey"` // of the key, which may be long
	Name      []byte `gorm:"column:name"`
	Value     []byte `gorm:"column:value"`
	ExpiresAt Micros `gorm:"column:expires_at"`
}

func (entryRow) TableName() string { return "webhooks_entries" }

func hashOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// StoreGet reads an entry in a step's transaction and locks it, so that what is
// computed from it and set again is not overwritten. nil: there is none, or it
// has expired.
func StoreGet(tx *gorm.DB, space, key string, now Micros) (*StoreEntry, error) {
	var row entryRow
	err := ours(tx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("space = ? AND hash = ?", []byte(space), hashOf(key)).Take(&row).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, nil
	case err != nil:
		return nil, fail(err, "get a store entry")
	case row.ExpiresAt != 0 && row.ExpiresAt <= now:
		return nil, nil
	}
	return &StoreEntry{Space: space, Key: key, Value: row.Value, ExpiresAt: row.ExpiresAt}, nil
}

// StoreSet inserts or replaces an entry in a step's transaction.
func StoreSet(tx *gorm.DB, e *StoreEntry) error {
	if len(e.Space) > maxSpace {
		return fmt.Errorf("set a store entry: the space's name is longer than %d bytes", maxSpace)
	}
	row := &entryRow{Space: []byte(e.Space), Hash: hashOf(e.Key), Name: []byte(e.Key), Value: e.Value, ExpiresAt: e.ExpiresAt}
	return fail(ours(tx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "space"}, {Name: "hash"}},
		DoUpdates: clause.AssignmentColumns([]string{"value", "expires_at"}),
	}).Create(row).Error, "set a store entry")
}

// StoreDelete deletes an entry in a step's transaction; one that is not there
// is no error.
func StoreDelete(tx *gorm.DB, space, key string) error {
	err := ours(tx).Where("space = ? AND hash = ?", []byte(space), hashOf(key)).Delete(&entryRow{}).Error
	return fail(err, "delete a store entry")
}
