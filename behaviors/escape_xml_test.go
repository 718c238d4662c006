package behaviors

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// xmlShape lists the tokens of a document without their text.
func xmlShape(doc string) (string, bool) {
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader(doc))
	text := false
	for {
		token, err := d.RawToken()
		if err != nil {
			return b.String(), errors.Is(err, io.EOF)
		}
		switch token := token.(type) {
		case xml.StartElement:
			fmt.Fprintf(&b, "<%s", token.Name.Local)
			for _, a := range token.Attr {
				b.WriteString(" " + a.Name.Local)
			}
			b.WriteString(">")
		case xml.EndElement:
			b.WriteString("</" + token.Name.Local + ">")
		case xml.CharData:
			if !text {
				b.WriteString("text")
			}
		default:
			fmt.Fprintf(&b, "%T", token)
		}
		_, text = token.(xml.CharData)
	}
}

// Where an interpolation may stand in XML, whatever it is changes nothing of the
// document's shape.
func FuzzXMLText(f *testing.F) {
	f.Add("<a b='", "'/>", "' c='")
	f.Add("<a>", "</a>", "</a><b>")
	f.Add("<!-- > --><a>", "</a>", "-->")
	f.Add("<![CDATA[>]]><a b=\">", "\"></a>", "\" x=\"]]>")
	f.Add("<?xml version='1.0'?><a>", "</a>", "&x;")
	f.Add("<a ", "/>", "x='1'")
	f.Add("<!-- ", " -->", "--")
	f.Fuzz(func(t *testing.T, before, after, text string) {
		if !inXMLText(before) {
			return
		}
		want, wellFormed := xmlShape(before + "x" + after)
		if !wellFormed {
			return
		}
		escaped, err := XML.escape("x"+text, before)
		if err != nil {
			t.Fatal(err)
		}
		if got, wellFormed := xmlShape(before + escaped + after); got != want || !wellFormed {
			t.Errorf("%q in %q…%q: got %s (%v), want %s", escaped, before, after, got, wellFormed, want)
		}
	})
}
