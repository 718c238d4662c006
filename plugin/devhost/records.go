package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/plugin"
)

// records are the helpdesk's records as behaviors reach them. Each method works
// through tx.DB alone, so it commits or rolls back with the run's journal.
type records struct {
	baseURL func() string
}

var (
	_ plugin.Messages  = records{}
	_ plugin.Addresses = records{}
	_ plugin.Tickets   = records{}
)

// FindMessage implements plugin.Messages.
func (r records) FindMessage(ctx context.Context, tx plugin.Tx, messageID, id string) (*plugin.Message, error) {
	q := tx.DB.WithContext(ctx)
	if id != "" {
		n, ok := parseID(id)
		if !ok {
			return nil, nil
		}
		q = q.Where("id = ?", n)
	} else {
		q = q.Where("message_id = ?", bareMessageID(messageID))
	}
	m, err := takeMessage(q)
	if err != nil {
		return nil, fmt.Errorf("find the message: %w", err)
	}
	if m == nil {
		return nil, nil
	}
	return &plugin.Message{
		ID: formatID(m.ID), MessageID: m.MessageID, From: m.Sender, Subject: m.Subject, Ticket: r.ticket(m.Ticket),
	}, nil
}

// AddNote implements plugin.Messages.
func (r records) AddNote(ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
	id, ok := parseID(n.MessageID)
	if !ok {
		return "", plugin.ErrNotFound
	}
	m, err := takeMessage(tx.DB.WithContext(ctx).Where("id = ?", id))
	if err != nil {
		return "", fmt.Errorf("find the message: %w", err)
	}
	if m == nil {
		return "", plugin.ErrNotFound
	}
	row := note{MessageID: id, Text: n.Text, Sticky: n.Sticky, DeliveryID: tx.DeliveryID}
	if err := tx.DB.WithContext(ctx).Create(&row).Error; err != nil {
		return "", fmt.Errorf("add the note: %w", err)
	}
	return formatID(row.ID), nil
}

// SetDefunct implements plugin.Addresses.
func (r records) SetDefunct(ctx context.Context, tx plugin.Tx, email, reason string) (*plugin.Address, error) {
	db := tx.DB.WithContext(ctx)
	a, err := ensureAddress(db, email)
	if err != nil {
		return nil, fmt.Errorf("find the address: %w", err)
	}
	a.Defunct, a.Reason, a.DeliveryID = true, strings.TrimSpace(reason), tx.DeliveryID
	if err := db.Save(a).Error; err != nil {
		return nil, fmt.Errorf("mark the address: %w", err)
	}
	return &plugin.Address{Email: a.Email, Defunct: true}, nil
}

func (r records) ticket(t *ticket) plugin.Ticket {
	return plugin.Ticket{
		ID: formatID(t.ID), Mask: t.Mask, Subject: t.Subject, Status: t.Status, Group: t.Team, URL: permalink(r.baseURL(), t.Mask),
		ExternalID: t.ExternalID,
	}
}

func permalink(baseURL, mask string) string { return baseURL + "/tickets/" + mask }
