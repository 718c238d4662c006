package models

import (
	"context"
	"errors"

	"gorm.io/gorm"
)

// DeliveryFilter narrows a list; zero fields do not.
type DeliveryFilter struct {
	ListenerID     int64
	Outcome, State string
	Since, Until   Micros // of ReceivedAt; Until is exclusive
}

// DeliveryRow is a line of the log: no bodies, with its run. Response has the
// status of the final answer alone, and is nil while there is none.
type DeliveryRow struct {
	Delivery
	Size       int64
	Run        *Run // nil for deliveries without one
	Unreadable bool // the request was encrypted with a key that is not there
}

// deliveryLine is what is read for a line of the log.
type deliveryLine struct {
	Row        deliveryRow `gorm:"embedded"`
	RunState   *string     `gorm:"column:run_state"`
	Reason     *string     `gorm:"column:run_reason"`
	Error      *string     `gorm:"column:run_error"`
	DueAt      *Micros     `gorm:"column:run_due_at"`
	Token      *int64      `gorm:"column:run_token"`
	Claims     *int        `gorm:"column:run_claims"`
	Answered   *bool       `gorm:"column:run_answered"`
	FinishedAt *Micros     `gorm:"column:run_finished_at"`
	Answer     *int        `gorm:"column:answer_status"`
}

const deliveryLineColumns = `d.id, d.uid, d.listener_id, d.version_id, d.outcome, d.cause, d.detail, d.received_at, d.duplicate_of, d.replay_of,
	d.size, d.head, d.status, r.state AS run_state, r.reason AS run_reason, r.error AS run_error, r.due_at AS run_due_at, r.token AS run_token,
	r.claims AS run_claims, r.answered AS run_answered, r.finished_at AS run_finished_at, a.status AS answer_status`

// Deliveries is a page of the log, newest first: by the index on (listener_id,
// id), by the runs' on (state, id), or by the primary key.
func (s *Store) Deliveries(ctx context.Context, f DeliveryFilter, p Page) ([]*DeliveryRow, error) {
	db := s.read(ctx)
	query := db.Table("webhooks_deliveries AS d").Select(deliveryLineColumns).
		Joins("LEFT JOIN webhooks_answers a ON a.delivery_id = d.id")
	if f.State != "" {
		// Naming the state's own order keeps the index on (state, id) in use.
		query = query.Joins("JOIN webhooks_runs r ON r.id = d.id").Where("r.state = ?", f.State).Order("r.id DESC")
		if p.After > 0 {
			query = query.Where("r.id < ?", p.After)
		}
	} else {
		query = query.Joins("LEFT JOIN webhooks_runs r ON r.id = d.id").Order("d.id DESC")
	}
	for _, c := range []struct {
		on    bool
		where string
		value any
	}{
		{p.After > 0, "d.id < ?", p.After},
		{f.ListenerID != 0, "d.listener_id = ?", f.ListenerID},
		{f.Outcome != "", "d.outcome = ?", f.Outcome},
		{f.Since != 0, "d.received_at >= ?", f.Since},
		{f.Until != 0, "d.received_at < ?", f.Until},
	} {
		if c.on {
			query = query.Where(c.where, c.value)
		}
	}
	var lines []*deliveryLine
	if err := query.Limit(p.limit()).Find(&lines).Error; err != nil {
		return nil, fail(err, "list deliveries")
	}
	rows := make([]*DeliveryRow, len(lines))
	inputs := make([]map[string]any, len(lines))
	for i, l := range lines {
		var err error
		if rows[i], err = s.keys.openLine(l); err != nil {
			return nil, fail(err, "list deliveries")
		}
		inputs[i] = rows[i].Inputs
	}
	return rows, fail(nameSecrets(db, inputs...), "list deliveries")
}

func (k *keyring) openLine(l *deliveryLine) (*DeliveryRow, error) {
	d, err := k.openDelivery(&l.Row)
	unreadable := errors.Is(err, ErrUnreadable)
	if err != nil && !unreadable {
		return nil, err
	}
	row := &DeliveryRow{Delivery: *d, Size: l.Row.Size, Unreadable: unreadable}
	status := l.Row.Status
	if l.Answer != nil {
		status = *l.Answer
	}
	if l.RunState != nil {
		row.Run = &Run{
			ID: d.ID, ListenerID: d.ListenerID, VersionID: d.VersionID, State: *l.RunState, Reason: *l.Reason, Error: *l.Error,
			DueAt: *l.DueAt, Token: *l.Token, Claims: *l.Claims, Answered: *l.Answered, FinishedAt: *l.FinishedAt,
		}
		if !row.Run.Answered {
			status = 0
		}
	}
	if status != 0 {
		row.Response = &HTTPResponse{Status: status}
	}
	return row, nil
}

// Delivery by id, with bodies. ErrNotFound; with ErrUnreadable it has all that
// could be read.
func (s *Store) Delivery(ctx context.Context, id int64) (*Delivery, error) {
	db := s.read(ctx)
	var row deliveryRow
	if err := db.Where("id = ?", id).Take(&row).Error; err != nil {
		return nil, fail(err, "delivery %d", id)
	}
	d, err := s.keys.openDelivery(&row)
	if d == nil {
		return nil, err
	}
	return d, errors.Join(err, fail(nameSecrets(db, d.Inputs), "delivery %d", id))
}

// Answer is the delivery's final answer, whether stored with it or later; nil:
// none yet, as of a run that was reopened after it had answered 5xx.
func (s *Store) Answer(ctx context.Context, deliveryID int64) (*HTTPResponse, error) {
	db := s.read(ctx)
	var answered []bool
	if err := db.Model(&runRow{}).Where("id = ?", deliveryID).Pluck("answered", &answered).Error; err != nil {
		return nil, fail(err, "answer of delivery %d", deliveryID)
	}
	if len(answered) > 0 && !answered[0] {
		return nil, nil
	}
	var later answerRow
	switch err := db.Where("delivery_id = ?", deliveryID).Take(&later).Error; {
	case err == nil:
		b, err := s.keys.open(answerIdentity(deliveryID), later.Response)
		if err != nil {
			return nil, err
		}
		return unpackResponse(later.Status, b)
	case !errors.Is(err, gorm.ErrRecordNotFound):
		return nil, fail(err, "answer of delivery %d", deliveryID)
	}
	var row deliveryRow
	if err := db.Select("id", "uid", "status", "response").Where("id = ?", deliveryID).Take(&row).Error; err != nil {
		return nil, fail(err, "answer of delivery %d", deliveryID)
	}
	d, err := s.keys.openDelivery(&row)
	if err != nil {
		return nil, err
	}
	return d.Response, nil
}
