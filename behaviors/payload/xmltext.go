package payload

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func isXMLSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// blank tells whether a text is white space as XML has it.
func blank(text []byte) bool { return len(bytes.Trim(text, " \n\t\r")) == 0 }

// xmlCharacter tells whether the character that a valid text begins with, or is
// in the middle of, is one of XML's.
func xmlCharacter(b []byte) bool {
	switch c := b[0]; {
	case c < ' ':
		return isXMLSpace(c)
	case c == 0xEF: // perhaps of U+FFFE or U+FFFF
		return len(b) < 3 || b[1] != 0xBF || b[2] < 0xBE
	}
	return true
}

// entity reads an entity or a character reference at the beginning of a text,
// and gives length 0 for none that is known.
func entity(b []byte) (r rune, length int) {
	end := bytes.IndexByte(b, ';')
	if end < 0 {
		return 0, 0
	}
	switch name := string(b[1:end]); name {
	case "lt":
		r = '<'
	case "gt":
		r = '>'
	case "amp":
		r = '&'
	case "quot":
		r = '"'
	case "apos":
		r = '\''
	default:
		digits, numeric := strings.CutPrefix(name, "#")
		if !numeric {
			return 0, 0
		}
		r = reference(digits)
		if !xmlCharacter(utf8.AppendRune(nil, r)) {
			return 0, 0
		}
	}
	return r, end + 1
}

// reference is the character of a reference, without `&#` and `;`; 0 for none.
// Half of a surrogate pair becomes U+FFFD, as everywhere.
func reference(digits string) rune {
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > unicode.MaxRune {
		return 0
	}
	if !utf8.ValidRune(rune(n)) {
		return utf8.RuneError
	}
	return rune(n)
}
