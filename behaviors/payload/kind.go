package payload

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"
)

// Kind is what a body claims to be.
type Kind string

// The kinds that `accept.types` knows. A request with neither a body nor a
// content type claims nothing: its kind is "".
const (
	JSON      Kind = "json"
	Form      Kind = "form"
	Multipart Kind = "multipart"
	XML       Kind = "xml"
	Text      Kind = "text"
	Binary    Kind = "binary"
)

// Kind returns what the request declares its body to be. Amazon SNS and others
// send JSON as text/plain, or without a type: a body that is a JSON map or list
// then counts as JSON. (A number or a word is as much text as it is JSON.)
func (r *Request) Kind() Kind {
	kind, guess := r.declared()
	if guess && looksLikeJSON(r.Body) {
		s := scanner{text: r.Body, limits: DefaultLimits}
		// beyond a limit it is JSON all the same, which Scan then refuses
		var malformed *syntaxError
		if !errors.As(s.document(), &malformed) {
			return JSON
		}
	}
	return kind
}

// declared is the kind by the content type alone; guess is true where the type
// does not rule out JSON.
func (r *Request) declared() (kind Kind, guess bool) {
	media, _, _ := strings.Cut(r.ContentType(), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch {
	case media == "":
		switch {
		case len(r.Body) == 0:
			return "", false
		case utf8.Valid(r.Body):
			return Text, true
		}
		return Binary, false
	case media == "text/plain":
		return Text, true
	case media == "application/json", media == "text/json", strings.HasSuffix(media, "+json"):
		return JSON, false
	case media == "application/x-www-form-urlencoded":
		return Form, false
	case strings.HasPrefix(media, "multipart/"):
		return Multipart, false
	case media == "application/xml", media == "text/xml", strings.HasSuffix(media, "+xml"):
		return XML, false
	case strings.HasPrefix(media, "text/"):
		return Text, false
	}
	return Binary, false
}

// looksLikeJSON tells whether a body begins as a JSON map or list does.
func looksLikeJSON(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, byteOrderMark), " \t\r\n")
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}
