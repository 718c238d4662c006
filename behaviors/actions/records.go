package actions

import (
	"context"

	"gorm.io/gorm"
)

// Tx is the transaction of one step: the effect on the host's records and the
// journal row commit together or not at all.
type Tx struct {
	DB *gorm.DB
	// AfterCommit runs fn once the transaction has committed; what it does may
	// be lost in a crash (a cache, a live update).
	AfterCommit func(fn func())
	// DeliveryID is the delivery that the change is made for, so that the host
	// can show why it is there.
	DeliveryID string
}

// Ticket as behaviors see it.
type Ticket struct {
	ID, Mask, Subject, Status, Group, URL string
}

// Message as behaviors see it.
type Message struct {
	ID, MessageID, From, Subject string
	Ticket                       Ticket
}

// Address as behaviors see it.
type Address struct {
	Email   string
	Defunct bool
}

// Note is to be put on a message.
type Note struct {
	MessageID string // Message.ID
	Text      string
	Sticky    bool
}

// Records are the helpdesk's records as the built-in actions need them. A host
// implements it. Each method works only through tx.DB: no second connection,
// no mail, no queue, no goroutine.
type Records interface {
	// FindMessage finds by Message-ID (without angle brackets) or by id; one of
	// them is "". nil, nil where there is none.
	FindMessage(ctx context.Context, tx Tx, messageID, id string) (*Message, error)
	// AddNote puts a note on a message and gives the note's id. ErrNotFound
	// where the message does not exist.
	AddNote(ctx context.Context, tx Tx, n Note) (string, error)
	// SetDefunct marks an address as one that mail does not reach, creating the
	// address where it is unknown.
	SetDefunct(ctx context.Context, tx Tx, email, reason string) (*Address, error)
}
