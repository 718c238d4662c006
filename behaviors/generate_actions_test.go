package behaviors_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
)

// action is a step that does something.
func (g *generator) action(s *modelStep, kind, indent string, handled bool) {
	s.retry = behaviors.RetryPolicy{Attempts: 18, Backoff: 5 * time.Second, Max: 6 * time.Hour}
	if s.around || handled {
		s.retry = behaviors.RetryPolicy{Attempts: 3, Backoff: 5 * time.Second, Max: 20 * time.Second}
	}
	switch kind {
	case "find":
		g.find(s, indent)
	case "all":
		g.all(s, indent)
	case "note":
		g.note(s, indent)
	case "chat":
		g.chat(s, indent)
	case "request":
		g.request(s, indent)
	}
	if g.once("timeout", 4) {
		s.timeout = 3 * time.Second
		g.write(indent, "timeout: 3s")
	}
	if g.once("retry", 3) {
		g.retry(s, indent)
	}
	if rapid.Bool().Draw(g.t, "as") {
		switch kind {
		case "find":
			s.as = found
		case "request":
			s.as = sent
		case "all":
			s.as = g.pick("name", "n1", "n2", "l1", "heavy")
		default:
			return
		}
		g.write(indent, "as: %s", s.as)
		g.named(s.as)
	}
}

func (g *generator) retry(s *modelStep, indent string) {
	g.write(indent, "retry:")
	given := false
	if given = rapid.Bool().Draw(g.t, "attempts"); given {
		s.retry.Attempts = g.number("attempts", 1, 100)
		g.write(indent, "  attempts: %d", s.retry.Attempts)
	}
	if rapid.Bool().Draw(g.t, "backoff") {
		given = true
		s.retry.Backoff = time.Minute
		s.retry.Max = max(s.retry.Max, time.Minute)
		g.write(indent, "  backoff: 1m")
	}
	if rapid.Bool().Draw(g.t, "max") {
		given = true
		s.retry.Max = time.Hour
		g.write(indent, "  max: 1h")
	}
	if !given || rapid.Bool().Draw(g.t, "ask") {
		s.retry.Ask = rapid.Bool().Draw(g.t, "asks")
		g.write(indent, "  ask: %v", s.retry.Ask)
	}
}

// param writes a parameter of an action.
func (g *generator) param(s *modelStep, indent, name, source string, w written) {
	g.write(indent, "  %s: %s", name, source)
	s.values[name] = w
}

func (g *generator) find(s *modelStep, indent string) {
	s.verb = "message.find"
	g.write(indent, "message.find:")
	if source, w := sentence("", constant("payload.one", int64(1)), "x"); rapid.Bool().Draw(g.t, "id") {
		g.param(s, indent, "id", source, w)
		return
	}
	source, w := whole(g.loose())
	g.param(s, indent, "message_id", source, w)
}

// note is an action with parameters that must be there, and one with a default.
func (g *generator) note(s *modelStep, indent string) {
	s.verb = "message.note"
	g.write(indent, "message.note:")
	source, w := whole(g.loose())
	g.param(s, indent, "message", source, w)
	source, w = joined("noted: ", placed{g.value(0), nowhere}, ", ", placed{g.loose(), nowhere})
	g.param(s, indent, "text", source, w)
	s.values["sticky"] = written{constant: false}
	if rapid.Bool().Draw(g.t, "sticky") {
		source, w := whole(g.loose())
		g.param(s, indent, "sticky", source, w)
	}
}

// chat is an action that takes a secret, and a text for Slack.
func (g *generator) chat(s *modelStep, indent string) {
	s.verb = "slack.post"
	g.write(indent, "slack.post:")
	source, w := whole(secretOf("key"))
	g.param(s, indent, "webhook", source, w)
	switch g.pick("text", "parts", "whole", "raw") {
	case "parts":
		source, w = joined("<", placed{g.value(0), inSlack}, "|", placed{unescaped(g.loose()), nowhere}, "> & more")
	case "whole":
		source, w = wholeIn(inSlack, g.loose())
	case "raw":
		source, w = whole(unescaped(g.loose()))
	}
	g.param(s, indent, "text", source, w)
}

func secretOf(input string) *meaning {
	return &meaning{"inputs." + input, func(m *model) (any, error) { return m.doc.d.Inputs[input], nil }}
}

func unescaped(x *meaning) *meaning { return &meaning{"raw(" + x.source + ")", x.of} }

