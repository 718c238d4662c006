package actions

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/outbound"
)

// sentRequest is a request as the remote got it.
type sentRequest struct {
	Method, URI, Body string
	Header            map[string]string
}

// httpRemote is a server that notes what it gets. Its answers have no headers
// but those that answer sets.
type httpRemote struct {
	*httptest.Server
	t    *testing.T
	got  []sentRequest
	http *outbound.Client
}

func newHTTPRemote(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *httpRemote {
	remote := &httpRemote{t: t}
	remote.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s := sentRequest{r.Method, r.RequestURI, string(body), map[string]string{}}
		for name, values := range r.Header {
			s.Header[name] = strings.Join(values, " | ")
		}
		for _, always := range []string{"User-Agent", "Content-Length"} {
			delete(s.Header, always)
		}
		remote.got = append(remote.got, s)
		for _, always := range []string{"Date", "Content-Length", "Content-Type"} {
			w.Header()[always] = nil
		}
		answer(w, r)
	}))
	t.Cleanup(remote.Close)
	remote.http = outbound.New(outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	t.Cleanup(remote.http.Close)
	return remote
}

// canary is the secret of these tests.
const canary = "Bearer canary/of+the test\"1"

// call makes a call with a secret that is for this server only.
func (r *httpRemote) call(params map[string]any) (any, error) {
	c := &Call{Params: params, IdempotencyKey: "delivery-steps[0]", HTTP: r.http}
	c.Secret = func(_ expression.Secret, target string) (string, error) {
		if err := behaviors.CheckSecretHost(canary, []string{strings.TrimPrefix(r.URL, "http://")}, nil, target); err != nil {
			return "", mistake(err.Error())
		}
		return canary, nil
	}
	if text, ok := params["url"].(string); ok && strings.HasPrefix(text, "/") {
		params["url"] = r.URL + text
	}
	return httpRequest().Run(r.t.Context(), c)
}

