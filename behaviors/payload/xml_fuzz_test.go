package payload

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

var errTolerated = errors.New("encoding/xml takes this")

// xmlOracle reads with encoding/xml, to the value that this package gives. It is
// errTolerated where that one is known to take more than it should.
func xmlOracle(text []byte) (whole map[string]any, values, depth int, err error) {
	type element struct {
		name   string
		fields map[string]any
		text   string
	}
	full := func(n xml.Name) string {
		if n.Space != "" {
			return n.Space + ":" + n.Local
		}
		return n.Local
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	open := []element{{fields: map[string]any{}}}
	tolerated := false
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, 0, 0, err
		}
		top := &open[len(open)-1]
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: full(x.Name), fields: map[string]any{}}
			for _, a := range x.Attr {
				e.fields["@"+full(a.Name)] = a.Value
			}
			values += 1 + len(x.Attr)
			open = append(open, e)
			depth = max(depth, len(open)-1)
		case xml.EndElement:
			if len(open) == 1 || top.name != full(x.Name) {
				return nil, 0, 0, errors.New("the ends do not match")
			}
			var v any = top.text
			if len(top.fields) > 0 {
				v = top.fields
				if strings.Trim(top.text, " \t\r\n") != "" {
					top.fields["#text"] = top.text
				}
			}
			outer := open[len(open)-2].fields
			if old, ok := outer[top.name].([]any); ok {
				outer[top.name] = append(old, v)
			} else if old, ok := outer[top.name]; ok {
				outer[top.name] = []any{old, v}
			} else {
				outer[top.name] = v
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 1 {
				top.text += string(x)
			} else if len(bytes.Trim(text[from:d.InputOffset()], " \t\r\n")) > 0 {
				tolerated = true // text outside of an element, a blank CDATA or entity too
			}
		case xml.Directive:
			tolerated = true
		}
	}
	switch {
	case tolerated, len(open) == 1 && values == 0:
		return nil, 0, 0, errTolerated
	case len(open) > 1:
		return nil, 0, 0, errors.New("an element is open")
	}
	return open[0].fields, values, depth, nil
}

// FuzzXML holds the scanner to encoding/xml: it takes and refuses the same texts
// and gives the same values, but for what xmlScanner says.
func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		`<?xml version="1.0" encoding="utf-8"?><a x="1" y='&lt;'><b>1</b>t<b/><![CDATA[<]]></a>`, "<a>\r\n&#x41;\r</a>", `<a:b xmlns:a="u"/>`,
		`<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, `<a/><b/>`, "\xef\xbb\xbf<a/>", `<a><!-- - --><?p i?></a >`, `<a b="]]>">]]></a>`, `<a><b></a>`,
		`<größe é="1"/>`, "<a>\ufffe</a>", `<a b = "1"c="2"/>`, `<a>&#xD800;&#00065;</a> `, `<a>&lt;</a>&#32;`, `<![CDATA[ ]]><a/>`, `<a><a><a><a><a><a><a/></a></a></a></a></a></a>`,
	} {
		f.Add([]byte(seed))
	}
	limits := Limits{Depth: 6, Values: 40}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		got, err := ParseXML(string(body), limits)
		if b, scanErr := Scan(typed("text/xml", string(body)), nil, limits); scanErr == nil && b.Problem() == "" && b.All() == nil {
			t.Fatal("neither a payload nor a problem")
		}
		if !bytes.Equal(body, before) {
			t.Fatal("the text was changed")
		}
		want, values, depth, wantErr := xmlOracle(bytes.TrimPrefix(body, byteOrderMark))
		var limit *LimitError
		switch {
		case !utf8.Valid(body), errors.Is(wantErr, errTolerated):
			if err == nil {
				t.Fatalf("accepted: %#v", got)
			}
		case wantErr != nil:
			// names of the fourth edition, and versions that nobody sends
			odd := strings.Contains(wantErr.Error(), "invalid XML name") || strings.Contains(wantErr.Error(), "unsupported version")
			if err == nil && !odd {
				t.Fatalf("accepted, but encoding/xml says: %v", wantErr)
			}
		case values > limits.Values || depth > limits.Depth || deeper(want, limits.Depth):
			if !errors.As(err, &limit) {
				t.Fatalf("%d values, depth %d: got %v", values, depth, err)
			}
		case err != nil:
			t.Fatalf("refused: %v", err)
		case !reflect.DeepEqual(got, any(want)):
			t.Fatalf("got %#v, want %#v", got, want)
		}
	})
}