// request is an action to whose host a secret may be sent in some places.
func (g *generator) request(s *modelStep, indent string) {
	s.verb = "http.request"
	s.retry.Ask = true // its own default
	g.write(indent, "http.request:")
	source, w := joined("https://b.example/", placed{g.loose(), inPath}, "?q=", placed{g.value(0), inQuery}, "&x=1")
	g.param(s, indent, "url", source, w)
	if g.shaking || rapid.Bool().Draw(g.t, "account") {
		g.param(s, indent, "account", "freshbooks", written{constant: "freshbooks"})
	}
	key, k := whole(secretOf("key"))
	anything, a := whole(g.value(0))
	text, x := sentence("x", g.loose(), "")
	switch g.pick("body", "headers", "json", "xml", "loose", "none") {
	case "headers":
		g.write(indent, "  headers: {X-Key: %s, X-A: %s}", key, text)
		s.values["headers"] = written{fields: map[string]written{"X-Key": k, "X-A": x}}
	case "loose":
		source, w := whole(g.loose())
		g.param(s, indent, "headers", source, w)
	case "json":
		g.write(indent, "  json: {a: [%s], b: {key: %s}, c: %s}", anything, key, text)
		s.values["json"] = written{fields: map[string]written{
			"a": {items: []written{a}}, "b": {fields: map[string]written{"key": k}}, "c": x,
		}}
	case "xml":
		source, w := joined("<a b=\"", placed{g.loose(), inXML}, "\">", placed{g.value(0), inXML}, "</a>")
		g.param(s, indent, "xml", source, w)
	}
}

// all is an action with parameters of several types.
func (g *generator) all(s *modelStep, indent string) {
	s.verb = "test.all"
	g.write(indent, "test.all:")
	anything, w := whole(g.value(0))
	if rapid.Bool().Draw(g.t, "nested") {
		second, v := whole(g.value(0))
		g.write(indent, "  any: [{a: %s}, %s, 3]", anything, second)
		s.values["any"] = written{items: []written{{fields: map[string]written{"a": w}}, v, {constant: int64(3)}}}
	} else {
		g.param(s, indent, "any", anything, w)
	}
	if rapid.Bool().Draw(g.t, "url") {
		source, w := g.url()
		g.param(s, indent, "url", source, w)
	}
	name := g.pick("more", "html", "count", "level", "list", "none")
	var source string
	switch name {
	case "html":
		source, w = g.markup()
	case "count":
		source, w = whole(rapid.SampledFrom([]*meaning{
			constant("payload.one", int64(1)), constant("payload.none", nil), constant("payload.half * 4", 2.0), constant("payload.half * 4", 2.0),
			constant("payload.one", int64(1)), constant("payload.half", 0.5), constant("payload.text", "t"),
		}).Draw(g.t, "count"))
	case "level":
		source, w = whole(rapid.SampledFrom([]*meaning{
			constant("payload.low", "low"), constant("payload.low", "low"), constant("payload.low", "low"), constant("payload.none", nil), constant("payload.text", "t"), constant("payload.yes", true),
		}).Draw(g.t, "level"))
	case "list":
		source, w = whole(g.loose())
	default:
		return
	}
	g.param(s, indent, name, source, w)
}

// url is a text for a URL: a start that is kept, and what is escaped behind it.
func (g *generator) url() (string, written) {
	start := placed{constant("payload.url", "https://b.example"), nowhere}
	within := g.loose()
	if g.once("dots", 6) {
		within = constant("payload.dots", "..")
	}
	switch g.pick("url", "start", "path", "query", "host", "whole") {
	case "start":
		return joined(start, "/a/", placed{within, inPath}, "/b")
	case "path":
		return joined("https://a.example/", placed{within, inPath})
	case "query":
		return joined("https://a.example/?a=", placed{within, inQuery}, "#", placed{g.loose(), inQuery})
	case "host":
		return joined("https://", placed{g.loose(), inHost}, ".example/", placed{within, inPath})
	}
	return whole(g.loose())
}

// markup is a text in HTML.
func (g *generator) markup() (string, written) {
	switch g.pick("markup", "parts", "whole", "raw") {
	case "whole":
		return wholeIn(inHTML, g.loose())
	case "raw":
		return whole(unescaped(g.loose()))
	}
	return joined("<p title=\"", placed{g.loose(), inHTML}, "\">", placed{g.value(0), inHTML}, "</p>", placed{unescaped(g.loose()), nowhere})
}

