package handlers

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

// asked sends one request to the listener seen last, and gives its answer: the
// status, these headers, and the body.
func (a *testAPI) asked(method, path, body string, header http.Header, names ...string) string {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.url+"/webhooks/"+a.guid+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Content-Security-Policy") != "sandbox" {
		a.t.Errorf("%s %s: unguarded: %v", method, path, resp.Header)
	}
	text := fmt.Sprint(resp.StatusCode)
	for _, name := range names {
		text += fmt.Sprintf("; %s: %s", name, strings.Join(resp.Header.Values(name), ", "))
	}
	return text + "; " + string(answer)
}

// deliveries are the outcomes of all that is in the log, the newest first, once
// there are so many.
func (a *testAPI) deliveries(n int) (outcomes []string) {
	a.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		var out struct {
			Items []struct{ Outcome, Cause string }
		}
		a.must("200", "GET /deliveries", nil, &out)
		if len(out.Items) < n && time.Now().Before(end) {
			continue // refusals are recorded in the background
		}
		for _, d := range out.Items {
			outcomes = append(outcomes, strings.TrimSuffix(d.Outcome+" "+d.Cause, " "))
		}
		return outcomes
	}
}

const handshakes = `
behavior: 1
name: Handshakes
inputs:
  token: {type: secret, required: true}
cors: {origins: [https://www.example.com]}
accept: {methods: [POST], types: [json]}
handshake:
  - when: request.method == "HEAD"
    respond: {text: never sent}
  - when: request.query.validationToken != nil
    respond: {text: "${{ request.query.validationToken }}"}
  - when: request.query["hub.mode"] == "subscribe" and equal_secure(request.query["hub.verify_token"], inputs.token)
    respond: {text: "${{ request.query['hub.challenge'] }}"}
  - when: payload.type == "url_verification"
    respond: {text: "${{ payload.challenge }}"}
  - when: payload.event == "endpoint.url_validation"
    respond:
      json:
        plainToken: ${{ payload.payload.plainToken }}
        encryptedToken: ${{ hex(hmac("sha256", inputs.token, payload.payload.plainToken)) }}
verify: equal_secure(payload.token, inputs.token)
steps:
  - respond: {html: "<p>${{ payload.name }}</p>"}
`

