package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Listener by id, by the primary key. ErrNotFound.
func (s *Store) Listener(ctx context.Context, id int64) (*Listener, error) {
	l, err := s.oneListener(ctx, "id = ?", id)
	return l, fail(err, "listener %d", id)
}

// ListenerByGUID by its unique index. ErrNotFound. The GUID is a credential, so
// no error names it.
func (s *Store) ListenerByGUID(ctx context.Context, guid string) (*Listener, error) {
	if !isGUID(guid) {
		return nil, fmt.Errorf("listener by guid: %w", ErrNotFound) // a database may find "x" by "x " or fail on "\xff"
	}
	l, err := s.oneListener(ctx, "guid = ?", guid)
	return l, fail(err, "listener by guid")
}

func (s *Store) oneListener(ctx context.Context, where string, arg any) (*Listener, error) {
	db := s.read(ctx)
	var row listenerRow
	if err := db.Where(where, arg).Take(&row).Error; err != nil {
		return nil, err
	}
	list, err := s.listenersOf(db, []*listenerRow{&row})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Listeners is a page of all, newest first, by the primary key.
func (s *Store) Listeners(ctx context.Context, p Page) ([]*Listener, error) {
	db := s.read(ctx)
	var rows []*listenerRow
	if err := db.Scopes(p.scope).Find(&rows).Error; err != nil {
		return nil, fail(err, "list listeners")
	}
	list, err := s.listenersOf(db, rows)
	return list, fail(err, "list listeners")
}

// scope pages by id, newest first.
func (p Page) scope(db *gorm.DB) *gorm.DB {
	if p.After > 0 {
		db = db.Where("id < ?", p.After)
	}
	return db.Order("id DESC").Limit(p.limit())
}

// listenersOf makes listeners of rows, with the names of their secrets.
func (s *Store) listenersOf(db *gorm.DB, rows []*listenerRow) ([]*Listener, error) {
	list := make([]*Listener, len(rows))
	inputs := make([]map[string]any, len(rows))
	for i, r := range rows {
		var err error
		if inputs[i], err = decodeInputs(r.Inputs); err != nil {
			return nil, fmt.Errorf("listener %d: %w", r.ID, err)
		}
		list[i] = &Listener{
			ID: r.ID, GUID: r.GUID, Name: r.Name, BehaviorID: r.BehaviorID, Inputs: inputs[i], Enabled: r.Enabled, Paused: r.Paused,
			Timezone: r.Timezone, URLOverride: r.URLOverride, Revision: r.Revision, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		}
	}
	return list, nameSecrets(db, inputs...)
}