// respond makes an answer under a key, with a body of one of the kinds.
func (g *generator) respond(indent, key string) *modelRespond {
	r := &modelRespond{}
	g.write(indent, "%s:", key)
	indent += "  "
	r.kind = g.pick("answer", "json", "json", "text", "html", "xml", "base64", "redirect", "")
	switch g.pick("status", "none", "none", "literal", "literal", "whole") {
	case "literal":
		status := g.number("status", 200, 210)
		if r.kind == "redirect" {
			status = 307
		}
		g.write(indent, "status: %d", status)
		r.status = &written{constant: int64(status)}
	case "whole":
		source, w := whole(rapid.SampledFrom([]*meaning{
			constant("payload.status", int64(203)), constant("payload.half * 406", 203.0), constant("payload.moved", int64(301)), constant("payload.bad", int64(99)),
			constant("payload.bad + 501", int64(600)), constant("payload.bad + 500", int64(599)), constant("payload.bad + 101", int64(200)),
			constant("payload.half", 0.5), constant("payload.text", "t"), constant("payload.none", nil), failing("failing ? payload.one : payload.one"),
		}).Draw(g.t, "status of"))
		g.write(indent, "status: %s", source)
		r.status = &w
	default:
		if r.kind == "" { // something must be written
			g.write(indent, "status: 204")
			r.status = &written{constant: int64(204)}
		}
	}
	if rapid.Bool().Draw(g.t, "headers") {
		g.headers(r, indent)
	}
	g.body(r, indent)
	return r
}

func (g *generator) headers(r *modelRespond, indent string) {
	g.write(indent, "headers:")
	add := func(name, source string, w written) {
		g.write(indent, "  %s: %s", name, source)
		r.headers = append(r.headers, modelHeader{name, w})
	}
	source, w := sentence("a ", constant("payload.yes", true), "")
	add("X-A", source, w)
	if rapid.Bool().Draw(g.t, "another") {
		source, w = whole(rapid.SampledFrom([]*meaning{
			constant("payload.none", nil), constant("payload.text", "t"), constant("payload.list", generatedPayload["list"]), constant("payload.lines", "a\nb"), constant("payload.empty", ""), failing("failing ? payload.one : payload.one"),
		}).Draw(g.t, "header"))
		add("X-B", source, w)
	}
	if g.once("type", 3) {
		source, w = whole(rapid.SampledFrom([]*meaning{constant("payload.none", nil), constant("payload.script", "text/javascript"), constant(`"text/csv"`, "text/csv")}).Draw(g.t, "type"))
		add("Content-Type", source, w)
	}
	if g.once("origin", 4) {
		add("Access-Control-Allow-Origin", "https://own.example", written{constant: "https://own.example"})
	}
}

func (g *generator) body(r *modelRespond, indent string) {
	var source string
	whole := func(at spot, of ...string) {
		name := g.pick("body", of...)
		source, r.body = wholeIn(at, constant("payload."+name, generatedPayload[name]))
		r.spot = at
	}
	alone := g.once("alone", 3)
	switch r.kind {
	case "":
		return
	case "json":
		if alone {
			source, r.body = wholeIn(nowhere, g.value(0))
			break
		}
		x, w := wholeIn(nowhere, g.value(0))
		source, r.body = "{a: "+x+", b: [1]}", written{fields: map[string]written{"a": w, "b": {constant: []any{int64(1)}}}}
	case "text":
		if alone {
			whole(nowhere, "odd", "list", "none")
			break
		}
		source, r.body = joined("a ", placed{g.value(0), nowhere}, " b")
	case "html":
		if alone {
			whole(inHTML, "odd", "list", "none")
			break
		}
		source, r.body = g.markup()
		r.spot = r.body.spot
	case "xml":
		if alone {
			whole(inXML, "odd", "list", "none")
			break
		}
		source, r.body = joined("<a>", placed{g.value(0), inXML}, placed{unescaped(g.loose()), nowhere}, "</a>")
	case "base64":
		if alone {
			source, r.body = "aGVsbG8=", written{constant: "aGVsbG8="}
			break
		}
		whole(nowhere, "bytes", "text", "none", "one")
	case "redirect":
		if alone {
			whole(nowhere, "url", "away", "user", "text", "odd", "list", "none")
			break
		}
		source, r.body = g.url()
		if rapid.Bool().Draw(g.t, "local") {
			source, r.body = joined("/a/", placed{g.loose(), inPath}, "?b=", placed{g.value(0), inQuery})
		}
	}
	g.write(indent, "%s: %s", r.kind, source)
}
