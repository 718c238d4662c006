package handlers

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

const responds = `
behavior: 1
name: Responds
accept: {methods: [POST, OPTIONS, HEAD]}
steps:
  - respond: {json: {name: "${{ payload.name }}", n: "${{ payload.n }}"}}
    when: payload.as == "json"
  - respond: {json: "${{ payload.none }}"}
    when: payload.as == "null"
  - respond: {text: "Hello ${{ payload.name }}"}
    when: payload.as == "text"
  - respond: {html: "<p title=\"${{ payload.name }}\">${{ payload.name }}<a href=\"${{ payload.link }}\">x</a></p>"}
    when: payload.as == "html"
  - respond: {html: "<p>${{ raw(payload.name) }}</p>"}
    when: payload.as == "raw"
  - respond: {xml: "<Response><Message to=\"${{ payload.name }}\">${{ payload.name }}</Message></Response>"}
    when: payload.as == "xml"
  - respond: {base64: "${{ payload.bytes }}", headers: {Content-Type: image/gif}}
    when: payload.as == "base64"
  - respond: {redirect: "https://www.example.com/thanks/${{ payload.name }}?ref=${{ payload.name }}"}
    when: payload.as == "redirect"
  - respond: {redirect: "${{ payload.link }}", status: 302}
    when: payload.as == "redirect to"
  - respond: {text: a, headers: {X-Name: "${{ payload.name }}", X-None: "${{ payload.none }}"}}
    when: payload.as == "header"
  - respond: {text: a, headers: {Content-Type: "${{ payload.type }}"}}
    when: payload.as == "type"
  - respond: {text: a, headers: {Set-Cookie: "${{ payload.cookie }}"}}
    when: payload.as == "cookie"
  - respond: {status: "${{ payload.status }}", text: body}
    when: payload.as == "status"
`

