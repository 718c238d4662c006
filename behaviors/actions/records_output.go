package actions

import "github.com/deskhook/deskhook/behaviors/expression"

// Types, examples and outputs of the helpdesk's records, as expressions see them.

var (
	textType    = expression.Type{Kind: expression.Text}
	booleanType = expression.Type{Kind: expression.Bool}

	ticketType = expression.Type{Kind: expression.Map, Fields: map[string]expression.Type{
		"id": textType, "mask": textType, "subject": textType, "status": textType, "group": textType, "url": textType,
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
	Ticket: Ticket{
		ID: "7", Mask: "ABC-12345-678", Subject: "Your order", Status: "open", Group: "Support",
		URL: "https://help.example.com/tickets/ABC-12345-678",
	},
}

func ticketOutput(t *Ticket) map[string]any {
	return map[string]any{
		"id": t.ID, "mask": t.Mask, "subject": t.Subject, "status": t.Status, "group": t.Group, "url": t.URL,
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
