package payload

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"
)

func typed(contentType, body string) *Request {
	r := &Request{Method: "POST", Body: []byte(body)}
	if contentType != "" {
		r.Header = Header{{"content-type", contentType}}
	}
	return r
}

func TestKind(t *testing.T) {
	for _, c := range []struct {
		contentType, body string
		want              Kind
	}{
		{"application/json", `{}`, JSON},
		{"application/json; charset=utf-8", `{`, JSON},
		{"APPLICATION/JSON ;charset=utf-16", `x`, JSON},
		{"application/cloudevents+json", `{}`, JSON},
		{"text/json", `{}`, JSON},
		{"application/json", ``, JSON},
		{"text/plain; charset=UTF-8", `{"Type":"Notification"}`, JSON},
		{"text/plain", "\xef\xbb\xbf [1]", JSON},
		{"text/plain", `hello`, Text},
		{"text/plain", `[ERROR] disk full`, Text},
		{"text/plain", `"x"`, Text},
		{"text/plain", `12`, Text},
		{"text/plain", ``, Text},
		{"text/html", `{}`, Text},
		{"", `{"a":1}`, JSON},
		{"", `[1,`, Text},
		{"", "a=b", Text},
		{"", "\xff\xd8", Binary},
		{"", ``, ""},
		{"application/x-www-form-urlencoded", `payload=%7B%7D`, Form},
		{"application/x-www-form-urlencoded", `{"a":1}`, Form},
		{"multipart/form-data; boundary=x", `--x--`, Multipart},
		{"multipart/related; boundary=x", `--x--`, Multipart},
		{"application/xml", `<a/>`, XML},
		{"text/xml", `<a/>`, XML},
		{"application/atom+xml", `<a/>`, XML},
		{"image/png", "\x89PNG", Binary},
		{"nonsense", `{}`, Binary},
	} {
		r := typed(c.contentType, c.body)
		if got := r.Kind(); got != c.want {
			t.Errorf("%q %q: got %q, want %q", c.contentType, c.body, got, c.want)
		}
		b, err := Scan(r, nil, DefaultLimits)
		if err != nil || b.Kind() != c.want {
			t.Errorf("%q %q: the body's kind: got %q, %v, want %q", c.contentType, c.body, b.Kind(), err, c.want)
		}
	}
}

func TestPayload(t *testing.T) {
	for _, c := range []struct {
		name    string
		request *Request
		want    any
		problem string
	}{
		{"JSON", typed("application/json", `{"a":[1]}`), map[string]any{"a": []any{int64(1)}}, ""},
		{"JSON null", typed("application/json", `null`), nil, ""},
		{"JSON text", typed("application/json", `"x"`), "x", ""},
		{"malformed JSON", typed("application/json", `{"a":`), nil, "the body is not JSON: expected a value at byte 5"},
		{"number beyond a float", typed("application/json", `1e999999999`), nil, "the body is not JSON: number beyond a float at byte 0"},
		{"UTF-16", typed("application/json; charset=utf-16", "\xff\xfe{\x00}\x00"), nil, "the body is not JSON: invalid UTF-8 at byte 0"},
		{"JSON as text", typed("text/plain", `{"a":1}`), map[string]any{"a": int64(1)}, ""},
		{"JSON as form", typed("application/x-www-form-urlencoded", `{"a":1}`), map[string]any{`{"a":1}`: ""}, ""},
		{"JSON as multipart", typed("multipart/form-data", `{"a":1}`), nil, "the multipart body is malformed: the content type names no boundary"},
		{"multipart", typed("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--"), map[string]any{"a": "1"}, ""},
		{"another multipart", typed("Multipart/Mixed; boundary=b", "--b--"), nil, `a body of the type "multipart/mixed" is not decoded, only multipart/form-data; request.body has the text`},
		{"XML", typed("text/xml", `<a><b>1</b></a>`), map[string]any{"a": map[string]any{"b": "1"}}, ""},
		{"text", typed("text/plain", `hi`), nil, "the body is text, not JSON; request.body has it"},
		{"nearly JSON as text", typed("text/plain", `{hi`), nil, "the body is not JSON: expected a name in quotes at byte 1"},
		{"binary", typed("image/png", "\x89PNG"), nil, "the body is neither JSON nor a form nor XML"},
		{"form", typed("application/x-www-form-urlencoded", "a=1&b=&a=2&c=x+y%26&a=3"),
			map[string]any{"a": []any{"1", "2", "3"}, "b": "", "c": "x y&"}, ""},
		{"form in Latin-1", typed("application/x-www-form-urlencoded", "a=1&b=%E9"), nil, "the form is malformed: invalid UTF-8 in field 2"},
		{"query", &Request{Method: "GET", RawQuery: "hub.mode=subscribe&x=%zz"}, map[string]any{"hub.mode": "subscribe", "x": "%zz"}, ""},
		{"query and a body", &Request{RawQuery: "a=1", Body: []byte(`{"b":2}`)}, map[string]any{"b": int64(2)}, ""},
		{"query in Latin-1", &Request{Method: "GET", RawQuery: "a=%E9"}, nil, "the query is malformed: invalid UTF-8 in field 1"},
		{"nothing", typed("application/json", ""), nil, "there is neither a body nor a query"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := string(c.request.Body)
			b, err := Scan(c.request, nil, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.All(); !reflect.DeepEqual(got, c.want) || b.Problem() != c.problem {
				t.Errorf("got %#v, %q, want %#v, %q", got, b.Problem(), c.want, c.problem)
			}
			if string(c.request.Body) != before {
				t.Error("the raw bytes were changed")
			}
		})
	}
}

