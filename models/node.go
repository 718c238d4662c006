package models

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

const (
	// BeatEvery is how often a node that works says so.
	BeatEvery = 10 * time.Second
	// nodeGone is when one that said nothing is taken for dead.
	nodeGone = 3 * BeatEvery
	// farewell is how long a node that leaves waits for the database.
	farewell = time.Second
)

// nodeRow is a node that works on the database: what must not be changed under
// it asks for it. It elects nobody and guards nothing else.
type nodeRow struct {
	Node   string `gorm:"column:node;primaryKey"`
	SeenAt Micros `gorm:"column:seen_at"`
}

func (nodeRow) TableName() string { return "webhooks_nodes" }

// join says that this node is there, by a connection that is at hand.
func (s *Store) join(db *gorm.DB) error {
	now, err := s.clockOn(db)
	if err != nil {
		return err
	}
	if err := db.Where("seen_at < ?", now.add(-time.Hour)).Delete(&nodeRow{}).Error; err != nil {
		return err
	}
	return db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "node"}}, DoUpdates: clause.AssignmentColumns([]string{"seen_at"}),
	}).Create(&nodeRow{s.node, now}).Error
}

// Beat says that this node works. To be called each BeatEvery, from Open on.
func (s *Store) Beat(ctx context.Context) error {
	return fail(s.write(ctx, s.join), "say that this node works")
}

// leave takes the node out. Where the database is away its row goes stale by
// itself, so an error is worth nothing.
func (s *Store) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_ = s.db.WithContext(ctx).Where("node = ?", s.node).Delete(&nodeRow{}).Error
}

// working gives when the last of the other nodes was seen that are not taken
// for dead, and how many there are.
func (s *Store) working(db *gorm.DB) (nodes int, ago time.Duration, err error) {
	now, err := s.clockOn(db)
	if err != nil {
		return 0, 0, err
	}
	var rows []nodeRow
	err = db.Where("seen_at > ? AND node <> ?", now.add(-nodeGone), s.node).Order("seen_at DESC").Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, 0, err
	}
	return len(rows), now.Time().Sub(rows[0].SeenAt.Time()), nil
}
