package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
)

const messageFindName = "message.find"

func messageFindSpec() behaviors.ActionSpec {
	return behaviors.ActionSpec{
		Name:    messageFindName,
		Summary: "Finds a message by its Message-ID or its id; nil where there is none.",
		Params: []behaviors.ParamSpec{
			{Name: "message_id", Type: textType, Format: behaviors.Plain, Help: "Message-ID of the mail, with or without angle brackets."},
			{Name: "id", Type: textType, Format: behaviors.Plain, Help: "Id of the message, in place of message_id."},
		},
		Output:  messageType,
		Example: messageOutput(&exampleMessage),
		Usage: `- message.find: {message_id: "${{ payload.message.headers['message-id'] }}"}
  as: message`,
		Fails: "Both message_id and id are given.",
		Reach: behaviors.ReachHost,
		Needs: needsMessages,
	}
}

func messageFind(r Messages) *Action {
	a := messageFinder{r}
	return &Action{ActionSpec: messageFindSpec(), Do: a.do}
}

type messageFinder struct{ records Messages }

func (a messageFinder) do(ctx context.Context, c *Call) (any, error) {
	messageID, id := normalMessageID(c.Text("message_id")), strings.TrimSpace(c.Text("id"))
	switch {
	case messageID != "" && id != "":
		return nil, mistake("message.find takes message_id or id, not both")
	case messageID == "" && id == "":
		return nil, nil // a payload without the header: nothing is found
	}
	m, err := a.records.FindMessage(ctx, c.Tx, messageID, id)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && m == nil:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("find message: %w", err)
	}
	return messageOutput(m), nil
}

// normalMessageID strips a Message-ID of spaces and of its angle brackets.
func normalMessageID(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
	return strings.TrimSpace(s)
}