func noContent(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func TestHTTPRequestSends(t *testing.T) {
	type m = map[string]any
	secret := expression.Secret{Name: "token"}
	const key = "delivery-steps[0]"
	tests := map[string]struct {
		params m
		want   sentRequest
	}{
		"GET by itself": {m{"url": "/a?b=1#c"}, sentRequest{"GET", "/a?b=1", "", map[string]string{"Idempotency-Key": key}}},
		"a query": {
			m{"url": "/a?b=1", "query": m{"c": []any{"x y", int64(2), nil}, "a": true, "none": nil, "n": 1.5}},
			sentRequest{"GET", "/a?b=1&a=true&c=x+y&c=2&n=1.5", "", map[string]string{"Idempotency-Key": key}},
		},
		"headers": {
			m{"url": "/", "method": "DELETE", "headers": m{"x-a": "1", "X-None": nil, "Authorization": secret, "idempotency-key": "mine"}},
			sentRequest{"DELETE", "/", "", map[string]string{"X-A": "1", "Authorization": canary, "Idempotency-Key": "mine"}},
		},
		"json": {
			m{"url": "/", "json": m{"a": m{"key": secret}, "l": []any{m{"key": secret}, int64(1)}, "n": nil}},
			sentRequest{"POST", "/", `{"a":{"key":"Bearer canary/of+the test\"1"},"l":[{"key":"Bearer canary/of+the test\"1"},1],"n":null}`,
				map[string]string{"Content-Type": "application/json", "Idempotency-Key": key}},
		},
		"json by PATCH, with a type of its own": {
			m{"url": "/", "method": "PATCH", "json": []any{}, "headers": m{"content-type": "application/json-patch+json"}},
			sentRequest{"PATCH", "/", `[]`, map[string]string{"Content-Type": "application/json-patch+json", "Idempotency-Key": key}},
		},
		"a form": {
			m{"url": "/", "form": m{"token": secret, "to": []any{"a&b", "c"}, "none": nil}},
			sentRequest{"POST", "/", "to=a%26b&to=c&token=Bearer+canary%2Fof%2Bthe+test%221", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": key}},
		},
		"text": {m{"url": "/", "text": "ä"}, sentRequest{"POST", "/", "ä", map[string]string{"Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": key}}},
		"xml":  {m{"url": "/", "method": "PUT", "xml": "<a/>"}, sentRequest{"PUT", "/", "<a/>", map[string]string{"Content-Type": "application/xml; charset=utf-8", "Idempotency-Key": key}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newHTTPRemote(t, noContent)
			out, err := r.call(tt.params)
			if want := (m{"status": int64(204), "headers": m{}, "body": "", "json": nil}); err != nil || !reflect.DeepEqual(out, any(want)) {
				t.Errorf("output: got %v, %v, want %v", out, err, want)
			}
			if len(r.got) != 1 || !reflect.DeepEqual(r.got[0], tt.want) {
				t.Errorf("got  %+v\nwant %+v", r.got, tt.want)
			}
		})
	}
}

// What is wrong is told before anything is sent, and never with a secret.
func TestHTTPRequestRefuses(t *testing.T) {
	type m = map[string]any
	secret := expression.Secret{Name: "token"}
	r := newHTTPRemote(t, noContent)
	elsewhere := newHTTPRemote(t, noContent)
	port := strings.TrimPrefix(r.URL, "http://127.0.0.1:")
	tests := map[string]struct {
		params m
		want   string
	}{
		"GET with a body":        {m{"url": "/", "method": "GET", "json": m{}}, "a GET has no body: leave it out, or choose another method"},
		"HEAD with a body":       {m{"url": "/", "method": "HEAD", "text": "a"}, "a HEAD has no body: leave it out, or choose another method"},
		"two bodies":             {m{"url": "/", "json": m{}, "xml": "<a/>"}, "a request has one body, got json and xml"},
		"Host":                   {m{"url": "/", "headers": m{"host": "evil.example"}}, "headers: host is written by the client itself"},
		"Content-Length":         {m{"url": "/", "headers": m{"content-length": "1"}}, "headers: content-length is written by the client itself"},
		"Connection":             {m{"url": "/", "headers": m{"CONNECTION": "close"}}, "headers: CONNECTION is written by the client itself"},
		"Transfer-Encoding":      {m{"url": "/", "headers": m{"Transfer-Encoding": "chunked"}}, "headers: Transfer-Encoding is written by the client itself"},
		"a header twice":         {m{"url": "/", "headers": m{"X-A": "1", "x-a": "2"}}, "headers: x-a is there twice"},
		"a header with a line":   {m{"url": "/", "headers": m{"X-A": "1\r\nHost: evil.example"}}, "write " + strings.TrimPrefix(r.URL, "http://") + ": header X-A has a control character"},
		"a name that is none":    {m{"url": "/", "headers": m{"X A:": "1"}}, "write " + strings.TrimPrefix(r.URL, "http://") + `: "X A:" is no name of a header`},
		"a header that is a map": {m{"url": "/", "headers": m{"X-A": m{}}}, "headers: X-A is no text"},
		"a field that is a map":  {m{"url": "/", "form": m{"a": []any{m{}}}}, "form: a is no text"},
		"an odd scheme":          {m{"url": "ftp://127.0.0.1/"}, "url 127.0.0.1: the URL does not begin with http:// or https://"},
		"no URL":                 {m{"url": "http://[::1"}, "url is malformed"},
		"accept nothing":         {m{"url": "/", "accept": []any{}}, "accept is empty, so no answer would do"},
		"accept nonsense":        {m{"url": "/", "accept": []any{int64(200), "2x"}}, `accept takes statuses such as 404 and classes such as "2xx", got "2x"`},
		"accept a class too far": {m{"url": "/", "accept": "6xx"}, `accept takes statuses such as 404 and classes such as "2xx", got "6xx"`},
		"accept a map":           {m{"url": "/", "accept": m{}}, `accept takes statuses such as 404 and classes such as "2xx", got something else`},
		"a secret as the json":   {m{"url": "/", "json": secret}, "http.request: the parameter json does not take a secret"},
		"a secret in a list":     {m{"url": "/", "json": m{"a": []any{secret}}}, "http.request: the parameter json does not take a secret"},
		"a secret in the query":  {m{"url": "/", "query": m{"a": secret}}, "http.request: the parameter query does not take a secret"},
		"a secret in the url":    {m{"url": secret}, "http.request: the parameter url does not take a secret"},
		"a secret in text":       {m{"url": "/", "text": secret}, "http.request: the parameter text does not take a secret"},
	}
	for _, host := range []string{
		strings.TrimPrefix(elsewhere.URL, "http://"), "localhost:" + port, "127.0.0.1.:" + port, "127.1:" + port, "2130706433:" + port, "①②⑦.⓪.⓪.①:" + port,
		"127。0。0。1:" + port, "[::ffff:127.0.0.1]:" + port, "127.0.0.1:" + port + "@" + strings.TrimPrefix(elsewhere.URL, "http://"), "127.0.0.1:0" + port,
	} {
		for part, params := range map[string]m{"header": {"headers": m{"A": secret}}, "json": {"json": m{"a": m{"b": secret}}}, "form": {"form": m{"a": secret}}} {
			params["url"] = "http://" + host + "/"
			tests[part+" for "+host] = struct {
				params m
				want   string
			}{params, "it may be sent to|cannot be compared"}
		}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := r.call(tt.params)
			var got *Error
			if !errors.As(err, &got) || !got.Permanent || got.Blame != BlameBehavior {
				t.Fatalf("got %+v, want a mistake", err)
			}
			one, other, either := strings.Cut(tt.want, "|")
			if got.Message != tt.want && !(either && (strings.Contains(got.Message, one) || strings.Contains(got.Message, other))) {
				t.Errorf("got %q, want %q", got.Message, tt.want)
			}
			if strings.Contains(fmt.Sprintf("%+v %v", got, got.Err), "canary") {
				t.Errorf("the error tells the secret: %+v", got)
			}
		})
	}
	if len(r.got)+len(elsewhere.got) != 0 {
		t.Errorf("called %d and %d times, want 0", len(r.got), len(elsewhere.got))
	}
}

