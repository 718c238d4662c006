package models

import (
	"bytes"
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Behavior is a draft, and what of it is published.
type Behavior struct {
	ID               int64
	Name             string // the document's
	Source           string // the draft
	PublishedVersion int    // 0: none
	PublishedID      int64  // of the version's row, 0: none
	PublishedSource  string
	Policy           []byte // JSON, nil: null
	Revision         int64
	Listeners        int // count
	CreatedAt        Micros
	UpdatedAt        Micros
	UpdatedBy        string
}

type behaviorRow struct {
	ID               int64  `gorm:"column:id;primaryKey"`
	Name             string `gorm:"column:name"`
	Source           string `gorm:"column:source"`
	PublishedVersion int    `gorm:"column:published_version"`
	PublishedID      int64  `gorm:"column:published_id"`
	Policy           []byte `gorm:"column:policy"`
	Revision         int64  `gorm:"column:revision"`
	Changed          int64  `gorm:"column:changed"`
	CreatedAt        Micros `gorm:"column:created_at;autoCreateTime:false"`
	UpdatedAt        Micros `gorm:"column:updated_at;autoUpdateTime:false"`
	UpdatedBy        string `gorm:"column:updated_by"`
}

func (behaviorRow) TableName() string { return "webhooks_behaviors" }

// CreateBehavior stores a draft and sets ID, Revision and times.
func (s *Store) CreateBehavior(ctx context.Context, b *Behavior) error {
	var row *behaviorRow
	err := s.change(ctx, func(tx *gorm.DB, number int64, now Micros) error {
		row = &behaviorRow{
			Name: message(b.Name), Source: b.Source, Policy: b.Policy, Revision: 1, Changed: number,
			CreatedAt: now, UpdatedAt: now, UpdatedBy: cut(b.UpdatedBy, maxBy),
		}
		if err := tx.Create(row).Error; err != nil {
			return err
		}
		TrailOf(ctx).Touch("behavior %d", row.ID)
		return nil
	})
	if err != nil {
		return fail(err, "create behavior")
	}
	b.ID, b.Revision, b.CreatedAt, b.UpdatedAt = row.ID, row.Revision, row.CreatedAt, row.UpdatedAt
	b.PublishedID, b.PublishedVersion, b.PublishedSource, b.Listeners = 0, 0, "", 0
	return nil
}

// UpdateBehavior stores name, source, policy and UpdatedBy, by ID, and sets
// Revision and UpdatedAt. b.Revision must match unless it is 0: ErrConflict.
func (s *Store) UpdateBehavior(ctx context.Context, b *Behavior) error {
	var row *behaviorRow
	err := s.change(ctx, func(tx *gorm.DB, number int64, now Micros) error {
		var err error
		if row, err = behaviorAt(tx, b.ID, b.Revision); err != nil {
			return err
		}
		t := TrailOf(ctx)
		t.Touch("behavior %d", b.ID)
		if row.Source != b.Source {
			t.Note("source")
		}
		if !bytes.Equal(row.Policy, b.Policy) {
			t.Note("policy")
		}
		row.Name, row.Source, row.Policy, row.UpdatedBy = message(b.Name), b.Source, b.Policy, cut(b.UpdatedBy, maxBy)
		row.Revision, row.Changed, row.UpdatedAt = row.Revision+1, number, now
		return tx.Model(row).Select("*").Updates(row).Error
	})
	if err != nil {
		return fail(err, "update behavior %d", b.ID)
	}
	b.Revision, b.UpdatedAt = row.Revision, row.UpdatedAt
	return nil
}

// DeleteBehavior deletes a behavior; its versions stay. ErrConflict: in use by a
// listener.
func (s *Store) DeleteBehavior(ctx context.Context, id int64) error {
	return fail(s.change(ctx, func(tx *gorm.DB, _ int64, _ Micros) error {
		row, err := behaviorAt(tx, id, 0)
		if err != nil {
			return err
		}
		TrailOf(ctx).Touch("behavior %d", id)
		TrailOf(ctx).Note("name=%s", row.Name)
		var users int64
		if err := tx.Model(&listenerRow{}).Where("behavior_id = ?", id).Count(&users).Error; err != nil {
			return err
		}
		if users > 0 {
			return fmt.Errorf("in use by %d listeners: %w", users, ErrConflict)
		}
		// The versions stay: a delivery is run, and shown, by the version that it was received with.
		return tx.Delete(&behaviorRow{}, id).Error
	}), "delete behavior %d", id)
}

// behaviorAt locks a behavior's row and checks its revision, unless that is 0.
func behaviorAt(tx *gorm.DB, id, revision int64) (*behaviorRow, error) {
	var row behaviorRow
	if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&row, id).Error; err != nil {
		return nil, err
	}
	if revision != 0 && revision != row.Revision {
		return nil, fmt.Errorf("revision %d, it is at %d: %w", revision, row.Revision, ErrConflict)
	}
	return &row, nil
}

// lockBehavior keeps a behavior from being deleted while a listener is stored
// that uses it.
func lockBehavior(tx *gorm.DB, id int64) error {
	if _, err := behaviorAt(tx, id, 0); err != nil {
		return fmt.Errorf("behavior %d: %w", id, err)
	}
	return nil
}
