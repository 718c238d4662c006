package payload

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// xmlScanner reads an XML text in one pass, and hands what it finds to a tree
// where there is one. It takes what encoding/xml takes in its strict mode, but
// for this: a document type is refused, so is text outside of an element, names
// are those of XML 1.0's fifth edition, and the limits hold. encoding/xml itself
// collects all attributes of an element before one can count them, and is slower
// (see the benchmark).
type xmlScanner struct {
	text    []byte
	at      int
	limits  Limits
	values  int      // elements and attributes
	open    [][]byte // names of the elements around the cursor
	deepest int      // how many were open at once; 0: there is no element
	tree    *xmlTree // nil: check only
	err     error    // *syntaxError or *LimitError
}

// scanXML checks a text, and gives what decodes it.
func scanXML(text []byte, l Limits) (decode func() any, err error) {
	if !utf8.Valid(text) {
		return nil, &syntaxError{"invalid UTF-8", invalidUTF8(text)}
	}
	s := xmlScanner{text: text, limits: l}
	s.document()
	if s.err != nil {
		return nil, s.err
	}
	if s.deepest <= l.Depth/2 {
		return func() any { return decodeXML(text) }, nil
	}
	// an element may lie in a list besides, which only its siblings tell
	v := decodeXML(text)
	if deeper(v, l.Depth) {
		return nil, &LimitError{What: "depth", Max: l.Depth}
	}
	return func() any { return v }, nil
}

// deeper tells whether lists and maps are nested deeper than so many levels.
func deeper(v any, levels int) bool {
	switch v := v.(type) {
	case []any:
		return levels == 0 || slices.ContainsFunc(v, func(x any) bool { return deeper(x, levels-1) })
	case map[string]any:
		if levels == 0 {
			return true
		}
		for _, x := range v {
			if deeper(x, levels-1) {
				return true
			}
		}
	}
	return false
}

// document takes the whole text. Several elements may stand on top: Zapier's own
// example of an XML body has no root.
func (s *xmlScanner) document() {
	if bytes.HasPrefix(s.text, byteOrderMark) {
		s.at = len(byteOrderMark)
	}
	for s.at < len(s.text) {
		ok := false
		switch {
		case s.text[s.at] != '<':
			ok = s.characters()
		case s.begins("</"):
			ok = s.endTag()
		case s.begins("<?"):
			ok = s.instruction()
		case s.begins("<!--"):
			ok = s.comment()
		case s.begins("<![CDATA["):
			ok = s.cdata()
		case s.begins("<!"):
			ok = s.fail("a document type or another declaration is refused (its entities could grow without end, or be files)")
		default:
			ok = s.startTag()
		}
		if !ok {
			return
		}
	}
	switch {
	case len(s.open) > 0:
		s.fail(fmt.Sprintf("the element %.40q has no end", s.open[len(s.open)-1]))
	case s.deepest == 0:
		s.fail("expected an element")
	}
}

func (s *xmlScanner) startTag() bool {
	s.at++
	name, ok := s.name("the name of an element")
	if !ok || !s.count() {
		return false
	}
	if len(s.open) >= s.limits.Depth {
		s.err = &LimitError{What: "depth", Max: s.limits.Depth}
		return false
	}
	s.open = append(s.open, name)
	s.deepest = max(s.deepest, len(s.open))
	if s.tree != nil {
		s.tree.start(name)
	}
	for {
		s.space()
		switch {
		case s.take(">"):
			return true
		case s.take("/>"):
			s.close()
			return true
		case !s.attribute():
			return false
		}
	}
}

func (s *xmlScanner) attribute() bool {
	name, ok := s.name("an attribute, `>` or `/>`")
	if !ok || !s.count() {
		return false
	}
	s.space()
	if !s.take("=") {
		return s.fail("expected `=`")
	}
	s.space()
	if s.at >= len(s.text) || s.text[s.at] != '"' && s.text[s.at] != '\'' {
		return s.fail("expected a value in quotes")
	}
	quote := s.text[s.at]
	s.at++
	start := s.at
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case quote:
			if s.tree != nil {
				s.tree.attribute(name, s.text[start:s.at])
			}
			s.at++
			return true
		case '<':
			return s.fail("`<` in the value of an attribute")
		}
		if !s.character() {
			return false
		}
	}
	return s.fail("value without its closing quote")
}

