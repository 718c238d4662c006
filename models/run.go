package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// States of a run that the store tells apart.
const (
	stateOpen    = "open"
	stateWaiting = "waiting"
	stateDone    = "done"
	stateFailed  = "failed"
	stateDead    = "dead"
	stateCancel  = "canceled"
)

// Run of a delivery; its id is the delivery's. Narrow: claims never touch deliveries.
type Run struct {
	ID         int64 // = Delivery.ID
	ListenerID int64
	VersionID  int64
	State      string // behaviors.RunState
	Reason     string // while waiting
	Error      string
	DueAt      Micros // while open or waiting: when it may be claimed; a claim moves it to the end of the lease
	Token      int64  // fence: rises with each claim
	Claims     int    // without a record since; three and it is dead
	Answered   bool
	FinishedAt Micros
}

type runRow struct {
	ID         int64  `gorm:"column:id;primaryKey;autoIncrement:false"`
	ListenerID int64  `gorm:"column:listener_id"`
	VersionID  int64  `gorm:"column:version_id"`
	Open       *int   `gorm:"column:open"` // 1, or NULL when finished: the index of what is due holds little else
	State      string `gorm:"column:state"`
	Reason     string `gorm:"column:reason"`
	Error      string `gorm:"column:error"`
	DueAt      Micros `gorm:"column:due_at"`
	Token      int64  `gorm:"column:token"`
	Claims     int    `gorm:"column:claims"`
	Answered   bool   `gorm:"column:answered"`
	FinishedAt Micros `gorm:"column:finished_at"`
}

func (runRow) TableName() string { return "webhooks_runs" }

const runColumns = "id, listener_id, version_id, open, state, reason, error, due_at, token, claims, answered, finished_at"

func (r *runRow) values() []any {
	var open any
	if r.Open != nil {
		open = *r.Open
	}
	return []any{r.ID, r.ListenerID, r.VersionID, open, r.State, r.Reason, r.Error, int64(r.DueAt), r.Token, r.Claims, r.Answered, int64(r.FinishedAt)}
}

func (r *runRow) run() *Run {
	return &Run{
		ID: r.ID, ListenerID: r.ListenerID, VersionID: r.VersionID, State: r.State, Reason: r.Reason, Error: r.Error, DueAt: r.DueAt,
		Token: r.Token, Claims: r.Claims, Answered: r.Answered, FinishedAt: r.FinishedAt,
	}
}

// answerRow is an answer that came after its delivery was stored.
type answerRow struct {
	DeliveryID int64  `gorm:"column:delivery_id;primaryKey;autoIncrement:false"`
	Status     int    `gorm:"column:status"`
	Response   []byte `gorm:"column:response"`
}

func (answerRow) TableName() string { return "webhooks_answers" }

// Finish ends a run, or puts it to wait.
type Finish struct {
	State  string // done, failed, dead, canceled, waiting, or open (released: due at DueAt)
	Reason string
	Error  string
	DueAt  Micros
	Steps  []*StepRow // further rows to write: skipped steps, stop, respond
}

// Run by id. ErrNotFound.
func (s *Store) Run(ctx context.Context, id int64) (*Run, error) {
	var row runRow
	if err := s.read(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return nil, fail(err, "run %d", id)
	}
	return row.run(), nil
}

// fence locks the run's row and gives ErrLeaseLost where it was claimed since,
// or is finished. It reads the token rather than counting what an UPDATE
// touched: MySQL counts changed rows, and whether it does is the host's setting.
func fence(tx *gorm.DB, r *Run) error {
	var row runRow
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Select("id", "token", "open").Where("id = ?", r.ID).Take(&row).Error
	if err != nil {
		return err
	}
	if row.Token != r.Token || row.Open == nil {
		return ErrLeaseLost
	}
	return nil
}

// fenced runs fn behind the fence, in a transaction of our own, and sets what
// finish changed in r after the commit.
func (s *Store) fenced(ctx context.Context, r *Run, finish *Finish, what string, fn func(tx *gorm.DB, now Micros) error) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := fence(tx, r); err != nil {
			return err
		}
		if err := fn(tx, now); err != nil {
			return err
		}
		return s.finish(tx, r.ID, finish, now)
	})
	if err != nil {
		return fail(err, "%s of run %d", what, r.ID)
	}
	finish.applyTo(r, now)
	return nil
}

