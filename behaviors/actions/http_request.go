package actions

import (
	"context"
	"net/http"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/outbound"
)

const httpRequestName = "http.request"

func httpRequestSpec() behaviors.ActionSpec {
	fields := expression.Type{Kind: expression.Map, Open: true}
	lines := expression.Type{Kind: expression.Map, Open: true, Elem: &textType}
	return behaviors.ActionSpec{
		Name:    httpRequestName,
		Summary: "Calls a URL. An answer outside of accept is a failure; a redirect is not followed.",
		Params: []behaviors.ParamSpec{
			{Name: "method", Type: textType, Format: behaviors.Plain, Options: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"},
				Help: "GET, or POST where there is a body, if it is not given."},
			{Name: "url", Type: textType, Format: behaviors.URL, Required: true, Help: "Where to: https://api.example.com/v1/items."},
			{Name: "query", Type: fields, Help: "Added to the url's query; a list repeats its name, and nil leaves it out."},
			{Name: "headers", Type: lines, SecretFields: true, Help: "By name; a value may be a secret, whole: it is sent to the secret's hosts only. nil leaves it out."},
			{Name: "json", SecretFields: true, Help: "The body as JSON; a field's value may be a secret, whole."},
			{Name: "form", Type: fields, SecretFields: true, Help: "The body as a form, in place of json; a field's value may be a secret, whole."},
			{Name: "text", Type: textType, Format: behaviors.Plain, Help: "The body as text, in place of json."},
			{Name: "xml", Type: textType, Format: behaviors.XML, Help: "The body as XML, in place of json."},
			{Name: "accept", Help: "Statuses that are no failure, such as [200, 404] or [\"2xx\", 302]; 2xx if it is not given."},
		},
		Output:  httpOutputType,
		Example: httpExample,
		Usage: `- http.request:
    method: PUT
    url: "https://api.example.com/v1/orders/${{ payload.order.id }}"
    headers: {Authorization: "${{ inputs.api_key }}"}
    json: {status: paid, total: "${{ payload.order.total }}"}
    accept: ["2xx", 404]
  as: answer
- log: "the order is not there"
  when: answer.status == 404`,
		Fails: "A parameter does not fit, there are two bodies, the host may not be called, a secret is not for it, or the answer is outside of accept and " + finalAnswers + ". " + heedsPause,
		Reach: behaviors.ReachOutside,
	}
}

var (
	httpOutputType = expression.Type{Kind: expression.Map, Fields: map[string]expression.Type{
		"status": {Kind: expression.Int}, "headers": {Kind: expression.Map, Open: true}, "body": textType, "json": {},
	}}
	httpExample = map[string]any{
		"status": int64(200), "headers": map[string]any{"content-type": "application/json"}, "body": `{"id":7}`,
		"json": map[string]any{"id": int64(7)},
	}
)

func httpRequest() *Action {
	return &Action{ActionSpec: httpRequestSpec(), Do: requestByHTTP}
}

// requestByHTTP knows all that is wrong before it calls: a secret that is not for
// this host makes no call at all.
func requestByHTTP(ctx context.Context, c *Call) (any, error) {
	accepted, err := parseAccept(c.Params["accept"])
	if err != nil {
		return nil, err
	}
	call := &httpCall{Call: c}
	r, err := call.request()
	if err != nil {
		return nil, err
	}
	r.Timeout = remaining(ctx)
	answer, err := c.HTTP.Do(ctx, r)
	if err != nil {
		return nil, callFailed(err)
	}
	if !accepted.include(answer.Status) {
		return nil, refused(answer, call.secrets...)
	}
	return call.output(answer), nil
}

// request is what is sent.
func (c *httpCall) request() (outbound.Request, error) {
	var err error
	r := outbound.Request{Method: c.Text("method")}
	if r.URL, err = c.target(); err != nil {
		return r, err
	}
	c.url = r.URL
	contentType := ""
	if r.Body, contentType, err = c.body(); err != nil {
		return r, err
	}
	if r.Header, err = c.headers(); err != nil {
		return r, err
	}
	bodiless := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case r.Body == nil && r.Method == "":
		r.Method = http.MethodGet
	case r.Body == nil:
	case bodiless:
		return r, mistake("a " + r.Method + " has no body: leave it out, or choose another method")
	case r.Method == "":
		r.Method = http.MethodPost
	}
	if r.Body != nil && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", contentType)
	}
	if r.Header.Get("Idempotency-Key") == "" {
		r.Header.Set("Idempotency-Key", c.IdempotencyKey)
	}
	return r, nil
}
