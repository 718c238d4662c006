package behaviors

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// cors is which pages of other origins may call the listener from a browser.
type cors struct {
	origins value // a list of texts, or one text
	headers []string
	maxAge  time.Duration // 0: the browser's own
}

const anyOrigin = "*"

// defaultCORSHeaders lets a page post JSON.
var defaultCORSHeaders = []string{"Content-Type"}

func (c *compiler) cors(n *node) {
	c.p.cors = &cors{headers: defaultCORSHeaders}
	pairs := c.keys("`cors`", n, partNames["cors"]...)
	given := false
	for _, p := range pairs {
		switch p.key.text {
		case "origins":
			given = true
			c.origins(p.value)
		case "headers":
			c.p.cors.headers = c.corsHeaders(p.value)
		case "max_age":
			if c.p.cors.maxAge = c.duration("max_age", p.value); c.p.cors.maxAge%time.Second != 0 {
				c.report(badDuration, p.value.span, cut(p.value.text)).suggest("write whole seconds, such as `10m`")
			}
		}
	}
	if !given && n.kind == mapNode {
		c.report(missingKey, n.span, "origins", "`cors`").suggest("add the origins whose pages may call, such as `https://www.example.com`")
	}
}

// origins is a list, a text, or one ${{ }} of either.
func (c *compiler) origins(n *node) {
	items := []*node{n}
	if n.kind == listNode {
		items = n.items
		if len(items) == 0 {
			c.wrong(n.span, "origins", "at least one origin", "none")
		}
	}
	c.p.cors.origins = c.value(n, wanted{label: "origins"})
	if list, ok := c.p.cors.origins.constant.([]any); ok && len(list) == 1 {
		c.p.cors.origins.constant = list[0]
	}
	for _, item := range items {
		if item.kind != scalarNode || item.null() {
			c.wrong(item.span, "origins", "origins as texts", item.describe())
		} else if !strings.Contains(item.text, "${{") && item.tag == "" {
			c.origin(item, len(items))
		}
	}
}

func (c *compiler) origin(n *node, of int) {
	switch err := checkOrigin(n.text); {
	case n.text == anyOrigin && of > 1:
		c.report(badOrigin, n.span, n.text, "includes every other").suggest("keep it alone, or remove it")
	case err == nil || n.text == anyOrigin:
	default:
		d := c.report(badOrigin, n.span, cut(n.text), err)
		if origin := webOrigin(n.text); origin != "" {
			d.suggest("write `" + origin + "`")
			d.fix("Write "+origin, n.span, singleQuoted(origin))
		}
	}
}

var (
	errOriginForm = errors.New("is no origin: write its scheme, host and port, such as https://www.example.com, without a path, or * for all")
	errOriginHost = errors.New("has a host that browsers would write otherwise: write it in lower case and ASCII")
	errOriginPort = errors.New("names the port that its scheme has anyway, which browsers leave out")
)

// checkOrigin holds an origin to the spelling in which browsers send it, as the
// two are compared letter by letter. Errors are phrases that follow it.
func checkOrigin(origin string) error {
	scheme, written, found := strings.Cut(origin, "://")
	if !found || scheme != "https" && scheme != "http" || strings.ContainsAny(written, "/?#@\\*") {
		return errOriginForm
	}
	h, err := parseHost(written)
	if err != nil || h.String() != written {
		return errOriginHost
	}
	if scheme == "https" && h.port == "443" || scheme == "http" && h.port == "80" {
		return errOriginPort
	}
	return nil
}

// webOrigin is the origin of a URL, as a listener's input may have one, or "".
func webOrigin(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User != nil {
		return ""
	}
	host := strings.ToLower(u.Host)
	for scheme, port := range map[string]string{"https": ":443", "http": ":80"} {
		if u.Scheme == scheme {
			host = strings.TrimSuffix(host, port)
		}
	}
	if origin := u.Scheme + "://" + host; checkOrigin(origin) == nil {
		return origin
	}
	return ""
}

func (c *compiler) corsHeaders(n *node) []string {
	headers := []string{}
	for _, h := range c.texts("headers", n) {
		if h.text != "*" && HeaderNameProblem(h.text) != "" {
			c.report(badHeader, h.span, cut(h.text), HeaderNameProblem(h.text))
		}
		headers = append(headers, h.text)
	}
	return headers
}

// CORS gives the headers that every answer to the request carries, also where it
// is refused, so that a page of an origin that may call can read it. nil where
// the behavior has no cors, or none is needed.
func (e *Evaluation) CORS() payload.Header {
	if e.p.cors == nil {
		return nil
	}
	var header payload.Header
	origin, _ := e.allowedOrigin() // which Admit reports
	if origin != "" {
		header = append(header, payload.Field{Name: "Access-Control-Allow-Origin", Value: origin})
	}
	if e.p.cors.origins.constant != anyOrigin {
		header = append(header, payload.Field{Name: "Vary", Value: "Origin"})
	}
	return header
}

// allowedOrigin is the origin of the request if its pages may call, "*" where
// all may, or "".
func (e *Evaluation) allowedOrigin() (string, error) {
	origins := e.d.Request.Header.Values("Origin")
	if len(origins) != 1 {
		return "", nil
	}
	v, err := e.value(&e.p.cors.origins, expression.NewWalker(expression.Limits{}))
	if err != nil {
		return "", fmt.Errorf("origins: %w", err)
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	for _, item := range list {
		switch allowed := item.(type) {
		case nil:
		case string:
			if allowed == anyOrigin {
				return anyOrigin, nil
			}
			if webOrigin(allowed) == origins[0] {
				return origins[0], nil
			}
		default:
			return "", fmt.Errorf("origins: takes a list of texts, and holds %s", kindWords(valueKind(item)))
		}
	}
	return "", nil
}

// Preflight answers the question that a browser asks before it lets a page of
// another origin call, or is nil where the request is none. The headers of CORS
// belong to it, too.
func (e *Evaluation) Preflight() *Response {
	req := e.d.Request
	method := req.Header.Values("Access-Control-Request-Method")
	if e.p.cors == nil || req.Method != "OPTIONS" || len(req.Header.Values("Origin")) != 1 || len(method) != 1 {
		return nil
	}
	r := &Response{Status: statusNoContent}
	add := func(name, value string) { r.Header = append(r.Header, payload.Field{Name: name, Value: value}) }
	if origin, _ := e.allowedOrigin(); origin != "" {
		add("Access-Control-Allow-Methods", strings.Join(e.p.accept.methods, ", "))
		if len(e.p.cors.headers) > 0 {
			add("Access-Control-Allow-Headers", strings.Join(e.p.cors.headers, ", "))
		}
		if e.p.cors.maxAge > 0 {
			add("Access-Control-Max-Age", strconv.FormatInt(int64(e.p.cors.maxAge/time.Second), 10))
		}
	}
	add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	return r
}

// WithCORS is the response as it is sent: with the headers of CORS, but for those
// that the behavior itself has set.
func (e *Evaluation) WithCORS(r *Response) *Response {
	header := e.CORS()
	if r == nil || len(header) == 0 {
		return r
	}
	with := *r
	with.Header = slices.Clone(r.Header)
	for _, f := range header {
		if f.Name == "Vary" || len(r.Header.Values(f.Name)) == 0 {
			with.Header = append(with.Header, f)
		}
	}
	return &with
}