func TestHTTPRequestAnswers(t *testing.T) {
	type m = map[string]any
	tests := map[string]struct {
		accept  any
		status  int
		header  http.Header
		body    string
		output  string // as the journal has it
		failure *Error
	}{
		"JSON": {nil, 201, http.Header{"Content-Type": {"application/json"}, "X-A": {"1", "2"}}, `{"id": 12345678901234567890, "l": [1, 1.5]}`,
			`{"body":"{\"id\": 12345678901234567890, \"l\": [1, 1.5]}","headers":{"content-type":"application/json","x-a":"1, 2"},"json":{"id":12345678901234567890,"l":[1,1.5]},"status":201}`, nil},
		"text":           {nil, 200, nil, "hello", `{"body":"hello","headers":{},"json":null,"status":200}`, nil},
		"bytes":          {nil, 200, nil, "a\xffb", `{"body":"a�b","headers":{},"json":null,"status":200}`, nil},
		"404 accepted":   {[]any{int64(200), int64(404)}, 404, nil, "", `{"body":"","headers":{},"json":null,"status":404}`, nil},
		"a class":        {[]any{"2XX", "4xx"}, 409, nil, "", `{"body":"","headers":{},"json":null,"status":409}`, nil},
		"one, as text":   {"409", 409, nil, "", `{"body":"","headers":{},"json":null,"status":409}`, nil},
		"a redirect":     {float64(302), 302, http.Header{"Location": {"/b"}}, "", `{"body":"","headers":{"location":"/b"},"json":null,"status":302}`, nil},
		"302 refused":    {nil, 302, http.Header{"Location": {"/b"}}, "", "", &Error{Message: "answered 302 Found", Status: 302, Permanent: true, Blame: BlameRemote}},
		"404":            {nil, 404, nil, "no such", "", &Error{Message: "answered 404 Not Found", Status: 404, Excerpt: "no such", Permanent: true, Blame: BlameRemote}},
		"200 not wanted": {[]any{int64(201)}, 200, nil, "", "", &Error{Message: "answered 200 OK", Status: 200, Permanent: true, Blame: BlameRemote}},
		"429 passes":     {nil, 429, http.Header{"Retry-After": {"7"}}, "", "", &Error{Message: "answered 429 Too Many Requests", Status: 429, RetryAfter: 7 * time.Second, Blame: BlameRemote}},
		"503 passes":     {[]any{"2xx"}, 503, nil, "", "", &Error{Message: "answered 503 Service Unavailable", Status: 503, Blame: BlameRemote}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newHTTPRemote(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.header {
					w.Header()[k] = v
				}
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			})
			out, err := r.call(m{"url": "/a", "accept": tt.accept})
			if tt.failure != nil {
				var got *Error
				if !errors.As(err, &got) || !reflect.DeepEqual(got, tt.failure) {
					t.Errorf("got %+v, want %+v", err, tt.failure)
				}
			} else if text, encodeErr := expression.NewWalker(expression.Limits{}).JSON(out); err != nil || encodeErr != nil || string(text) != tt.output {
				t.Errorf("got %s, %v, %v, want %s", text, err, encodeErr, tt.output)
			}
			if len(r.got) != 1 {
				t.Errorf("called %d times", len(r.got))
			}
		})
	}
}

func TestHTTPRequestCutsALongAnswer(t *testing.T) {
	r := newHTTPRemote(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `"`+strings.Repeat("ä", 1<<20)) })
	out, err := r.call(map[string]any{"url": "/"})
	got, _ := out.(map[string]any)
	if body, _ := got["body"].(string); err != nil || len(body) != 1<<20-1 || strings.Trim(body, "ä") != `"` || got["json"] != nil {
		t.Errorf("got %d bytes of body, json %v, %v", len(body), got["json"], err)
	}
}

