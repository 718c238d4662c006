package models

import (
	"context"

	"gorm.io/gorm"
)

// behaviorLine is a behavior with what belongs to it elsewhere.
type behaviorLine struct {
	Row             behaviorRow `gorm:"embedded"`
	PublishedSource *string     `gorm:"column:published_source"`
	Listeners       int         `gorm:"column:listeners"`
}

// behaviorLines joins the published version by its primary key and counts the
// listeners by their index on behavior_id.
func behaviorLines(db *gorm.DB) *gorm.DB {
	return db.Table("webhooks_behaviors AS b").Select(`b.*, v.source AS published_source,
		(SELECT COUNT(*) FROM webhooks_listeners l WHERE l.behavior_id = b.id) AS listeners`).
		Joins("LEFT JOIN webhooks_versions v ON v.id = b.published_id")
}

// Behavior by id. ErrNotFound.
func (s *Store) Behavior(ctx context.Context, id int64) (*Behavior, error) {
	var line behaviorLine
	if err := behaviorLines(s.read(ctx)).Where("b.id = ?", id).Take(&line).Error; err != nil {
		return nil, fail(err, "behavior %d", id)
	}
	return line.behavior(), nil
}

// Behaviors is a page of all, newest first.
func (s *Store) Behaviors(ctx context.Context, p Page) ([]*Behavior, error) {
	query := behaviorLines(s.read(ctx)).Order("b.id DESC").Limit(p.limit())
	if p.After > 0 {
		query = query.Where("b.id < ?", p.After)
	}
	var lines []*behaviorLine
	if err := query.Find(&lines).Error; err != nil {
		return nil, fail(err, "list behaviors")
	}
	list := make([]*Behavior, len(lines))
	for i, line := range lines {
		list[i] = line.behavior()
	}
	return list, nil
}

func (l *behaviorLine) behavior() *Behavior {
	r := &l.Row
	b := &Behavior{
		ID: r.ID, Name: r.Name, Source: r.Source, PublishedVersion: r.PublishedVersion, PublishedID: r.PublishedID,
		Policy: r.Policy, Revision: r.Revision, Listeners: l.Listeners, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy,
	}
	if l.PublishedSource != nil {
		b.PublishedSource = *l.PublishedSource
	}
	return b
}
