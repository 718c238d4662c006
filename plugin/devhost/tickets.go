package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// ticket is a conversation with a customer. Instants are milliseconds.
type ticket struct {
	ID      int64
	Mask    string `gorm:"size:32;uniqueIndex"` // the public number: "ABC-12345-678"
	Subject string `gorm:"size:255"`
	Status  string `gorm:"size:16"` // open, closed
	Team    string `gorm:"size:64"` // what behaviors call the group
	// ExternalID is what another system calls the ticket, ExternalKey its hash
	// (nil for none): no collation takes two ids for one.
	ExternalID  string  `gorm:"size:255"`
	ExternalKey *string `gorm:"size:64;uniqueIndex"`
	Fields      string  `gorm:"size:16777215"` // JSON of what a behavior gave, or ""
	DeliveryID  string  `gorm:"size:64"`       // why it is here, where a behavior made it
	CreatedAt   int64   `gorm:"autoCreateTime:milli"`
	UpdatedAt   int64   `gorm:"autoUpdateTime:milli;index"`
	Messages    []message
}

// message is one mail of a ticket, or an internal note on it.
type message struct {
	ID         int64
	TicketID   int64 `gorm:"index"`
	Ticket     *ticket
	MessageID  string `gorm:"size:255;uniqueIndex"` // without angle brackets
	Sender     string `gorm:"size:255"`
	Recipient  string `gorm:"size:255"`
	Subject    string `gorm:"size:255"`
	Text       string `gorm:"size:16777215"`
	Internal   bool   // for workers only
	DeliveryID string `gorm:"size:64"` // why it is here, where a behavior wrote it
	CreatedAt  int64  `gorm:"autoCreateTime:milli"`
	Notes      []note
	Files      []attachment
}

// ticketField is one of a ticket's fields, for people.
type ticketField struct {
	Name, Value string
}

// FieldList gives the fields in order of their names.
func (t *ticket) FieldList() ([]ticketField, error) {
	if t.Fields == "" {
		return nil, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(t.Fields), &fields); err != nil {
		return nil, fmt.Errorf("read the fields of ticket %s: %w", t.Mask, err)
	}
	list := make([]ticketField, 0, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := string(fields[name])
		var text string
		if json.Unmarshal(fields[name], &text) == nil {
			value = text
		}
		list = append(list, ticketField{name, value})
	}
	return list, nil
}

// note is a remark on a message. A sticky one is pinned above it.
type note struct {
	ID         int64
	MessageID  int64  `gorm:"index"`
	Text       string `gorm:"size:16777215"`
	Sticky     bool
	DeliveryID string `gorm:"size:64"` // why it is here, where a behavior wrote it
	CreatedAt  int64  `gorm:"autoCreateTime:milli"`
}

const pageSize = 50

// listTickets gives the newest first, and whether there are more; after is the
// last id of the page before, or 0.
func listTickets(ctx context.Context, db *gorm.DB, limit int, after int64) (tickets []ticket, more bool, err error) {
	q := db.WithContext(ctx).Order("id DESC").Limit(limit + 1)
	if after > 0 {
		q = q.Where("id < ?", after)
	}
	if err := q.Find(&tickets).Error; err != nil {
		return nil, false, fmt.Errorf("list tickets: %w", err)
	}
	if len(tickets) > limit {
		return tickets[:limit], true, nil
	}
	return tickets, false, nil
}

// findTicket gives a ticket with messages and notes by its mask, or nil.
func findTicket(ctx context.Context, db *gorm.DB, mask string) (*ticket, error) {
	var t ticket
	byID := func(db *gorm.DB) *gorm.DB { return db.Order("id") }
	err := db.WithContext(ctx).Preload("Messages", byID).
		Preload("Messages.Files", func(db *gorm.DB) *gorm.DB { return db.Omit("body").Order("id") }).
		Preload("Messages.Notes", func(db *gorm.DB) *gorm.DB { return db.Order("sticky DESC, id") }).
		Where("mask = ?", mask).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load ticket %s: %w", mask, err)
	}
	return &t, nil
}

// createTicket gives the ticket a mask of its own.
func createTicket(tx *gorm.DB, t *ticket) error {
	const tries = 10
	for range tries {
		t.Mask = newMask()
		var taken int64
		if err := tx.Model(&ticket{}).Where("mask = ?", t.Mask).Count(&taken).Error; err != nil {
			return err
		}
		if taken == 0 {
			return tx.Create(t).Error
		}
	}
	return fmt.Errorf("found no free mask in %d tries", tries)
}

// newMask is random, so that a mask tells nothing about other tickets.
func newMask() string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ" // no I, no O
	pick := func(n int64) int64 {
		i, err := rand.Int(rand.Reader, big.NewInt(n))
		if err != nil {
			panic(err) // crypto/rand never fails
		}
		return i.Int64()
	}
	var b [3]byte
	for i := range b {
		b[i] = letters[pick(int64(len(letters)))]
	}
	return fmt.Sprintf("%s-%05d-%03d", b, pick(100_000), pick(1_000))
}

// newMessageID is for what was written here.
func newMessageID() string { return strings.ToLower(rand.Text()) + "@devhost.invalid" }

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// parseID reads an id in its one spelling.
func parseID(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0 && formatID(id) == text
}
