package payload

import (
	"bytes"
	"errors"
	"mime"
	"regexp"
	"unicode/utf8"
)

// xmlTree builds the value of a text while it is scanned: a map of the elements
// on top. Names are as they are written, with their prefixes, for what a person
// sees in a sample is what a behavior names. An element is
//
//   - its text, as written, where it has nothing else: "" where it is empty, as
//     nil is what is missing;
//   - otherwise a map: an attribute is `@name` (xmlns too), an element in it has
//     its own name, its text is `#text`, if that is more than white space;
//   - and where several of one name stand in one element, they are a list.
//
// CDATA is text. Comments and processing instructions are skipped.
type xmlTree struct {
	open []xmlElement // the first stands for the whole
	// names of elements and of attributes as keys, each made once
	elements, attributes map[string]string
}

type xmlElement struct {
	name   string
	fields map[string]any // nil until there is one
	first  []byte         // a piece of text as it is in the body
	marked bool           // first may have entities
	more   []byte         // decoded text, once there are two pieces
}

// decodeXML returns the value of a text that was scanned.
func decodeXML(text []byte) any {
	tree := &xmlTree{open: []xmlElement{{fields: map[string]any{}}}, elements: map[string]string{}, attributes: map[string]string{}}
	s := xmlScanner{text: text, limits: Limits{Depth: len(text), Values: len(text)}, tree: tree}
	s.document()
	return tree.open[0].fields
}

func (t *xmlTree) start(name []byte) {
	t.open = append(t.open, xmlElement{name: key(t.elements, "", name)})
}

func key(known map[string]string, before string, name []byte) string {
	k, ok := known[string(name)]
	if !ok {
		k = before + string(name)
		known[string(name)] = k
	}
	return k
}

func (t *xmlTree) top() *xmlElement { return &t.open[len(t.open)-1] }

func (t *xmlTree) attribute(name, raw []byte) {
	e := t.top()
	if e.fields == nil {
		e.fields = map[string]any{}
	}
	e.fields[key(t.attributes, "@", name)] = string(plainXML(raw, true))
}

// characters adds text; marked: it may have entities.
func (t *xmlTree) characters(raw []byte, marked bool) {
	e := t.top()
	switch {
	case len(raw) == 0:
	case e.more != nil:
		e.more = appendXML(e.more, raw, marked)
	case e.first == nil:
		e.first, e.marked = raw, marked
	default:
		e.more = appendXML(appendXML(nil, e.first, e.marked), raw, marked)
	}
}

func (t *xmlTree) end() {
	e := *t.top()
	t.open = t.open[:len(t.open)-1]
	t.top().add(e.name, e.value())
}

func (e *xmlElement) value() any {
	text := e.more
	if text == nil {
		text = e.first
		if e.fields != nil && blank(text) {
			return e.fields
		}
		text = plainXML(text, e.marked)
	}
	if e.fields == nil {
		return string(text)
	}
	if !blank(text) {
		e.fields["#text"] = string(text)
	}
	return e.fields
}

// add puts an element into the one around it. An element is no list by itself,
// so a list is what is repeated.
func (e *xmlElement) add(name string, v any) {
	if e.fields == nil {
		e.fields = map[string]any{}
	}
	switch old := e.fields[name].(type) {
	case nil:
		e.fields[name] = v
	case []any:
		e.fields[name] = append(old, v)
	default:
		e.fields[name] = []any{old, v}
	}
}

// plainXML decodes a piece of text, or gives it as it is where there is nothing
// to decode.
func plainXML(raw []byte, marked bool) []byte {
	if bytes.IndexByte(raw, '\r') < 0 && (!marked || bytes.IndexByte(raw, '&') < 0) {
		return raw
	}
	return appendXML(nil, raw, marked)
}

// appendXML decodes a piece of text: entities, and line ends, which are LF.
func appendXML(dst, raw []byte, marked bool) []byte {
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '&' && marked:
			r, length := entity(raw[i:])
			dst = utf8.AppendRune(dst, r)
			i += length
		case c == '\r':
			dst = append(dst, '\n')
			i++
			if i < len(raw) && raw[i] == '\n' {
				i++
			}
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// declaredEncoding finds the encoding in an XML declaration.
var declaredEncoding = regexp.MustCompile(`^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// xmlText brings a body to UTF-8. A byte order mark counts for more than the
// content type, and that for more than the declaration (RFC 7303, 3).
func xmlText(body []byte, contentType string) ([]byte, error) {
	if bytes.HasPrefix(body, byteOrderMark) {
		return body, nil
	}
	if bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff")) {
		return nil, errors.New("UTF-16 is not read; send UTF-8")
	}
	_, params, _ := mime.ParseMediaType(contentType)
	charset := params["charset"]
	if charset == "" {
		if m := declaredEncoding.FindSubmatch(body[:min(len(body), 256)]); m != nil {
			charset = string(m[1])
		}
	}
	if isUTF8(charset) {
		return body, nil
	}
	text, err := decodeText(body, charset)
	return []byte(text), err
}