// Every kind of answer as it comes over the wire: escaped by its place, with its
// type, or refused as a whole.
func TestAnswersOverHTTP(t *testing.T) {
	a := newAPI(t)
	a.listen(responds, true, nil)
	const (
		failed = "500; Content-Type: text/plain; charset=utf-8; Location: ; X-Name: ; Set-Cookie: ; the request could not be processed\n"
		unsent = "500; Content-Type: application/problem+json; Location: ; X-Name: ; Set-Cookie: ; "
	)
	plain := func(status, kind, body string) string {
		return status + "; Content-Type: " + kind + "; Location: ; X-Name: ; Set-Cookie: ; " + body
	}
	led := func(status, to string) string {
		return status + "; Content-Type: ; Location: " + to + "; X-Name: ; Set-Cookie: ; "
	}
	for _, tt := range []struct{ name, body, want string }{
		{"json", `{"as": "json", "name": "<b>", "n": 12345678901234567890}`, plain("200", "application/json", `{"n":12345678901234567890,"name":"<b>"}`)},
		{"json of nothing", `{"as": "null"}`, plain("200", "application/json", "null")},
		{"text", `{"as": "text", "name": "<b>"}`, plain("200", "text/plain; charset=utf-8", "Hello <b>")},
		{"html", `{"as": "html", "name": "\"<b>'", "link": "javascript:alert(1)"}`,
			plain("200", "text/html; charset=utf-8", `<p title="&#34;&lt;b&gt;&#39;">&#34;&lt;b&gt;&#39;<a href="#ZgotmplZ">x</a></p>`)},
		{"raw", `{"as": "raw", "name": "<b>"}`, plain("200", "text/html; charset=utf-8", "<p><b></p>")},
		{"xml", `{"as": "xml", "name": "\"<b>&"}`, plain("200", "text/xml; charset=utf-8", `<Response><Message to="&quot;&lt;b&gt;&amp;">&quot;&lt;b&gt;&amp;</Message></Response>`)},
		{"base64", `{"as": "base64", "bytes": "R0lG /w=="}`, plain("200", "image/gif", "GIF\xff")},
		{"no base64", `{"as": "base64", "bytes": "hunter2!"}`, failed},
		{"redirect", `{"as": "redirect", "name": "a/b?c&d"}`, led("303", "https://www.example.com/thanks/a%2Fb%3Fc&d?ref=a%2Fb%3Fc%26d")},
		{"redirect anywhere", `{"as": "redirect to", "link": "https://example.org/x"}`, led("302", "https://example.org/x")},
		{"redirect to a path", `{"as": "redirect to", "link": "/tickets"}`, led("302", "/tickets")},
		{"redirect to a script", `{"as": "redirect to", "link": "javascript:alert(1)"}`, failed},
		{"redirect to another host", `{"as": "redirect to", "link": "//evil.example"}`, failed},
		{"redirect of two lines", `{"as": "redirect to", "link": "https://a.example/\r\nX-Name: b"}`, failed},
		{"redirect to nothing", `{"as": "redirect to"}`, failed},
		{"header", `{"as": "header", "name": "caf\u00e9"}`, "200; Content-Type: text/plain; charset=utf-8; Location: ; X-Name: caf\u00e9; Set-Cookie: ; a"},
		{"header of two lines", `{"as": "header", "name": "a\r\nSet-Cookie: b=c"}`, failed},
		{"a script's type", `{"as": "type", "type": "text/javascript"}`, failed},
		{"another type", `{"as": "type", "type": "text/csv"}`, plain("200", "text/csv", "a")},
		{"a cookie", `{"as": "cookie", "cookie": "a=b"}`, "200; Content-Type: text/plain; charset=utf-8; Location: ; X-Name: ; Set-Cookie: a=b; Path=/webhooks/GUID; a"},
		{"a cookie of the host's", `{"as": "cookie", "cookie": "session=b"}`, unsent},
		{"a cookie for all pages", `{"as": "cookie", "cookie": "a=b; Path=/"}`, unsent},
		{"a status", `{"as": "status", "status": 599}`, plain("599", "text/plain; charset=utf-8", "body")},
		{"a status without a body", `{"as": "status", "status": 204}`, plain("204", "text/plain; charset=utf-8", "")},
		{"no status", `{"as": "status", "status": 101}`, failed},
		{"a status in a text", `{"as": "status", "status": "200"}`, failed},
		{"no answer", `{"as": "nothing"}`, plain("200", "", "")},
	} {
		header := http.Header{"Content-Type": {"application/json"}}
		got := strings.ReplaceAll(a.asked("POST", "", tt.body, header, "Content-Type", "Location", "X-Name", "Set-Cookie"), a.guid, "GUID")
		if tt.want == unsent {
			got, _, _ = strings.Cut(got, "{")
		}
		if got != tt.want {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.name, got, tt.want)
		}
	}
	if log := a.log.String(); strings.Contains(log, "hunter2") || strings.Contains(log, "evil.example") || strings.Count(log, "answer refused") != 2 {
		t.Errorf("log:\n%s", log)
	}
}

// HEAD and OPTIONS come as any other method where they are accepted: without
// cors an OPTIONS is no question of a browser's, and HEAD has no body.
func TestOtherMethodsOverHTTP(t *testing.T) {
	a := newAPI(t)
	a.listen(strings.Replace(responds, "payload.as == \"text\"", "request.method in [\"HEAD\", \"OPTIONS\"]", 1), true, nil)
	asks := http.Header{"Origin": {"https://www.example.com"}, "Access-Control-Request-Method": {"POST"}}
	for _, tt := range []struct{ method, want string }{
		{"HEAD", "200; Allow: ; Access-Control-Allow-Origin: ; "},
		{"OPTIONS", "200; Allow: ; Access-Control-Allow-Origin: ; Hello "},
		{"GET", "405; Allow: POST, OPTIONS, HEAD; Access-Control-Allow-Origin: ; method not allowed\n"},
	} {
		if got := a.asked(tt.method, "?name=", "", asks, "Allow", "Access-Control-Allow-Origin"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.method, got, tt.want)
		}
	}
	if got, want := a.deliveries(3), []string{"accepted", "accepted", "refused method"}; !sameItems(got, want) {
		t.Errorf("stored: got %v, want %v", got, want)
	}
}

