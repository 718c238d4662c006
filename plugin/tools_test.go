package plugin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func body(contentType, text string) *Request {
	r := &Request{Method: http.MethodPost, Body: []byte(text)}
	r.Header = r.Header.With("Content-Type", contentType)
	return r
}

func TestSet(t *testing.T) {
	r := body("application/json", `{"a": {"b": 1}}`)
	if err := Set(r, "a.b", "x"); err != nil || string(r.Body) != `{"a": {"b": "x"}}` {
		t.Errorf("got %s, %v", r.Body, err)
	}
	if err := Set(r, "a.c", "x"); err == nil || err.Error() != `the body has no "a.c"` {
		t.Errorf("a path that is not there: got %v", err)
	}
	if err := Set(body("application/json", `{"a"`), "a", "x"); err == nil || !strings.HasPrefix(err.Error(), "the body is not JSON: ") {
		t.Errorf("a body that is no JSON: got %v", err)
	}
}

func TestSign(t *testing.T) {
	if err := Sign(body("application/json", "{}"), "acme", "k", time.Time{}); err == nil || !strings.Contains(err.Error(), "github, mailgun") {
		t.Errorf("an unknown provider: got %v, want the known ones", err)
	}
	for _, provider := range Providers() {
		r := body("application/json", "{}")
		if err := Sign(r, provider, "", time.Now()); err == nil {
			t.Errorf("%s: signed with an empty key", provider)
		}
		if err := Sign(r, provider, "key", time.Now()); err != nil || (string(r.Body) == "{}" && len(r.Header) == 1) {
			t.Errorf("%s: %v, nothing was signed", provider, err)
		}
	}
}

func TestPost(t *testing.T) {
	var got *http.Request
	var sent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, sent = r, string(text)
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	r, err := ReadRequest([]byte("PUT /a%2Fb?x=1 HTTP/1.1\nHost: other.example\nContent-Length: 2\nX-Event: ping\n\nhi"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := Post(t.Context(), server.URL+"/hook", r)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Code != http.StatusFound {
		t.Errorf("got %d, want the redirect itself", answer.Code)
	}
	line := []string{got.Method, got.RequestURI, got.Host, got.Header.Get("X-Event"), sent}
	if want := []string{"PUT", "/hook/a%2Fb?x=1", strings.TrimPrefix(server.URL, "http://"), "ping", "hi"}; !slices.Equal(line, want) {
		t.Errorf("got %q, want %q", line, want)
	}
	server.Close()
	if _, err := Post(t.Context(), server.URL, r); err == nil || !strings.HasPrefix(err.Error(), "post to the listener: ") {
		t.Errorf("nobody listens: got %v", err)
	}
}

func TestToolsCheckAndSimulate(t *testing.T) {
	tools, err := NewTools()
	if err != nil {
		t.Fatal(err)
	}
	const source = "behavior: 1\nname: Echo\nsteps:\n  - respond: {text: \"${{ payload.a }}\"}\n"
	if found, failed := tools.Check(source, nil); failed || len(found) > 0 {
		t.Errorf("got %v", found)
	}
	if found, failed := tools.Check("behavior: 2\n", nil); !failed || len(found) == 0 {
		t.Errorf("got %v, want findings", found)
	}
	answer, compiles, err := tools.Simulate(Simulation{
		Source: source, Request: body("application/json", `{"a": "b"}`), BaseURL: "https://help.example.com/webhooks",
	})
	var out struct{ Response struct{ Body string } }
	if err != nil || !compiles || json.Unmarshal(answer, &out) != nil || out.Response.Body != "b" {
		t.Errorf("got %s, %t, %v", answer, compiles, err)
	}
	if _, _, err := tools.Simulate(Simulation{
		Source: source, Request: body("application/json", "{}"), Inputs: map[string]json.RawMessage{"a": json.RawMessage("{")},
	}); err == nil {
		t.Error("inputs that are no JSON went unnoticed")
	}
}