// A remote that sends the secret back, in whatever form, does not bring it into
// the journal: neither by an output nor by a failure.
func TestHTTPRequestHidesSecretsThatComeBack(t *testing.T) {
	forms := append(encodings(canary), canary, canary[len("Bearer "):], url.QueryEscape(canary[len("Bearer "):]))
	for _, status := range []int{200, 400} {
		r := newHTTPRemote(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Echo", r.Header.Get("Authorization"))
			w.WriteHeader(status)
			io.WriteString(w, strings.Join(forms, "\n"))
		})
		out, err := r.call(map[string]any{"url": "/", "headers": map[string]any{"Authorization": expression.Secret{Name: "token"}}})
		var failed *Error
		if errors.As(err, &failed) != (status == 400) {
			t.Fatalf("%d: got %v", status, err)
		}
		text := fmt.Sprintf("%+v", out)
		if failed != nil {
			text = fmt.Sprintf("%+v", *failed)
		}
		for _, form := range forms {
			if strings.Contains(text, form) {
				t.Errorf("%d: %q came back: %s", status, form, text)
			}
		}
		if strings.Count(text, "[secret]") < len(forms) {
			t.Errorf("%d: got %s", status, text)
		}
	}
}

func TestRedactor(t *testing.T) {
	for _, tt := range []struct{ secret, text, want string }{
		{"", "nothing to hide", "nothing to hide"},
		{"ab", "ab and YWI=", "[secret] and YWI="},
		{"https://hooks.example/T0/B0?k=v1", "at /T0/B0 with k=v1 of hooks.example", "at [secret] with [secret] of hooks.example"},
		{"Basic YW5uYTpodW50ZXIy", "anna:hunter2 is wrong, and hunter2, and YW5uYTpodW50ZXIy", "[secret] is wrong, and [secret], and [secret]"},
		{"Bearer a", "a", "a"}, // too short to be told from a letter
		{`a"b\c&d`, `{"x": "a\"b\\c\u0026d", "y": "a\"b\\c&d"} a&#34;b\c&amp;d`, `{"x": "[secret]", "y": "[secret]"} [secret]`},
		{"aé/b+C", `aÉ/B+c, A\u00C9/B at a%c3%a9%2fb%2bc and YcOpL2IrQw==, yCOPl2iRqW`, `[secret], A\u00C9/B at [secret] and [secret], [secret]`},
		{"https://anna:hunter2@a.example/", "Basic YW5uYTpodW50ZXIy", "Basic [secret]"},
		{"https://a.example/abcd?cdef", "abcd?cdef, /abcd?abcd/abcd", "abcd?[secret], [secret]?abcd[secret]"},
	} {
		if got := newRedactor(tt.secret).hide(tt.text); got != tt.want {
			t.Errorf("%q in %q: got %q, want %q", tt.secret, tt.text, got, tt.want)
		}
	}
}

// JSON that is spelled otherwise than anybody would guess, and an answer that is
// cut amidst a secret, bring nothing of it either.
func TestHTTPRequestHidesSecretsThatComeBackOtherwise(t *testing.T) {
	spelled := ""
	for _, r := range canary {
		spelled += fmt.Sprintf(`\u%04x`, r)
	}
	sent, err := json.Marshal(map[string]string{"sent": canary})
	if err != nil {
		t.Fatal(err)
	}
	quoted, err := json.Marshal(string(sent))
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"escapes": `{"a": ["` + spelled + `"], "` + spelled + `": 1}`,
		"quoted":  `{"a": ` + string(quoted) + `}`,
		"cut":     strings.Repeat("x", 1<<20-20) + canary,
		"cut, and less than an excerpt without them": strings.Repeat(canary, 1<<20/len(canary)+1),
	} {
		for _, status := range []int{200, 400} {
			r := newHTTPRemote(t, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(status)
				io.WriteString(w, body)
			})
			out, err := r.call(map[string]any{"url": "/", "headers": map[string]any{"Authorization": expression.Secret{Name: "token"}}})
			var failed *Error
			if errors.As(err, &failed) != (status == 400) {
				t.Fatalf("%s, %d: got %v", name, status, err)
			}
			text := fmt.Sprintf("%+v", out)
			if failed != nil {
				text = fmt.Sprintf("%+v", *failed)
			}
			if strings.Contains(text, canary[:8]) || strings.Contains(text, "of+the te") || strings.Contains(text, spelled[6:]) {
				t.Errorf("%s, %d: the secret came back: %.2000s", name, status, text)
			}
		}
	}
}