// A preflight and a plain handshake are answered and nothing else: they count
// nowhere, and a refusal counts as one.
func TestWhatIsCounted(t *testing.T) {
	a := newAPI(t)
	id := a.listen(`
behavior: 1
name: Counted
inputs: {key: {type: secret, required: true}}
cors: {origins: ["https://www.example.com"]}
handshake:
  - when: payload.type == "url_verification"
    respond: {text: "${{ payload.challenge }}"}
verify:
  check: equal_secure(payload.token, inputs.key)
  reject: {status: 403, json: {error: "not you, ${{ payload.name }}"}, headers: {X-Why: token}}
dedupe: payload.id
steps:
  - respond: {status: 201, text: made}
`, true, map[string]any{"key": "hunter2"})
	json := http.Header{"Content-Type": {"application/json"}}
	for _, tt := range []struct {
		name, method, body string
		header             http.Header
		want               string
	}{
		{"a preflight", "OPTIONS", "", http.Header{"Origin": {"https://www.example.com"}, "Access-Control-Request-Method": {"POST"}}, "204; X-Why: ; "},
		{"a handshake, which is not checked", "POST", `{"type": "url_verification", "challenge": "abc", "id": 1}`, json, "200; X-Why: ; abc"},
		{"a refusal, which takes no key", "POST", `{"token": "hunter", "id": 1, "name": "<b>"}`, json, `403; X-Why: token; {"error":"not you, <b>"}`},
		{"an event", "POST", `{"token": "hunter2", "id": 1}`, json, "201; X-Why: ; made"},
		{"its repeat", "POST", `{"token": "hunter2", "id": 1}`, json, "201; X-Why: ; made"},
		{"a handshake of the same key", "POST", `{"type": "url_verification", "challenge": "def", "id": 1}`, json, "200; X-Why: ; def"},
	} {
		if got := a.asked(tt.method, "", tt.body, tt.header, "X-Why"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got, want := a.deliveries(3), []string{"duplicate", "accepted", "refused signature"}; !sameItems(got, want) {
		t.Errorf("stored: got %v, want %v", got, want)
	}
	var l struct{ Counts map[string]int }
	a.must("200", "GET /listeners/"+id, nil, &l)
	if want := map[string]int{"accepted": 1, "refused": 1, "duplicate": 1, "dead": 0}; !reflect.DeepEqual(l.Counts, want) {
		t.Errorf("counted: got %v, want %v", l.Counts, want)
	}
}

// Each provider's own rejection, where the behavior has none.
func TestProvidersRejectionsOverHTTP(t *testing.T) {
	for _, tt := range []struct{ verify, want string }{
		{"github.signed(request, inputs.key)", "401; X-Slack-No-Retry: ; signature does not match"},
		{"mailgun.signed(request, inputs.key)", "406; X-Slack-No-Retry: ; signature does not match"},
		{"slack.signed(request, inputs.key)", "401; X-Slack-No-Retry: 1; signature does not match"},
		{"bearer(request, inputs.key)", "401; X-Slack-No-Retry: ; not verified\n"},
	} {
		t.Run(tt.verify, func(t *testing.T) {
			a := newAPI(t)
			a.listen("behavior: 1\nname: A\ninputs: {key: {type: secret, required: true}}\nverify: "+tt.verify+"\n", true, map[string]any{"key": "hunter2"})
			if got := a.asked("POST", "", "{}", nil, "X-Slack-No-Retry"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got, want := a.deliveries(1), []string{"refused signature"}; !reflect.DeepEqual(got, want) {
				t.Errorf("stored: got %v, want %v", got, want)
			}
		})
	}
}
