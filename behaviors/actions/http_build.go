package actions

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// httpCall is a call of http.request in the making.
type httpCall struct {
	*Call
	url     string
	secrets []string // the values that go along
}

// secret fetches a value for the call's URL.
func (c *httpCall) secret(ref expression.Secret) (string, error) {
	value, err := c.Secret(ref, c.url)
	if err == nil && !slices.Contains(c.secrets, value) {
		c.secrets = append(c.secrets, value)
	}
	return value, err
}

// target is the URL with the query's parameters behind its own.
func (c *httpCall) target() (string, error) {
	u, err := url.Parse(c.Text("url"))
	if err != nil {
		return "", mistake("url is malformed")
	}
	query := url.Values{}
	if err := c.fields("query", query); err != nil {
		return "", err
	}
	if len(query) > 0 {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+query.Encode(), "&")
	}
	return u.String(), nil
}

// ownHeaders are written by the client, or change what an answer is.
var ownHeaders = []string{
	"Host", "Content-Length", "Connection", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding",
	"Upgrade", "Expect", "Accept-Encoding",
}

func (c *httpCall) headers() (http.Header, error) {
	given, err := members(c.Params["headers"], "headers")
	if err != nil {
		return nil, err
	}
	h := http.Header{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		key := http.CanonicalHeaderKey(name)
		if slices.Contains(ownHeaders, key) {
			return nil, mistake("headers: " + name + " is written by the client itself")
		}
		if h[key] != nil {
			return nil, mistake("headers: " + name + " is there twice")
		}
		value, given, err := c.text(given[name], "headers: "+name)
		if err != nil {
			return nil, err
		}
		if given {
			h[key] = []string{value}
		}
	}
	return h, nil
}

// body is what json, form, text or xml say, or nil.
func (c *httpCall) body() (body []byte, contentType string, err error) {
	kind := ""
	for _, name := range []string{"json", "form", "text", "xml"} {
		if c.Params[name] == nil {
			continue
		}
		if kind != "" {
			return nil, "", mistake("a request has one body, got " + kind + " and " + name)
		}
		kind = name
	}
	switch kind {
	case "json":
		revealed, err := c.reveal(c.Params["json"])
		if err != nil {
			return nil, "", err
		}
		body, err := expression.NewWalker(expression.Limits{}).JSON(revealed)
		if err != nil {
			return nil, "", &Error{Message: "json: " + err.Error(), Permanent: true, Blame: BlameBehavior, Err: err}
		}
		return body, "application/json", nil
	case "form":
		form := url.Values{}
		err := c.fields("form", form)
		return []byte(form.Encode()), "application/x-www-form-urlencoded", err
	case "text":
		return []byte(c.Text("text")), "text/plain; charset=utf-8", nil
	case "xml":
		return []byte(c.Text("xml")), "application/xml; charset=utf-8", nil
	}
	return nil, "", nil
}

// reveal puts values in the place of secrets, in a copy. What holds none is not
// copied: it may share structure, and the copy would not.
func (c *httpCall) reveal(v any) (any, error) {
	if !behaviors.HoldsSecret(v) {
		return v, nil
	}
	switch v := v.(type) {
	case expression.Secret:
		return c.secret(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			var err error
			if list[i], err = c.reveal(v[i]); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, item := range v {
			var err error
			if m[name], err = c.reveal(item); err != nil {
				return nil, err
			}
		}
		return m, nil
	}
	return v, nil
}

// fields adds a map's entries to those of a query or a form.
func (c *httpCall) fields(param string, to url.Values) error {
	given, err := members(c.Params[param], param)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		values, isList := given[name].([]any)
		if !isList {
			values = []any{given[name]}
		}
		for _, v := range values {
			text, given, err := c.text(v, param+": "+name)
			if err != nil {
				return err
			}
			if given {
				to.Add(name, text)
			}
		}
	}
	return nil
}

// text is a value of a header or of a field; given is false for nil.
func (c *httpCall) text(v any, what string) (text string, given bool, err error) {
	switch v := v.(type) {
	case nil:
		return "", false, nil
	case expression.Secret:
		text, err = c.secret(v)
		return text, true, err
	case []any, map[string]any, expression.Object:
		return "", false, mistake(what + " is no text")
	}
	if text, err = expression.NewWalker(expression.Limits{}).Text(v); err != nil {
		err = mistake(what + ": " + err.Error())
	}
	return text, true, err
}

// members of a map, or of an object such as request.headers.
func members(v any, what string) (map[string]any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return v, nil
	case expression.Object:
		m := map[string]any{}
		for _, name := range v.Members() {
			m[name] = v.Member(name)
		}
		return m, nil
	}
	return nil, mistake(fmt.Sprintf("%s is no map", what))
}
