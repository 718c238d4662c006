package models

import (
	"strings"
	"unicode/utf8"
)

// maxText bounds messages that come from elsewhere.
const maxText = 4 << 10

// maxBy bounds who did something, as the columns do.
const maxBy = 191

// message makes foreign text fit for a text column: MySQL refuses what is not
// UTF-8, and what is longer than a column either fails or is cut by the server,
// as the host's sql_mode says.
func message(text string) string {
	return cut(strings.ToValidUTF8(text, "\uFFFD"), maxText)
}

// cut shortens text to at most n bytes, at a rune's beginning.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