func (s *xmlScanner) endTag() bool {
	at := s.at
	s.at += len("</")
	name, ok := s.name("the name of an element")
	if !ok {
		return false
	}
	s.space()
	if !s.take(">") {
		return s.fail("expected `>`")
	}
	if len(s.open) == 0 || !bytes.Equal(s.open[len(s.open)-1], name) {
		s.at = at
		return s.fail(fmt.Sprintf("the end of %.40q, which is not open here", name))
	}
	s.close()
	return true
}

func (s *xmlScanner) close() {
	s.open = s.open[:len(s.open)-1]
	if s.tree != nil {
		s.tree.end()
	}
}

// characters takes text up to the next markup.
func (s *xmlScanner) characters() bool {
	start := s.at
	for s.at < len(s.text) && s.text[s.at] != '<' {
		if s.text[s.at] == ']' && s.begins("]]>") {
			return s.fail("`]]>` in a text")
		}
		if !s.character() {
			return false
		}
	}
	raw := s.text[start:s.at]
	if len(s.open) == 0 {
		if !blank(raw) {
			s.at = start
			return s.fail("text outside of an element")
		}
		return true
	}
	if s.tree != nil {
		s.tree.characters(raw, true)
	}
	return true
}

func (s *xmlScanner) cdata() bool {
	if len(s.open) == 0 {
		return s.fail("text outside of an element")
	}
	s.at += len("<![CDATA[")
	length := bytes.Index(s.text[s.at:], []byte("]]>"))
	if length < 0 {
		return s.fail("CDATA without its end")
	}
	raw := s.text[s.at : s.at+length]
	for i := range raw {
		if !xmlCharacter(raw[i:]) {
			s.at += i
			return s.fail("a character that XML does not allow")
		}
	}
	s.at += length + len("]]>")
	if s.tree != nil {
		s.tree.characters(raw, false)
	}
	return true
}

func (s *xmlScanner) comment() bool {
	s.at += len("<!--")
	length := bytes.Index(s.text[s.at:], []byte("--"))
	if length < 0 {
		return s.fail("comment without its end")
	}
	s.at += length
	if !s.take("-->") {
		return s.fail("`--` in a comment")
	}
	return true
}

// instruction takes a processing instruction, or the XML declaration: some
// senders put a blank line in front of it.
func (s *xmlScanner) instruction() bool {
	s.at += len("<?")
	if _, ok := s.name("the name of an instruction"); !ok {
		return false
	}
	length := bytes.Index(s.text[s.at:], []byte("?>"))
	if length < 0 {
		return s.fail("instruction without its end")
	}
	s.at += length + len("?>")
	return true
}

// character takes one byte of a text, or a whole entity.
func (s *xmlScanner) character() bool {
	rest := s.text[s.at:]
	if c := rest[0]; c >= ' ' && c != '&' && c != 0xEF {
		s.at++
		return true
	}
	if rest[0] == '&' {
		_, length := entity(rest)
		if length == 0 {
			return s.fail("unknown entity; a plain `&` is written `&amp;`")
		}
		s.at += length
		return true
	}
	if !xmlCharacter(rest) {
		return s.fail("a character that XML does not allow")
	}
	s.at++
	return true
}

// count counts a value.
func (s *xmlScanner) count() bool {
	s.values++
	if s.values > s.limits.Values {
		s.err = &LimitError{What: "values", Max: s.limits.Values}
		return false
	}
	return true
}

// name takes a name with its prefix.
func (s *xmlScanner) name(what string) ([]byte, bool) {
	start := s.at
	for s.at < len(s.text) && inXMLName(s.text[s.at]) {
		s.at++
	}
	name := s.text[start:s.at]
	if !isXMLName(name) {
		s.at = start
		return nil, s.fail("expected " + what)
	}
	return name, true
}

func (s *xmlScanner) space() {
	for s.at < len(s.text) && isXMLSpace(s.text[s.at]) {
		s.at++
	}
}

func (s *xmlScanner) begins(with string) bool {
	return len(s.text)-s.at >= len(with) && string(s.text[s.at:s.at+len(with)]) == with
}

func (s *xmlScanner) take(what string) bool {
	if !s.begins(what) {
		return false
	}
	s.at += len(what)
	return true
}

func (s *xmlScanner) fail(what string) bool {
	s.err = &syntaxError{what, s.at}
	return false
}
