package payload

import (
	"strings"
	"time"
)

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
	// Problem says why the payload is nil, once the body has been read; "" is none.
	Problem string
	Files   []*File // of a multipart body, once it has been read

	text *string // the body as text, once it was asked for
}

// ContentType returns the header as it was sent, parameters included, or "".
func (r *Request) ContentType() string { return r.Header.Get("Content-Type") }

// Member returns what `request.name` is in an expression, and nil for a name
// that a request does not have. `problem` and `files` belong to the [Body], whose
// evaluator fills them in.
func (r *Request) Member(name string) any {
	switch name {
	case "method":
		return r.Method
	case "path":
		return r.Path
	case "query":
		return r.query()
	case "headers":
		return r.Header
	case "body":
		return r.bodyText()
	case "content_type":
		return readable(r.ContentType())
	case "client_ip":
		return r.ClientIP
	case "url":
		return r.URL
	case "received_at":
		return r.ReceivedAt
	case "files":
		files := make([]any, len(r.Files))
		for i, f := range r.Files {
			files[i] = f
		}
		return files
	case "test":
		return r.Test
	case "problem":
		if r.Problem != "" {
			return r.Problem
		}
	}
	return nil
}

// Members returns the names that Member knows, and `problem`, sorted.
func (r *Request) Members() []string {
	return []string{
		"body", "client_ip", "content_type", "files", "headers", "method",
		"path", "problem", "query", "received_at", "test", "url",
	}
}

// bodyText is made once: a body may be large.
func (r *Request) bodyText() string {
	if r.text == nil {
		text := readable(string(r.Body))
		r.text = &text
	}
	return *r.text
}

// query is the decoded query. It has no problem to report, so what is no UTF-8
// becomes U+FFFD.
func (r *Request) query() map[string]any {
	fields := splitForm(r.RawQuery)
	for i, f := range fields {
		fields[i] = Field{Name: readable(f.Name), Value: readable(f.Value)}
	}
	return formMap(fields)
}

// readable is a text for people and expressions: every text there is UTF-8.
func readable(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
