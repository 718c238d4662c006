package payload

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// inXMLName tells whether a byte may be part of a name; more is said of what is
// not ASCII by isXMLName.
func inXMLName(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c-'0' <= 9 || c == '_' || c == ':' || c == '.' || c == '-' || c >= utf8.RuneSelf
}

// isXMLName holds a run of such bytes to XML's names: at most one prefix.
func isXMLName(name []byte) bool {
	if len(name) == 0 || strings.IndexByte("0123456789-.", name[0]) >= 0 {
		return false
	}
	colons := 0
	ascii := true
	for _, c := range name {
		if c == ':' {
			colons++
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if colons > 1 || ascii {
		return colons <= 1
	}
	for i, r := range string(name) {
		if r >= utf8.RuneSelf && !unicode.Is(xmlNameStart, r) && (i == 0 || !unicode.Is(xmlNameMore, r)) {
			return false
		}
	}
	return true
}

// What is not ASCII in names, and what only behind their first character
// (https://www.w3.org/TR/xml/#NT-NameStartChar).
var (
	xmlNameStart = &unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0xC0, Hi: 0xD6, Stride: 1}, {Lo: 0xD8, Hi: 0xF6, Stride: 1}, {Lo: 0xF8, Hi: 0x2FF, Stride: 1},
			{Lo: 0x370, Hi: 0x37D, Stride: 1}, {Lo: 0x37F, Hi: 0x1FFF, Stride: 1}, {Lo: 0x200C, Hi: 0x200D, Stride: 1},
			{Lo: 0x2070, Hi: 0x218F, Stride: 1}, {Lo: 0x2C00, Hi: 0x2FEF, Stride: 1}, {Lo: 0x3001, Hi: 0xD7FF, Stride: 1},
			{Lo: 0xF900, Hi: 0xFDCF, Stride: 1}, {Lo: 0xFDF0, Hi: 0xFFFD, Stride: 1},
		},
		R32:         []unicode.Range32{{Lo: 0x10000, Hi: 0xEFFFF, Stride: 1}},
		LatinOffset: 2,
	}
	xmlNameMore = &unicode.RangeTable{
		R16:         []unicode.Range16{{Lo: 0xB7, Hi: 0xB7, Stride: 1}, {Lo: 0x300, Hi: 0x36F, Stride: 1}, {Lo: 0x203F, Hi: 0x2040, Stride: 1}},
		LatinOffset: 1,
	}
)
