package behaviors

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// respond is a compiled answer.
type respond struct {
	status  value
	headers []field
	kind    string // of its body, one of respondBodies, or "": none
	body    value
}

// respondBodies are what an answer may be made of, with its content type.
var respondBodies = map[string]string{
	"json": "application/json", "text": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8",
	"xml": "text/xml; charset=utf-8", "base64": "application/octet-stream", "redirect": "",
}

// bodyFormats are how what is interpolated in a body is escaped.
var bodyFormats = map[string]Format{"html": HTML, "xml": XML, "redirect": URL}

var redirectStatuses = []int64{301, 302, 303, 307, 308}

// respond compiles {status, headers, json | text | html | xml | base64 | redirect}.
func (c *compiler) respond(n *node) *respond {
	defer c.revealing("answered")()
	r := &respond{status: value{constant: int64(statusOK)}}
	var status, headers *node
	for _, p := range c.keys(inRespond, n, partNames["respond"]...) {
		switch p.key.text {
		case "status":
			status = p.value
		case "headers":
			headers = p.value
		default:
			if r.kind != "" {
				c.report(severalBodies, p.key.span, r.kind, p.key.text).suggest("keep one of them")
			}
			r.kind = p.key.text
			r.body = c.body(r.kind, p.value)
		}
	}
	if r.kind == "redirect" {
		r.status.constant = int64(statusSeeOther)
	}
	if status != nil {
		c.status(r, status)
	}
	if headers != nil {
		c.headers(r, headers)
	}
	return r
}

func (c *compiler) status(r *respond, n *node) {
	r.status = c.value(n, wanted{label: "status", kind: expression.Int})
	status, isConstant := r.status.constant.(int64)
	switch {
	case !r.status.isConstant() || !isConstant && !n.null():
	case n.null() || status < 200 || status > 599:
		c.report(badStatus, n.span, cut(n.text))
	case r.kind == "redirect" && !slices.Contains(redirectStatuses, status):
		c.report(redirectStatus, n.span, cut(n.text)).suggest("leave it out for 303, or choose among 301, 302, 303, 307 and 308")
	}
}

// body compiles what an answer is made of.
func (c *compiler) body(kind string, n *node) value {
	w := wanted{label: kind, kind: expression.Text, format: bodyFormats[kind]}
	if kind == "json" {
		w.kind = expression.Any
	}
	before := len(c.found)
	v := c.value(n, w)
	text, isText := v.constant.(string)
	switch {
	case slices.ContainsFunc(c.found[before:], func(d *finding) bool { return d.severity == bad }):
	case kind == "base64" && isText:
		if _, err := decodeBase64(text); err != nil {
			c.report(badBase64, n.span).suggest("write the bytes in base64 of the standard alphabet, or a text as `text`")
		}
	case kind == "redirect":
		c.redirect(n, &v)
	}
	return v
}

// redirect reports a URL that cannot become one, as far as it is written out.
func (c *compiler) redirect(n *node, v *value) {
	text, _ := v.constant.(string)
	switch {
	case v.whole != nil:
		return
	case len(v.parts) > 0:
		start := v.parts[0].literal
		if strings.HasPrefix("https://", start) || strings.HasPrefix("http://", start) || start == "/" {
			return
		}
		text = start + "1" // as what follows might be
	}
	if err := checkRedirect(text); err != nil {
		c.report(badRedirect, n.span, err)
	}
}

func (c *compiler) headers(r *respond, n *node) {
	if n.kind != mapNode {
		c.wrong(n.span, "headers", "a map", n.describe())
		return
	}
	for _, p := range n.pairs {
		why := HeaderNameProblem(p.key.text)
		if strings.EqualFold(p.key.text, "Location") && r.kind == "redirect" {
			why = "is what `redirect` sets"
		}
		if why != "" {
			c.report(badHeader, p.key.span, cut(p.key.text), why)
			continue
		}
		v := c.value(p.value, wanted{label: p.key.text, kind: expression.Text})
		if text, ok := v.constant.(string); ok {
			if why := HeaderValueProblem(p.key.text, text); why != "" {
				c.report(badHeader, p.value.span, cut(p.key.text), why)
			}
		}
		r.headers = append(r.headers, field{p.key.text, v})
	}
}

