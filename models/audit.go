package models

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// Retention of the audit trail: a row is kept for a year, as long as it is among
// the newest. Each new row takes some of the oldest away, so nothing else has to.
const (
	keepAudit     = 365 * 24 * 3600 * 1_000_000 // microseconds
	keepAuditRows = 100_000
	purgeAudit    = 20 // rows at once
)

// AuditRow says who changed what. It never holds the value of a secret or a GUID.
type AuditRow struct {
	ID     int64  `gorm:"column:id;primaryKey"`
	At     Micros `gorm:"column:at"`
	By     string `gorm:"column:worker"` // the worker's id
	Name   string `gorm:"column:name"`   // the worker's, at that time
	Token  string `gorm:"column:token"`  // id of the bearer token, or ""
	Action string `gorm:"column:action"` // "PATCH /listeners/{id}"
	Object string `gorm:"column:object"` // "listener 7", or several
	Detail string `gorm:"column:detail"` // "paused=true, inputs.channel"
}

// TableName is for GORM.
func (AuditRow) TableName() string { return "webhooks_audit" }

// Trail is what one changing call leaves in the audit trail: one row, written in
// the transaction of its change, and none where it fails. The context of the
// call carries it. It is of one goroutine.
type Trail struct {
	by      AuditRow
	object  []string
	detail  []string
	written bool
}

// NewTrail begins the row of a call by a worker. token is the id of the bearer
// token that was used, or "".
func NewTrail(worker, name, token, action string) *Trail {
	return &Trail{by: AuditRow{By: cut(message(worker), maxBy), Name: cut(message(name), maxBy), Token: cut(message(token), maxBy), Action: cut(action, maxBy)}}
}

type trailKey struct{}

// WithTrail is a context whose change is written down.
func WithTrail(ctx context.Context, t *Trail) context.Context {
	return context.WithValue(ctx, trailKey{}, t)
}

// TrailOf is the trail that a context carries, or nil, which takes no notes.
func TrailOf(ctx context.Context) *Trail {
	t, _ := ctx.Value(trailKey{}).(*Trail)
	return t
}

// Touch names an object that the call changes. The store's own changes do so
// themselves.
func (t *Trail) Touch(format string, args ...any) {
	if t != nil {
		t.object = note(t.object, fmt.Sprintf(format, args...))
	}
}

// Note adds a detail, such as the name of a field. Never a secret's value.
func (t *Trail) Note(format string, args ...any) {
	if t != nil {
		t.detail = note(t.detail, fmt.Sprintf(format, args...))
	}
}

func note(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// mark tells how far the notes are; back forgets what came behind it, as a
// transaction that is tried again says everything again.
func (t *Trail) mark() (back func()) {
	if t == nil {
		return func() {}
	}
	objects, details := len(t.object), len(t.detail)
	return func() { t.object, t.detail = t.object[:objects], t.detail[:details] }
}

// write leaves the row in a transaction, unless it is there already.
func (t *Trail) write(tx *gorm.DB, now Micros) error {
	if t == nil || t.written {
		return nil
	}
	row := t.by
	row.At, row.Object, row.Detail = now, message(strings.Join(t.object, ", ")), message(strings.Join(t.detail, ", "))
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	return trimAudit(tx, row.ID, now)
}

// trimAudit deletes some of the oldest rows, by the primary key, if they have
// outlived their time or their number.
func trimAudit(tx *gorm.DB, newest int64, now Micros) error {
	var oldest []AuditRow
	if err := tx.Select("id", "at").Order("id").Limit(purgeAudit).Find(&oldest).Error; err != nil {
		return fmt.Errorf("trim the audit trail: %w", err)
	}
	var gone []int64
	for _, r := range oldest {
		if r.At < now-keepAudit || r.ID <= newest-keepAuditRows {
			gone = append(gone, r.ID)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if err := tx.Where("id IN ?", gone).Delete(&AuditRow{}).Error; err != nil {
		return fmt.Errorf("trim the audit trail: %w", err)
	}
	return nil
}

// WriteTrail leaves the row of a call that changed nothing of the configuration,
// unless one of its changes did so.
func (s *Store) WriteTrail(ctx context.Context, t *Trail) error {
	if t == nil || t.written {
		return nil
	}
	now, err := s.Now(ctx)
	if err == nil {
		err = s.write(ctx, func(tx *gorm.DB) error { return t.write(tx, now) })
	}
	if err != nil {
		return fail(err, "audit trail")
	}
	t.written = true
	return nil
}

// Audit is a page of the trail, newest first, by the primary key.
func (s *Store) Audit(ctx context.Context, p Page) ([]*AuditRow, error) {
	var rows []*AuditRow
	err := s.read(ctx).Scopes(p.scope).Find(&rows).Error
	return rows, fail(err, "list the audit trail")
}
