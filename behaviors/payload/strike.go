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
	replace := replacer(secret)
	for i, f := range r.Header {
		if r.Header[i].Value = replace.Replace(f.Value); unescapedHolds(r.Header[i].Value, secret) {
			r.Header[i].Value = struck
		}
	}
	r.Body = []byte(replace.Replace(string(r.Body)))
	if bytes.Contains(r.Body, []byte(secret)) || holds(r.decoded(), secret) {
		r.Body = nil
	}
	r.Path, r.RawQuery, r.URL = replace.Replace(r.Path), replace.Replace(r.RawQuery), replace.Replace(r.URL)
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

// replacer takes out a text as it is, and as JSON, XML and URLs write it.
func replacer(secret string) *strings.Replacer {
	var pairs []string
	add := func(form string) {
		if form != "" && !slices.Contains(pairs, form) {
			pairs = append(pairs, form, struck)
		}
	}
	inJSON, _ := marshalText(secret)
	forHTML, _ := json.Marshal(secret)
	for _, form := range []string{
		strings.Trim(string(inJSON), `"`), strings.Trim(string(forHTML), `"`), strings.ReplaceAll(secret, "/", `\/`),
		url.QueryEscape(secret), url.PathEscape(secret), strings.ToLower(url.QueryEscape(secret)), html.EscapeString(secret), secret,
	} {
		add(form)
	}
	return strings.NewReplacer(pairs...)
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
