package runner

import (
	"fmt"
	"slices"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

// journal is what is known of a run's effects: the rows as they are stored, and
// what of them advance is given. It belongs to the run's goroutine.
type journal struct {
	rows    map[string]*models.StepRow
	entries map[string]behaviors.Entry
}

func newJournal() *journal {
	return &journal{rows: map[string]*models.StepRow{}, entries: map[string]behaviors.Entry{}}
}

// readJournal takes up the effects that were stored.
func readJournal(rows []*models.StepRow, known *actions.Registry) (*journal, error) {
	j := newJournal()
	for _, row := range rows {
		if known.Get(row.Action) == nil {
			continue // a verb's line, for the log only
		}
		j.rows[row.Path] = row
		if err := j.learn(row); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// learn makes a row known to advance, where it is an output or a failure that
// on_error took. Any other failure leaves the step open, and a retry continues
// there.
func (j *journal) learn(row *models.StepRow) error {
	switch {
	case row.Failed:
		j.entries[row.Path] = behaviors.Entry{Failed: stepError(row)}
	case row.State == string(behaviors.StepDone):
		output, err := decode(row.Output)
		if err != nil {
			return fmt.Errorf("output of %s: %w", row.Path, err)
		}
		j.entries[row.Path] = behaviors.Entry{Output: output}
	}
	return nil
}

func stepError(row *models.StepRow) *behaviors.StepError {
	return &behaviors.StepError{Message: row.Error, Status: row.Status, Attempts: len(row.Attempts)}
}

// row is an effect's line, as stored or a new one. d tells its place.
func (j *journal) row(e behaviors.Effect, d behaviors.Decision) *models.StepRow {
	row := j.rows[e.Path]
	if row == nil {
		row = &models.StepRow{Path: e.Path, State: string(behaviors.StepPending)}
		for i, s := range slices.Backward(d.Steps) { // an effect stands near the end
			if s.Path == e.Path {
				row.Seq = i
				break
			}
		}
		j.rows[e.Path] = row
	}
	row.Line, row.Name, row.Action = e.Line, e.Name, e.Action
	return row
}

// others are the lines of the steps that are no effects (skipped ones, lets,
// the answer), which are written when a run ends or comes to rest.
func (j *journal) others(d behaviors.Decision) []*models.StepRow {
	var rows []*models.StepRow
	for i, s := range d.Steps {
		if j.rows[s.Path] != nil || s.State == behaviors.StepPending {
			continue
		}
		row := &models.StepRow{
			Path: s.Path, Seq: i, Line: s.Line, Name: s.Name, Action: s.Action, State: string(s.State), Error: short(s.Error),
		}
		if len(s.Params) > 0 {
			// What cannot be printed is not shown; it was decided upon already.
			row.Params, _ = encode(s.Params)
		}
		rows = append(rows, row)
	}
	return rows
}

// encode prints a value for the journal, within a budget: secrets by name.
func encode(v any) ([]byte, error) {
	return expression.NewWalker(expression.Limits{}).JSON(v)
}

// decode reads what encode wrote.
func decode(text []byte) (any, error) {
	if len(text) == 0 {
		return nil, nil
	}
	return payload.ParseJSON(string(text), payload.DefaultLimits)
}

// normalize gives an output as it will read back from the journal, so that a
// run that goes on and one that is resumed see the same.
func normalize(output any) (text []byte, value any, err error) {
	if text, err = encode(output); err != nil {
		return nil, nil, err
	}
	value, err = decode(text)
	return text, value, err
}
