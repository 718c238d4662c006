package expression

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"

	"github.com/deskhook/deskhook/behaviors/payload"
)

func encodingFunctions() []*Function {
	one := []Param{param("value", Any)}
	encode := func(name, doc, example string, do func([]byte) string) *Function {
		return fn(name, one, Text, doc, example, func(m *machine, a []any) any {
			b := m.bytes(a[0], name)
			m.take(2 * len(b))
			return do(b)
		})
	}
	return []*Function{
		fn("toJSON", one, Text, "the value as JSON, compact, with the keys of maps in order", `toJSON({b: 1, a: [true, nil]}) -> "{\"a\":[true,null],\"b\":1}"`, func(m *machine, a []any) any {
			return string(m.appendJSON(nil, a[0], 0, false))
		}),
		fn("fromJSON", []Param{param("text", Text)}, Any, "the value of a JSON text; an error where it is none", `fromJSON("[1, 2]") -> [1,2]
fromJSON("[1") -> error`, func(m *machine, a []any) any {
			v, err := m.parseJSON(a[0], "fromJSON")
			if err != nil {
				m.fail("not-json", "`fromJSON` finds no JSON in this text")
			}
			return v
		}),
		nilSafe(fn("json", []Param{param("text", Any)}, Any, "the value of a JSON text, or nil where it is none", `json("[1, 2]") -> [1,2]
json("[1") -> nil
json(7) -> nil`, func(m *machine, a []any) any {
			if _, ok := a[0].(string); !ok {
				return nil
			}
			v, err := m.parseJSON(a[0], "json")
			if err != nil {
				return nil
			}
			return v
		})),
		nilSafe(fn("parse_xml", []Param{param("text", Any)}, Any, "the value of an XML text, as that of an XML body (@attribute, #text, a repeated element is a list), or nil where it is none", `parse_xml("<order id='7'><item>a</item><item>b</item></order>") -> {"order":{"@id":"7","item":["a","b"]}}
parse_xml("<order") -> nil`, func(m *machine, a []any) any {
			if _, ok := a[0].(string); !ok {
				return nil
			}
			s := m.str(a[0], "parse_xml")
			m.step(len(s) / 4)
			m.take(xmlSize(s))
			v, err := payload.ParseXML(s, payload.DefaultLimits)
			if err != nil {
				return nil
			}
			return v
		})),
		encode("hex", "bytes or a text in hexadecimal digits", `hex("Hi") -> "4869"`, hex.EncodeToString),
		encode("base64", "bytes or a text in base64", `base64("Hi?") -> "SGk/"`, base64.StdEncoding.EncodeToString),
		encode("base64url", "bytes or a text in base64 for URLs, without padding", `base64url("Hi?") -> "SGk_"`, base64.RawURLEncoding.EncodeToString),
		encode("toBase64", "bytes or a text in base64, as base64", `toBase64("Hi?") -> "SGk/"`, base64.StdEncoding.EncodeToString),
		fn("fromBase64", []Param{param("text", Text)}, Text, "the text that is in base64, of the standard alphabet and with padding", `fromBase64("SGk/") -> "Hi?"
fromBase64("SGk") -> error`, func(m *machine, a []any) any {
			s := m.str(a[0], "fromBase64")
			m.take(len(s))
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				m.fail("type", "`fromBase64` finds no base64 in this text")
			}
			return m.textOf(b)
		}),
		fn("sha256", one, Bytes, "the SHA-256 of bytes or a text, as bytes", `hex(sha256("Hi")) -> "3639efcd08abb273b1619e82e78c29a7df02c1051b1820e99fc395dcaa3326b8"`, func(m *machine, a []any) any {
			m.step(4)
			h := sha256.New()
			m.hash(h, a[0], "sha256")
			return h.Sum(nil)
		}),
	}
}

func (m *machine) bytes(v any, name string) []byte {
	switch v := v.(type) {
	case string:
		m.text(len(v))
		m.take(len(v))
		return []byte(v)
	case []byte:
		m.text(len(v))
		return v
	}
	m.fail("type", "`"+name+"` takes bytes or a text, but this is "+kindOf(v).String())
	return nil
}

// hash feeds bytes or a text to a hash, without a copy of the text: it may be a
// whole body.
func (m *machine) hash(h hash.Hash, v any, name string) {
	s, ok := v.(string)
	if !ok {
		b := m.bytes(v, name)
		m.step(len(b) / 32)
		h.Write(b)
		return
	}
	m.text(len(s))
	m.step(len(s) / 32)
	if m.block == nil {
		m.block = make([]byte, 4096)
	}
	for s != "" {
		n := copy(m.block, s)
		h.Write(m.block[:n])
		s = s[n:]
	}
}

// parseJSON reads within the caps of a body, and charges before it reads.
func (m *machine) parseJSON(v any, name string) (any, error) {
	s := m.str(v, name)
	m.step(len(s) / 4)
	m.take(decodedSize(s))
	return payload.ParseJSON(s, payload.DefaultLimits)
}

// decodedSize is what the value of a JSON text takes at most, and the copy that is
// read: a text of 3 bytes can be a map.
func decodedSize(s string) int {
	n := 2 * len(s)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			n += mapBytes(1)
		case ':':
			n += 80
		case '[', ',':
			n += 2 * slotBytes
		}
	}
	return n
}

// xmlSize is what the value of an XML text takes at most: an element can be a map
// in a list, and an attribute an entry.
func xmlSize(s string) int {
	n := len(s)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '<':
			if i+1 < len(s) && s[i+1] != '/' && s[i+1] != '!' && s[i+1] != '?' {
				n += mapBytes(1) + 2*slotBytes
			}
		case '=':
			n += 80
		}
	}
	return n
}
