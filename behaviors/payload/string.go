package payload

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// string takes a text in quotes and tells whether it has escapes.
func (s *scanner) string() (escaped, ok bool) {
	s.at++
	for {
		s.at += plain(s.text[s.at:])
		if s.at >= len(s.text) {
			return false, s.fail("text without its closing quote")
		}
		switch s.text[s.at] {
		case '"':
			s.at++
			return escaped, true
		case '\\':
			escaped = true
			if !s.escape() {
				return false, false
			}
		default:
			return false, s.fail("control character in a text")
		}
	}
}

// plain counts the bytes before the first quote, backslash or control character.
// It looks at eight at a time: texts are most of a body.
func plain(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		quote := x ^ '"'*ones
		slash := x ^ '\\'*ones
		found := ((quote-ones)&^quote | (slash-ones)&^slash | (x-' '*ones)&^x) & highs
		if found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(b); n++ {
		if c := b[n]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return n
}

func (s *scanner) escape() bool {
	rest := s.text[s.at+1:]
	if len(rest) == 0 {
		return s.fail("text without its closing quote")
	}
	switch rest[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at += 2
		return true
	case 'u':
		if len(rest) >= 5 && isHex(rest[1]) && isHex(rest[2]) && isHex(rest[3]) && isHex(rest[4]) {
			s.at += 6
			return true
		}
	}
	return s.fail("unknown escape in a text")
}

func isHex(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// unescape returns the text between quotes. Half of a surrogate pair becomes
// U+FFFD, as everywhere.
func unescape(raw []byte) string {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		n := plain(raw[i:])
		out = append(out, raw[i:i+n]...)
		i += n
		if i >= len(raw) {
			break
		}
		c := raw[i+1]
		i += 2
		switch c {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := hex4(raw[i:])
			i += 4
			if utf16.IsSurrogate(r) {
				low := rune(utf8.RuneError)
				if len(raw)-i >= 6 && raw[i] == '\\' && raw[i+1] == 'u' {
					low = hex4(raw[i+2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// hex4 reads four hexadecimal digits.
func hex4(b []byte) rune {
	r := rune(0)
	for _, c := range b[:4] {
		r = r<<4 | rune(unhex(c))
	}
	return r
}

// unhex is the value of a hexadecimal digit.
func unhex(c byte) byte {
	if c > '9' {
		return c&0xf + 9
	}
	return c & 0xf
}
