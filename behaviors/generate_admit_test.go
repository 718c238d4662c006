package behaviors_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

// proof is what the generated documents' provider says of a request.
func proof(r *payload.Request) error {
	switch r.Header.Get("X-Proof") {
	case "good":
		return nil
	case "":
		return errUnchecked
	}
	return errors.New("it does not match")
}

// generatedCatalog has an http.request in the name of an account, and a provider
// that answers in its own way.
func generatedCatalog(t *testing.T) *behaviors.Catalog {
	t.Helper()
	c := catalog(t)
	request := *c.Actions["http.request"]
	request.Params = append([]behaviors.ParamSpec{{Name: "account", Type: expression.Of(expression.Text)}}, request.Params...)
	request.Ask = true
	c.Actions["http.request"] = &request
	github := c.Providers["github"]
	github.Rejection = signatures.Reply{Status: 406, Body: "no"}
	github.Empty = signatures.Reply{Status: 202, Header: payload.Header{{Name: "Content-Type", Value: "text/xml"}}, Body: "<Response/>"}
	github.Test = func(r *payload.Request) bool { return r.Header.Get("X-Ping") != "" }
	github.Verify = func(r *payload.Request, _ []string) error {
		if err := proof(r); errors.Is(err, errUnchecked) {
			return errors.Join(err, signatures.ErrUnchecked)
		} else {
			return err
		}
	}
	return c
}

// document is a whole one, and the delivery that it meets.
func (g *generator) document() *modelDocument {
	doc := &modelDocument{methods: []string{http.MethodPost}, deadline: 8 * time.Second}
	g.on = g.once("on", 6)
	g.write("", "behavior: 1")
	if rapid.Bool().Draw(g.t, "named") {
		doc.name, doc.description = "A name", "What it is for"
		g.write("", "name: %s\ndescription: %s", doc.name, doc.description)
	}
	if g.once("zone", 3) {
		doc.zone = time.FixedZone("Kathmandu", 5*3600+45*60)
		g.write("", "timezone: Asia/Kathmandu")
	}
	g.inputs(doc)
	g.write("", "let:")
	if g.on {
		doc.on = "ticket.created"
		g.b.WriteString("  data: json(payload.message.text)\n")
		g.line++
	} else {
		g.write("  ", "proved: github.signed(request, inputs.key)")
	}
	for _, let := range generatedLets {
		g.write("  ", "%s: %s", let.name, quoted(let.source))
	}
	if g.on {
		g.write("", "on: %s", doc.on)
	} else {
		g.admission(doc)
	}
	if g.once("dedupe", 3) {
		doc.dedupe = g.key()
		g.write("", "dedupe: %s", quoted(doc.dedupe.source))
	}
	if g.once("order_by", 3) {
		doc.orderBy = g.key()
		g.write("", "order_by: %s", quoted(doc.orderBy.source))
	}
	if g.once("limit", 4) {
		doc.limit = g.number("running", 1, 1000)
		g.write("", "limit: {running: %d}", doc.limit)
	}
	g.names = nil
	g.write("", "steps:")
	if !g.on && rapid.Bool().Draw(g.t, "before") {
		doc.steps = g.list("  ", "steps", 0)
	}
	if g.once("rebinding", 3) {
		doc.steps = g.rebinding("  ", doc.steps)
	}
	g.tail = true // a wait may stand where no respond comes any more
	least := 1
	if len(doc.steps) > 0 {
		least = 0
	}
	for i := range g.number("background", least, 4) {
		doc.steps = append(doc.steps, g.step("  ", fmt.Sprintf("steps[%d]", len(doc.steps)), min(i, 1)))
	}
	doc.source = g.b.String()
	g.delivery(doc)
	return doc
}

// inputs are the same in each document; what a listener gives for them is not.
func (g *generator) inputs(doc *modelDocument) {
	g.write("", `inputs:
  key: {type: secret, label: A key, help: It signs., required: false, generate: true, hosts: [b.example]}
  spare: {type: secret}
  size: {type: choice, options: [s, m], default: m}
  site: {type: url}
  sites: {type: list}
  data: {type: json}`)
	doc.inputs = map[string]any{
		"site": "HTTPS://Shop.example.com:443/path", "sites": []any{"https://c.example"}, "data": map[string]any{"a": "b"},
	}
	if !g.once("no key", 4) {
		doc.inputs["key"] = expression.Secret{Name: "key"}
	}
	if rapid.Bool().Draw(g.t, "spare") {
		doc.inputs["spare"] = expression.Secret{Name: "spare"}
	}
	if rapid.Bool().Draw(g.t, "size") {
		doc.inputs["size"] = "s"
	}
}

