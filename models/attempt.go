package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Attempt is one try of a step that calls the outside.
type Attempt struct {
	N          int
	StartedAt  Micros
	FinishedAt Micros // 0: not known to have finished
	Status     int
	Error      string
	Blame      string
	Excerpt    string
}

type attemptRow struct {
	RunID      int64  `gorm:"column:run_id;primaryKey;autoIncrement:false"`
	Path       string `gorm:"column:path;primaryKey"`
	N          int    `gorm:"column:n;primaryKey;autoIncrement:false"`
	StartedAt  Micros `gorm:"column:started_at"`
	FinishedAt Micros `gorm:"column:finished_at"`
	Status     int    `gorm:"column:status"`
	Error      string `gorm:"column:error"`
	Blame      string `gorm:"column:blame"`
	Excerpt    []byte `gorm:"column:excerpt"`
}

func (attemptRow) TableName() string { return "webhooks_attempts" }

func excerptIdentity(run int64, path string, n int) string {
	return fmt.Sprintf("excerpt of attempt %d of %s in run %d", n, path, run)
}

func (k *keyring) openAttempt(r *attemptRow) (*Attempt, error) {
	excerpt, err := k.open(excerptIdentity(r.RunID, r.Path, r.N), r.Excerpt)
	return &Attempt{
		N: r.N, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt, Status: r.Status, Error: r.Error, Blame: r.Blame, Excerpt: string(excerpt),
	}, err
}

// StartAttempt commits the step and an attempt row before an outside call, so
// that a call that perhaps happened can be seen. ErrConflict where the attempt
// was started before.
func (s *Store) StartAttempt(ctx context.Context, r *Run, step *StepRow, n int) error {
	return s.fenced(ctx, r, nil, "start attempt", func(tx *gorm.DB, now Micros) error {
		if err := s.putStep(tx, r.ID, step); err != nil {
			return err
		}
		err := tx.Create(&attemptRow{RunID: r.ID, Path: step.Path, N: n, StartedAt: now}).Error
		if s.duplicate(err) {
			return fmt.Errorf("attempt %d of %s was started before: %w", n, step.Path, ErrConflict)
		}
		return err
	})
}

// EndAttempt completes it, with the step's new state; finish, when set, is
// stored in the same transaction. a.FinishedAt 0 is now, a.StartedAt 0 what
// StartAttempt wrote.
func (s *Store) EndAttempt(ctx context.Context, r *Run, step *StepRow, a *Attempt, finish *Finish) error {
	err := s.fenced(ctx, r, finish, "end attempt", func(tx *gorm.DB, now Micros) error {
		if err := s.putStep(tx, r.ID, step); err != nil {
			return err
		}
		row := &attemptRow{
			RunID: r.ID, Path: step.Path, N: a.N, StartedAt: a.StartedAt, FinishedAt: a.FinishedAt, Status: a.Status,
			Error: message(a.Error), Blame: cut(a.Blame, 16),
		}
		if a.Excerpt != "" {
			row.Excerpt = s.keys.seal(excerptIdentity(r.ID, step.Path, a.N), []byte(a.Excerpt))
		}
		if row.FinishedAt == 0 {
			row.FinishedAt = now
		}
		if row.StartedAt == 0 {
			row.StartedAt = row.FinishedAt
		}
		err := tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "run_id"}, {Name: "path"}, {Name: "n"}},
			DoUpdates: clause.AssignmentColumns([]string{"finished_at", "status", "error", "blame", "excerpt"}),
		}).Create(row).Error
		if err != nil {
			return err
		}
		return recorded(tx, r.ID)
	})
	if err == nil {
		r.Claims = 0
	}
	return err
}
