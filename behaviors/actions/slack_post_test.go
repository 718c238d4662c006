package actions

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/outbound"
)

// slackServer stands in for Slack.
type slackServer struct {
	t      *testing.T
	url    string
	header http.Header
	body   string
	calls  int
}

const slackPath = "/services/T000/B000/hunter2"

func newSlack(t *testing.T, status int, body string, header http.Header) *slackServer {
	s := &slackServer{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.header, s.body = r.Header, string(read)
		s.calls++
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL + slackPath
	return s
}

func (s *slackServer) call(params map[string]any) *Call {
	client := outbound.New(outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	s.t.Cleanup(client.Close)
	return &Call{
		Params: params, IdempotencyKey: "delivery-steps[0]", HTTP: client,
		Secret: func(expression.Secret, string) (string, error) { return s.url, nil },
	}
}

func TestSlackPostSends(t *testing.T) {
	s := newSlack(t, 200, "ok", nil)
	_, err := slackPost().Run(t.Context(), s.call(map[string]any{
		"webhook": expression.Secret{Name: "slack"}, "channel": "#support", "text": "<https://x.example|ABC> & \"more\"",
		"blocks": []any{map[string]any{"type": "divider"}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"blocks":[{"type":"divider"}],"channel":"#support","text":"<https://x.example|ABC> & \"more\""}`; s.body != want {
		t.Errorf("body: got %s, want %s", s.body, want)
	}
	got := [2]string{s.header.Get("Content-Type"), s.header.Get("Idempotency-Key")}
	if want := [2]string{"application/json", "delivery-steps[0]"}; got != want {
		t.Errorf("headers: got %q, want %q", got, want)
	}
}

func TestSlackPostAnswers(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		header http.Header
		want   Error
	}{
		"404 is permanent": {404, "no_service", nil, Error{Message: "answered 404 Not Found", Status: 404, Excerpt: "no_service", Permanent: true, Blame: BlameRemote}},
		"408 passes":       {408, "", nil, Error{Message: "answered 408 Request Timeout", Status: 408, Blame: BlameRemote}},
		"425 passes":       {425, "", nil, Error{Message: "answered 425 Too Early", Status: 425, Blame: BlameRemote}},
		"429 says when": {429, "slow down", http.Header{"Retry-After": {"30"}},
			Error{Message: "answered 429 Too Many Requests", Status: 429, Excerpt: "slow down", RetryAfter: 30 * time.Second, Blame: BlameRemote}},
		"503 by date": {503, "", http.Header{"Retry-After": {"Sun, 01 Mar 2026 09:02:00 GMT"}, "Date": {"Sun, 01 Mar 2026 09:00:00 GMT"}},
			Error{Message: "answered 503 Service Unavailable", Status: 503, RetryAfter: 2 * time.Minute, Blame: BlameRemote}},
		"an hour at most": {503, "", http.Header{"Retry-After": {"86400"}},
			Error{Message: "answered 503 Service Unavailable", Status: 503, RetryAfter: time.Hour, Blame: BlameRemote}},
		"nonsense of a Retry-After": {500, "", http.Header{"Retry-After": {"soon"}},
			Error{Message: "answered 500 Internal Server Error", Status: 500, Blame: BlameRemote}},
		"a redirect is not followed": {302, "", http.Header{"Location": {"https://elsewhere.example/"}},
			Error{Message: "answered 302 Found", Status: 302, Permanent: true, Blame: BlameRemote}},
		"an answer that repeats the URL": {400, "bad: " + slackPath, nil,
			Error{Message: "answered 400 Bad Request", Status: 400, Excerpt: "bad: [secret]", Permanent: true, Blame: BlameRemote}},
		"a long answer is cut": {500, strings.Repeat("ä", 1000), nil,
			Error{Message: "answered 500 Internal Server Error", Status: 500, Excerpt: strings.Repeat("ä", 512), Blame: BlameRemote}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSlack(t, tt.status, tt.body, tt.header)
			_, err := slackPost().Run(t.Context(), s.call(map[string]any{"webhook": expression.Secret{Name: "slack"}, "text": "hello"}))
			var got *Error
			if !errors.As(err, &got) || !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("got %+v, want %+v", err, tt.want)
			}
			if s.calls != 1 {
				t.Errorf("called %d times", s.calls)
			}
		})
	}
}

func TestSlackPostCannotCall(t *testing.T) {
	s := newSlack(t, 200, "ok", nil)
	post := func(url string, params map[string]any) *Error {
		t.Helper()
		c := s.call(params)
		c.Secret = func(expression.Secret, string) (string, error) { return url, nil }
		_, err := slackPost().Run(t.Context(), c)
		var failed *Error
		if !errors.As(err, &failed) {
			t.Fatalf("got %v, want an *Error", err)
		}
		if strings.Contains(failed.Message, "hunter2") {
			t.Errorf("the message holds the secret: %s", failed.Message)
		}
		return failed
	}
	hello := map[string]any{"webhook": expression.Secret{Name: "slack"}, "text": "hello"}
	closed := httptest.NewServer(nil)
	closed.Close()
	if got := post(closed.URL+slackPath, hello); got.Permanent || got.Blame != BlameNetwork {
		t.Errorf("nobody listens: got %+v", got)
	}
	if got := post("http://10.0.0.1"+slackPath, hello); !got.Permanent || got.Blame != BlameBehavior {
		t.Errorf("a private address: got %+v", got)
	}
	if got := post("ftp://example.com"+slackPath, hello); !got.Permanent || got.Blame != BlameBehavior {
		t.Errorf("no http: got %+v", got)
	}
	if got := post(s.url, map[string]any{"webhook": expression.Secret{Name: "slack"}, "channel": "#a"}); got.Message != "slack.post needs text or blocks" {
		t.Errorf("nothing to say: got %+v", got)
	}
	if s.calls != 0 {
		t.Errorf("called %d times", s.calls)
	}
}

func TestSlackPostWithoutItsSecret(t *testing.T) {
	s := newSlack(t, 200, "ok", nil)
	unreadable := errors.New("unreadable")
	c := s.call(map[string]any{"webhook": expression.Secret{Name: "slack"}, "text": "hello"})
	c.Secret = func(expression.Secret, string) (string, error) { return "", unreadable }
	if _, err := slackPost().Run(t.Context(), c); !errors.Is(err, unreadable) {
		t.Errorf("got %v, want %v", err, unreadable)
	}
}