// Calls that set a listener up are answered before accept and verify, whatever
// their method, and leave nothing behind.
func TestHandshakes(t *testing.T) {
	a := newAPI(t)
	a.listen(handshakes, true, map[string]any{"token": "hunter2"})
	json := http.Header{"Content-Type": {"application/json"}}
	const zoom = `{"encryptedToken":"8db86ac5713f83b4aa9ca3cf57b5426e0dbbd5bc7273e49c4273156a9e4bd595","plainToken":"abc"}`
	for _, tt := range []struct {
		name, method, path, body string
		header                   http.Header
		want                     string
	}{
		{"Trello", "HEAD", "", "", nil, "200; Content-Type: text/plain; charset=utf-8; "},
		{"Microsoft Graph", "POST", "?validationToken=a%3A+%3Cb%3E", "", http.Header{"Content-Type": {"text/plain"}}, "200; Content-Type: text/plain; charset=utf-8; a: <b>"},
		{"Meta", "GET", "?hub.mode=subscribe&hub.verify_token=hunter2&hub.challenge=1158201444", "", nil, "200; Content-Type: text/plain; charset=utf-8; 1158201444"},
		{"Slack", "POST", "", `{"type": "url_verification", "challenge": "3eZbrw1a"}`, json, "200; Content-Type: text/plain; charset=utf-8; 3eZbrw1a"},
		{"Zoom", "POST", "", `{"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}}`, json, "200; Content-Type: application/json; " + zoom},
	} {
		if got := a.asked(tt.method, tt.path, tt.body, tt.header, "Content-Type"); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := a.asked("GET", "?hub.mode=subscribe&hub.verify_token=hunter&hub.challenge=1", "", nil, "Allow"); got != "405; Allow: POST; method not allowed\n" {
		t.Errorf("another token: got %s", got)
	}
	if got := a.asked("POST", "", `{"token": "hunter2", "name": "<b>"}`, json, "Content-Type"); got != "200; Content-Type: text/html; charset=utf-8; <p>&lt;b&gt;</p>" {
		t.Errorf("an event: got %s", got)
	}
	if got, want := a.deliveries(2), []string{"accepted", "refused method"}; !reflect.DeepEqual(got, want) {
		t.Errorf("stored: got %v, want %v", got, want)
	}
	if strings.Contains(a.log.String(), "handshake") {
		t.Errorf("logged: %s", a.log)
	}
}

// A page of an origin that may call is told so in every answer: preflights,
// answers, repeats, refusals, and what is answered before the body is read.
func TestCORS(t *testing.T) {
	a := newAPI(t)
	a.listen(`
behavior: 1
name: Form
inputs:
  site: {type: url}
cors: {origins: ["${{ inputs.site }}", "https://shop.example.com"], headers: [Content-Type, X-Form], max_age: 10m}
accept: {types: [json], max_body: 100}
dedupe: payload.id
steps:
  - fail: no name
    when: payload.name == nil
  - respond: {json: {ok: true}, headers: {Vary: Accept}}
`, true, map[string]any{"site": "https://www.example.com/contact"})
	const allowed, varies = "Access-Control-Allow-Origin", "Vary"
	from := func(origin string, more ...string) http.Header {
		h := http.Header{"Origin": {origin}, "Content-Type": {"application/json"}}
		for i := 0; i < len(more); i += 2 {
			h[more[i]] = []string{more[i+1]}
		}
		return h
	}
	const site = "https://www.example.com"
	for _, tt := range []struct {
		name, method, body string
		header             http.Header
		want               string
	}{
		{"an answer", "POST", `{"id": 1, "name": "a"}`, from(site), "200; " + allowed + ": " + site + "; Vary: Origin, Accept; {\"ok\":true}"},
		{"a repeat", "POST", `{"id": 1, "name": "a"}`, from(site), "200; " + allowed + ": " + site + "; Vary: Origin, Accept; {\"ok\":true}"},
		{"a repeat from elsewhere", "POST", `{"id": 1, "name": "a"}`, from("https://shop.example.com"), "200; " + allowed + ": https://shop.example.com; Vary: Origin, Accept; {\"ok\":true}"},
		{"an origin that may not", "POST", `{"id": 2, "name": "a"}`, from("https://evil.example"), "200; " + allowed + ": ; Vary: Origin, Accept; {\"ok\":true}"},
		{"a failure", "POST", `{"id": 3}`, from(site), "500; " + allowed + ": " + site + "; Vary: Origin; the request could not be processed\n"},
		{"a type that is not accepted", "POST", `a=b`, from(site, "Content-Type", "application/x-www-form-urlencoded"), "415; " + allowed + ": " + site + "; Vary: Origin; unsupported content type\n"},
		{"a body that is too large", "POST", strings.Repeat(" ", 101), from(site), "413; " + allowed + ": " + site + "; Vary: Origin; request entity too large\n"},
	} {
		if got := a.asked(tt.method, "", tt.body, tt.header, allowed, varies); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	preflight := func(origin string) string {
		return a.asked("OPTIONS", "", "", from(origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type"),
			allowed, "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age", varies)
	}
	const asks = "Access-Control-Request-Method, Access-Control-Request-Headers"
	if got, want := preflight(site), "204; "+allowed+": "+site+"; Access-Control-Allow-Methods: POST; "+
		"Access-Control-Allow-Headers: Content-Type, X-Form; Access-Control-Max-Age: 600; Vary: Origin, "+asks+"; "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := preflight("https://evil.example"), "204; "+allowed+": ; Access-Control-Allow-Methods: ; "+
		"Access-Control-Allow-Headers: ; Access-Control-Max-Age: ; Vary: Origin, "+asks+"; "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := []string{"refused too_large", "refused type", "accepted", "accepted", "duplicate", "duplicate", "accepted"}
	if got := a.deliveries(len(want)); !sameItems(got, want) {
		t.Errorf("stored: got %v, want %v", got, want)
	}
}

// sameItems compares without the order, as refusals are recorded behind.
func sameItems(got, want []string) bool {
	count := map[string]int{}
	for i := range got {
		count[got[i]]++
	}
	for i := range want {
		count[want[i]]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// What a handshake keeps, or does, is refused by name until the runner can.
func TestHandshakesThatCannotBePublished(t *testing.T) {
	a := newAPI(t)
	catalog := *a.h.Catalog
	catalog.NotYet = map[string]bool{"handshake.keep": true, "handshake.steps": true}
	a.h.Catalog = &catalog
	var b struct{ ID string }
	a.must("201", "POST /behaviors", map[string]any{"source": `
behavior: 1
name: Asana
inputs: {key: {type: secret}}
handshake:
  - when: request.headers["x-hook-secret"] != nil
    keep: {key: 'request.headers["x-hook-secret"]'}
    steps: [{log: kept}]
`}, &b)
	var refused struct {
		Diagnostics []struct{ Code, Message string }
	}
	a.must("422", "POST /behaviors/"+b.ID+"/publish", map[string]any{}, &refused)
	want := []struct{ Code, Message string }{
		{"not-yet", "`handshake.keep` is not there yet"}, {"not-yet", "`handshake.steps` is not there yet"},
	}
	if !reflect.DeepEqual(refused.Diagnostics, want) {
		t.Errorf("got %+v, want %+v", refused.Diagnostics, want)
	}
}
