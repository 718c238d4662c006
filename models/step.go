package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// StepRow is a line of the journal.
type StepRow struct {
	Path     string
	Seq      int // order of first appearance
	Line     int
	Name     string
	Action   string
	State    string // behaviors.StepState
	Params   []byte // JSON, secrets as {"secret": name}
	Output   []byte // JSON
	Error    string
	Failed   bool // a failure that on_error took or that ended the run: it is part of the journal
	Status   int
	Attempts []*Attempt // as read; writing a step leaves its attempts alone
}

type stepRow struct {
	RunID  int64  `gorm:"column:run_id;primaryKey;autoIncrement:false"`
	Path   string `gorm:"column:path;primaryKey"`
	Seq    int    `gorm:"column:seq"`
	Line   int    `gorm:"column:line"`
	Name   string `gorm:"column:name"`
	Action string `gorm:"column:action"`
	State  string `gorm:"column:state"`
	Params []byte `gorm:"column:params"`
	Output []byte `gorm:"column:output"`
	Error  string `gorm:"column:error"`
	Failed bool   `gorm:"column:failed"`
	Status int    `gorm:"column:status"`
}

func (stepRow) TableName() string { return "webhooks_steps" }

const stepColumns = "run_id, path, seq, line, name, action, state, params, output, error, failed, status"

func (r *stepRow) values() []any {
	return []any{r.RunID, r.Path, r.Seq, r.Line, r.Name, r.Action, r.State, r.Params, r.Output, r.Error, r.Failed, r.Status}
}

// maxPath is the column's, in bytes.
const maxPath = 512

func paramsIdentity(run int64, path string) string {
	return fmt.Sprintf("params of %s in run %d", path, run)
}
func outputIdentity(run int64, path string) string {
	return fmt.Sprintf("output of %s in run %d", path, run)
}

func (s *StepRow) check() error {
	if len(s.Path) > maxPath {
		return fmt.Errorf("step %s…: its path is longer than %d bytes", s.Path[:64], maxPath)
	}
	return nil
}

func (k *keyring) sealStep(run int64, s *StepRow) (*stepRow, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return &stepRow{
		RunID: run, Path: s.Path, Seq: s.Seq, Line: s.Line, Name: message(s.Name), Action: cut(s.Action, 128), State: s.State,
		Params: k.seal(paramsIdentity(run, s.Path), s.Params), Output: k.seal(outputIdentity(run, s.Path), s.Output),
		Error: message(s.Error), Failed: s.Failed, Status: s.Status,
	}, nil
}

// putStep inserts or replaces a line of the journal, behind the fence. Seq
// stays as first written.
func (s *Store) putStep(tx *gorm.DB, run int64, step *StepRow) error {
	row, err := s.keys.sealStep(run, step)
	if err != nil {
		return err
	}
	err = tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "run_id"}, {Name: "path"}},
		DoUpdates: clause.AssignmentColumns([]string{"line", "name", "action", "state", "params", "output", "error", "failed", "status"}),
	}).Create(row).Error
	if err != nil {
		return fmt.Errorf("step %s: %w", step.Path, err)
	}
	return nil
}

// Step runs fn and writes the journal row in one transaction under the fence:
// exactly once on the host. fn may be nil (an outside effect that has happened).
// finish, when set, is stored in the same transaction. An error of fn rolls all
// of it back and is in the chain of what is returned.
func (s *Store) Step(ctx context.Context, r *Run, fn func(tx *gorm.DB) (*StepRow, error), finish *Finish) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	err = s.host.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		own := ours(tx)
		if err := fence(own, r); err != nil {
			return err
		}
		if fn != nil {
			guarded, gone := guard(tx)
			step, err := fn(guarded)
			if err == nil {
				err = gone()
			}
			if err != nil {
				return err
			}
			if step != nil {
				if err := s.putStep(own, r.ID, step); err != nil {
					return err
				}
			}
		}
		if err := recorded(own, r.ID); err != nil {
			return err
		}
		return s.finish(own, r.ID, finish, now)
	}, s.dialect.hostTxOptions())
	if err != nil {
		return fail(err, "step of run %d", r.ID)
	}
	r.Claims = 0
	finish.applyTo(r, now)
	return nil
}

// Steps is the journal of a run, with attempts, in order of Seq; by the primary
// keys. With ErrUnreadable the steps lack what could not be read.
func (s *Store) Steps(ctx context.Context, runID int64) ([]*StepRow, error) {
	db := s.read(ctx)
	var rows []*stepRow
	if err := db.Where("run_id = ?", runID).Order("seq, path").Find(&rows).Error; err != nil {
		return nil, fail(err, "steps of run %d", runID)
	}
	var attempts []*attemptRow
	if err := db.Where("run_id = ?", runID).Order("path, n").Find(&attempts).Error; err != nil {
		return nil, fail(err, "attempts of run %d", runID)
	}
	byPath := map[string][]*Attempt{}
	var unreadable error
	for _, row := range attempts {
		a, err := s.keys.openAttempt(row)
		unreadable = errors.Join(unreadable, err)
		byPath[row.Path] = append(byPath[row.Path], a)
	}
	steps := make([]*StepRow, len(rows))
	for i, row := range rows {
		params, err1 := s.keys.open(paramsIdentity(runID, row.Path), row.Params)
		output, err2 := s.keys.open(outputIdentity(runID, row.Path), row.Output)
		unreadable = errors.Join(unreadable, err1, err2)
		steps[i] = &StepRow{
			Path: row.Path, Seq: row.Seq, Line: row.Line, Name: row.Name, Action: row.Action, State: row.State, Params: params, Output: output,
			Error: row.Error, Failed: row.Failed, Status: row.Status, Attempts: byPath[row.Path],
		}
	}
	inOrder(steps)
	return steps, unreadable
}
