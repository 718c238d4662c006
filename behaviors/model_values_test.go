package behaviors_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// written is a value of the document: literal, one expression, a text with
// expressions in it, a list or a map.
type written struct {
	constant any
	whole    *meaning
	spot     spot  // where a text that is whole stands
	parts    []any // of a text: string or placed
	items    []written
	fields   map[string]written
}

// placed is an expression within a text.
type placed struct {
	*meaning
	spot spot
}

// spot is where something is interpolated, which says how it is escaped.
type spot string

const (
	nowhere spot = ""
	inHTML  spot = "html"
	inXML   spot = "xml"
	inSlack spot = "slack"
	inHost  spot = "host" // of a URL
	inPath  spot = "path"
	inQuery spot = "query"
)

var (
	htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "+", "&#43;")
	xmlEscapes  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")
	chatEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

func (p spot) escape(text string) (string, error) {
	switch p {
	case inHTML:
		return htmlEscapes.Replace(text), nil
	case inXML:
		return xmlEscapes.Replace(text), nil
	case inSlack:
		return chatEscapes.Replace(text), nil
	case inPath:
		return url.PathEscape(text), nil
	case inQuery:
		return url.QueryEscape(text), nil
	case inHost:
		if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != "" {
			return "", errEvaluation
		}
	}
	return text, nil
}

// params are a step's values as the log has them.
func (m *model) params(s *modelStep, at int) map[string]any {
	params, err := m.valuesOf(s)
	if err != nil {
		m.fails(s, at, behaviors.StepError{Message: err.Error()})
	}
	m.decision.Steps[at].Params = params
	return params
}

func (m *model) valuesOf(s *modelStep) (map[string]any, error) {
	values := map[string]any{}
	for name, w := range s.values {
		v, err := m.value(w)
		if err != nil {
			return nil, err
		}
		values[name] = v
	}
	switch s.verb {
	case "log":
		level, text := values["level"], phrase(values["text"])
		switch level {
		case nil:
			level = "info"
		case "debug", "info", "warn", "error":
		default:
			return nil, errEvaluation
		}
		return map[string]any{"level": level, "text": text}, nil
	case "stop", "fail":
		return map[string]any{"reason": phrase(values["reason"])}, nil
	}
	return values, converted(s.verb, values)
}

// takes are the parameters of the catalog's actions that are not anything.
var takes = map[string]func(v any) (any, bool){
	"count": func(v any) (any, bool) {
		if f, ok := v.(float64); ok && f == float64(int64(f)) {
			return int64(f), true
		}
		_, ok := v.(int64)
		return v, ok
	},
	"sticky": func(v any) (any, bool) { _, ok := v.(bool); return v, ok },
	"list":   func(v any) (any, bool) { _, ok := v.([]any); return v, ok && !holdsSecret(v, false) },
	"any":    func(v any) (any, bool) { return v, !holdsSecret(v, false) },
	"headers": func(v any) (any, bool) {
		_, ok := v.(map[string]any)
		return v, ok && !holdsSecret(v, true)
	},
	"json":    func(v any) (any, bool) { return v, !holdsSecret(v, true) },
	"webhook": func(v any) (any, bool) { _, ok := v.(expression.Secret); return v, ok },
	"level":   func(v any) (any, bool) { return v, v == "low" || v == "high" },
}

// holdsSecret tells whether a secret is in a value, and not as a field of a map,
// where those are allowed.
func holdsSecret(v any, fields bool) bool {
	switch v := v.(type) {
	case expression.Secret:
		return true
	case []any:
		for _, item := range v {
			if holdsSecret(item, fields) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if _, direct := item.(expression.Secret); !(direct && fields) && holdsSecret(item, fields) {
				return true
			}
		}
	}
	return false
}

// converted makes parameters what they take. Those that are not in the list take
// text.
func converted(verb string, values map[string]any) error {
	for name, v := range values {
		if v == nil {
			if verb == "message.note" && name != "sticky" || name == "webhook" || verb == "http.request" && name == "url" {
				return errEvaluation // required
			}
			continue
		}
		take, ok := takes[name]
		if !ok {
			take = func(v any) (any, bool) {
				switch v.(type) {
				case string, int64, float64:
					return printed(v), true
				}
				return nil, false
			}
		}
		if values[name], ok = take(v); !ok {
			return errEvaluation
		}
	}
	return nil
}

// phrase is a text that is kept up to 4 KiB.
func phrase(v any) string {
	text := printed(v)
	if len(text) <= 4096 {
		return text
	}
	kept := text[:4096-len("…")]
	for !utf8.ValidString(kept) {
		kept = kept[:len(kept)-1]
	}
	return kept + "…"
}

