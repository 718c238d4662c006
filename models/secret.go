package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Secret is a write-only value; only SecretValue gives it.
type Secret struct {
	ID        int64
	Name      string   // "" for a listener's own
	Hosts     []string // where it may be sent to, as behaviors.CheckHost takes them, in lower case
	UpdatedAt Micros
	UpdatedBy string
}

// StoredSecret is a named secret in the list of them.
type StoredSecret struct {
	Secret
	Set        bool     // its value is not empty, or not readable
	Unreadable bool     // sealed with a key that the host no longer has
	UsedBy     []string // names of listeners
}

type secretRow struct {
	ID        int64   `gorm:"column:id;primaryKey"`
	Name      *string `gorm:"column:name"`
	Value     []byte  `gorm:"column:value"`
	Hosts     string  `gorm:"column:hosts"` // JSON
	UpdatedAt Micros  `gorm:"column:updated_at;autoUpdateTime:false"`
	UpdatedBy string  `gorm:"column:updated_by"`
}

func (secretRow) TableName() string { return "webhooks_secrets" }

func secretIdentity(id int64) string { return fmt.Sprintf("secret %d", id) }

// maxSecretName is in bytes, as the column's.
const maxSecretName = 255

// PutSecret stores a value, encrypted: a named one, or (name "") one of a
// listener's own. Replaces the value of an existing id where ID is set, and of
// an existing name otherwise; sets ID and UpdatedAt.
func (s *Store) PutSecret(ctx context.Context, sec *Secret, value string) error {
	if len(sec.Name) > maxSecretName {
		return fmt.Errorf("put secret: its name is longer than %d bytes", maxSecretName)
	}
	hosts, err := json.Marshal(sec.Hosts)
	if err != nil {
		return fmt.Errorf("put secret: %w", err)
	}
	var row *secretRow
	err = s.change(ctx, func(tx *gorm.DB, _ int64, now Micros) error {
		var err error
		if row, err = lockSecret(tx, sec); err != nil {
			return err
		}
		if sec.Name != "" {
			TrailOf(ctx).Touch("secret %s", sec.Name)
			TrailOf(ctx).Note("value")
			if row.Hosts != string(hosts) {
				TrailOf(ctx).Note("hosts=%s", strings.Join(sec.Hosts, " "))
			}
		}
		row.Hosts, row.UpdatedAt, row.UpdatedBy = string(hosts), now, cut(sec.UpdatedBy, maxBy)
		if row.ID == 0 {
			if err := tx.Create(row).Error; err != nil {
				return err
			}
		}
		row.Value = s.keys.seal(secretIdentity(row.ID), []byte(value)) // the id is authenticated, so it comes first
		return tx.Model(row).Select("value", "hosts", "updated_at", "updated_by").Updates(row).Error
	})
	if err != nil {
		return fail(err, "put secret")
	}
	sec.ID, sec.UpdatedAt = row.ID, row.UpdatedAt
	return nil
}

// lockSecret is the row to be written: the one that is there, or a new one.
func lockSecret(tx *gorm.DB, sec *Secret) (*secretRow, error) {
	var row secretRow
	tx = tx.Clauses(clause.Locking{Strength: "UPDATE"})
	if sec.ID != 0 {
		return &row, tx.Take(&row, sec.ID).Error
	}
	if sec.Name == "" {
		return &row, nil
	}
	err := tx.Where("name = ?", sec.Name).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return &secretRow{Name: &sec.Name}, nil
	}
	return &row, err
}

// SecretValue is the value. ErrNotFound, ErrUnreadable.
func (s *Store) SecretValue(ctx context.Context, id int64) (string, error) {
	var row secretRow
	if err := s.read(ctx).Select("id", "value").Take(&row, id).Error; err != nil {
		return "", fail(err, "value of secret %d", id)
	}
	value, err := s.keys.open(secretIdentity(id), row.Value)
	return string(value), err
}

// SecretToSend is the value, and the hosts that it may be sent to as the secret
// has them. ErrNotFound, ErrUnreadable.
func (s *Store) SecretToSend(ctx context.Context, id int64) (value string, hosts []string, err error) {
	var row secretRow
	if err := s.read(ctx).Select("id", "value", "hosts").Take(&row, id).Error; err != nil {
		return "", nil, fail(err, "value of secret %d", id)
	}
	sec, err := row.secret()
	if err != nil {
		return "", nil, err
	}
	text, err := s.keys.open(secretIdentity(id), row.Value)
	return string(text), sec.Hosts, err
}

