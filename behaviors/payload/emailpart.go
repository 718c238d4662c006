package payload

import (
	"bytes"
	"errors"
	"mime"
	"strings"
	"unicode/utf8"
)

// mailParts collects what the parts of a mail hold.
type mailParts struct {
	mail *Email
	n    int
}

// part reads a part of a mail, or the mail itself. by is the type of a part that
// does not say its own.
func (p *mailParts) part(h Header, body []byte, by string, depth int) error {
	if p.n++; p.n > maxMailParts {
		return &LimitError{What: "parts", Max: maxMailParts}
	}
	declared := h.Get("Content-Type")
	kind, params, err := mime.ParseMediaType(declared)
	if err != nil {
		kind, _, _ = strings.Cut(declared, ";")
		kind, params = strings.ToLower(strings.TrimSpace(kind)), nil
	}
	if kind == "" {
		kind = by
	}
	if kind == "" {
		kind = "text/plain" // RFC 2045, 5.2
	}
	if strings.HasPrefix(kind, "multipart/") {
		if boundary, err := boundaryOf(declared); err == nil {
			return p.parts(body, boundary, kind, depth)
		}
	}
	encoding := strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding")))
	raw, err := decodeTransfer(encoding, body)
	if err != nil {
		raw = body
	}
	charset := params["charset"]
	if encoding != "base64" && encoding != "quoted-printable" && utf8.Valid(raw) {
		charset = "" // it went through something that knows UTF-8 only, as JSON does
	}
	name, attached := attachment(h, params)
	switch {
	case attached || kind != "text/plain" && kind != "text/html":
		return p.file(&File{Field: unbracketed(h.Get("Content-ID")), Name: name, ContentType: readable(kind), Body: raw})
	case kind == "text/html":
		p.mail.HTML = joined(p.mail.HTML, mailText(raw, charset))
	default:
		p.mail.Text = joined(p.mail.Text, mailText(raw, charset))
	}
	return nil
}

// parts reads those of a multipart body, as that of a form is split.
func (p *mailParts) parts(body []byte, boundary, kind string, depth int) error {
	if depth == maxMailDepth {
		return &LimitError{What: "depth", Max: maxMailDepth}
	}
	by := ""
	if kind == "multipart/digest" {
		by = "message/rfc822"
	}
	s := partSplitter{body: body, delimiter: []byte("--" + boundary)}
	final, ok := s.first()
	for ok && !final {
		start := s.at
		var content []byte
		if content, final, ok = s.content(); !ok {
			content = body[start:] // it was cut short
		}
		h, inner, err := mailHeader(content)
		if errors.Is(err, errMailForm) {
			h, inner = nil, content
		} else if err != nil {
			return err
		}
		if err := p.part(h, inner, by, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (p *mailParts) file(f *File) error {
	if len(p.mail.Files) == DefaultLimits.Files {
		return &LimitError{What: "files", Max: DefaultLimits.Files}
	}
	p.mail.Files = append(p.mail.Files, f)
	return nil
}

// attachment tells whether a part is a file, and its name. A text with a name is
// one, too.
func attachment(h Header, params map[string]string) (name string, attached bool) {
	disposition := h.Get("Content-Disposition")
	kind, fields, err := mime.ParseMediaType(disposition)
	if err != nil {
		kind, _, _ = strings.Cut(disposition, ";")
	}
	name = fields["filename"]
	if name == "" {
		name, _ = extendedName(disposition)
	}
	if name == "" {
		name = params["name"]
	}
	name = fileName(decodedWords(name))
	return name, name != "" || strings.EqualFold(strings.TrimSpace(kind), "attachment")
}

// mailText is a text of a mail, with LF as the end of lines.
func mailText(raw []byte, charset string) string {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	text, err := decodeText(raw, charset)
	if err != nil {
		return readable(string(raw))
	}
	return text
}

// joined adds a text to those before it: a mail program cuts a text in two where
// a picture stands in it.
func joined(before *string, text string) *string {
	text = strings.TrimSuffix(text, "\n")
	if before != nil {
		text = *before + "\n" + text
	}
	return &text
}
