package payload

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"
	"time"
)

// Email is a mail (RFC 5322) as far as a behavior reads it.
type Email struct {
	From                 []Mailbox
	To, Cc               []Mailbox
	Subject              string
	Date                 time.Time // zero: none that can be read
	MessageID, InReplyTo string    // without brackets
	Header               Header    // all lines as they were sent, but decoded
	Text, HTML           *string
	Files                []*File // Field is their Content-ID
}

// Mailbox is an address of a mail. Email is "" where none can be read: Name is
// the whole text then.
type Mailbox struct{ Name, Email string }

// What a mail may have at most.
const (
	maxMailHeaders = 1_000
	maxMailHeader  = 256 << 10 // bytes
	maxMailboxes   = 1_000
	maxMailParts   = 200
	maxMailDepth   = 10
)

var (
	errNoMail   = errors.New("this is no mail: it has no header with From")
	errMailForm = errors.New("this is no mail: its header cannot be read")
)

// ParseEmail reads a mail with its MIME parts (RFC 2045 to 2047). It is
// lenient where mail programs are: a part that cannot be decoded is kept as it
// stands, a mail that was cut short ends where it ends. A mail within it is a
// file. The error is a *LimitError beyond a limit, or says that it is no mail.
func ParseEmail(text []byte) (*Email, error) {
	header, body, err := mailHeader(text)
	if err != nil {
		return nil, err
	}
	if len(header.Values("From")) == 0 {
		return nil, errNoMail
	}
	e := &Email{
		From: mailboxes(header, "From"), To: mailboxes(header, "To"), Cc: mailboxes(header, "Cc"),
		MessageID: unbracketed(header.Get("Message-ID")), InReplyTo: unbracketed(header.Get("In-Reply-To")),
	}
	if len(e.From)+len(e.To)+len(e.Cc) > maxMailboxes {
		return nil, &LimitError{What: "addresses", Max: maxMailboxes}
	}
	e.Date, _ = mail.ParseDate(header.Get("Date")) // zero where it is none
	parts := mailParts{mail: e}
	if err := parts.part(header, body, "", 0); err != nil {
		return nil, err
	}
	e.Header = header
	for i := range e.Header {
		e.Header[i].Value = decodedWords(e.Header[i].Value)
	}
	e.Subject = e.Header.Get("Subject")
	return e, nil
}

// mailHeader takes the header lines off a mail, or off a part of one.
func mailHeader(text []byte) (h Header, body []byte, err error) {
	rest := text
	for len(rest) > 0 {
		line, after := cutLine(rest)
		if len(line) == 0 {
			return h, after, nil
		}
		for len(after) > 0 && (after[0] == ' ' || after[0] == '\t') {
			_, after = cutLine(after)
		}
		field, err := headerField(rest[:len(rest)-len(after)])
		switch {
		case err != nil:
			return nil, nil, err
		case len(h) == maxMailHeaders:
			return nil, nil, &LimitError{What: "header lines", Max: maxMailHeaders}
		case len(text)-len(after) > maxMailHeader:
			return nil, nil, &LimitError{What: "bytes in a header", Max: maxMailHeader}
		}
		h = append(h, field)
		rest = after
	}
	return h, nil, nil
}

// headerField reads a header line with those that go on with it.
func headerField(lines []byte) (Field, error) {
	name, value, found := bytes.Cut(lines, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	if !found || len(name) == 0 || bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Field{}, errMailForm
	}
	var b strings.Builder
	for line := range bytes.SplitSeq(value, []byte("\n")) {
		line = bytes.Trim(line, " \t\r")
		if b.Len() > 0 && len(line) > 0 {
			b.WriteByte(' ')
		}
		b.Write(line)
	}
	return Field{Name: string(name), Value: b.String()}, nil
}

// cutLine takes the first line, without its end.
func cutLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

// encodedWords decodes encoded words (RFC 2047), in the charsets that bodies are read
// in.
var encodedWords = mime.WordDecoder{CharsetReader: func(charset string, input io.Reader) (io.Reader, error) {
	raw, err := io.ReadAll(input)
	if err != nil {
		return nil, err
	}
	text, err := decodeText(raw, charset)
	return strings.NewReader(text), err
}}

// decodedWords decodes what can be; the rest stays as it was sent.
func decodedWords(text string) string {
	decoded, err := encodedWords.DecodeHeader(text)
	if err != nil {
		decoded = text
	}
	return readable(decoded)
}

// mailboxes are the addresses of a header. One line that cannot be read is one
// mailbox without an address.
func mailboxes(h Header, name string) []Mailbox {
	var boxes []Mailbox
	parser := mail.AddressParser{WordDecoder: &encodedWords}
	for _, line := range h.Values(name) {
		list, err := parser.ParseList(line)
		if err != nil && strings.TrimSpace(line) != "" {
			boxes = append(boxes, Mailbox{Name: decodedWords(line)})
		}
		for _, a := range list {
			boxes = append(boxes, Mailbox{readable(a.Name), readable(a.Address)})
		}
	}
	return boxes
}

// unbracketed is an id without the brackets around it.
func unbracketed(id string) string {
	id = strings.TrimSpace(id)
	if from, to := strings.IndexByte(id, '<'), strings.IndexByte(id, '>'); from >= 0 && to > from {
		id = id[from+1 : to]
	}
	return readable(id)
}
