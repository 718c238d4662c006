package payload

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// charmaps are the encodings of a byte a character that are read, by their
// names in lower case. As in browsers, Latin-1 is windows-1252: senders mean it.
// (The tables of Chinese, Japanese and Korean would be a megabyte.)
var charmaps = map[string]*charmap.Charmap{
	"iso-8859-1": charmap.Windows1252, "latin1": charmap.Windows1252, "windows-1252": charmap.Windows1252, "cp1252": charmap.Windows1252,
	"iso-8859-2": charmap.ISO8859_2, "iso-8859-5": charmap.ISO8859_5, "iso-8859-7": charmap.ISO8859_7,
	"iso-8859-9": charmap.ISO8859_9, "iso-8859-13": charmap.ISO8859_13, "iso-8859-15": charmap.ISO8859_15,
	"windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251, "windows-1253": charmap.Windows1253,
	"windows-1254": charmap.Windows1254, "windows-1255": charmap.Windows1255, "windows-1256": charmap.Windows1256,
	"windows-1257": charmap.Windows1257, "windows-1258": charmap.Windows1258,
	"koi8-r": charmap.KOI8R, "koi8-u": charmap.KOI8U, "macintosh": charmap.Macintosh,
}

// isUTF8 tells whether a charset's name stands for UTF-8, or for a part of it.
func isUTF8(charset string) bool {
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return true
	}
	return false
}

// decodeText makes a text of bytes in a charset; "" is UTF-8.
func decodeText(raw []byte, charset string) (string, error) {
	if isUTF8(charset) {
		if !utf8.Valid(raw) {
			return "", fmt.Errorf("invalid UTF-8 at byte %d", invalidUTF8(raw))
		}
		return string(raw), nil
	}
	table := charmaps[strings.ToLower(charset)]
	if table == nil {
		return "", fmt.Errorf("the charset %.40q is not read; send UTF-8", charset)
	}
	size := 0
	for i, c := range raw {
		r := table.DecodeByte(c)
		if r == utf8.RuneError {
			return "", fmt.Errorf("no character of %s at byte %d", charset, i)
		}
		size += utf8.RuneLen(r)
	}
	var text strings.Builder
	text.Grow(size)
	for _, c := range raw {
		text.WriteRune(table.DecodeByte(c))
	}
	return text.String(), nil
}
