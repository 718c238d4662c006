package hosttest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// posting are the cases without which nothing that posts to a listener says
// anything.
var posting = []string{"start/", "identity/session needs CSRF", "public/reached", "public/without CSRF and session"}

func publicCases() []testCase {
	after := []string{"start/", "identity/session needs CSRF"}
	keepOff := func(says, why string) rule { return rule{says, why, seeKeepOff} }
	all := []testCase{
		{
			name: "public/reached", after: after, check: reached,
			rule: keepOff("a listener is reached below the public path, without a log-in",
				"services have no session at the host"),
		},
		{
			name: "public/without CSRF and session", after: append(after, "public/reached"), check: withoutCSRF,
			rule: keepOff("nothing asks a service for a CSRF token, for a session or for the origin of its request, and no answer sets a cookie of the host",
				"a service has none of them; a session for each delivery fills the host's table"),
		},
		{
			name: "public/escaped path", after: posting, check: escapedPath,
			rule: keepOff("path and query arrive as they were sent: nothing decodes, cleans, redirects or adds a slash",
				"request.url is part of what some services sign, and a redirect loses the body"),
		},
		{
			name: "public/large body", after: posting, check: largeBody,
			rule: keepOff("no limit of the host's stands before the plugin's own, which a behavior may raise to 32 MiB",
				"a mail with its files has more than the few megabytes that a host takes of a form"),
		},
		{
			name: "public/session cookie", after: posting, check: sessionCookie,
			rule: keepOff("WithSessionCookie names the host's session cookie, so that no behavior's answer sets it",
				"who edits a behavior could log people in as somebody else"),
		},
	}
	for _, b := range oddBodies {
		all = append(all, testCase{
			name: "public/" + b.name, after: posting,
			rule: keepOff("the body arrives byte by byte as it was sent", "signatures are over the bytes: "+b.otherwise),
			check: func(t testing.TB, h *Host) {
				s := serveEnabled(t, h)
				admin := s.session(everything...)
				s.arrives(admin, s.listen(admin, signed, map[string]any{"key": signingKey}), b.message())
			},
		})
	}
	return all
}

// open answers anybody.
const open = `behavior: 1
name: Conformance
accept: {methods: [GET, POST]}
steps:
  - respond: {status: 202, text: "accepted"}
`

// roomy takes large bodies, and reads nothing of them.
const roomy = `behavior: 1
name: Conformance, large
accept: {max_body: 8 MiB}
steps:
  - respond: {status: 202}
`

// signed verifies the bytes, and says which path it saw.
const signed = `behavior: 1
name: Conformance, signed
inputs:
  key: {type: secret, required: true}
verify: github.signed(request, inputs.key)
steps:
  - respond: {json: {path: "${{ request.path }}", url: "${{ request.url }}"}}
`

func reached(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	l := s.listen(s.session(everything...), open, nil)
	if path, ok := s.local(l.URL); !ok || path != s.path(l) {
		t.Errorf("the listener's URL is %q, want %s%s", l.URL, h.Host.BaseURL(), s.path(l))
	}
	if got := s.post(l, &sent{method: http.MethodGet}); got.status != http.StatusAccepted || got.body != "accepted" {
		t.Errorf("GET %s: got %s, want 202 accepted, as the behavior answers", s.path(l), got)
	}
}

func withoutCSRF(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	l := s.listen(s.session(everything...), open, nil)
	for name, headers := range map[string][][2]string{
		"a service":                    nil,
		"a form of another site":       {{"Origin", "https://elsewhere.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Referer", "https://elsewhere.example/"}},
		"a caller with another's JWT":  {{"Authorization", "Bearer e30.e30.e30"}},
		"a caller with an odd session": {{"Cookie", s.session().cookie.Name + "=conformance-made-up"}},
	} {
		got := s.post(l, &sent{headers: append(headers, [2]string{"Content-Type", "text/plain"}), body: []byte("a=1")})
		if got.status != http.StatusAccepted || got.body != "accepted" {
			t.Errorf("POST by %s: got %s, want 202 accepted", name, got)
		}
		if cookies := got.header.Values("Set-Cookie"); len(cookies) > 0 {
			t.Errorf("the answer to %s sets the cookies %q", name, cookies)
		}
	}
}

func escapedPath(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	l := s.listen(admin, signed, map[string]any{"key": signingKey})
	for _, path := range []string{"/a%2Fb/../c//d;x=%41?q=a+b%20c&q=", "/", "//", "/%7E/./%e4%20%25", "/a%5cb/?", "?a=1;b=%zz&&"} {
		m := &sent{path: path, headers: [][2]string{{"Content-Type", "application/json"}}, body: []byte("{}")}
		got := s.postSigned(l, m)
		var saw struct{ Path, URL string }
		if err := json.Unmarshal([]byte(got.body), &saw); err != nil || got.status != http.StatusOK {
			t.Errorf("POST %s%s: got %s, want 200", s.path(l), path, got)
			continue
		}
		before, _, _ := strings.Cut(path, "?")
		if want := strings.TrimSuffix(l.URL+path, "?"); saw.Path != before || strings.TrimSuffix(saw.URL, "?") != want {
			t.Errorf("POST %s%s: the behavior saw the path %q and the URL %q, want %q and %q", s.path(l), path, saw.Path, saw.URL, before, want)
		}
	}
}

