package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Secret is a write-only value; only SecretValue gives it.
type Secret struct {
	ID        int64
	Name      string // "" for a listener's own
	Hosts     []string
	UpdatedAt Micros
	UpdatedBy string
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

// DeleteSecret deletes a secret; one that is not there is no error.
func (s *Store) DeleteSecret(ctx context.Context, id int64) error {
	return fail(s.change(ctx, func(tx *gorm.DB, _ int64, _ Micros) error {
		return tx.Delete(&secretRow{}, id).Error
	}), "delete secret %d", id)
}

// Secrets are the named ones, by name.
func (s *Store) Secrets(ctx context.Context) ([]*Secret, error) {
	var rows []*secretRow
	if err := s.read(ctx).Omit("value").Where("name IS NOT NULL").Order("name").Find(&rows).Error; err != nil {
		return nil, fail(err, "list secrets")
	}
	list := make([]*Secret, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.secret(); err != nil {
			return nil, fail(err, "list secrets")
		}
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
