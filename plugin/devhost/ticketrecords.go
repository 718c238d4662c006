package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/deskhook/deskhook/plugin"
)

const (
	longestText = 255        // characters, as the columns are
	noteSender  = "Webhooks" // who writes what a behavior notes
)

// CreateTicket implements plugin.Tickets. The unique index decides between two
// transactions that create the same external id at the same moment.
func (r records) CreateTicket(ctx context.Context, tx plugin.Tx, n plugin.NewTicket) (*plugin.Ticket, error) {
	db := tx.DB.WithContext(ctx)
	t := ticket{
		Subject: truncate(n.Subject, longestText), Status: "open", Team: truncate(n.Group, 64), DeliveryID: tx.DeliveryID,
		ExternalID: n.ExternalID, ExternalKey: externalKey(n.ExternalID),
	}
	if t.Team == "" {
		t.Team = defaultTeam
	}
	if len(n.Fields) > 0 {
		fields, err := json.Marshal(n.Fields)
		if err != nil {
			return nil, fmt.Errorf("keep the fields: %w", err)
		}
		t.Fields = string(fields)
	}
	if known, err := ticketBy(db, "external_key = ?", t.ExternalKey); err != nil || known != nil {
		return nil, errors.Join(err, existsError(known))
	}
	err := createTicket(db, &t)
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		// A locking read sees what has been committed since this transaction began.
		known, readErr := ticketBy(db.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}), "external_key = ?", t.ExternalKey)
		if known != nil || readErr != nil {
			return nil, errors.Join(readErr, existsError(known))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("create the ticket: %w", err)
	}
	m := message{TicketID: t.ID, Sender: truncate(n.From, longestText), Subject: t.Subject, Text: n.Text}
	if err := addMessage(db, tx, &m, n.Files); err != nil {
		return nil, err
	}
	if a, err := netmail.ParseAddress(n.From); err == nil {
		if _, err := ensureAddress(db, a.Address); err != nil {
			return nil, fmt.Errorf("find the address: %w", err)
		}
	}
	out := r.ticket(&t)
	return &out, nil
}

// FindTicket implements plugin.Tickets.
func (r records) FindTicket(ctx context.Context, tx plugin.Tx, q plugin.TicketQuery) (*plugin.Ticket, error) {
	db := tx.DB.WithContext(ctx)
	var t *ticket
	var err error
	switch id, isID := parseID(q.ID); {
	case q.ExternalID != "":
		t, err = ticketBy(db, "external_key = ?", externalKey(q.ExternalID))
	case q.Mask != "":
		t, err = ticketBy(db, "mask = ?", q.Mask)
	case isID:
		t, err = ticketBy(db, "id = ?", id)
	}
	if err != nil {
		return nil, fmt.Errorf("find the ticket: %w", err)
	}
	if t == nil {
		return nil, nil
	}
	out := r.ticket(t)
	return &out, nil
}

// NoteTicket implements plugin.Tickets.
func (r records) NoteTicket(ctx context.Context, tx plugin.Tx, n plugin.TicketNote) (*plugin.Message, error) {
	db := tx.DB.WithContext(ctx)
	id, ok := parseID(n.TicketID)
	if !ok {
		return nil, plugin.ErrNotFound
	}
	t, err := ticketBy(db, "id = ?", id)
	if err != nil {
		return nil, fmt.Errorf("find the ticket: %w", err)
	}
	if t == nil {
		return nil, plugin.ErrNotFound
	}
	m := message{TicketID: t.ID, Sender: noteSender, Subject: t.Subject, Text: n.Text, Internal: true}
	if err := addMessage(db, tx, &m, n.Files); err != nil {
		return nil, err
	}
	if err := db.Model(t).Update("updated_at", time.Now().UnixMilli()).Error; err != nil {
		return nil, fmt.Errorf("touch the ticket: %w", err)
	}
	return &plugin.Message{ID: formatID(m.ID), MessageID: m.MessageID, From: m.Sender, Subject: m.Subject, Ticket: r.ticket(t)}, nil
}

// addMessage writes what a behavior says, with its files.
func addMessage(db *gorm.DB, tx plugin.Tx, m *message, files []*plugin.File) error {
	m.MessageID, m.DeliveryID = newMessageID(), tx.DeliveryID
	for _, f := range files {
		m.Files = append(m.Files, attachment{
			Name: truncate(f.Name, longestText), ContentType: truncate(f.ContentType, longestText), Size: int64(len(f.Body)), Body: f.Body,
		})
	}
	if err := db.Create(m).Error; err != nil {
		return fmt.Errorf("write the message: %w", err)
	}
	return nil
}

// ticketBy gives a ticket without its messages, or nil.
func ticketBy(db *gorm.DB, where string, value any) (*ticket, error) {
	var t ticket
	err := db.Where(where, value).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return &t, err
}

func existsError(known *ticket) error {
	if known == nil {
		return nil
	}
	return plugin.ErrExists
}

// externalKey is the hash that finds an external id; nil for none.
func externalKey(id string) *string {
	if id == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(id))
	key := hex.EncodeToString(sum[:])
	return &key
}
