package payload

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Body is a scanned body: validated and capped, decoded path by path on demand.
// It is not safe for concurrent use.
type Body struct {
	kind    Kind
	problem string
	text    []byte
	nodes   []node
	slots   []slot // one a node; empty where the payload is nil
	files   []*File
	whole   func() any // decodes the whole payload, where that is not done yet nor done by path
}

// Scan reads a body once: it validates it, holds it to the limits, and notes
// where the values of the paths are. The error is only ever a *LimitError: a
// malformed body is no error, its payload is nil and Problem says why.
func Scan(r *Request, p *Paths, l Limits) (*Body, error) {
	b := &Body{text: r.Body, nodes: []node{{}}}
	if p != nil && len(p.nodes) > 0 {
		b.nodes = p.nodes
	}
	var guess bool
	b.kind, guess = r.declared()
	switch {
	case len(r.Body) == 0 && r.RawQuery == "":
		b.problem = "there is neither a body nor a query"
		return b, nil
	case len(r.Body) == 0:
		fields, err := ParseForm(r.RawQuery, l)
		return b, b.fields(fields, err, "query")
	case b.kind == JSON, guess && looksLikeJSON(r.Body):
		return b, b.json(l)
	}
	switch b.kind {
	case Form:
		fields, err := ParseForm(string(r.Body), l)
		return b, b.fields(fields, err, "form")
	case Multipart:
		return b, b.multipart(r.ContentType(), l)
	case XML:
		return b, b.xml(r.ContentType(), l)
	case Text:
		b.problem = "the body is text, not JSON; request.body has it"
	default:
		b.problem = "the body is neither JSON nor a form nor XML"
	}
	return b, nil
}

// json scans a body that is JSON, or that may be: one that merely looks like it
// keeps its own kind.
func (b *Body) json(l Limits) error {
	s := scanner{text: b.text, limits: l, nodes: b.nodes, slots: make([]slot, len(b.nodes))}
	err := s.document()
	var limit *LimitError
	switch {
	case errors.As(err, &limit):
		b.kind = JSON
		return limit
	case err != nil:
		b.problem = "the body is not JSON: " + err.Error()
	default:
		b.kind, b.slots = JSON, s.slots
	}
	return nil
}

// fields takes those of a form, of a query or of a multipart body, or why there
// are none.
func (b *Body) fields(fields []Field, err error, what string) error {
	var limit *LimitError
	switch {
	case errors.As(err, &limit):
		return limit
	case err != nil:
		b.problem = fmt.Sprintf("the %s is malformed: %v", what, err)
	default:
		b.slots = make([]slot, len(b.nodes))
		b.slots[0] = slot{done: true, value: formMap(fields)}
	}
	return nil
}

// multipart takes the fields and files of a multipart body.
func (b *Body) multipart(contentType string, l Limits) error {
	media, _, _ := strings.Cut(contentType, ";")
	if media = strings.ToLower(strings.TrimSpace(media)); media != "multipart/form-data" {
		b.problem = fmt.Sprintf("a body of the type %.40q is not decoded, only multipart/form-data; request.body has the text", media)
		return nil
	}
	fields, files, err := parseMultipart(contentType, b.text, l)
	b.files = files
	return b.fields(fields, err, "multipart body")
}

// xml scans a body that is XML. It is decoded when it is first read, and then as
// a whole: what a path leads to hangs on the siblings of each element.
func (b *Body) xml(contentType string, l Limits) error {
	text, err := xmlText(b.text, contentType)
	if err == nil {
		b.whole, err = scanXML(text, l)
	}
	var limit *LimitError
	switch {
	case errors.As(err, &limit):
		return limit
	case err != nil:
		b.problem = "the XML cannot be read: " + err.Error()
	default:
		b.slots = make([]slot, len(b.nodes))
	}
	return nil
}

// Kind returns the kind of the body, as [Request.Kind] does.
func (b *Body) Kind() Kind { return b.kind }

// Problem says why the payload is nil, and is "" where a payload was read.
func (b *Body) Problem() string { return b.problem }

// Files returns the files of a multipart body, in their order. Their bytes are
// those of the body, and must not be changed.
func (b *Body) Files() []*File { return b.files }

// All returns the whole payload.
func (b *Body) All() any { return b.Value(0) }

// Value returns what stands at a path, by the index that [Paths.Add] gave; nil
// where there is nothing. It is decoded when first asked for, and kept, so it
// must not be changed.
func (b *Body) Value(path int) any {
	if len(b.slots) == 0 {
		return nil
	}
	if b.whole != nil {
		b.slots[0] = slot{done: true, value: b.whole()}
		b.whole = nil
	}
	s := &b.slots[path]
	if !s.done {
		if v, ok := b.within(path); ok {
			s.value = v
		} else if b.found(path) {
			s.value = decode(b.text[s.start:s.end])
		}
		s.done = true
	}
	return s.value
}

// Span returns where the value of a path lies in the bytes of a JSON body; ok is
// false where it has none of its own (a form, XML, an absent value, a position
// from the end of a list).
func (b *Body) Span(path int) (start, end int, ok bool) {
	if len(b.slots) == 0 || !b.found(path) {
		return 0, 0, false
	}
	return b.slots[path].start, b.slots[path].end, true
}

// found tells whether the slot of a path holds, and those around it.
func (b *Body) found(path int) bool {
	for path != 0 {
		outer := b.nodes[path].parent
		if b.slots[path].start <= b.slots[outer].start {
			return false
		}
		path = outer
	}
	return b.slots[0].end > 0
}

// within finds a value inside an outer one that is decoded already. A position
// from the end of a list is known only once the list is.
func (b *Body) within(path int) (any, bool) {
	if path == 0 {
		return nil, false
	}
	n := &b.nodes[path]
	if n.key.List && n.key.Index < 0 || b.slots[n.parent].done {
		return n.key.of(b.Value(n.parent)), true
	}
	outer, ok := b.within(n.parent)
	return n.key.of(outer), ok
}

// ParseJSON decodes a text that a behavior found inside a payload. The error is
// a *LimitError where it is beyond a limit, else the text is no JSON.
func ParseJSON(text string, l Limits) (any, error) {
	s := scanner{text: []byte(text), limits: l}
	if err := s.document(); err != nil {
		return nil, err
	}
	return decode(bytes.TrimLeft(bytes.TrimPrefix(s.text, byteOrderMark), " \t\r\n")), nil
}

// ParseXML decodes a text that a behavior found inside a payload. What an
// encoding declaration says no longer counts: it is a text. The error is a
// *LimitError where it is beyond a limit, else the text is no XML.
func ParseXML(text string, l Limits) (any, error) {
	decode, err := scanXML([]byte(text), l)
	if err != nil {
		return nil, err
	}
	return decode(), nil
}

// formMap is a form as a map: the text of a name, or the list of its texts where
// the name is repeated.
func formMap(fields []Field) map[string]any {
	m := make(map[string]any, len(fields))
	for _, f := range fields {
		switch v := m[f.Name].(type) {
		case nil:
			m[f.Name] = f.Value
		case string:
			m[f.Name] = []any{v, f.Value}
		case []any:
			m[f.Name] = append(v, f.Value)
		}
	}
	return m
}