// arrives posts a signed body, and wants the same bytes in the log.
func (s *site) arrives(admin *visitor, l listener, m *sent) {
	s.Helper()
	got := s.postSigned(l, m)
	if got.status != http.StatusOK {
		s.Errorf("a signed body of %d bytes: got %s, want 200, as the signature is over these bytes", len(m.body), got)
		return
	}
	s.stored(s.last(admin, l), m)
}

// stored wants a delivery's body to be what was sent.
func (s *site) stored(d *delivery, m *sent) {
	s.Helper()
	body, err := d.body()
	if err != nil {
		s.Fatal(err)
	}
	if difference := differ(body, m.body); difference != "" {
		s.Error(difference)
	}
}

func largeBody(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	l := s.listen(admin, roomy, nil)
	m := &sent{
		headers: [][2]string{{"Content-Type", "application/json"}},
		body:    []byte(`{"file": "` + strings.Repeat("0123456789abcdef", 4<<20/16) + `"}`),
	}
	if got := s.post(l, m); got.status != http.StatusAccepted {
		t.Errorf("a body of %d bytes: got %s, want 202, as the behavior takes 8 MiB", len(m.body), got)
		return
	}
	s.stored(s.last(admin, l), m)
}

func sessionCookie(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	name := admin.cookie.Name
	l := s.listen(admin, `behavior: 1
name: Conformance, cookie
steps:
  - respond: {headers: {Set-Cookie: "`+name+`=stolen"}, text: "x"}
`, nil)
	got := s.post(l, &sent{})
	if cookies := got.header.Values("Set-Cookie"); len(cookies) > 0 || got.status < 500 {
		t.Errorf("a behavior that sets the cookie %s: got %d with %q, want 500 and no cookie", name, got.status, cookies)
	}
}

func tellsNothing(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	l := s.listen(admin, open, nil)
	ask := func(l listener) answer {
		t.Helper()
		a := s.post(l, &sent{headers: [][2]string{{"Content-Type", "application/json"}}, body: []byte("{}")})
		a.header.Del("Date")
		return a
	}
	nowhere := listener{GUID: strings.Repeat("a", 26)}
	unknown, again := ask(nowhere), ask(nowhere)
	if unknown.status != http.StatusNotFound {
		t.Errorf("an unknown GUID: got %s, want 404", unknown)
	}
	for name := range unknown.header {
		if unknown.header.Get(name) != again.header.Get(name) {
			again.header.Del(name) // a request's number, say: it tells nothing
			unknown.header.Del(name)
		}
	}
	same := func(what string, got answer) {
		t.Helper()
		for name := range again.header {
			if got.header.Get(name) != again.header.Get(name) {
				t.Errorf("%s: got the header %s: %s, and for an unknown GUID %s", what, name, got.header.Get(name), again.header.Get(name))
			}
		}
		if got.status != unknown.status || got.body != unknown.body {
			t.Errorf("%s: got %s, and for an unknown GUID %s", what, got, unknown)
		}
	}
	s.want(admin, http.MethodPatch, "/listeners/"+l.ID, map[string]any{"enabled": false}, nil)
	same("a disabled listener", ask(l))
	s.want(admin, http.MethodPatch, "/listeners/"+l.ID, map[string]any{"enabled": true}, nil)
	s.disable()
	same("a switched-off plugin", ask(l))
	same("a switched-off plugin and an unknown GUID", ask(nowhere))
}

// oddBodies are what a middleware that means well changes.
var oddBodies = []struct {
	name, otherwise string
	message         func() *sent
}{
	{"every byte", "what is no text is replaced where somebody reads it as one", func() *sent {
		var all []byte
		for b := range 256 {
			all = append(all, byte(b))
		}
		return &sent{headers: [][2]string{{"Content-Type", "application/octet-stream"}}, body: bytes.Repeat(all, 3)}
	}},
	{"invalid UTF-8", "JSON that is decoded and encoded again has other bytes", func() *sent {
		return &sent{headers: [][2]string{{"Content-Type", "application/json; charset=utf-8"}}, body: []byte("{\"name\": \"J\xfcrgen\xff\", \"a\" :1.0 }")}
	}},
	{"blanks and newlines", "whoever trims a text changes it", func() *sent {
		return &sent{headers: [][2]string{{"Content-Type", "application/json"}}, body: []byte("\r\n\t{ \"a\": 1 }\n\n")}
	}},
	{"compressed", "a middleware that decompresses bodies hands on others", func() *sent {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(`{"a": 1}`)); err != nil {
			panic(err) // a buffer takes everything
		}
		if err := w.Close(); err != nil {
			panic(err)
		}
		return &sent{headers: [][2]string{{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, body: b.Bytes()}
	}},
	{"form", "a middleware that parses a form takes it away, or writes it anew", func() *sent {
		return &sent{headers: [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}}, body: []byte("b=%7e&a=+&a=%2B&=&&c&_method=DELETE&csrf=")}
	}},
	{"chunked", "a length that nobody knows must not become an empty body", func() *sent {
		return &sent{
			headers: [][2]string{{"Content-Type", "application/json"}}, chunked: true,
			body: []byte(`{"text": "` + url.QueryEscape(strings.Repeat("chunk after chunk ", 300)) + `"}`),
		}
	}},
}
