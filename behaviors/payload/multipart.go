package payload

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
)

// parseMultipart splits a multipart/form-data body into its fields and files,
// each in order. A part with a file name is a file; its bytes are those of the
// body, unless it has to be decoded. The error is a *LimitError beyond a limit,
// else what is malformed.
//
// A file is no field, as in PHP, multer or n8n: the payload of a form holds texts,
// so that a behavior reads it alike however it was sent, and can print it.
//
// The package mime/multipart reads a stream and copies each file out of it; its
// limits are a thousand parts and ten thousand header lines.
func parseMultipart(contentType string, body []byte, l Limits) ([]Field, []*File, error) {
	boundary, err := boundaryOf(contentType)
	if err != nil {
		return nil, nil, err
	}
	m := partSplitter{body: body, delimiter: []byte("--" + boundary), limits: l}
	if err := m.split(); err != nil {
		return nil, nil, err
	}
	fields, err := m.decodeFields()
	if err != nil {
		return nil, nil, err
	}
	return fields, m.files, nil
}

// partSplitter is a body on its way into fields and files.
type partSplitter struct {
	body      []byte
	delimiter []byte // two dashes and the boundary
	newline   []byte // as the first delimiter ends: CRLF, or LF from a text editor
	at        int    // behind the delimiter that was found last
	limits    Limits
	fields    []textPart
	files     []*File
}

// textPart is a field whose charset may stand in a later part.
type textPart struct {
	name, charset string
	raw           []byte
}

// maxBoundary is what RFC 2046 allows.
const maxBoundary = 70

var boundaryParameter = regexp.MustCompile(`(?i)boundary=([^;]*)`)

// boundaryOf reads the boundary out of a content type. Some senders forget to
// quote one that has to be.
func boundaryOf(contentType string) (string, error) {
	_, params, err := mime.ParseMediaType(contentType)
	boundary := params["boundary"]
	if err != nil {
		if m := boundaryParameter.FindStringSubmatch(contentType); m != nil {
			boundary = strings.Trim(m[1], ` "`)
		}
	}
	switch {
	case boundary == "":
		return "", errors.New("the content type names no boundary")
	case len(boundary) > maxBoundary:
		return "", fmt.Errorf("the boundary is longer than %d characters", maxBoundary)
	}
	return boundary, nil
}

// split goes from delimiter to delimiter. What stands before the first and
// behind the last is no part.
func (m *partSplitter) split() error {
	final, ok := m.first()
	if !ok {
		return errors.New("the boundary that the content type names is not in the body")
	}
	for n := 1; !final; n++ {
		if most := m.limits.FormFields + m.limits.Files; n > most {
			return &LimitError{What: "parts", Max: most}
		}
		header, err := m.header(n)
		if err != nil {
			return err
		}
		var content []byte
		if content, final, ok = m.content(); !ok {
			return fmt.Errorf("part %d has no end: the body was cut short", n)
		}
		if err := m.take(n, header, content); err != nil {
			return err
		}
	}
	return nil
}

// content takes what stands before the next delimiter, which stands on a line of
// its own: the newline before it is its own too, but where a part is empty.
func (m *partSplitter) content() (content []byte, final, ok bool) {
	start := m.at
	if bytes.HasPrefix(m.body[start:], m.delimiter) {
		if after, last, ok := m.delimits(start + len(m.delimiter)); ok {
			m.at = after
			return nil, last, true
		}
	}
	next := slices.Concat(m.newline, m.delimiter)
	for from := start; ; {
		i := bytes.Index(m.body[from:], next)
		if i < 0 {
			return nil, false, false
		}
		end := from + i
		if after, last, ok := m.delimits(end + len(next)); ok {
			m.at = after
			return m.body[start:end:end], last, true
		}
		from = end + 1
	}
}

// first finds the first delimiter, at the beginning of a line, and learns from
// it how lines end.
func (m *partSplitter) first() (final, ok bool) {
	for from := 0; ; {
		i := bytes.Index(m.body[from:], m.delimiter)
		if i < 0 {
			return false, false
		}
		at := from + i
		from = at + 1
		if at > 0 && m.body[at-1] != '\n' {
			continue
		}
		for _, newline := range []string{"\r\n", "\n"} {
			m.newline = []byte(newline)
			if after, last, ok := m.delimits(at + len(m.delimiter)); ok {
				m.at = after
				return last, true
			}
		}
	}
}

// delimits tells whether what stands behind a delimiter makes it one: blanks and
// a newline, or two dashes more for the last one, which may end the body.
func (m *partSplitter) delimits(at int) (after int, last, ok bool) {
	rest := m.body[at:]
	if bytes.HasPrefix(rest, []byte("--")) {
		rest = bytes.TrimLeft(rest[2:], " \t")
		return len(m.body) - len(rest), true, len(rest) == 0 || bytes.HasPrefix(rest, m.newline)
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t"), m.newline)
	return len(m.body) - len(rest), false, ok
}

// take makes a field or a file of a part.
func (m *partSplitter) take(n int, h partHeader, raw []byte) error {
	p, err := h.read(n)
	if err != nil {
		return err
	}
	if raw, err = decodeTransfer(h.encoding, raw); err != nil {
		return fmt.Errorf("part %d: %w", n, err)
	}
	switch {
	case !p.isFile:
		if len(m.fields) == m.limits.FormFields {
			return &LimitError{What: "form fields", Max: m.limits.FormFields}
		}
		m.fields = append(m.fields, textPart{p.name, p.charset, raw})
	case p.file == "" && len(raw) == 0:
		// a browser sends this for a field in which no file was chosen
	default:
		if len(m.files) == m.limits.Files {
			return &LimitError{What: "files", Max: m.limits.Files}
		}
		m.files = append(m.files, &File{Field: p.name, Name: p.file, ContentType: readable(h.contentType), Body: raw})
	}
	return nil
}

// decodeFields makes texts of the fields. Their charset is their own, or that of
// the field _charset_ (RFC 7578, 4.6), or what the field charsets says, in which
// SendGrid tells by field in what charset a mail was.
func (m *partSplitter) decodeFields() ([]Field, error) {
	common := ""
	var charsets map[string]any
	for _, f := range m.fields {
		switch f.name {
		case "_charset_":
			common = strings.TrimSpace(string(f.raw))
		case "charsets":
			v, _ := ParseJSON(string(f.raw), m.limits)
			charsets, _ = v.(map[string]any)
		}
	}
	fields := make([]Field, len(m.fields))
	for i, f := range m.fields {
		charset := f.charset
		if charset == "" {
			charset, _ = charsets[f.name].(string)
		}
		if charset == "" {
			charset = common
		}
		value, err := decodeText(f.raw, charset)
		if err != nil {
			return nil, fmt.Errorf("field %.40q: %w", f.name, err)
		}
		fields[i] = Field{Name: f.name, Value: value}
	}
	return fields, nil
}

// fileName is a sender's name of a file without its folders, as data: whoever
// writes a file must choose a path of its own.
func fileName(name string) string {
	name = readable(name)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if name == "." || name == ".." {
		return ""
	}
	return name
}
