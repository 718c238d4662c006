package actions

import (
	"context"
	"errors"
	"fmt"
	"net/mail"

	"github.com/deskhook/deskhook/behaviors"
)

const addressDefunctName = "address.defunct"

func addressDefunctSpec() behaviors.ActionSpec {
	return behaviors.ActionSpec{
		Name:    addressDefunctName,
		Summary: "Marks an e-mail address as one that mail does not reach; an unknown one is created.",
		Params: []behaviors.ParamSpec{
			{Name: "email", Type: textType, Format: behaviors.Plain, Required: true, Help: "The address, with or without a name before it."},
			{Name: "reason", Type: textType, Format: behaviors.Plain, Help: "Why, for workers."},
		},
		Output:  addressType,
		Example: addressOutput(&Address{Email: "alice@example.com", Defunct: true}),
		Usage:   `- address.defunct: {email: "${{ payload.recipient }}", reason: "${{ payload.reason }}"}`,
		Fails:   "email is no e-mail address, or the helpdesk cannot have it.",
		Reach:   behaviors.ReachHost,
		Needs:   needsAddresses,
	}
}

func addressDefunct(r Addresses) *Action {
	a := addressMarker{r}
	return &Action{ActionSpec: addressDefunctSpec(), Do: a.do}
}

type addressMarker struct{ records Addresses }

func (a addressMarker) do(ctx context.Context, c *Call) (any, error) {
	parsed, err := mail.ParseAddress(c.Text("email"))
	if err != nil {
		return nil, mistake("email is no e-mail address")
	}
	address, err := a.records.SetDefunct(ctx, c.Tx, parsed.Address, c.Text("reason"))
	if errors.Is(err, ErrNotFound) {
		return nil, mistake("address " + parsed.Address + " does not exist")
	}
	if err != nil {
		return nil, fmt.Errorf("mark address as defunct: %w", err)
	}
	if address == nil {
		return nil, &Error{Message: "the host gave no address back", Permanent: true, Blame: BlameHost}
	}
	return addressOutput(address), nil
}
