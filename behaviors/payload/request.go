package payload

import (
	"strings"
	"time"
)

// Field is one header line as it was received.
type Field struct {
	Name, Value string
}

// Header holds header lines in the order of their names, and of arrival within
// a name. Names keep the spelling that they came with; look-up ignores case.
type Header []Field

// Get returns the first value of a header, or "".
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Values returns every value of a header.
func (h Header) Values(name string) []string {
	var values []string
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// Request is one HTTP request as a listener received it. Body holds the raw
// bytes, which signatures are computed over; nothing changes them.
type Request struct {
	Method     string
	Path       string // what follows the listener's URL, undecoded: "" or "/…"
	RawQuery   string // as sent, without "?"
	URL        string // as the caller was given it: base URL or override, with path and query
	Header     Header
	Body       []byte
	ClientIP   string
	ReceivedAt time.Time
	Test       bool // a provider's ping or sample
}

// Kind is what a body claims to be.
type Kind string

// The kinds that `accept.types` knows.
const (
	JSON      Kind = "json"
	Form      Kind = "form"
	Multipart Kind = "multipart"
	XML       Kind = "xml"
	Text      Kind = "text"
	Binary    Kind = "binary"
)
