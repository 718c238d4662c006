package hosttest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

func ticketsOf(h plugin.Host) plugin.Tickets { t, _ := h.(plugin.Tickets); return t }

func hasTickets(h plugin.Host) bool { return ticketsOf(h) != nil }

func createTicket() operation {
	return operation{
		name: "CreateTicket", able: hasTickets, changes: true,
		prepare: func(testing.TB, *Host) subject { return subject{} },
		do: func(ctx context.Context, tx plugin.Tx, h plugin.Host, _ subject) (o outcome, err error) {
			made, err := ticketsOf(h).CreateTicket(ctx, tx, newTicket)
			o.ticket("CreateTicket", made)
			if made != nil {
				o.want(made.Subject == newTicket.Subject, "Subject is %q, want %q", made.Subject, newTicket.Subject)
				o.want(made.ExternalID == newTicket.ExternalID, "ExternalID is %q, want %q", made.ExternalID, newTicket.ExternalID)
			}
			o.marks = []string{newTicket.Subject, newTicket.Text, newTicket.ExternalID}
			return o, err
		},
		missing: func(ctx context.Context, tx plugin.Tx, h plugin.Host) (wrong []string) {
			if _, err := ticketsOf(h).CreateTicket(ctx, tx, newTicket); err != nil {
				return []string{fmt.Sprintf("the first ticket: %v", err)}
			}
			if second, err := ticketsOf(h).CreateTicket(ctx, tx, newTicket); !errors.Is(err, plugin.ErrExists) {
				wrong = append(wrong, fmt.Sprintf("a second time with the ExternalID %s: got %+v, %v, want plugin.ErrExists", newTicket.ExternalID, second, err))
			}
			return wrong
		},
	}
}

func findTicket() operation {
	return operation{
		name: "FindTicket", able: hasTickets, needs: []string{"CreateTicket"}, prepare: withTicket,
		do: func(ctx context.Context, tx plugin.Tx, h plugin.Host, s subject) (o outcome, err error) {
			for _, q := range []plugin.TicketQuery{{ID: s.ticket.ID}, {Mask: s.ticket.Mask}, {ExternalID: s.ticket.ExternalID}} {
				found, err := ticketsOf(h).FindTicket(ctx, tx, q)
				if err != nil {
					return o, err
				}
				o.want(found != nil && *found == *s.ticket, "by %+v: got %+v, want %+v, as CreateTicket gave it", q, found, s.ticket)
			}
			return o, nil
		},
		missing: func(ctx context.Context, tx plugin.Tx, h plugin.Host) (wrong []string) {
			var queries []plugin.TicketQuery
			for _, id := range unknownIDs {
				queries = append(queries, plugin.TicketQuery{ID: id}, plugin.TicketQuery{Mask: "no " + id}, plugin.TicketQuery{ExternalID: "no " + id})
			}
			for _, q := range queries {
				if found, err := ticketsOf(h).FindTicket(ctx, tx, q); found != nil || err != nil {
					wrong = append(wrong, fmt.Sprintf("by %+v: got %+v, %v, want nil, nil", q, found, err))
				}
			}
			return wrong
		},
	}
}

func noteTicket() operation {
	return operation{
		name: "NoteTicket", able: hasTickets, needs: []string{"CreateTicket"}, prepare: withTicket, changes: true,
		do: func(ctx context.Context, tx plugin.Tx, h plugin.Host, s subject) (o outcome, err error) {
			const text = "A second " + noteText
			m, err := ticketsOf(h).NoteTicket(ctx, tx, plugin.TicketNote{
				TicketID: s.ticket.ID, Text: text,
				Files: []*plugin.File{{Field: "log", Name: "build.log", ContentType: "text/plain", Body: []byte("line 1\n")}},
			})
			o.want(m != nil && m.ID != "", "got the message %+v, want one with an ID", m)
			if m != nil {
				o.want(m.Ticket.ID == s.ticket.ID, "the message belongs to the ticket %q, want %q", m.Ticket.ID, s.ticket.ID)
			}
			o.marks = []string{text}
			return o, err
		},
		missing: func(ctx context.Context, tx plugin.Tx, h plugin.Host) (wrong []string) {
			for _, id := range unknownIDs {
				if _, err := ticketsOf(h).NoteTicket(ctx, tx, plugin.TicketNote{TicketID: id, Text: noteText}); !errors.Is(err, plugin.ErrNotFound) {
					wrong = append(wrong, fmt.Sprintf("on the ticket %q: got the error %v, want plugin.ErrNotFound", id, err))
				}
			}
			return wrong
		},
	}
}

func withTicket(t testing.TB, h *Host) (s subject) {
	prepared(t, h, func(ctx context.Context, tx plugin.Tx) (err error) {
		s.ticket, err = ticketsOf(h.Host).CreateTicket(ctx, tx, newTicket)
		return err
	})
	return s
}

// prepared commits what a case begins with.
func prepared(t testing.TB, h *Host, operation func(context.Context, plugin.Tx) error) {
	t.Helper()
	s := begin(t, h)
	if err := s.do(operation); err != nil {
		s.rollback()
		t.Fatalf("prepare the case: %v", err)
	}
	s.commit()
}
