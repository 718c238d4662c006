package models

import (
	"context"

	"gorm.io/gorm"
)

// Version is a published source of a behavior; it never changes.
type Version struct {
	ID          int64  `gorm:"column:id;primaryKey"`
	BehaviorID  int64  `gorm:"column:behavior_id"`
	Version     int    `gorm:"column:version"`
	Source      string `gorm:"column:source"`
	Note        string `gorm:"column:note"`
	PublishedAt Micros `gorm:"column:published_at"`
	PublishedBy string `gorm:"column:published_by"`
}

// TableName is for GORM.
func (Version) TableName() string { return "webhooks_versions" }

// Publish makes the source a new version and the published one; revision 0
// skips the check, another that does not match is ErrConflict.
func (s *Store) Publish(ctx context.Context, behaviorID int64, source, note, by string, revision int64) (*Version, error) {
	var v *Version
	err := s.change(ctx, func(tx *gorm.DB, number int64, now Micros) error {
		row, err := behaviorAt(tx, behaviorID, revision)
		if err != nil {
			return err
		}
		v = &Version{BehaviorID: behaviorID, Version: row.PublishedVersion + 1, Source: source, Note: message(note), PublishedAt: now, PublishedBy: cut(by, maxBy)}
		if err := tx.Create(v).Error; err != nil {
			return err
		}
		TrailOf(ctx).Touch("behavior %d", behaviorID)
		TrailOf(ctx).Note("published version %d", v.Version)
		row.PublishedID, row.PublishedVersion, row.Revision, row.Changed = v.ID, v.Version, row.Revision+1, number
		return tx.Model(row).Select("published_id", "published_version", "revision", "changed").Updates(row).Error
	})
	if err != nil {
		return nil, fail(err, "publish behavior %d", behaviorID)
	}
	return v, nil
}

// Version by the id of its row. ErrNotFound.
func (s *Store) Version(ctx context.Context, id int64) (*Version, error) {
	var v Version
	if err := s.read(ctx).Take(&v, id).Error; err != nil {
		return nil, fail(err, "version %d", id)
	}
	return &v, nil
}

// VersionByNumber by the unique index on (behavior_id, version). ErrNotFound.
func (s *Store) VersionByNumber(ctx context.Context, behaviorID int64, n int) (*Version, error) {
	var v Version
	if err := s.read(ctx).Where("behavior_id = ? AND version = ?", behaviorID, n).Take(&v).Error; err != nil {
		return nil, fail(err, "version %d of behavior %d", n, behaviorID)
	}
	return &v, nil
}

// Versions is a page of a behavior's versions, newest first, with sources.
func (s *Store) Versions(ctx context.Context, behaviorID int64, p Page) ([]*Version, error) {
	var list []*Version
	err := s.read(ctx).Where("behavior_id = ?", behaviorID).Scopes(p.scope).Find(&list).Error
	return list, fail(err, "versions of behavior %d", behaviorID)
}
