package models

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Listener is a name, an unguessable URL, a behavior and its inputs.
type Listener struct {
	ID          int64
	GUID        string // 16 random bytes, base32, lower case: 26 characters
	Name        string
	BehaviorID  int64
	Inputs      map[string]any // by name; a secret is SecretInput
	Enabled     bool
	Paused      bool
	Timezone    string
	URLOverride string
	Revision    int64 // for ETag
	CreatedAt   Micros
	UpdatedAt   Micros
}

type listenerRow struct {
	ID          int64  `gorm:"column:id;primaryKey"`
	GUID        string `gorm:"column:guid"`
	Name        string `gorm:"column:name"`
	BehaviorID  int64  `gorm:"column:behavior_id"`
	Inputs      []byte `gorm:"column:inputs"`
	Enabled     bool   `gorm:"column:enabled"`
	Paused      bool   `gorm:"column:paused"`
	Timezone    string `gorm:"column:timezone"`
	URLOverride string `gorm:"column:url_override"`
	Revision    int64  `gorm:"column:revision"`
	Changed     int64  `gorm:"column:changed"`
	CreatedAt   Micros `gorm:"column:created_at;autoCreateTime:false"`
	UpdatedAt   Micros `gorm:"column:updated_at;autoUpdateTime:false"`
}

func (listenerRow) TableName() string { return "webhooks_listeners" }

func newListenerRow(l *Listener) (*listenerRow, error) {
	inputs, err := encodeInputs(l.Inputs)
	if err != nil {
		return nil, err
	}
	return &listenerRow{
		ID: l.ID, GUID: l.GUID, Name: message(l.Name), BehaviorID: l.BehaviorID, Inputs: inputs, Enabled: l.Enabled, Paused: l.Paused,
		Timezone: l.Timezone, URLOverride: l.URLOverride, Revision: l.Revision, CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt,
	}, nil
}

// newGUID is 128 bits that nobody guesses.
func newGUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return guidEncoding.EncodeToString(b[:])
}

var guidEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func isGUID(s string) bool {
	b, err := guidEncoding.DecodeString(s)
	return err == nil && len(b) == 16 && guidEncoding.EncodeToString(b) == s
}

// CreateListener stores a listener and sets ID, GUID, Revision and times.
// ErrNotFound where its behavior does not exist.
func (s *Store) CreateListener(ctx context.Context, l *Listener) error {
	made := *l
	made.ID, made.GUID, made.Revision = 0, newGUID(), 1
	err := s.change(ctx, func(tx *gorm.DB, number int64, now Micros) error {
		if err := lockBehavior(tx, made.BehaviorID); err != nil {
			return err
		}
		if err := checkSecrets(tx, made.Inputs, nil); err != nil {
			return err
		}
		made.CreatedAt, made.UpdatedAt = now, now
		row, err := newListenerRow(&made)
		if err != nil {
			return err
		}
		row.Changed = number
		if err := tx.Create(row).Error; err != nil {
			return err
		}
		made.ID = row.ID
		TrailOf(ctx).Touch("listener %d", made.ID)
		return nil
	})
	if err != nil {
		return fail(err, "create listener")
	}
	*l = made
	return nil
}

// UpdateListener replaces a listener, by ID, and sets Revision and UpdatedAt.
// Its GUID is kept where it is "". l.Revision must match unless it is 0:
// ErrConflict. Secrets of its own that it no longer names are deleted.
func (s *Store) UpdateListener(ctx context.Context, l *Listener) error {
	made := *l
	err := s.change(ctx, func(tx *gorm.DB, number int64, now Micros) error {
		old, err := lockListener(tx, l.ID)
		if err != nil {
			return err
		}
		if l.Revision != 0 && l.Revision != old.Revision {
			return fmt.Errorf("revision %d, it is at %d: %w", l.Revision, old.Revision, ErrConflict)
		}
		if l.BehaviorID != old.BehaviorID {
			if err := lockBehavior(tx, l.BehaviorID); err != nil {
				return err
			}
		}
		before, err := decodeInputs(old.Inputs)
		if err != nil {
			return err
		}
		if err := checkSecrets(tx, made.Inputs, secretIDs(before)); err != nil {
			return err
		}
		made.Revision, made.CreatedAt, made.UpdatedAt = old.Revision+1, old.CreatedAt, now
		if made.GUID == "" {
			made.GUID = old.GUID
		}
		row, err := newListenerRow(&made)
		if err != nil {
			return err
		}
		row.Changed = number
		if err := tx.Model(row).Select("*").Updates(row).Error; err != nil {
			return err
		}
		if err := noteListener(TrailOf(ctx), old, row); err != nil {
			return err
		}
		return deleteOwnSecrets(tx, old, secretIDs(made.Inputs))
	})
	if err != nil {
		return fail(err, "update listener %d", l.ID)
	}
	*l = made
	return nil
}

// DeleteListener deletes a listener, its counters and the secrets of its own.
// Its deliveries stay.
func (s *Store) DeleteListener(ctx context.Context, id int64) error {
	return fail(s.change(ctx, func(tx *gorm.DB, number int64, _ Micros) error {
		old, err := lockListener(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Delete(&listenerRow{}, id).Error; err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM webhooks_counters WHERE listener_id = ?", id).Error; err != nil {
			return err
		}
		if err := deleteOwnSecrets(tx, old, nil); err != nil {
			return err
		}
		TrailOf(ctx).Touch("listener %d", id)
		TrailOf(ctx).Note("name=%s", old.Name)
		return tx.Create(&tombstone{ListenerID: id, Changed: number}).Error
	}), "delete listener %d", id)
}

// lockListener reads a listener's row for changing it.
func lockListener(tx *gorm.DB, id int64) (*listenerRow, error) {
	var row listenerRow
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&row, id).Error
	return &row, err
}

// deleteOwnSecrets deletes the unnamed secrets that a listener's row refers to,
// but those in keep.
func deleteOwnSecrets(tx *gorm.DB, old *listenerRow, keep []int64) error {
	inputs, err := decodeInputs(old.Inputs)
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(secretIDs(inputs), func(id int64) bool { return slices.Contains(keep, id) })
	if len(gone) == 0 {
		return nil
	}
	return tx.Where("id IN ? AND name IS NULL", gone).Delete(&secretRow{}).Error
}

// noteListener says which fields of a listener change. What may be a secret, or
// is long, goes without its value.
func noteListener(t *Trail, old, row *listenerRow) error {
	t.Touch("listener %d", row.ID)
	for _, f := range []struct {
		changed bool
		text    string
	}{
		{old.Name != row.Name, "name"},
		{old.GUID != row.GUID, "guid"},
		{old.BehaviorID != row.BehaviorID, fmt.Sprintf("behavior_id=%d", row.BehaviorID)},
		{old.Enabled != row.Enabled, fmt.Sprintf("enabled=%t", row.Enabled)},
		{old.Paused != row.Paused, fmt.Sprintf("paused=%t", row.Paused)},
		{old.Timezone != row.Timezone, "timezone=" + row.Timezone},
		{old.URLOverride != row.URLOverride, "url_override"},
	} {
		if f.changed {
			t.Note("%s", f.text)
		}
	}
	var before, after map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(old.Inputs, &before), json.Unmarshal(row.Inputs, &after)); err != nil {
		return fmt.Errorf("compare inputs: %w", err)
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(before)), maps.Keys(after))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !bytes.Equal(before[name], after[name]) {
			t.Note("inputs.%s", name)
		}
	}
	return nil
}
