package payload

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// ReadRequest reads a request file: an HTTP/1.1 message as it is sent on the
// wire. A line of the head may end in LF alone, and where no Content-Length is
// given the body is all the rest. The path "/" is the listener's own URL. URL,
// ClientIP and ReceivedAt are the caller's to fill in. Errors name the line.
func ReadRequest(text []byte) (*Request, error) {
	f := requestFile{rest: text}
	r := &Request{}
	if err := f.requestLine(r); err != nil {
		return nil, err
	}
	if err := f.head(r); err != nil {
		return nil, err
	}
	body, err := f.body(r.Header)
	if err != nil {
		return nil, err
	}
	r.Body = append([]byte(nil), body...)
	r.Header.sort()
	return r, nil
}

// requestFile is what is left of a file, and the number of the line last read.
type requestFile struct {
	rest []byte
	line int
}

// next takes one line, without its end.
func (f *requestFile) next() (string, bool) {
	line, rest, found := bytes.Cut(f.rest, []byte("\n"))
	if !found && len(line) == 0 {
		return "", false
	}
	f.rest, f.line = rest, f.line+1
	return string(bytes.TrimSuffix(line, []byte("\r"))), true
}

func (f *requestFile) fail(format string, args ...any) error {
	return fmt.Errorf("request file: line %d: %s", f.line, fmt.Sprintf(format, args...))
}

func (f *requestFile) requestLine(r *Request) error {
	line, _ := f.next()
	method, rest, _ := strings.Cut(line, " ")
	target, version, _ := strings.Cut(rest, " ")
	if !isToken(method) || target == "" || version != "HTTP/1.1" && version != "HTTP/1.0" {
		f.line = 1
		return f.fail("want `METHOD /path HTTP/1.1`")
	}
	r.Method = method
	if scheme, after, absolute := strings.Cut(target, "://"); absolute && !strings.HasPrefix(scheme, "/") {
		at := strings.IndexAny(after, "/?")
		if at < 0 {
			at = len(after)
		}
		target = after[at:]
	} else if target[0] != '/' {
		return f.fail("the path does not begin with a slash")
	}
	r.Path, r.RawQuery, _ = strings.Cut(target, "?")
	if r.Path == "/" {
		r.Path = ""
	}
	return nil
}

// head takes the header lines and the blank line behind them.
func (f *requestFile) head(r *Request) error {
	for {
		line, ok := f.next()
		if !ok || line == "" {
			return nil
		}
		if line[0] == ' ' || line[0] == '\t' { // a folded line goes on with the one above
			if len(r.Header) == 0 {
				return f.fail("a header line begins with a space")
			}
			last := &r.Header[len(r.Header)-1]
			last.Value = strings.TrimLeft(last.Value+" "+strings.Trim(line, " \t"), " \t")
			continue
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			return f.fail("want `Name: value`, or the blank line above the body")
		}
		if !isToken(name) {
			return f.fail("%q is no name of a header", name)
		}
		value = strings.Trim(value, " \t")
		if strings.ContainsAny(value, "\x00\r") {
			return f.fail("header %s has a control character", name)
		}
		r.Header = append(r.Header, Field{Name: name, Value: value})
	}
}

// body takes what the header announces.
func (f *requestFile) body(h Header) ([]byte, error) {
	if coding := h.Get("Transfer-Encoding"); coding != "" {
		if !strings.EqualFold(coding, "chunked") {
			return nil, fmt.Errorf("request file: Transfer-Encoding %q is unknown; chunked is known", coding)
		}
		return f.chunks()
	}
	lengths := h.Values("Content-Length")
	if len(lengths) == 0 {
		return f.rest, nil
	}
	n, err := strconv.ParseUint(lengths[0], 10, 31)
	if err != nil || len(lengths) > 1 {
		return nil, fmt.Errorf("request file: Content-Length %q is no single length", strings.Join(lengths, ", "))
	}
	// an editor's newline at the end of the file is not meant
	extra := len(f.rest) - int(n)
	if extra < 0 || extra > 0 && len(bytes.TrimLeft(f.rest[n:], "\r\n")) > 0 {
		return nil, fmt.Errorf("request file: Content-Length is %d, but the body has %d bytes; correct the header or leave it out", n, len(f.rest))
	}
	return f.rest[:n], nil
}

// chunks takes a chunked body, and drops its trailer.
func (f *requestFile) chunks() ([]byte, error) {
	var body []byte
	for {
		line, _ := f.next()
		size, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		if err != nil {
			return nil, f.fail("want the length of a chunk, got %q", line)
		}
		if n == 0 {
			return body, nil
		}
		if int(n) > len(f.rest) {
			return nil, f.fail("the chunk has %d of %d bytes", len(f.rest), n)
		}
		chunk := f.rest[:n]
		body = append(body, chunk...)
		f.line += bytes.Count(chunk, []byte("\n"))
		f.rest = f.rest[n:]
		if end, _ := f.next(); end != "" {
			return nil, f.fail("want the end of a chunk of %d bytes, got %q", n, end)
		}
	}
}

// isToken tells whether s may be a method or the name of a header (RFC 9110, 5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' {
			continue
		}
		if strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}