// value evaluates what the document has written.
func (m *model) value(w written) (any, error) {
	switch {
	case w.whole != nil:
		v, err := w.whole.of(m)
		if text, ok := v.(string); ok && err == nil {
			return w.spot.escape(text)
		}
		return v, err
	case w.parts != nil:
		return m.text(w.parts)
	case w.items != nil:
		list := []any{}
		for _, item := range w.items {
			v, err := m.value(item)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case w.fields != nil:
		all := map[string]any{}
		for name, field := range w.fields {
			v, err := m.value(field)
			if err != nil {
				return nil, err
			}
			all[name] = v
		}
		return all, nil
	}
	return w.constant, nil
}

func (m *model) text(parts []any) (any, error) {
	text, isURL := "", false
	for _, p := range parts {
		if literal, ok := p.(string); ok {
			text += literal
			continue
		}
		x := p.(placed)
		v, err := x.of(m)
		if err != nil {
			return nil, err
		}
		escaped, err := x.spot.escape(printed(v))
		if err != nil {
			return nil, err
		}
		text += escaped
		isURL = isURL || x.spot == inPath || x.spot == inQuery || x.spot == inHost
	}
	if path, _, _ := strings.Cut(text, "?"); isURL && strings.Contains(path+"/", "/../") {
		return nil, errEvaluation
	}
	return text, nil
}

// printed is a value within a text.
func printed(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return string(compact(v))
}

// compact is JSON in the order of keys.
func compact(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// modelRespond is an answer as the document has it.
type modelRespond struct {
	status  *written
	headers []modelHeader
	kind    string
	body    written
	spot    spot
}

type modelHeader struct {
	name  string
	value written
}

var contentTypes = map[string]string{
	"json": "application/json", "text": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8",
	"xml": "text/xml; charset=utf-8", "base64": "application/octet-stream",
}

// respond makes an answer, and what the log shows of it.
func (m *model) respond(r *modelRespond) (*behaviors.Response, map[string]any, error) {
	params, response := map[string]any{}, &behaviors.Response{Status: 200}
	if r.kind == "redirect" {
		response.Status = 303
	}
	params["status"] = int64(response.Status)
	if r.status != nil {
		v, err := m.value(*r.status)
		status, ok := v.(int64)
		if f, isFloat := v.(float64); isFloat && f == float64(int64(f)) {
			status, ok = int64(f), true
		}
		if err != nil || !ok || status < 200 || status > 599 || r.kind == "redirect" && !strings.Contains("301 302 303 307 308", fmt.Sprint(status)) {
			return nil, params, errEvaluation
		}
		params["status"], response.Status = v, int(status)
	}
	headers := map[string]any{}
	for _, h := range r.headers {
		v, err := m.value(h.value)
		line := printed(v)
		if err != nil || strings.ContainsAny(line, "\r\n") || strings.Contains(line, "javascript") {
			return nil, params, errEvaluation
		}
		if v != nil {
			headers[h.name] = line
			response.Header = append(response.Header, payload.Field{Name: h.name, Value: line})
		}
	}
	if len(r.headers) > 0 {
		params["headers"] = headers
	}
	if r.kind == "" {
		return response, params, nil
	}
	v, err := m.value(r.body)
	if err != nil {
		return nil, params, err
	}
	if r.kind != "json" {
		if _, isText := v.(string); !isText {
			if v, err = r.spot.escape(printed(v)); err != nil {
				return nil, params, err
			}
		}
	}
	params[r.kind] = v
	switch r.kind {
	case "json":
		response.Body = compact(v)
	case "base64":
		if response.Body, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(v.(string), " ", "")); err != nil {
			return nil, params, errEvaluation
		}
	case "redirect":
		to := v.(string)
		local := strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//")
		if u, err := url.Parse(to); err != nil || !local && (u.Scheme != "https" || u.Host == "" || u.User != nil) || strings.ContainsAny(to, " \\\n\"<ü") {
			return nil, params, errEvaluation
		}
		response.Header = append(response.Header, payload.Field{Name: "Location", Value: to})
	default:
		response.Body = []byte(v.(string))
	}
	if kind := contentTypes[r.kind]; kind != "" && headers["Content-Type"] == nil {
		response.Header = append(response.Header, payload.Field{Name: "Content-Type", Value: kind})
	}
	return response, params, nil
}

func plainAnswer(status int, text string) *behaviors.Response {
	return &behaviors.Response{
		Status: status, Header: payload.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}}, Body: []byte(text + "\n"),
	}
}

func badAnswer() *behaviors.Response { return plainAnswer(500, "the request could not be processed") }
