package hosttest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

// operation is a method of one of the host's abilities.
type operation struct {
	name string
	able func(plugin.Host) bool
	// needs are the operations that prepare this one.
	needs []string
	// prepare makes what the operation works on.
	prepare func(t testing.TB, h *Host) subject
	// do calls it once or more in a transaction.
	do func(ctx context.Context, tx plugin.Tx, h plugin.Host, s subject) (outcome, error)
	// missing calls it for what is not there.
	missing func(ctx context.Context, tx plugin.Tx, h plugin.Host) (wrong []string)
	changes bool
}

// subject is what an operation works on.
type subject struct {
	mail    Mail
	message *plugin.Message
	ticket  *plugin.Ticket
}

// outcome is what an operation gave, and did.
type outcome struct {
	wrong []string // of what it gave
	marks []string // texts that now stand in rows which came
}

func (o *outcome) want(ok bool, format string, args ...any) {
	if !ok {
		o.wrong = append(o.wrong, fmt.Sprintf(format, args...))
	}
}

// ticket holds what the host gave of a ticket to what all of them must have.
func (o *outcome) ticket(from string, t *plugin.Ticket) {
	if t == nil {
		o.want(false, "%s gave no ticket", from)
		return
	}
	o.want(t.ID != "", "%s gave a ticket without ID", from)
	o.want(t.Mask != "", "%s gave a ticket without Mask", from)
	o.want(t.URL != "", "%s gave a ticket without URL", from)
}

// Texts that are kept as they are.
const (
	noteText   = "Bounced: \U0001F4EE <b>Grüße</b> & 'so' \"on\" {{.}} 100%"
	reasonText = "550 5.1.1 no such user"
)

var filed = Mail{
	MessageID: "conformance-1@mail.example.com", From: "anna@example.net",
	Subject: "Order 4711 & more", Text: "Where is it?",
}

var newTicket = plugin.NewTicket{
	Subject: "Build 17 failed & more", Text: noteText, From: "builds@example.com", ExternalID: "conformance-build-17",
	Files: []*plugin.File{{Field: "log", Name: "build.log", ContentType: "text/plain", Body: []byte("line 1\n")}},
}

// unknownIDs name nothing on any host.
var unknownIDs = []string{"0", "-1", "999999999999", strings.Repeat("9", 40), "no such id", "1 or 1=1", "1' or '1'='1", "ä"}

func operations() []operation {
	return []operation{findMessage(), addNote(), setDefunct(), createTicket(), findTicket(), noteTicket()}
}

func findMessage() operation {
	of := func(h plugin.Host) plugin.Messages { m, _ := h.(plugin.Messages); return m }
	return operation{
		name: "FindMessage",
		able: func(h plugin.Host) bool { return of(h) != nil },
		prepare: func(_ testing.TB, h *Host) subject {
			h.Mail(filed)
			return subject{mail: filed}
		},
		do: func(ctx context.Context, tx plugin.Tx, h plugin.Host, s subject) (o outcome, err error) {
			m, err := of(h).FindMessage(ctx, tx, s.mail.MessageID, "")
			if err != nil {
				return o, err
			}
			if m == nil {
				o.want(false, "the mail that arrived with the Message-ID %s is not found by it", s.mail.MessageID)
				return o, nil
			}
			o.want(m.ID != "", "the message has no ID")
			o.want(m.MessageID == s.mail.MessageID, "MessageID is %q, want %q, without angle brackets", m.MessageID, s.mail.MessageID)
			o.want(strings.Contains(m.From, s.mail.From), "From is %q, want the address %s", m.From, s.mail.From)
			o.want(m.Subject == s.mail.Subject, "Subject is %q, want %q", m.Subject, s.mail.Subject)
			o.ticket("FindMessage", &m.Ticket)
			again, err := of(h).FindMessage(ctx, tx, "", m.ID)
			o.want(again != nil && *again == *m, "by its id %s it is %+v, and by its Message-ID %+v", m.ID, again, m)
			return o, err
		},
		missing: func(ctx context.Context, tx plugin.Tx, h plugin.Host) (wrong []string) {
			for _, messageID := range []string{"no-such@example.com", "%", "<" + filed.MessageID + "x>"} {
				if m, err := of(h).FindMessage(ctx, tx, messageID, ""); m != nil || err != nil {
					wrong = append(wrong, fmt.Sprintf("by the Message-ID %q: got %+v, %v, want nil, nil", messageID, m, err))
				}
			}
			for _, id := range unknownIDs {
				if m, err := of(h).FindMessage(ctx, tx, "", id); m != nil || err != nil {
					wrong = append(wrong, fmt.Sprintf("by the id %q: got %+v, %v, want nil, nil", id, m, err))
				}
			}
			return wrong
		},
	}
}

func addNote() operation {
	of := func(h plugin.Host) plugin.Messages { m, _ := h.(plugin.Messages); return m }
	return operation{
		name: "AddNote", needs: []string{"FindMessage"}, changes: true,
		able: func(h plugin.Host) bool { return of(h) != nil },
		prepare: func(t testing.TB, h *Host) (s subject) {
			h.Mail(filed)
			s.mail = filed
			prepared(t, h, func(ctx context.Context, tx plugin.Tx) (err error) {
				s.message, err = of(h.Host).FindMessage(ctx, tx, filed.MessageID, "")
				return err
			})
			return s
		},
		do: func(ctx context.Context, tx plugin.Tx, h plugin.Host, s subject) (o outcome, err error) {
			id, err := of(h).AddNote(ctx, tx, plugin.Note{MessageID: s.message.ID, Text: noteText, Sticky: true})
			o.want(id != "", "the note has no id")
			o.marks = []string{noteText}
			return o, err
		},
		missing: func(ctx context.Context, tx plugin.Tx, h plugin.Host) (wrong []string) {
			for _, id := range unknownIDs {
				if _, err := of(h).AddNote(ctx, tx, plugin.Note{MessageID: id, Text: noteText}); !errors.Is(err, plugin.ErrNotFound) {
					wrong = append(wrong, fmt.Sprintf("on the message %q: got the error %v, want plugin.ErrNotFound", id, err))
				}
			}
			return wrong
		},
	}
}

func setDefunct() operation {
	of := func(h plugin.Host) plugin.Addresses { a, _ := h.(plugin.Addresses); return a }
	const email = "bounced@example.net"
	return operation{
		name: "SetDefunct", changes: true,
		able:    func(h plugin.Host) bool { return of(h) != nil },
		prepare: func(testing.TB, *Host) subject { return subject{} },
		do: func(ctx context.Context, tx plugin.Tx, h plugin.Host, _ subject) (o outcome, err error) {
			for range 2 { // an address that is unknown, and one that is known
				a, err := of(h).SetDefunct(ctx, tx, email, reasonText)
				if err != nil {
					return o, err
				}
				o.want(a != nil && a.Email == email && a.Defunct, "got %+v, want %s, defunct", a, email)
			}
			o.marks = []string{email}
			return o, nil
		},
	}
}
