package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

const ticketCreateName = "ticket.create"

// maxExternalID is in characters: what hosts have room for in a unique index.
const maxExternalID = 255

func ticketCreateSpec() behaviors.ActionSpec {
	return behaviors.ActionSpec{
		Name:    ticketCreateName,
		Summary: "Creates a ticket with its first message.",
		Params: []behaviors.ParamSpec{
			{Name: "subject", Type: textType, Format: behaviors.Plain, Required: true, Help: "Subject of the ticket."},
			{Name: "text", Type: textType, Format: behaviors.Plain, Help: "What the first message says."},
			{Name: "from", Type: textType, Format: behaviors.Plain, Help: "Who wrote it: an address, a phone number or a name."},
			{Name: "group", Type: textType, Format: behaviors.Plain, Help: "Id or name of the group that it goes to; the helpdesk's default where none is given."},
			filesParam,
			{Name: "fields", Type: expression.Type{Kind: expression.Map, Open: true}, Help: "Fields of the helpdesk's own, by name."},
			{Name: "external_id", Type: textType, Format: behaviors.Plain, Help: fmt.Sprintf("What another system calls the ticket, at most %d characters; ", maxExternalID) +
				"ticket.find finds it by this. Where a ticket has it already the step fails, and on_error may find that one."},
		},
		Output:  ticketType,
		Example: ticketOutput(&exampleTicket),
		Usage: `- ticket.create:
    subject: "Order ${{ payload.order.id }}"
    text: "${{ payload.text }}"
    from: "${{ payload.customer.email }}"
    group: Billing
    files: "${{ request.files }}"
    fields: {order: "${{ payload.order.id }}"}
    external_id: "${{ payload.order.id }}"
  as: ticket`,
		Fails: "The subject is blank, the group does not exist, the external_id is taken or too long, or what is given as a file is none.",
		Reach: behaviors.ReachHost,
		Needs: needsTickets,
	}
}

func ticketCreate(t Tickets) *Action {
	a := ticketCreator{t}
	return &Action{ActionSpec: ticketCreateSpec(), Do: a.do}
}

type ticketCreator struct{ tickets Tickets }

func (a ticketCreator) do(ctx context.Context, c *Call) (any, error) {
	files, err := c.files()
	if err != nil {
		return nil, err
	}
	fields, err := plainMap(c.Params["fields"])
	if err != nil {
		return nil, mistake("fields: " + err.Error())
	}
	n := NewTicket{
		Subject: c.Text("subject"), Text: c.Text("text"), From: strings.TrimSpace(c.Text("from")),
		Group: strings.TrimSpace(c.Text("group")), ExternalID: c.Text("external_id"), Files: files, Fields: fields,
	}
	switch {
	case strings.TrimSpace(n.Subject) == "":
		return nil, mistake("subject is empty")
	case utf8.RuneCountInString(n.ExternalID) > maxExternalID:
		return nil, mistake(fmt.Sprintf("external_id is longer than %d characters", maxExternalID))
	}
	t, err := a.tickets.CreateTicket(ctx, c.Tx, n)
	switch {
	case errors.Is(err, ErrExists):
		return nil, mistake("a ticket with the external_id " + n.ExternalID + " exists already")
	case errors.Is(err, ErrNotFound):
		return nil, mistake("group " + n.Group + " does not exist")
	case err != nil:
		return nil, fmt.Errorf("create ticket: %w", err)
	case t == nil:
		return nil, &Error{Message: "the host gave no ticket back", Permanent: true, Blame: BlameHost}
	}
	return ticketOutput(t), nil
}