// key is an expression for dedupe or order_by.
func (g *generator) key() *meaning {
	return rapid.SampledFrom([]*meaning{
		constant("payload.text", "t"), constant("payload.one", int64(1)), constant("payload.half", 0.5), constant("payload.none", nil), constant("payload.list", generatedPayload["list"]),
		constant("payload.yes", true), failing("failing"), clock, clock,
	}).Draw(g.t, "key")
}

// admission makes the keys of a document that are about requests.
func (g *generator) admission(doc *modelDocument) {
	if g.once("accept", 3) {
		g.accept(doc)
	}
	if g.once("cors", 3) {
		g.cors(doc)
	}
	if g.once("handshake", 3) {
		g.handshakes(doc)
	}
	if rapid.Bool().Draw(g.t, "verify") {
		doc.verify = rapid.SampledFrom([]*meaning{signed, proved, tokenFits, g.condition(0), g.condition(0)}).Draw(g.t, "verify")
		doc.signed = strings.Contains(doc.verify.source, "github.signed") || strings.Contains(doc.verify.source, "proved")
		if rapid.Bool().Draw(g.t, "check") {
			g.write("", "verify:\n  check: %s", quoted(doc.verify.source))
			if g.once("reject", 2) {
				doc.reject = g.respond("  ", "reject")
			}
		} else {
			g.write("", "verify: %s", quoted(doc.verify.source))
		}
	}
	switch g.pick("deadline", "none", "none", "after", "both", "respond") {
	case "after":
		doc.deadline = 3 * time.Second
		g.write("", "deadline: 3s")
	case "both":
		doc.deadline = 2500 * time.Millisecond
		g.write("", "deadline:\n  after: 2500ms")
		doc.late = g.respond("  ", "respond")
	case "respond":
		g.write("", "deadline:")
		doc.late = g.respond("  ", "respond")
	}
}

func (g *generator) accept(doc *modelDocument) {
	g.write("", "accept:")
	doc.methods = rapid.SampledFrom([][]string{{"POST"}, {"PUT", "POST"}, {"GET"}}).Draw(g.t, "methods")
	g.write("", "  methods: [%s]", strings.ToLower(strings.Join(doc.methods, ", ")))
	if rapid.Bool().Draw(g.t, "types") {
		doc.types = rapid.SampledFrom([][]string{{"json"}, {"form", "json"}, {"xml"}}).Draw(g.t, "types")
		g.write("", "  types: [%s]", strings.Join(doc.types, ", "))
	}
	if rapid.Bool().Draw(g.t, "max_body") {
		doc.maxBody = 2 << 20
		g.write("", "  max_body: 2 MiB")
	}
}

func (g *generator) cors(doc *modelDocument) {
	doc.cors = &modelCORS{headers: []string{"Content-Type"}}
	g.write("", "cors:")
	const site, sites, shop, own, more = "'${{ inputs.site }}'", "'${{ inputs.sites }}'", "https://shop.example.com", "https://www.example.com", "https://c.example"
	switch g.pick("origins", "star", "own", "list", "site", "sites", "odd", "bad", "fails", "data") {
	case "star":
		doc.cors.star, doc.cors.origins = true, []modelOrigin{{origin: "*"}}
		g.write("", "  origins: \"*\"")
	case "own":
		doc.cors.origins = []modelOrigin{{origin: own}}
		g.write("", "  origins: %s", own)
	case "list":
		doc.cors.origins = []modelOrigin{{origin: own}, {origin: shop}}
		g.write("", "  origins: [%s, %s]", own, site)
	case "site":
		doc.cors.origins = []modelOrigin{{origin: shop}}
		g.write("", "  origins: %s", site)
	case "sites":
		doc.cors.origins = []modelOrigin{{origin: more}}
		g.write("", "  origins: %s", sites)
	case "odd":
		doc.cors.origins = []modelOrigin{{}, {}, {origin: "*"}}
		g.write("", "  origins: ['${{ inputs.data.none }}', '${{ inputs.data.a }}', '${{ inputs.data == nil ? \"b\" : \"*\" }}']")
	case "bad":
		doc.cors.origins = []modelOrigin{{origin: own}, {bad: true}, {origin: more}}
		g.write("", "  origins: [%s, '${{ inputs.data }}', %s]", own, more)
	case "fails":
		doc.cors.origins = []modelOrigin{{origin: own}, {fails: true}}
		g.write("", "  origins: [%s, '${{ inputs.data.a > 1 }}']", own)
	case "data":
		doc.cors.origins = []modelOrigin{{bad: true}}
		g.write("", "  origins: '${{ inputs.data }}'")
	}
	if rapid.Bool().Draw(g.t, "cors headers") {
		doc.cors.headers = rapid.SampledFrom([][]string{{"X-A", "X-B"}, {}}).Draw(g.t, "cors headers")
		g.write("", "  headers: [%s]", strings.Join(doc.cors.headers, ", "))
	}
	if rapid.Bool().Draw(g.t, "max_age") {
		doc.cors.maxAge = 600
		g.write("", "  max_age: 10m")
	}
}