// answer evaluates a respond. params is what the log shows of it.
func (e *Evaluation) answer(r *respond) (response *Response, params map[string]any, err error) {
	w := expression.NewWalker(expression.Limits{})
	params = map[string]any{}
	response = &Response{}
	status, err := e.value(&r.status, w)
	if err != nil {
		return nil, params, fmt.Errorf("status: %w", err)
	}
	params["status"] = status
	if response.Status, err = statusOf(status, r.kind); err != nil {
		return nil, params, err
	}
	if err := e.answerHeaders(r, response, params, w); err != nil {
		return nil, params, err
	}
	if r.kind == "" {
		return response, params, nil
	}
	shown, err := e.answerBody(r, response, w)
	if err != nil {
		return nil, params, fmt.Errorf("%s: %w", r.kind, err)
	}
	params[r.kind] = shown
	if err := e.frame.Hold(w.Used()); err != nil {
		return nil, params, err
	}
	if kind := respondBodies[r.kind]; kind != "" {
		response.contentType(kind)
	}
	return response, params, nil
}

func statusOf(v any, kind string) (int, error) {
	if f, ok := v.(float64); ok && f == float64(int64(f)) {
		v = int64(f)
	}
	i, ok := v.(int64)
	switch {
	case !ok || i < 200 || i > 599:
		return 0, errors.New("status: must be a whole number from 200 to 599")
	case kind == "redirect" && !slices.Contains(redirectStatuses, i):
		return 0, errors.New("status: must be 301, 302, 303, 307 or 308 with a redirect")
	}
	return int(i), nil
}

func (e *Evaluation) answerHeaders(r *respond, response *Response, params map[string]any, w *expression.Walker) error {
	if len(r.headers) == 0 {
		return nil
	}
	headers := map[string]any{}
	params["headers"] = headers
	size := 0
	for i := range r.headers {
		name := r.headers[i].name
		v, err := e.value(&r.headers[i].value, w)
		var line string
		if err == nil {
			line, err = w.Text(v)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if v == nil {
			continue // nil leaves the header out
		}
		if why := HeaderValueProblem(name, line); why != "" {
			return fmt.Errorf("the header %s %s", name, why)
		}
		if size += len(name) + len(line); size > MaxAnswerHeader {
			return errors.New("the headers are larger than 32 KiB together")
		}
		headers[name] = line
		response.Header = append(response.Header, payload.Field{Name: name, Value: line})
	}
	return nil
}

// answerBody fills in the body, and gives what the log shows of it.
func (e *Evaluation) answerBody(r *respond, response *Response, w *expression.Walker) (shown any, err error) {
	if r.kind == "json" {
		x, err := e.value(&r.body, w)
		if err == nil {
			response.Body, err = w.JSON(x)
		}
		if err == nil && HoldsSecret(x) {
			err = errors.New("an answer does not take a secret")
		}
		return x, tooMuch(err, errBodySize)
	}
	text, err := e.bodyText(&r.body, w)
	if err != nil {
		return nil, tooMuch(err, errBodySize)
	}
	switch r.kind {
	case "base64":
		if response.Body, err = decodeBase64(text); err != nil {
			return nil, errBase64
		}
	case "redirect":
		if err = checkRedirect(text); err != nil {
			return nil, fmt.Errorf("the URL %w", err)
		}
		response.Header = append(response.Header, payload.Field{Name: "Location", Value: text})
	default:
		response.Body = []byte(text)
	}
	return text, nil
}

// bodyText is a body's text. Whatever is interpolated alone is escaped as its
// text is, also a list.
func (e *Evaluation) bodyText(v *value, w *expression.Walker) (string, error) {
	x, err := e.value(v, w)
	if err != nil {
		return "", err
	}
	text, isText := x.(string)
	if !isText {
		if text, err = w.Text(x); err == nil && v.whole != nil {
			text, err = v.escapeWhole(text)
		}
	}
	if err == nil && len(text) > expression.DefaultLimits.Memory {
		err = errBodySize
	}
	return text, err
}

var (
	errBodySize = errors.New("the body is larger than 8 MiB")
	errBase64   = errors.New("the text is no base64")
)

// tooMuch says in its own words that a value takes more than the budget to
// print. What an expression itself takes is told at its place.
func tooMuch(err, words error) error {
	var failed *expression.Error
	var located *evalError
	if errors.As(err, &failed) && failed.Code == "budget-memory" && !errors.As(err, &located) {
		return words
	}
	return err
}

// decodeBase64 reads the standard alphabet, with padding; blanks and line breaks
// between do not count.
func decodeBase64(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Map(func(r rune) rune {
		if isBlank(r) {
			return -1
		}
		return r
	}, text)) // which skips line breaks itself
}
