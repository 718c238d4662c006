package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
)

const ticketNoteName = "ticket.note"

func ticketNoteSpec() behaviors.ActionSpec {
	return behaviors.ActionSpec{
		Name:    ticketNoteName,
		Summary: "Puts an internal note on a ticket, which only workers see.",
		Params: []behaviors.ParamSpec{
			{Name: "ticket", Type: textType, Format: behaviors.Plain, Required: true, Help: "Id of the ticket."},
			{Name: "text", Type: textType, Format: behaviors.Plain, Required: true, Help: "What the note says."},
			filesParam,
		},
		Output:  messageType,
		Example: messageOutput(&exampleMessage),
		Usage: `- ticket.find: {external_id: "${{ payload.order.id }}"}
  as: ticket
- ticket.note: {ticket: "${{ ticket.id }}", text: "The order was paid", files: "${{ request.files }}"}
  when: ticket != nil`,
		Fails: "The ticket does not exist, or what is given as a file is none.",
		Reach: behaviors.ReachHost,
		Needs: needsTickets,
	}
}

func ticketNote(t Tickets) *Action {
	a := ticketNoter{t}
	return &Action{ActionSpec: ticketNoteSpec(), Do: a.do}
}

type ticketNoter struct{ tickets Tickets }

func (a ticketNoter) do(ctx context.Context, c *Call) (any, error) {
	files, err := c.files()
	if err != nil {
		return nil, err
	}
	ticket := strings.TrimSpace(c.Text("ticket"))
	m, err := a.tickets.NoteTicket(ctx, c.Tx, TicketNote{TicketID: ticket, Text: c.Text("text"), Files: files})
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, mistake("ticket " + ticket + " does not exist")
	case err != nil:
		return nil, fmt.Errorf("note ticket: %w", err)
	case m == nil:
		return nil, &Error{Message: "the host gave no message back", Permanent: true, Blame: BlameHost}
	}
	return messageOutput(m), nil
}
