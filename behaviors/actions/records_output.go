package actions

import (
	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// Types, examples and outputs of the helpdesk's records, as expressions see them.

var (
	textType    = expression.Type{Kind: expression.Text}
	booleanType = expression.Type{Kind: expression.Bool}

	ticketType = expression.Type{Kind: expression.Map, Fields: map[string]expression.Type{
		"id": textType, "mask": textType, "subject": textType, "status": textType, "group": textType, "url": textType,
		"external_id": textType,
	}}
	messageType = expression.Type{Kind: expression.Map, Fields: map[string]expression.Type{
		"id": textType, "message_id": textType, "from": textType, "subject": textType, "ticket": ticketType,
	}}
	noteType = expression.Type{Kind: expression.Map, Fields: map[string]expression.Type{
		"id": textType,
	}}
	addressType = expression.Type{Kind: expression.Map, Fields: map[string]expression.Type{
		"email": textType, "defunct": booleanType,
	}}
)

var exampleMessage = Message{
	ID: "41", MessageID: "20260301090000.1@example.com", From: "support@example.com", Subject: "Your order",
	Ticket: exampleTicket,
}

var exampleTicket = Ticket{
	ID: "7", Mask: "ABC-12345-678", Subject: "Your order", Status: "open", Group: "Support",
	URL: "https://help.example.com/tickets/ABC-12345-678", ExternalID: "order-4711",
}

// RecordTypes are those of the built-in actions.
func RecordTypes() []behaviors.RecordType {
	return []behaviors.RecordType{
		{Name: "ticket", Summary: "A request that workers answer.", Fields: ticketType.Fields, Example: ticketOutput(&exampleTicket)},
		{Name: "message", Summary: "A mail, or what else somebody wrote, on a ticket.", Fields: messageType.Fields, Example: messageOutput(&exampleMessage)},
		{Name: "note", Summary: "A note for workers on a message.", Fields: noteType.Fields, Example: map[string]any{"id": "5"}},
		{Name: "address", Summary: "An e-mail address that mail goes to.", Fields: addressType.Fields, Example: addressOutput(&Address{Email: "alice@example.com"})},
	}
}

func ticketOutput(t *Ticket) map[string]any {
	return map[string]any{
		"id": t.ID, "mask": t.Mask, "subject": t.Subject, "status": t.Status, "group": t.Group, "url": t.URL,
		"external_id": t.ExternalID,
	}
}

func messageOutput(m *Message) map[string]any {
	return map[string]any{
		"id": m.ID, "message_id": m.MessageID, "from": m.From, "subject": m.Subject, "ticket": ticketOutput(&m.Ticket),
	}
}

func addressOutput(a *Address) map[string]any {
	return map[string]any{"email": a.Email, "defunct": a.Defunct}
}
