package handlers

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"
)

const maxAPIBody = 1 << 20

// optional is a field of a merge patch: absent, null or a value.
type optional[T any] struct {
	Sent  bool
	Null  bool
	Value T
}

// UnmarshalJSON is only called for a field that was sent.
func (o *optional[T]) UnmarshalJSON(b []byte) error {
	o.Sent = true
	if string(b) == "null" {
		o.Null = true
		return nil
	}
	return json.Unmarshal(b, &o.Value)
}

// decode reads the body into a struct, strictly: JSON by its content type, one
// object, no field that the struct does not have. An empty body is an empty
// object only where emptyOK.
func (c *call) decode(into any, emptyOK bool) error {
	body, err := io.ReadAll(http.MaxBytesReader(nil, c.r.Body, maxAPIBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return &Problem{Status: http.StatusRequestEntityTooLarge, Title: "The request is too large.", Detail: "at most 1 MiB", closes: true}
	case err != nil:
		p := malformed("the body ended early")
		p.closes = true
		return p
	case len(body) == 0 && emptyOK:
		return nil
	}
	media, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || media != "application/json" && media != "application/merge-patch+json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return &Problem{Status: http.StatusUnsupportedMediaType, Title: "The body must be JSON.", Detail: "send Content-Type: application/json"}
	}
	if !utf8.Valid(body) {
		return malformed("the body is not UTF-8")
	}
	return decodeObject(body, into)
}

func decodeObject(body []byte, into any) error {
	var fields map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(body))
	var typeError *json.UnmarshalTypeError
	if err := d.Decode(&fields); errors.As(err, &typeError) || err == nil && fields == nil {
		return malformed("the body must be one JSON object")
	} else if err != nil {
		return malformed("the body is no JSON: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return malformed("something follows the JSON object")
	}
	// encoding/json matches names by any case; ours have one spelling.
	known := map[string]bool{}
	for f := range reflect.TypeOf(into).Elem().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		known[name] = true
	}
	for name := range fields {
		if !known[name] {
			return malformed("unknown field `%s`", name)
		}
	}
	err := json.Unmarshal(body, into)
	if errors.As(err, &typeError) {
		return invalid(FieldError{fieldOf(into, fields, typeError), "type", "must not be a " + typeError.Value})
	}
	if err != nil {
		return malformed("the body cannot be read: %v", err)
	}
	return nil
}

// fieldOf names the field that has the wrong type. Inside of an optional,
// encoding/json forgets where it is, so the field is the one that fails alone.
func fieldOf(into any, fields map[string]json.RawMessage, e *json.UnmarshalTypeError) string {
	if e.Field != "" {
		return e.Field
	}
	for f := range reflect.TypeOf(into).Elem().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if raw, sent := fields[name]; sent && json.Unmarshal(raw, reflect.New(f.Type).Interface()) != nil {
			return name
		}
	}
	return ""
}
