package behaviors

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

// Statuses of our own answers. net/http has them, too, and would bring a whole
// client and server into a room that does no I/O, and into the browser.
const (
	statusOK           = 200
	statusNoContent    = 204
	statusSeeOther     = 303
	statusBadRequest   = 400
	statusUnauthorized = 401
	statusMethod       = 405
	statusType         = 415
	statusFailed       = 500
	statusUnavailable  = 503
)

// Response is an HTTP answer.
type Response struct {
	Status int
	Header payload.Header
	Body   []byte
}

// responseJSON is the form that the outside sees: a body that is no UTF-8 is
// sent as base64.
type responseJSON struct {
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
	Body    *string     `json:"body,omitempty"`
	Base64  []byte      `json:"body_base64,omitempty"`
}

// MarshalJSON writes {status, headers: [[name, value]], body | body_base64}.
func (r Response) MarshalJSON() ([]byte, error) {
	out := responseJSON{Status: r.Status, Headers: make([][2]string, len(r.Header))}
	for i, f := range r.Header {
		out.Headers[i] = [2]string{f.Name, f.Value}
	}
	if utf8.Valid(r.Body) {
		body := string(r.Body)
		out.Body = &body
	} else {
		out.Base64 = r.Body
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Response) UnmarshalJSON(data []byte) error {
	var in responseJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*r = Response{Status: in.Status, Body: in.Base64}
	for _, h := range in.Headers {
		r.Header = append(r.Header, payload.Field{Name: h[0], Value: h[1]})
	}
	if in.Body != nil && *in.Body != "" {
		r.Body = []byte(*in.Body)
	}
	return nil
}

// contentType is set where the behavior did not.
func (r *Response) contentType(value string) {
	if len(r.Header.Values("Content-Type")) == 0 {
		r.Header = append(r.Header, payload.Field{Name: "Content-Type", Value: value})
	}
}

// plainResponse is an answer of ours to the caller: it says nothing about our
// insides.
func plainResponse(status int, body string) *Response {
	r := &Response{Status: status, Body: []byte(body + "\n")}
	r.contentType("text/plain; charset=utf-8")
	return r
}

func failedResponse() *Response {
	return plainResponse(statusFailed, "the request could not be processed")
}

func replyResponse(r signatures.Reply) *Response {
	out := &Response{Status: r.Status, Header: r.Header}
	if r.Body != "" {
		out.Body = []byte(r.Body)
	}
	return out
}

// emptyAnswer is what a caller gets where the behavior gives no answer.
func (p *Program) emptyAnswer() *Response {
	if p.provider != nil && p.provider.Empty.Status != 0 {
		return replyResponse(p.provider.Empty)
	}
	return &Response{Status: statusOK}
}

// DeadlineResponse is what is sent when the deadline has passed.
func (e *Evaluation) DeadlineResponse() *Response {
	if e.p.late == nil {
		return e.p.emptyAnswer()
	}
	if err := e.scan(); err != nil {
		return e.p.emptyAnswer()
	}
	r, _, err := e.answer(e.p.late)
	if err != nil {
		return e.p.emptyAnswer()
	}
	return r
}