// finish writes how a run ends or goes to wait, behind the fence.
func (s *Store) finish(tx *gorm.DB, id int64, f *Finish, now Micros) error {
	if f == nil {
		return nil
	}
	for _, step := range f.Steps {
		if err := s.putStep(tx, id, step); err != nil {
			return err
		}
	}
	set := map[string]any{"state": f.State, "reason": "", "error": message(f.Error), "claims": 0}
	switch f.State {
	case stateOpen, stateWaiting:
		set["open"], set["due_at"], set["finished_at"], set["reason"] = 1, f.DueAt, 0, f.Reason
	case stateDone, stateFailed, stateDead, stateCancel:
		set["open"], set["finished_at"] = nil, now
	default:
		return fmt.Errorf("a run has no state %q", f.State)
	}
	return tx.Model(&runRow{}).Where("id = ?", id).Updates(set).Error
}

func (f *Finish) applyTo(r *Run, now Micros) {
	if f == nil {
		return
	}
	r.State, r.Reason, r.Error, r.Claims = f.State, "", message(f.Error), 0
	switch f.State {
	case stateOpen, stateWaiting:
		r.DueAt, r.Reason = f.DueAt, f.Reason
	default:
		r.FinishedAt = now
	}
}

// recorded notes that a claim left a record, so the run does not count as one
// that stops its workers.
func recorded(tx *gorm.DB, id int64) error {
	return tx.Exec("UPDATE webhooks_runs SET claims = 0 WHERE id = ? AND claims <> 0", id).Error
}

// Finish ends a run or puts it to wait, and does only that.
func (s *Store) Finish(ctx context.Context, r *Run, f *Finish) error {
	return s.fenced(ctx, r, f, "finish", func(*gorm.DB, Micros) error { return nil })
}

// Renew moves the end of the lease.
func (s *Store) Renew(ctx context.Context, r *Run, lease time.Duration) error {
	var due Micros
	err := s.fenced(ctx, r, nil, "renew lease", func(tx *gorm.DB, now Micros) error {
		due = now.add(lease)
		return tx.Exec("UPDATE webhooks_runs SET due_at = ? WHERE id = ?", due, r.ID).Error
	})
	if err == nil {
		r.DueAt = due
	}
	return err
}

// SetAnswer journals the answer before it is sent.
func (s *Store) SetAnswer(ctx context.Context, r *Run, resp *HTTPResponse, finish *Finish) error {
	row := &answerRow{DeliveryID: r.ID, Status: resp.Status, Response: s.keys.seal(answerIdentity(r.ID), packResponse(resp))}
	err := s.fenced(ctx, r, finish, "answer", func(tx *gorm.DB, _ Micros) error {
		if err := tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "delivery_id"}},
			DoUpdates: clause.AssignmentColumns([]string{"status", "response"}),
		}).Create(row).Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE webhooks_runs SET answered = 1 WHERE id = ?", r.ID).Error
	})
	if err == nil {
		r.Answered = true
	}
	return err
}

// Reopen makes a failed or dead run open and due again (a redelivery after a
// 5xx, a person's retry), claimed by the caller where lease is not 0. One that
// had answered 5xx has to answer again. ErrConflict where it is in another state.
func (s *Store) Reopen(ctx context.Context, runID int64, lease time.Duration) (*Run, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	var row runRow
	err = s.write(ctx, func(tx *gorm.DB) error {
		row = runRow{}
		if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", runID).Take(&row).Error; err != nil {
			return err
		}
		if row.State != stateFailed && row.State != stateDead {
			return fmt.Errorf("its state is %s: %w", row.State, ErrConflict)
		}
		status, err := answerStatus(tx, runID)
		if err != nil {
			return err
		}
		open := 1
		row.Open, row.State, row.Reason, row.Error, row.FinishedAt = &open, stateOpen, "", "", 0
		row.Answered = row.Answered && status < 500
		row.Token, row.DueAt, row.Claims = row.Token+1, now.add(lease), 0
		if lease > 0 {
			row.Claims = 1
		}
		return tx.Model(&row).Select("*").Updates(&row).Error
	})
	if err != nil {
		return nil, fail(err, "reopen run %d", runID)
	}
	return row.run(), nil
}

// answerStatus is the status of the final answer, 0: none.
func answerStatus(tx *gorm.DB, id int64) (int, error) {
	var status *int
	err := tx.Raw(`SELECT COALESCE((SELECT status FROM webhooks_answers WHERE delivery_id = ?),
		(SELECT status FROM webhooks_deliveries WHERE id = ?))`, id, id).Row().Scan(&status)
	if err != nil || status == nil {
		return 0, err
	}
	return *status, nil
}
