package main

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// address is where mail goes to. Mail does not reach a defunct one.
type address struct {
	ID         int64
	Email      string `gorm:"size:255;uniqueIndex"` // lower case, without a name
	Defunct    bool
	Reason     string `gorm:"size:16777215"`
	DeliveryID string `gorm:"size:64"` // why it is defunct
	UpdatedAt  int64  `gorm:"autoUpdateTime:milli"`
}

// bareEmail takes the address out of "Anna <Anna@example.com>".
func bareEmail(text string) string {
	if a, err := netmail.ParseAddress(text); err == nil {
		text = a.Address
	}
	return strings.ToLower(strings.TrimSpace(text))
}

// ensureAddress gives the address of an email, new where it is unknown. The row
// is locked until the transaction ends: another one may be making it right now.
func ensureAddress(tx *gorm.DB, email string) (*address, error) {
	a := address{Email: bareEmail(email)}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&address{Email: a.Email}).Error; err != nil {
		return nil, err
	}
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("email = ?", a.Email).Take(&a).Error
	return &a, err
}

// findAddress gives an address, or nil.
func findAddress(ctx context.Context, db *gorm.DB, email string) (*address, error) {
	var a address
	err := db.WithContext(ctx).Where("email = ?", bareEmail(email)).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up the address: %w", err)
	}
	return &a, nil
}

// addressesOf gives the addresses of a ticket's messages, by email.
func addressesOf(ctx context.Context, db *gorm.DB, t *ticket) (map[string]address, error) {
	var emails []string
	for _, m := range t.Messages {
		emails = append(emails, bareEmail(m.Sender), bareEmail(m.Recipient))
	}
	var found []address
	if err := db.WithContext(ctx).Where("email IN ?", emails).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("look up addresses: %w", err)
	}
	byEmail := make(map[string]address, len(found))
	for _, a := range found {
		byEmail[a.Email] = a
	}
	return byEmail, nil
}
