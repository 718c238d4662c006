package payload

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestStrike(t *testing.T) {
	request := func(contentType, body, query string) *Request {
		r := &Request{
			Method: "POST", Path: "/a", RawQuery: query, URL: "https://h/a", Body: []byte(body),
			Header: Header{{Name: "Content-Type", Value: contentType}},
		}
		if query != "" {
			r.URL += "?" + query
		}
		return r
	}
	for _, tt := range []struct {
		name    string
		request *Request
		secret  string
		want    *Request
	}{
		{"in a form", request("application/x-www-form-urlencoded", "name=v&verifier=a%2Fb&z=1", ""), "a/b",
			request("application/x-www-form-urlencoded", "name=v&verifier=struck&z=1", "")},
		{"in JSON", request("application/json", `{"a":"x\"\u003c","b":"x\"<"}`, ""), `x"<`,
			request("application/json", `{"a":"struck","b":"struck"}`, "")},
		{"in JSON, spelt otherwise", request("application/json", `{"a":"\u0061bc"}`, ""), "abc", request("application/json", "", "")},
		{"in the query", request("", "", "b=1&a=x+y"), "x y", request("", "", "b=1&a=struck")},
		{"nowhere", request("text/plain", "abc", "d=e"), "xyz", request("text/plain", "abc", "d=e")},
		{"the empty text", request("text/plain", "abc", ""), "", request("text/plain", "abc", "")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.request.Strike([]string{tt.secret})
			if len(got.Body) == 0 {
				got.Body = []byte{}
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got\n%+v %s\nwant\n%+v %s", got, got.Body, tt.want, tt.want.Body)
			}
		})
	}
	r := request("", "", "")
	r.Header = append(r.Header, Field{Name: "X-Hook-Secret", Value: "s3cret"})
	if got := r.Strike([]string{"s3cret"}); got.Header.Get("X-Hook-Secret") != "struck" || r.Header.Get("X-Hook-Secret") != "s3cret" {
		t.Errorf("got %v of %v", got.Header, r.Header)
	}
}

// However a secret is written, the request that is kept does not show it.
func FuzzStrike(f *testing.F) {
	for _, secret := range []string{"s3cret", "a/b+c==", "a b", "é\"<", "%41", "&amp;", "s", "struck"} {
		for kind := range 6 {
			f.Add(secret, uint8(kind))
		}
	}
	f.Fuzz(func(t *testing.T, secret string, kind uint8) {
		if secret == "" || strings.Contains(struck, secret) {
			return
		}
		r := &Request{Method: "POST", URL: "https://h/x", Header: Header{{Name: "Content-Type", Value: "application/json"}}}
		switch kind % 6 {
		case 0:
			body, _ := json.Marshal(map[string]string{"a": secret})
			r.Body = body
		case 1:
			var b strings.Builder
			for _, c := range secret {
				if c > 0xffff {
					return
				}
				b.WriteString(`\u` + strings.Repeat("0", 4-len(hex16(c))) + hex16(c))
			}
			r.Body = []byte(`{"a":"` + b.String() + `"}`)
		case 2:
			r.Header[0].Value = "application/x-www-form-urlencoded"
			r.Body = []byte(url.Values{"a": {secret}}.Encode())
		case 3:
			r.RawQuery = url.Values{"a": {secret}}.Encode()
			r.URL += "?" + r.RawQuery
		case 4:
			r.Path = "/" + url.PathEscape(secret)
			r.URL += r.Path
		case 5:
			r.Header = append(r.Header, Field{Name: "X-A", Value: "b" + secret + "c"})
		}
		got := r.Strike([]string{secret})
		path, _ := url.PathUnescape(got.Path)
		u, _ := url.PathUnescape(got.URL)
		for _, text := range []string{string(got.Body), got.RawQuery, got.Header.Get("X-A"), path, u, got.Path, got.URL} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is still in %q", secret, text)
			}
		}
		if holds(got.decoded(), secret) || holds(got.query(), secret) {
			t.Errorf("%q can still be read in %+v", secret, got)
		}
	})
}

// Whoever calls writes the secret and the text that it is looked for in: a search
// that takes the product of both would hold up everybody else.
func TestStrikeOfNearMatches(t *testing.T) {
	const size = 64 << 10
	near := strings.Repeat(strings.Repeat("t", size-1)+"x", 64)
	for _, secret := range []string{strings.Repeat("t", size), strings.Repeat("t", size-1) + "/"} {
		r := &Request{Header: Header{{Name: "Content-Type", Value: "text/plain"}}, Body: []byte(near + secret)}
		if got := string(r.Strike([]string{secret}).Body); got != near+struck {
			t.Errorf("got %d bytes, want %d", len(got), len(near+struck))
		}
	}
}

func hex16(c rune) string {
	const digits = "0123456789abcdef"
	s := ""
	for ; c > 0; c >>= 4 {
		s = string(digits[c&15]) + s
	}
	return s
}
