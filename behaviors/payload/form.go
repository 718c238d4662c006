package payload

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ParseForm splits application/x-www-form-urlencoded text into its fields, in
// their order and repetition. As browsers do, it takes only `&` as a separator
// and leaves a percent sign that begins no escape as it is. The error is a
// *LimitError beyond Limits.FormFields, else a field is no UTF-8.
func ParseForm(text string, l Limits) ([]Field, error) {
	// counted before anything is kept; it may count empty fields in
	if n := strings.Count(text, "&"); n >= l.FormFields && countFields(text) > l.FormFields {
		return nil, &LimitError{What: "form fields", Max: l.FormFields}
	}
	fields := splitForm(text)
	for i, f := range fields {
		if !utf8.ValidString(f.Name) || !utf8.ValidString(f.Value) {
			return nil, fmt.Errorf("invalid UTF-8 in field %d", i+1)
		}
	}
	return fields, nil
}

func countFields(text string) int {
	n := 0
	for part := range strings.SplitSeq(text, "&") {
		if part != "" {
			n++
		}
	}
	return n
}

func splitForm(text string) []Field {
	var fields []Field
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		fields = append(fields, Field{Name: unescapeForm(name), Value: unescapeForm(value)})
	}
	return fields
}

func unescapeForm(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			out.WriteByte(' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
