package expression

import (
	"bytes"
	"strings"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// mailFunctions read what arrives by mail.
func mailFunctions() []*Function {
	return []*Function{
		fn("html_to_text", []Param{param("html", Text)}, Text,
			"what a person reads of HTML: a line a paragraph, row or item, a link as text (address), a picture as its alt; scripts, styles and comments are left out",
			`html_to_text("<p>Hello <a href='https://desk.example.com/t/7'>ticket 7</a></p><ul><li>one</ul>") -> "Hello ticket 7 (https://desk.example.com/t/7)\n\n- one"`, htmlToText),
		nilSafe(fn("parse_email", []Param{param("text", Any)}, Map,
			"a mail (RFC 5322, MIME), or nil where it is none: from {name, email}, to and cc as lists of those, subject, date, message_id and in_reply_to without brackets, "+
				"headers by their name in lower case, text, html, files",
			`parse_email("From: Ann <ann@example.com>\nSubject: Hi\n\nHello").from -> {"email":"ann@example.com","name":"Ann"}
parse_email(7) -> nil`, parseEmail).infers(func([]Type) Type { return emailType })),
	}
}

var (
	mailboxType = Type{Kind: Map, Fields: map[string]Type{"name": Of(Text), "email": Of(Text)}}
	emailType   = Type{Kind: Map, Fields: map[string]Type{
		"from": mailboxType, "to": ListOf(mailboxType), "cc": ListOf(mailboxType), "subject": Of(Text), "date": Of(Time),
		"message_id": Of(Text), "in_reply_to": Of(Text), "headers": {Kind: Map, Open: true}, "text": Of(Text), "html": Of(Text),
		"files": ListOf(Type{Kind: Map, Fields: map[string]Type{"name": Of(Text), "field": Of(Text), "content_type": Of(Text), "size": Of(Int)}}),
	}}
)

// decodedMail is what a byte of a mail takes at most: it is copied, decoded from
// base64, freed of CR, and brought to UTF-8, where it may take three.
const decodedMail = 5

func parseEmail(m *machine, a []any) any {
	switch a[0].(type) {
	case string, []byte:
	default:
		return nil
	}
	text := m.bytes(a[0], "parse_email")
	m.step(len(text) / 4)
	m.take(len(text)*decodedMail + 80*bytes.Count(text, []byte("\n")))
	e, err := payload.ParseEmail(text)
	if err != nil {
		return nil
	}
	lines := map[string][]string{}
	for _, f := range e.Header {
		name := strings.ToLower(f.Name)
		lines[name] = append(lines[name], f.Value)
	}
	m.take(2 * mapBytes(len(lines)))
	headers := make(map[string]any, len(lines))
	for name, values := range lines {
		headers[name] = strings.Join(values, ", ")
	}
	files := make([]any, len(e.Files))
	for i, f := range e.Files {
		files[i] = f
	}
	mail := map[string]any{
		"from": nil, "to": mailboxList(m, e.To), "cc": mailboxList(m, e.Cc), "subject": textOrNil(e.Subject), "date": nil,
		"message_id": textOrNil(e.MessageID), "in_reply_to": textOrNil(e.InReplyTo), "headers": headers, "text": nil, "html": nil, "files": files,
	}
	if from := mailboxList(m, e.From); len(from) > 0 {
		mail["from"] = from[0]
	}
	if !e.Date.IsZero() {
		mail["date"] = e.Date.In(m.zone())
	}
	if e.Text != nil {
		mail["text"] = *e.Text
	}
	if e.HTML != nil {
		mail["html"] = *e.HTML
	}
	return mail
}

func mailboxList(m *machine, boxes []payload.Mailbox) []any {
	m.list(len(boxes))
	m.take(len(boxes) * mapBytes(2))
	list := make([]any, len(boxes))
	for i, b := range boxes {
		list[i] = map[string]any{"name": textOrNil(b.Name), "email": textOrNil(b.Email)}
	}
	return list
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