// InUseError names who uses what was to be deleted. It is an ErrConflict.
type InUseError struct {
	Listeners []string
}

func (e *InUseError) Error() string {
	return "in use by the listeners " + strings.Join(e.Listeners, ", ")
}

// Unwrap is ErrConflict.
func (e *InUseError) Unwrap() error { return ErrConflict }

// DeleteSecret deletes a secret; one that is not there is no error. A stored one
// that listeners use is an *InUseError.
func (s *Store) DeleteSecret(ctx context.Context, id int64) error {
	return fail(s.change(ctx, func(tx *gorm.DB, _ int64, _ Micros) error {
		var rows []*secretRow
		if err := tx.Omit("value").Where("id = ?", id).Find(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		if name := rows[0].Name; name != nil {
			users, err := secretUsers(tx)
			switch {
			case err != nil:
				return err
			case users[id] != nil:
				return &InUseError{users[id]}
			}
			TrailOf(ctx).Touch("secret %s", *name)
		}
		return tx.Delete(&secretRow{}, id).Error
	}), "delete secret %d", id)
}

// secretUsers are the names of the listeners that use secrets, by the secret's
// id. It reads all listeners.
func secretUsers(db *gorm.DB) (map[int64][]string, error) {
	var rows []*listenerRow
	if err := db.Select("id", "name", "inputs").Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("users of secrets: %w", err)
	}
	users := map[int64][]string{}
	for _, r := range rows {
		inputs, err := decodeInputs(r.Inputs)
		if err != nil {
			return nil, fmt.Errorf("listener %d: %w", r.ID, err)
		}
		ids := secretIDs(inputs)
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			users[id] = append(users[id], r.Name)
		}
	}
	return users, nil
}

// checkSecrets finds secrets that were deleted before a listener that is to
// refer to them could be stored: ErrConflict. known are not looked for.
func checkSecrets(tx *gorm.DB, inputs map[string]any, known []int64) error {
	ids := slices.DeleteFunc(secretIDs(inputs), func(id int64) bool { return slices.Contains(known, id) })
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var n int64
	if err := tx.Model(&secretRow{}).Where("id IN ?", ids).Count(&n).Error; err != nil {
		return fmt.Errorf("look for its secrets: %w", err)
	}
	if n != int64(len(ids)) {
		return fmt.Errorf("a secret of its inputs was deleted: %w", ErrConflict)
	}
	return nil
}

// Secrets are the named ones, by name, with their users. Each value is opened,
// to tell whether it can be; none is given.
func (s *Store) Secrets(ctx context.Context) ([]*StoredSecret, error) {
	db := s.read(ctx)
	var rows []*secretRow
	if err := db.Where("name IS NOT NULL").Order("name").Find(&rows).Error; err != nil {
		return nil, fail(err, "list secrets")
	}
	users, err := secretUsers(db)
	if err != nil {
		return nil, fail(err, "list secrets")
	}
	list := make([]*StoredSecret, len(rows))
	for i, r := range rows {
		secret, err := r.secret()
		if err != nil {
			return nil, fail(err, "list secrets")
		}
		value, err := s.keys.open(secretIdentity(r.ID), r.Value)
		list[i] = &StoredSecret{Secret: *secret, Set: err != nil || len(value) > 0, Unreadable: err != nil, UsedBy: users[r.ID]}
	}
	return list, nil
}

// SecretByName by the unique index. ErrNotFound.
func (s *Store) SecretByName(ctx context.Context, name string) (*Secret, error) {
	var row secretRow
	if err := s.read(ctx).Omit("value").Where("name = ?", name).Take(&row).Error; err != nil {
		return nil, fail(err, "secret by name")
	}
	return row.secret()
}

func (r *secretRow) secret() (*Secret, error) {
	sec := &Secret{ID: r.ID, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy}
	if r.Name != nil {
		sec.Name = *r.Name
	}
	if err := json.Unmarshal([]byte(r.Hosts), &sec.Hosts); err != nil {
		return nil, fmt.Errorf("hosts of secret %d: %w", r.ID, err)
	}
	return sec, nil
}