func (g *generator) handshakes(doc *modelDocument) {
	g.write("", "handshake:")
	for i := range g.number("handshakes", 1, 2) {
		h := modelHandshake{when: *g.condition(0)}
		g.write("", "  - when: %s", quoted(h.when.source))
		if rapid.Bool().Draw(g.t, "responds") {
			h.respond = g.respond("    ", "respond")
		}
		if rapid.Bool().Draw(g.t, "keeps") {
			g.write("", "    keep:")
			for _, input := range []string{"key", "spare"} {
				if g.once("kept", 3) {
					continue
				}
				x := rapid.SampledFrom([]*meaning{
					constant("payload.token", "sesame"), constant("payload.none", nil), constant("payload.empty", ""), constant("payload.list", generatedPayload["list"]),
					constant("repeat(payload.text, 65536)", strings.Repeat("t", 65536)), constant("repeat(payload.text, 65537)", strings.Repeat("t", 65537)), failing("failing ? payload.text : payload.none"),
				}).Draw(g.t, "kept")
				g.write("", "      %s: %s", input, quoted(x.source))
				h.keep = append(h.keep, modelLet{input, *x})
			}
			if len(h.keep) == 0 {
				g.write("", "      key: payload.token")
				h.keep = []modelLet{{"key", *constant("", "sesame")}}
			}
		}
		if rapid.Bool().Draw(g.t, "steps") {
			g.write("", "    steps:")
			g.shaking, g.names = true, nil
			h.steps = g.list("      ", fmt.Sprintf("handshake[%d].steps", i), 1)
			g.shaking, g.names = false, nil
		}
		doc.handshakes = append(doc.handshakes, h)
	}
}

// delivery makes a request such as the document may receive, or the record of
// its event.
func (g *generator) delivery(doc *modelDocument) {
	body := generatedBody
	if g.on {
		body = `{"ticket": {"id": "7"}, "message": {"id": "9", "text": ` + string(compact(body)) + `}}`
	}
	doc.d = delivery(body)
	r := doc.d.Request
	if g.once("listener's zone", 3) {
		doc.d.Zone = time.FixedZone("Halifax", -4*3600)
	}
	secrets := map[string]string{
		"key": g.pick("key's value", "sesame", "sesame", "other", "", "unreadable"), "spare": g.pick("spare's value", "held", "", "unreadable"),
	}
	doc.d.Secrets = func(s expression.Secret) (string, error) {
		if value := secrets[s.Name]; value != "unreadable" {
			return value, nil
		}
		return "", errors.New("no key of the host")
	}
	if g.on {
		return
	}
	if g.once("complex", 25) {
		doc.complex = true
		r.Body = []byte(strings.TrimSuffix(body, "}") + `, "deep": ` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}")
	}
	r.Method = g.pick("method", "POST", "POST", "PUT", "OPTIONS", "OPTIONS")
	r.Header[0].Value = g.pick("type", "application/json", "text/plain")
	add := func(name string, values ...string) {
		if value := g.pick(name, values...); value != "" {
			r.Header = append(r.Header, payload.Field{Name: name, Value: value})
		}
	}
	add("X-Proof", "good", "good", "bad", "")
	add("X-Ping", "", "yes")
	add("Origin", "https://www.example.com", "https://shop.example.com", "https://c.example", "https://evil.example", "")
	add("Origin", "", "", "", "https://www.example.com")
	add("Access-Control-Request-Method", "POST", "POST", "")
	add("Access-Control-Request-Method", "", "", "PUT")
	doc.test = doc.signed && len(r.Header.Values("X-Ping")) > 0
}
