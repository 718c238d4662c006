package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/url"
	"slices"
	"strings"
)

// Set replaces one value in a request's body by a text, and leaves every other
// byte as it is. The path is the names in JSON down to it, joined by dots, or
// the name of a form's field. found is false where the body has none, which
// changes nothing; the error is of a body that cannot be read.
func Set(r *Request, path, text string) (found bool, err error) {
	if media, _, _ := mime.ParseMediaType(r.ContentType()); media == "application/x-www-form-urlencoded" {
		return setField(r, path, text)
	}
	var keys []Key
	for name := range strings.SplitSeq(path, ".") {
		keys = append(keys, Key{Name: name})
	}
	var paths Paths
	at := paths.Add(keys)
	body, err := Scan(r, &paths, DefaultLimits)
	if err != nil {
		return false, err
	}
	if problem := body.Problem(); problem != "" {
		return false, errors.New(problem)
	}
	start, end, ok := body.Span(at)
	if !ok {
		return false, nil
	}
	value, err := marshalText(text)
	if err != nil {
		return false, err
	}
	r.Body = slices.Concat(r.Body[:start], value, r.Body[end:])
	return true, nil
}

// marshalText is JSON without the escapes that only HTML needs.
func marshalText(text string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func setField(r *Request, name, text string) (found bool, err error) {
	pairs := strings.Split(string(r.Body), "&")
	for i, pair := range pairs {
		fields, err := ParseForm(pair, DefaultLimits)
		if err != nil {
			return false, err
		}
		if len(fields) == 1 && fields[0].Name == name {
			key, _, _ := strings.Cut(pair, "=")
			pairs[i] = key + "=" + url.QueryEscape(text)
			r.Body = []byte(strings.Join(pairs, "&"))
			return true, nil
		}
	}
	return false, nil
}