func TestPathsOfAForm(t *testing.T) {
	var p Paths
	all, text := p.Add([]Key{name("a")}), p.Add([]Key{name("b")})
	second, none := p.Add([]Key{name("a"), item(1)}), p.Add([]Key{name("b"), name("c")})
	b, err := Scan(typed("application/x-www-form-urlencoded", "a=1&b=x&a=2"), &p, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{b.Value(second), b.Value(all), b.Value(text), b.Value(none)}
	if want := []any{"2", []any{"1", "2"}, "x", nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
	b, _ = Scan(typed("application/json", "{"), &p, DefaultLimits)
	if got := b.Value(second); got != nil {
		t.Errorf("of a malformed body: %#v", got)
	}
}

func TestRequestMembers(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	r := &Request{
		Method: "POST", Path: "/a%2Fb", RawQuery: "q=1&q=2&r=%E9", URL: "https://help.example.com/webhooks/x/a%2Fb?q=1",
		Header:   Header{{"Content-Type", "text/plain"}, {"X-Two", "a"}, {"X-Two", "b"}},
		Body:     []byte("caf\xe9"),
		ClientIP: "192.0.2.1", ReceivedAt: at, Test: true,
	}
	want := map[string]any{
		"method": "POST", "path": "/a%2Fb", "url": r.URL, "client_ip": "192.0.2.1", "received_at": at, "test": true,
		"query":   map[string]any{"q": []any{"1", "2"}, "r": "\uFFFD"},
		"headers": r.Header, "body": "caf\uFFFD", "content_type": "text/plain", "files": []any{}, "problem": nil,
	}
	got := map[string]any{}
	for _, name := range r.Members() {
		got[name] = r.Member(name)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
	if !slices.IsSorted(r.Members()) || r.Member("Body") != nil {
		t.Error("Members are not sorted, or an unknown name is not nil")
	}
}

func TestHeader(t *testing.T) {
	h := Header{{"X-Two", "a"}, {"x-two", "b\xe9"}, {"Y-One", ""}}
	got := []any{h.Member("x-TWO"), h.Member("y-one"), h.Member("z"), h.Members(), h.Get("X-TWO"), h.Values("x-two")}
	want := []any{"a, b\uFFFD", "", nil, []string{"x-two", "y-one"}, "a", []string{"a", "b\xe9"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

func TestHeaderWith(t *testing.T) {
	h := Header{{"a", "1"}, {"C", "2"}, {"c", "3"}}
	if got, want := h.With("B", "4"), (Header{{"a", "1"}, {"B", "4"}, {"C", "2"}, {"c", "3"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := h.With("C", "4"), (Header{{"a", "1"}, {"C", "4"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := (Header{{"a", "1"}, {"C", "2"}, {"c", "3"}}); !reflect.DeepEqual(h, want) {
		t.Errorf("the original became %v", h)
	}
}

func TestHeaderJSON(t *testing.T) {
	for _, h := range []Header{nil, {}, {{"A", "1"}, {"A", "2"}, {"b", "<é>"}}} {
		text, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var back Header
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if len(h) != len(back) || len(h) > 0 && !reflect.DeepEqual(back, h) {
			t.Errorf("%s: got %#v, want %#v", text, back, h)
		}
	}
	text, _ := json.Marshal(struct{ Headers Header }{Header{{"A", "1"}, {"A", "2"}}})
	if got, want := string(text), `{"Headers":[["A","1"],["A","2"]]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if text, _ := json.Marshal(Header(nil)); string(text) != "[]" {
		t.Errorf("nil: got %s", text)
	}
	for _, bad := range []string{`{}`, `[["a"]]`, `[["a","b","c"]]`, `[["a",1]]`} {
		var h Header
		if err := json.Unmarshal([]byte(bad), &h); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
