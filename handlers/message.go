package handlers

import (
	"encoding/base64"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

// bodyJSON shows a body as text where it is one, else in base64.
func bodyJSON(body []byte) (text, b64 *string) {
	if utf8.Valid(body) {
		s := string(body)
		return &s, nil
	}
	s := base64.StdEncoding.EncodeToString(body)
	return nil, &s
}

func showResponse(status int, headers [][2]string, body []byte) *responseJSON {
	r := &responseJSON{Status: status, Headers: headers}
	r.Body, r.BodyBase64 = bodyJSON(body)
	return r
}

// pairs shows header lines. A value that is not UTF-8 is Latin-1, the only
// other thing that HTTP knows.
func pairs(header [][2]string) [][2]string {
	out := make([][2]string, 0, len(header))
	for _, f := range header {
		out = append(out, [2]string{f[0], headerText(f[1])})
	}
	return out
}

func fieldPairs(header payload.Header) [][2]string {
	out := make([][2]string, 0, len(header))
	for _, f := range header {
		out = append(out, [2]string{f.Name, headerText(f.Value)})
	}
	return out
}

func headerText(value string) string {
	if utf8.ValidString(value) {
		return value
	}
	runes := make([]rune, len(value))
	for i := range len(value) {
		runes[i] = rune(value[i])
	}
	return string(runes)
}

// storedRequest is a delivery's request as it was received.
func storedRequest(d *models.Delivery) *payload.Request {
	r := &payload.Request{
		Method: d.Request.Method, Path: d.Request.Path, RawQuery: d.Request.RawQuery, URL: d.Request.URL,
		Body: d.Request.Body, ClientIP: d.Request.ClientIP, ReceivedAt: d.ReceivedAt.Time(),
	}
	for _, f := range d.Request.Header {
		r.Header = append(r.Header, payload.Field{Name: f[0], Value: f[1]})
	}
	return r
}
