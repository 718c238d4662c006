package main

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
)

// mail is a message as it arrives.
type mail struct {
	From      string `json:"from"`
	To        string `json:"to"`
	Subject   string `json:"subject"`
	Text      string `json:"text"`
	MessageID string `json:"message_id"`  // empty: one is made up
	InReplyTo string `json:"in_reply_to"` // a Message-ID of the ticket that it belongs to
}

const defaultTeam = "Support"

// fieldError is what is wrong with one field of the input.
type fieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// check says what is wrong with a mail.
func (m *mail) check() []fieldError {
	var errs []fieldError
	for _, f := range []struct{ name, value string }{{"from", m.From}, {"to", m.To}} {
		if f.value == "" {
			errs = append(errs, fieldError{f.name, "required", "must be an address"})
		} else if _, err := netmail.ParseAddress(f.value); err != nil {
			errs = append(errs, fieldError{f.name, "format", "must be an address such as anna@example.com"})
		}
	}
	const longest = 255 // characters, as the columns are
	for _, f := range []struct{ name, value string }{
		{"from", m.From}, {"to", m.To}, {"subject", m.Subject}, {"message_id", m.MessageID}, {"in_reply_to", m.InReplyTo},
	} {
		if utf8.RuneCountInString(f.value) > longest {
			errs = append(errs, fieldError{f.name, "length", fmt.Sprintf("must have at most %d characters", longest)})
		}
	}
	return errs
}

// maskInSubject is how a reply names its ticket: "Re: [ABC-12345-678] Invoice".
var maskInSubject = regexp.MustCompile(`\[([A-Z]{3}-\d{5}-\d{3})\]`)

// receive files a mail: to the ticket that it answers, or to a new one. A mail
// whose Message-ID is known has arrived already; created is false then.
func receive(ctx context.Context, db *gorm.DB, m mail) (mask string, created bool, err error) {
	m.MessageID, m.InReplyTo = bareMessageID(m.MessageID), bareMessageID(m.InReplyTo)
	if m.MessageID == "" {
		m.MessageID = newMessageID()
	}
	err = transact(ctx, db, func(tx *gorm.DB) error {
		known, err := messageByMessageID(tx, m.MessageID)
		if err != nil {
			return err
		}
		if known != nil {
			mask = known.Ticket.Mask
			return nil
		}
		t, err := ticketOfMail(tx, m)
		if err != nil {
			return err
		}
		msg := message{
			TicketID: t.ID, MessageID: m.MessageID, Sender: m.From, Recipient: m.To, Subject: m.Subject, Text: m.Text,
		}
		if err := tx.Omit("Ticket").Create(&msg).Error; err != nil {
			return err
		}
		if err := tx.Model(t).Update("status", "open").Error; err != nil {
			return err
		}
		emails := []string{bareEmail(m.From), bareEmail(m.To)}
		slices.Sort(emails) // locked in one order by everybody
		for _, email := range emails {
			if _, err := ensureAddress(tx, email); err != nil {
				return err
			}
		}
		mask, created = t.Mask, true
		return nil
	})
	if err != nil {
		return "", false, fmt.Errorf("file the mail: %w", err)
	}
	return mask, created, nil
}

// ticketOfMail finds the ticket by what the mail answers, then by the mask in
// its subject, and else makes one.
func ticketOfMail(tx *gorm.DB, m mail) (*ticket, error) {
	if m.InReplyTo != "" {
		parent, err := messageByMessageID(tx, m.InReplyTo)
		if err != nil {
			return nil, err
		}
		if parent != nil {
			return parent.Ticket, nil
		}
	}
	if found := maskInSubject.FindStringSubmatch(m.Subject); found != nil {
		var t ticket
		err := tx.Where("mask = ?", found[1]).Take(&t).Error
		if err == nil {
			return &t, nil
		}
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, err
		}
	}
	subject := m.Subject
	if subject == "" {
		subject = "(no subject)"
	}
	t := &ticket{Subject: subject, Status: "open", Team: defaultTeam}
	return t, createTicket(tx, t)
}

// messageByMessageID gives a message with its ticket, or nil.
func messageByMessageID(tx *gorm.DB, messageID string) (*message, error) {
	return takeMessage(tx.Where("message_id = ?", messageID))
}

func takeMessage(q *gorm.DB) (*message, error) {
	var m message
	err := q.Preload("Ticket").Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &m, nil
}

func bareMessageID(id string) string {
	id = strings.TrimSpace(id)
	return strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
}
