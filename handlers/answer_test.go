package handlers

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
)

var testOrigin = answerOrigin{path: "/webhooks/" + knownGUID, sessionCookie: "session"}

func TestAnswerRefusals(t *testing.T) {
	header := func(name, value string) *behaviors.Response {
		return &behaviors.Response{Status: 200, Header: payload.Header{{Name: name, Value: value}}}
	}
	for _, tt := range []struct {
		name string
		resp *behaviors.Response
		want string
	}{
		{"status 0", &behaviors.Response{}, "status 0: must be from 200 to 599"},
		{"status 99", &behaviors.Response{Status: 99}, "status 99: must be from 200 to 599"},
		{"status 101", &behaviors.Response{Status: 101}, "status 101: must be from 200 to 599"},
		{"status 999", &behaviors.Response{Status: 999}, "status 999: must be from 200 to 599"},
		{"CR LF", header("X-A", "a\r\nSet-Cookie: b=c"), `header "X-A" cannot hold a line break or another control character`},
		{"NUL", header("X-A", "a\x00"), `header "X-A" cannot hold a line break or another control character`},
		{"colon in the name", header("X:A", "a"), `header "X:A" has characters that a header's name cannot have`},
		{"no name", header("", "a"), `header "" has characters that a header's name cannot have`},
		{"100 KiB", header("X-A", strings.Repeat("a", 100<<10)), `header "X-A" is larger than 32 KiB`},
		{"twice 20 KiB", &behaviors.Response{Status: 200, Header: payload.Header{
			{Name: "X-A", Value: strings.Repeat("a", 20<<10)}, {Name: "X-B", Value: strings.Repeat("b", 20<<10)},
		}}, "headers: must be at most 32768 bytes together"},
		{"length", header("content-length", "3"), `header "content-length" is written by the server`},
		{"encoding", header("Transfer-Encoding", "chunked"), `header "Transfer-Encoding" is written by the server`},
		{"connection", header("Connection", "upgrade"), `header "Connection" is written by the server`},
		{"site data", header("CLEAR-SITE-DATA", `"*"`), `header "CLEAR-SITE-DATA" has effect on the whole origin, which is the helpdesk's`},
		{"service worker", header("Service-Worker-Allowed", "/"), `header "Service-Worker-Allowed" has effect on the whole origin, which is the helpdesk's`},
		{"script", header("Content-Type", "text/javascript"), `header "Content-Type" names a script, which is not served from the helpdesk's origin`},
		{"script with charset", header("content-type", "Application/X-JavaScript; charset=utf-8"), `header "content-type" names a script, which is not served from the helpdesk's origin`},
		{"ecmascript", header("Content-Type", "text/ecmascript"), `header "Content-Type" names a script, which is not served from the helpdesk's origin`},
		{"unreadable type", header("Content-Type", "text/javascript, text/html"), `header "Content-Type" names a script, which is not served from the helpdesk's origin`},
		{"session cookie", header("Set-Cookie", "session=x"), "header Set-Cookie: the name belongs to the host"},
		{"__Host-", header("Set-Cookie", "__HOST-x=y; Path=/; Secure"), "header Set-Cookie: the name belongs to the host"},
		{"cookie for the host", header("set-cookie", "a=b; Path=/"), "header Set-Cookie: Path must be the listener's own"},
		{"cookie for a neighbour", header("Set-Cookie", "a=b; Path=/webhooks/"+knownGUID+"x"), "header Set-Cookie: Path must be the listener's own"},
		{"last path counts", header("Set-Cookie", "a=b; Path="+testOrigin.path+"; Path=/"), "header Set-Cookie: Path must be the listener's own"},
		{"cookie for a domain", header("Set-Cookie", "a=b; Domain=example.com"), "header Set-Cookie: Domain is not allowed"},
		{"nameless cookie", header("Set-Cookie", "=session=x"), "header Set-Cookie: no valid cookie"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			err := writeAnswer(w, httptest.NewRequest("POST", "/", nil), tt.resp, testOrigin)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if len(w.Header()) != 0 || w.Body.Len() != 0 {
				t.Errorf("written: %v %q", w.Header(), w.Body)
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	guarded := func(more http.Header) http.Header {
		h := http.Header{"X-Content-Type-Options": {"nosniff"}, "Content-Security-Policy": {"sandbox"}}
		for name, values := range more {
			h[name] = values
		}
		return h
	}
	for _, tt := range []struct {
		name, method string
		resp         behaviors.Response
		want         http.Header
		body         string
	}{
		{"empty", "POST", behaviors.Response{Status: 200}, guarded(http.Header{"Content-Length": {"0"}}), ""},
		{
			"no type is guessed", "POST", behaviors.Response{Status: 201, Body: []byte("<script>")},
			guarded(http.Header{"Content-Length": {"8"}, "Content-Type": {"text/plain; charset=utf-8"}}), "<script>",
		},
		{
			"guards cannot be weakened", "POST", behaviors.Response{Status: 200, Header: payload.Header{
				{Name: "content-security-policy", Value: "default-src *"}, {Name: "Content-Type", Value: "text/html"},
			}, Body: []byte("<p>")},
			guarded(http.Header{"Content-Length": {"3"}, "Content-Type": {"text/html"}}), "<p>",
		},
		{
			"cookies are bound to the listener", "POST", behaviors.Response{Status: 200, Header: payload.Header{
				{Name: "Set-Cookie", Value: "a=b"}, {Name: "Set-Cookie", Value: "c=d; Path=" + testOrigin.path + "/x; HttpOnly"},
			}},
			guarded(http.Header{"Content-Length": {"0"}, "Set-Cookie": {
				"a=b; Path=" + testOrigin.path, "c=d; Path=" + testOrigin.path + "/x; HttpOnly",
			}}), "",
		},
		{"HEAD has no body", "HEAD", behaviors.Response{Status: 200, Body: []byte("text")}, guarded(nil), ""},
		{"204 has no body", "POST", behaviors.Response{Status: 204, Body: []byte("text")}, guarded(nil), ""},
		{"304 has no body", "GET", behaviors.Response{Status: 304, Body: []byte("text")}, guarded(nil), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			if err := writeAnswer(w, httptest.NewRequest(tt.method, "/", nil), &tt.resp, testOrigin); err != nil {
				t.Fatal(err)
			}
			if w.Code != tt.resp.Status || w.Body.String() != tt.body || !reflect.DeepEqual(w.Header(), tt.want) {
				t.Errorf("got  %d %v %q\nwant %d %v %q", w.Code, w.Header(), w.Body, tt.resp.Status, tt.want, tt.body)
			}
		})
	}
}

func TestRefusedAnswerIsA500WithItsReasonInTheLog(t *testing.T) {
	f := &fakeReceiver{answer: &behaviors.Response{Status: 200, Header: payload.Header{{Name: "X-A", Value: "a\nhunter2"}}}}
	fr := newFront(t, f)
	response := fr.raw(t, post(knownGUID, ""), false)
	if status(response) != "500" || strings.Contains(response, "hunter2") || strings.Contains(response, "X-A") {
		t.Errorf("got\n%s", response)
	}
	log := fr.log.String()
	if strings.Count(log, "answer refused") != 1 || !strings.Contains(log, "listener=7 delivery=9") || strings.Contains(log, "hunter2") {
		t.Errorf("log\n%s", log)
	}
}
