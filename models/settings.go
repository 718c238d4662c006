package models

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Settings are what was set of the plugin's settings. What they may be is not
// known here.
type Settings struct {
	Values    map[string]any // by name: int64, float64, string or bool; what is at its default is not there
	Revision  int64          // for ETag
	UpdatedAt Micros         // 0: never
	UpdatedBy string
}

// settingsRow is the only row of its table.
type settingsRow struct {
	ID        int64  `gorm:"column:id;primaryKey;autoIncrement:false"`
	Value     []byte `gorm:"column:value"`
	Revision  int64  `gorm:"column:revision"`
	Changed   int64  `gorm:"column:changed"`
	UpdatedAt Micros `gorm:"column:updated_at;autoUpdateTime:false"`
	UpdatedBy string `gorm:"column:updated_by"`
}

func (settingsRow) TableName() string { return "webhooks_settings" }

func (r *settingsRow) settings() (*Settings, error) {
	d := json.NewDecoder(bytes.NewReader(r.Value))
	d.UseNumber()
	var values map[string]any
	if err := d.Decode(&values); err != nil {
		return nil, fmt.Errorf("decode settings: %w", err)
	}
	return &Settings{Values: numbers(values).(map[string]any), Revision: r.Revision, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy}, nil
}

// Settings are the stored ones, by the primary key.
func (s *Store) Settings(ctx context.Context) (*Settings, error) {
	var row settingsRow
	if err := s.read(ctx).Take(&row, 1).Error; err != nil {
		return nil, fail(err, "settings")
	}
	set, err := row.settings()
	return set, fail(err, "settings")
}

// ChangeSettings merges changes into what is stored: a value replaces, nil takes
// away. revision must match unless it is 0: ErrConflict.
func (s *Store) ChangeSettings(ctx context.Context, changes map[string]any, revision int64, by string) (*Settings, error) {
	var set *Settings
	err := s.change(ctx, func(tx *gorm.DB, number int64, now Micros) error {
		var row settingsRow
		err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&row, 1).Error
		if err != nil {
			return err
		}
		if revision != 0 && revision != row.Revision {
			return fmt.Errorf("revision %d, they are at %d: %w", revision, row.Revision, ErrConflict)
		}
		if set, err = row.settings(); err != nil {
			return err
		}
		trail := TrailOf(ctx)
		trail.Touch("settings")
		for _, name := range slices.Sorted(maps.Keys(changes)) {
			if v := changes[name]; v != nil {
				set.Values[name] = v
				trail.Note("%s=%v", name, v)
			} else {
				delete(set.Values, name)
				trail.Note("%s=default", name)
			}
		}
		if row.Value, err = json.Marshal(set.Values); err != nil {
			return fmt.Errorf("encode settings: %w", err)
		}
		row.Revision, row.Changed, row.UpdatedAt, row.UpdatedBy = row.Revision+1, number, now, cut(by, maxBy)
		set.Revision, set.UpdatedAt, set.UpdatedBy = row.Revision, row.UpdatedAt, row.UpdatedBy
		return tx.Model(&row).Select("*").Updates(&row).Error
	})
	return set, fail(err, "change settings")
}

// settingsSince gives the settings where they changed after a change number.
func settingsSince(db *gorm.DB, n int64) (*Settings, error) {
	var rows []*settingsRow
	if err := db.Where("id = 1 AND changed > ?", n).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0].settings()
}
