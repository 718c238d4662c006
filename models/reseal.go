package models

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// secretBatch is how many secrets are read at once.
const secretBatch = 100

// Rotating tells whether the ring has keys besides the current one, with which
// something may be sealed.
func (s *Store) Rotating() bool { return len(s.keys.byID) > 1 }

// Reseal seals the secrets anew that were sealed with an older key of the ring,
// each in a transaction of its own, and gives how many. What cannot be opened
// stays as it is. Several nodes may do so at once, and it may be cut short.
//
// Deliveries are not sealed anew: they may be many, never change, and age. As
// long as they are to be read, the ring keeps the key that they were sealed with.
func (s *Store) Reseal(ctx context.Context) (n int, err error) {
	err = s.eachSecret(ctx, func(r *secretRow) error {
		if s.keys.isCurrent(r.Value) {
			return nil
		}
		done, err := s.reseal(ctx, r.ID)
		if done {
			n++
		}
		return err
	})
	return n, fail(err, "seal secrets anew")
}

// reseal reads the value again under the row's lock: another node, or a person,
// may have stored another one.
func (s *Store) reseal(ctx context.Context, id int64) (done bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		done = false
		var rows []*secretRow
		err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Select("id", "value").Where("id = ?", id).Find(&rows).Error
		if err != nil || len(rows) == 0 || s.keys.isCurrent(rows[0].Value) {
			return err
		}
		value, err := s.keys.open(secretIdentity(id), rows[0].Value)
		if err != nil {
			return nil //nolint:nilerr // its key is gone: there is nothing to be done here
		}
		done = true
		return tx.Model(rows[0]).Select("value").Updates(&secretRow{Value: s.keys.seal(secretIdentity(id), value)}).Error
	})
	return done && err == nil, err
}

// eachSecret visits all secrets, named ones and listeners' own, by the primary key.
func (s *Store) eachSecret(ctx context.Context, visit func(*secretRow) error) error {
	for after := int64(0); ; {
		var rows []*secretRow
		err := s.read(ctx).Select("id", "value").Where("id > ?", after).Order("id").Limit(secretBatch).Find(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			after = r.ID
			if err := visit(r); err != nil {
				return err
			}
		}
		if len(rows) < secretBatch {
			return nil
		}
	}
}
