package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
)

const ticketFindName = "ticket.find"

func ticketFindSpec() behaviors.ActionSpec {
	return behaviors.ActionSpec{
		Name:    ticketFindName,
		Summary: "Finds a ticket by its mask, its id or its external id; nil where there is none.",
		Params: []behaviors.ParamSpec{
			{Name: "mask", Type: textType, Format: behaviors.Plain, Help: "The ticket's public number."},
			{Name: "id", Type: textType, Format: behaviors.Plain, Help: "Id of the ticket, in place of mask."},
			{Name: "external_id", Type: textType, Format: behaviors.Plain, Help: "What another system calls the ticket, in place of mask."},
		},
		Output:  ticketType,
		Example: ticketOutput(&exampleTicket),
		Usage: `- ticket.find: {external_id: "${{ payload.order.id }}"}
  as: ticket
- log: "no ticket for the order ${{ payload.order.id }}"
  when: ticket == nil`,
		Fails: "More than one of mask, id and external_id is given.",
		Reach: behaviors.ReachHost,
		Needs: needsTickets,
	}
}

func ticketFind(t Tickets) *Action {
	a := ticketFinder{t}
	return &Action{ActionSpec: ticketFindSpec(), Do: a.do}
}

type ticketFinder struct{ tickets Tickets }

func (a ticketFinder) do(ctx context.Context, c *Call) (any, error) {
	q := TicketQuery{ID: strings.TrimSpace(c.Text("id")), Mask: strings.TrimSpace(c.Text("mask")), ExternalID: c.Text("external_id")}
	given := 0
	for _, v := range []string{q.ID, q.Mask, q.ExternalID} {
		if v != "" {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, mistake("ticket.find takes one of mask, id and external_id")
	case given == 0:
		return nil, nil // a payload without the number: nothing is found
	}
	t, err := a.tickets.FindTicket(ctx, c.Tx, q)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && t == nil:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("find ticket: %w", err)
	}
	return ticketOutput(t), nil
}
