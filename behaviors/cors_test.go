package behaviors

import (
	"reflect"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// A preflight is an OPTIONS of one origin that asks for one method, where the
// behavior has cors; whatever else comes is none, also where it looks like one.
func TestPreflight(t *testing.T) {
	c, err := NewCatalog(Vocabulary{})
	if err != nil {
		t.Fatal(err)
	}
	const some, all = "behavior: 1\ncors: {origins: [https://www.example.com]}\n", "behavior: 1\ncors: {origins: '*', headers: []}\n"
	const origin, asks = "Origin", "Access-Control-Request-Method"
	allows := func(more ...payload.Field) payload.Header {
		return append(more, payload.Field{Name: "Vary", Value: "Access-Control-Request-Method, Access-Control-Request-Headers"})
	}
	methods := payload.Field{Name: "Access-Control-Allow-Methods", Value: "POST"}
	for _, tt := range []struct {
		name, source, method string
		header               payload.Header
		want                 payload.Header // nil: no preflight
		cors                 payload.Header
	}{
		{"an origin that may", some, "OPTIONS", payload.Header{{Name: origin, Value: "https://www.example.com"}, {Name: asks, Value: "POST"}},
			allows(methods, payload.Field{Name: "Access-Control-Allow-Headers", Value: "Content-Type"}),
			payload.Header{{Name: "Access-Control-Allow-Origin", Value: "https://www.example.com"}, {Name: "Vary", Value: "Origin"}}},
		{"any origin, no header", all, "OPTIONS", payload.Header{{Name: origin, Value: "null"}, {Name: asks, Value: "PUT"}},
			allows(methods), payload.Header{{Name: "Access-Control-Allow-Origin", Value: "*"}}},
		{"an origin that may not", some, "OPTIONS", payload.Header{{Name: origin, Value: "https://www.example.com:444"}, {Name: asks, Value: "POST"}},
			allows(), payload.Header{{Name: "Vary", Value: "Origin"}}},
		{"the origin null", some, "OPTIONS", payload.Header{{Name: origin, Value: "null"}, {Name: asks, Value: "POST"}},
			allows(), payload.Header{{Name: "Vary", Value: "Origin"}}},
		{"two origins", some, "OPTIONS", payload.Header{{Name: origin, Value: "https://www.example.com"}, {Name: origin, Value: "https://evil.example"}, {Name: asks, Value: "POST"}},
			nil, payload.Header{{Name: "Vary", Value: "Origin"}}},
		{"two methods", some, "OPTIONS", payload.Header{{Name: origin, Value: "https://www.example.com"}, {Name: asks, Value: "POST"}, {Name: asks, Value: "PUT"}},
			nil, payload.Header{{Name: "Access-Control-Allow-Origin", Value: "https://www.example.com"}, {Name: "Vary", Value: "Origin"}}},
		{"no method asked for", all, "OPTIONS", payload.Header{{Name: origin, Value: "https://a.example"}},
			nil, payload.Header{{Name: "Access-Control-Allow-Origin", Value: "*"}}},
		{"no origin", all, "OPTIONS", payload.Header{{Name: asks, Value: "POST"}}, nil, nil},
		{"another method", all, "POST", payload.Header{{Name: origin, Value: "https://a.example"}, {Name: asks, Value: "POST"}},
			nil, payload.Header{{Name: "Access-Control-Allow-Origin", Value: "*"}}},
		{"no cors", "behavior: 1\n", "OPTIONS", payload.Header{{Name: origin, Value: "https://a.example"}, {Name: asks, Value: "POST"}}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, found := Compile(tt.source, c)
			if p == nil {
				t.Fatal(found)
			}
			e := NewEvaluation(p, &Delivery{Request: &payload.Request{Method: tt.method, Header: tt.header}}, nil)
			var want *Response
			if tt.want != nil {
				want = &Response{Status: 204, Header: tt.want}
			}
			if got := e.Preflight(); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if got := e.CORS(); !reflect.DeepEqual(got, tt.cors) {
				t.Errorf("headers: got %+v, want %+v", got, tt.cors)
			}
			if a := e.Admit(); (a.Outcome == Preflight) != (want != nil) {
				t.Errorf("admitted as %s", a.Outcome)
			}
			answer := &Response{Status: 200, Header: payload.Header{{Name: "Vary", Value: "Accept"}}}
			if got := e.WithCORS(answer); len(got.Header) != 1+len(tt.cors) || len(answer.Header) != 1 {
				t.Errorf("with the headers of cors: got %+v, and the answer is %+v", got, answer)
			}
		})
	}
}

func TestWebOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"https://www.example.com":               "https://www.example.com",
		"https://WWW.example.com/a/b?c#d":       "https://www.example.com",
		"https://www.example.com:443":           "https://www.example.com",
		"http://www.example.com:80/":            "http://www.example.com",
		"http://localhost:3000":                 "http://localhost:3000",
		"https://www.example.com:80":            "https://www.example.com:80",
		"https://www.example.com:8443":          "https://www.example.com:8443",
		"http://[2001:db8::1]:8080/":            "http://[2001:db8::1]:8080",
		"https://user@www.example.com":          "",
		"ftp://www.example.com":                 "",
		"www.example.com":                       "",
		"https://":                              "",
		"https://b\u00fccher.example":           "",
		"https://www.example.com\\@evil.exampl": "",
		"null":                                  "",
		"*":                                     "",
		"":                                      "",
	} {
		if got := webOrigin(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
