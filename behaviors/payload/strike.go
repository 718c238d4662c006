package payload

import (
	"bytes"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
)

// struck stands where a secret was.
const struck = "struck"

// Strike returns the request without some texts, which are secrets: they stand
// nowhere in it, in any spelling in which it could be read. Where one cannot be
// taken out by itself, what holds it is left out as a whole.
func (r *Request) Strike(secrets []string) *Request {
	out := *r
	out.Files = nil
	out.Header = slices.Clone(r.Header)
	for _, secret := range secrets {
		if secret != "" {
			out.strike(secret)
		}
	}
	return &out
}

func (r *Request) strike(secret string) {
	written := spellings(secret)
	for i, f := range r.Header {
		if r.Header[i].Value = written.strike(f.Value); unescapedHolds(r.Header[i].Value, secret) {
			r.Header[i].Value = struck
		}
	}
	r.Body = []byte(written.strike(string(r.Body)))
	if bytes.Contains(r.Body, []byte(secret)) || holds(r.decoded(), secret) {
		r.Body = nil
	}
	r.Path, r.RawQuery, r.URL = written.strike(r.Path), written.strike(r.RawQuery), written.strike(r.URL)
	if holds(r.query(), secret) || strings.Contains(r.RawQuery, secret) {
		r.RawQuery = ""
	}
	if unescapedHolds(r.Path, secret) {
		r.Path = "/" + struck
	}
	if unescapedHolds(strings.ReplaceAll(r.URL, "+", "%20"), secret) || unescapedHolds(r.URL, secret) {
		r.URL = ""
	}
}

// forms are the spellings of a text.
type forms []string

// spellings are a text as it is, last, and as JSON, XML and URLs write it.
func spellings(secret string) (f forms) {
	inJSON, _ := marshalText(secret)
	forHTML, _ := json.Marshal(secret)
	for _, form := range []string{
		strings.Trim(string(inJSON), `"`), strings.Trim(string(forHTML), `"`), strings.ReplaceAll(secret, "/", `\/`),
		url.QueryEscape(secret), url.PathEscape(secret), strings.ToLower(url.QueryEscape(secret)), html.EscapeString(secret), secret,
	} {
		if form != "" && !slices.Contains(f, form) {
			f = append(f, form)
		}
	}
	return f
}

// strike takes them out one after the other. A strings.Replacer, which does so at
// once, takes the product of both lengths where a text nearly matches everywhere,
// and whoever calls writes both.
func (f forms) strike(s string) string {
	for _, form := range f {
		s = strings.ReplaceAll(s, form, struck)
	}
	return s
}

// decoded is the payload, or nil where there is none.
func (r *Request) decoded() any {
	var paths Paths
	root := paths.Add(nil)
	body, err := Scan(r, &paths, DefaultLimits)
	if err != nil {
		return nil
	}
	return body.Value(root)
}

// holds tells whether a text stands in a value, or in a name of one.
func holds(v any, text string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, text)
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return holds(item, text) })
	case map[string]any:
		for name, item := range v {
			if strings.Contains(name, text) || holds(item, text) {
				return true
			}
		}
	}
	return false
}

// unescapedHolds also looks behind the escapes of a URL.
func unescapedHolds(s, text string) bool {
	unescaped, err := url.PathUnescape(s)
	return strings.Contains(s, text) || err == nil && strings.Contains(unescaped, text)
}
