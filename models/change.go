package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// tombstone remembers that a listener was deleted.
type tombstone struct {
	ListenerID int64 `gorm:"column:listener_id;primaryKey;autoIncrement:false"`
	Changed    int64 `gorm:"column:changed"`
}

func (tombstone) TableName() string { return "webhooks_tombstones" }

// Changes are what changed of the configuration after a change number.
type Changes struct {
	Number           int64
	Listeners        []*Listener
	DeletedListeners []int64
	Behaviors        []BehaviorRef // id, policy and what is published
	Settings         *Settings     // nil: as they were
}

// BehaviorRef is a behavior, and what is published of it; 0: nothing.
type BehaviorRef struct {
	ID, PublishedID  int64
	PublishedVersion int
	Policy           []byte // JSON, nil: null
}

// bump takes the next change number. It locks the row until the transaction
// ends, so changes of configuration happen one after another, and a number that
// can be read has no lower one still to come.
func bump(tx *gorm.DB) (int64, error) {
	if err := tx.Exec("UPDATE webhooks_changes SET number = number + 1 WHERE id = 1").Error; err != nil {
		return 0, fmt.Errorf("bump the change number: %w", err)
	}
	return changeNumber(tx)
}

func changeNumber(db *gorm.DB) (int64, error) {
	var n int64
	if err := db.Raw("SELECT number FROM webhooks_changes WHERE id = 1").Row().Scan(&n); err != nil {
		return 0, fmt.Errorf("read the change number: %w", err)
	}
	return n, nil
}

// changing is a change under way, which others may join.
type changing struct {
	store  *Store
	tx     *gorm.DB
	number int64
	now    Micros
}

type changingKey struct{}

func changingOf(ctx context.Context, s *Store) *changing {
	if c, ok := ctx.Value(changingKey{}).(*changing); ok && c.store == s {
		return c
	}
	return nil
}

// Together makes one transaction of all that fn changes and reads with the
// context that it is given. fn may be called again, where the database made it
// give way; then nothing of what it did before is there. It must do nothing slow:
// no other change of configuration can begin meanwhile. ErrUnavailable, and what
// fn gives.
func (s *Store) Together(ctx context.Context, fn func(ctx context.Context) error) error {
	return fail(s.change(ctx, func(tx *gorm.DB, number int64, now Micros) error {
		return fn(context.WithValue(ctx, changingKey{}, &changing{s, tx, number, now}))
	}), "change together")
}

// change runs fn in a transaction that has taken a change number, and leaves the
// row that the context's trail is for. Inside of Together it is part of that.
func (s *Store) change(ctx context.Context, fn func(tx *gorm.DB, number int64, now Micros) error) error {
	if c := changingOf(ctx, s); c != nil {
		return fn(c.tx, c.number, c.now)
	}
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	trail := TrailOf(ctx)
	back := trail.mark()
	err = s.write(ctx, func(tx *gorm.DB) error {
		back()
		number, err := bump(tx)
		if err != nil {
			return err
		}
		if err := fn(tx, number, now); err != nil {
			return err
		}
		return trail.write(tx, now)
	})
	if err != nil {
		back()
	} else if trail != nil {
		trail.written = true
	}
	return err
}

// ChangeNumber rises with every committed change of configuration.
func (s *Store) ChangeNumber(ctx context.Context) (int64, error) {
	n, err := changeNumber(s.read(ctx))
	return n, fail(err, "change number")
}

// ChangedSince gives what changed after a change number: the listeners and the
// behaviors, deleted ones by id. Number is for the next call; what changes
// meanwhile may be given now and again then.
func (s *Store) ChangedSince(ctx context.Context, n int64) (*Changes, error) {
	db := s.read(ctx)
	number, err := changeNumber(db)
	if err != nil {
		return nil, fail(err, "changes since %d", n)
	}
	c := &Changes{Number: number}
	if number == n {
		return c, nil
	}
	var listeners []*listenerRow
	if err := db.Where("changed > ?", n).Order("id").Find(&listeners).Error; err != nil {
		return nil, fail(err, "changed listeners since %d", n)
	}
	if c.Listeners, err = s.listenersOf(db, listeners); err != nil {
		return nil, fail(err, "changed listeners since %d", n)
	}
	err = db.Model(&tombstone{}).Where("changed > ?", n).Order("listener_id").Pluck("listener_id", &c.DeletedListeners).Error
	if err != nil {
		return nil, fail(err, "deleted listeners since %d", n)
	}
	var behaviors []*behaviorRow
	err = db.Select("id", "published_id", "published_version", "policy").Where("changed > ?", n).Order("id").Find(&behaviors).Error
	if err != nil {
		return nil, fail(err, "changed behaviors since %d", n)
	}
	for _, b := range behaviors {
		c.Behaviors = append(c.Behaviors, BehaviorRef{ID: b.ID, PublishedID: b.PublishedID, PublishedVersion: b.PublishedVersion, Policy: b.Policy})
	}
	if c.Settings, err = settingsSince(db, n); err != nil {
		return nil, fail(err, "changed settings since %d", n)
	}
	return c, nil
}
