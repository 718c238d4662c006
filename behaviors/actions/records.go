package actions

import (
	"context"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/payload"
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
	// ExternalID is what another system calls it, or "".
	ExternalID string
}

// NewTicket is to be created.
type NewTicket struct {
	Subject, Text string
	// From is who wrote it: an address, a phone number or a name.
	From string
	// Group is the id or the name of the group that it goes to; "": the host's
	// default.
	Group      string
	ExternalID string // unique among tickets, or ""
	Files      []*File
	Fields     map[string]any // the host's own fields; plain data
}

// TicketQuery finds a ticket by one of its fields; the others are "".
type TicketQuery struct {
	ID, Mask, ExternalID string
}

// TicketNote is an internal note to be put on a ticket.
type TicketNote struct {
	TicketID string // Ticket.ID
	Text     string
	Files    []*File
}

// File is one that came with the delivery.
type File = payload.File

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

// Records are the helpdesk's records as the built-in actions need them. Each of
// its parts is an ability of its own: what a host lacks, its behaviors cannot
// name. Each method works only through tx.DB: no second connection, no mail, no
// queue, no goroutine.
type Records interface {
	Messages
	Addresses
	Tickets
}

// Messages are mails and what else people wrote.
type Messages interface {
	// FindMessage finds by Message-ID (without angle brackets) or by id; one of
	// them is "". nil, nil where there is none.
	FindMessage(ctx context.Context, tx Tx, messageID, id string) (*Message, error)
	// AddNote puts a note on a message and gives the note's id. ErrNotFound
	// where the message does not exist.
	AddNote(ctx context.Context, tx Tx, n Note) (string, error)
}

// Addresses are where mail goes to.
type Addresses interface {
	// SetDefunct marks an address as one that mail does not reach, creating the
	// address where it is unknown.
	SetDefunct(ctx context.Context, tx Tx, email, reason string) (*Address, error)
}

// Tickets are what the helpdesk works on.
type Tickets interface {
	// CreateTicket makes one, with its first message. An error that is an
	// [*Error] is shown to the behavior's author; ErrNotFound is an unknown group;
	// ErrExists is an ExternalID that a ticket has already, also one that another
	// transaction gave it at the same moment: a unique index decides.
	CreateTicket(ctx context.Context, tx Tx, t NewTicket) (*Ticket, error)
	// FindTicket gives the ticket, or nil, nil where there is none.
	FindTicket(ctx context.Context, tx Tx, q TicketQuery) (*Ticket, error)
	// NoteTicket puts an internal note on a ticket, as a message that only
	// workers see. ErrNotFound where the ticket does not exist.
	NoteTicket(ctx context.Context, tx Tx, n TicketNote) (*Message, error)
}