// Nothing private is reached: not by itself, and not by a redirect (RELIABILITY
// S5). That it would be, were it allowed, shows that the server counts.
func TestHTTPRequestReachesNothingPrivate(t *testing.T) {
	var reached atomic.Int64
	private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer private.Close()
	addr := private.Listener.Addr().(*net.TCPAddr)

	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	status := 0
	door := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", private.URL)
		w.WriteHeader(status)
	}))
	door.Listener.Close()
	door.Listener = l
	door.Start()
	defer door.Close()
	call := func(target string, accept any, allow ...string) error {
		var networks []netip.Prefix
		for _, n := range allow {
			networks = append(networks, netip.MustParsePrefix(n))
		}
		client := outbound.New(outbound.Options{Allow: networks})
		defer client.Close()
		_, err := httpRequest().Run(t.Context(), &Call{Params: map[string]any{"url": target, "accept": accept, "method": "POST", "text": "x"}, HTTP: client})
		return err
	}
	for _, target := range []string{
		private.URL, fmt.Sprintf("http://localhost:%d", addr.Port), fmt.Sprintf("http://[::ffff:127.0.0.1]:%d", addr.Port),
		fmt.Sprintf("http://a.example@127.0.0.1:%d/", addr.Port), fmt.Sprintf("http://①②⑦.⓪.⓪.①:%d/", addr.Port), "http://169.254.169.254/latest/meta-data/",
	} {
		err := call(target, nil, "127.0.0.2/32")
		var got *Error
		if !errors.As(err, &got) || !got.Permanent || got.Blame != BlameBehavior || !strings.HasPrefix(got.Message, "guard ") {
			t.Errorf("%s: got %v, want a refusal of the guard", target, err)
		}
	}
	for _, status = range []int{301, 302, 303, 307, 308} {
		if err := call(door.URL, "3xx", "127.0.0.2/32"); err != nil {
			t.Errorf("%d: %v", status, err)
		}
		var got *Error
		if err := call(door.URL, nil, "127.0.0.2/32"); !errors.As(err, &got) || got.Status != status || !got.Permanent {
			t.Errorf("%d: got %v", status, err)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("reached %d times", n)
	}
	if err := call(private.URL, nil, "127.0.0.0/8"); err != nil || reached.Load() != 1 {
		t.Errorf("where it is allowed: reached %d times, %v", reached.Load(), err)
	}
}

func TestHTTPRequestWithoutItsSecret(t *testing.T) {
	r := newHTTPRemote(t, noContent)
	unreadable := errors.New("unreadable")
	c := &Call{
		Params: map[string]any{"url": r.URL, "headers": map[string]any{"A": expression.Secret{Name: "token"}}}, HTTP: r.http,
		Secret: func(expression.Secret, string) (string, error) { return "", unreadable },
	}
	if _, err := httpRequest().Run(t.Context(), c); !errors.Is(err, unreadable) || len(r.got) != 0 {
		t.Errorf("got %v and %d calls, want %v and none", err, len(r.got), unreadable)
	}
}

// Whatever accept says, only statuses of 200 to 599 are accepted, and it is told
// where there is none.
func FuzzAccept(f *testing.F) {
	for _, s := range []string{"200", "2xx", "5XX", "1xx", "099", "+20", "", "2x", "600", "²xx"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range []any{text, []any{text}} {
			s, err := parseAccept(v)
			if err != nil {
				continue
			}
			n := 0
			for status := -1; status < 1000; status++ {
				if s.include(status) {
					if n++; status < 200 || status > 599 {
						t.Fatalf("%q accepts %d", text, status)
					}
				}
			}
			if n != 1 && n != 100 {
				t.Fatalf("%q accepts %d statuses", text, n)
			}
		}
	})
}

// A secret is in no text that has been through the redactor.
func FuzzRedactor(f *testing.F) {
	f.Add(canary, "x", "y")
	f.Add("Basic YW5uYTpodW50ZXIy", "", "hunter2")
	f.Add("[secret]", "[sec", "ret]")
	f.Add("000\xcf", "0", "\xb6") // a character, with what follows
	f.Add("000\xce", "", "\xa9")  // one that has a lower case
	f.Add("000\uFFFD", "000\xcf", "")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len(secret) < minEncoded || strings.Contains("[secret]", secret) || strings.ContainsAny(secret, "[]") {
			return
		}
		hide := newRedactor(secret).hide
		for _, form := range append(encodings(secret), secret) {
			if strings.Contains(hide(before+form+after), secret) {
				t.Errorf("%q is left of %q", secret, before+form+after)
			}
		}
	})
}
