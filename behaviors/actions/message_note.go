package actions

import (
	"context"
	"errors"
	"fmt"

	"github.com/deskhook/deskhook/behaviors"
)

const messageNoteName = "message.note"

func messageNoteSpec() behaviors.ActionSpec {
	return behaviors.ActionSpec{
		Name:    messageNoteName,
		Summary: "Puts a note for workers on a message.",
		Params: []behaviors.ParamSpec{
			{Name: "message", Type: textType, Format: behaviors.Plain, Required: true, Help: "Id of the message."},
			{Name: "text", Type: textType, Format: behaviors.Plain, Required: true, Help: "What the note says."},
			{Name: "sticky", Type: booleanType, Default: false, Help: "Pin the note above the message."},
		},
		Output:  noteType,
		Example: map[string]any{"id": "5"},
		Usage: `- message.find: {message_id: "${{ payload.message_id }}"}
  as: message
- message.note: {message: "${{ message.id }}", text: "Delivery failed: ${{ payload.reason }}", sticky: true}
  when: message != nil`,
		Fails: "The message does not exist.",
		Reach: behaviors.ReachHost,
		Needs: needsMessages,
	}
}

func messageNote(r Messages) *Action {
	a := messageNoter{r}
	return &Action{ActionSpec: messageNoteSpec(), Do: a.do}
}

type messageNoter struct{ records Messages }

func (a messageNoter) do(ctx context.Context, c *Call) (any, error) {
	message := c.Text("message")
	id, err := a.records.AddNote(ctx, c.Tx, Note{MessageID: message, Text: c.Text("text"), Sticky: c.Flag("sticky")})
	if errors.Is(err, ErrNotFound) {
		return nil, mistake("message " + message + " does not exist")
	}
	if err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	return map[string]any{"id": id}, nil
}
