package payload

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"reflect"
	"testing"
)

func TestReadRequest(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       *Request
		problem    string
	}{
		{"as sent",
			"POST /sub%2Fx?a=1&b=%zz HTTP/1.1\r\nHost: help.example.com\r\nX-B: 2\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
			&Request{Method: "POST", Path: "/sub%2Fx", RawQuery: "a=1&b=%zz", Body: []byte("{}"),
				Header: Header{{"Content-Length", "2"}, {"Content-Type", "application/json"}, {"Host", "help.example.com"}, {"X-B", "2"}}}, ""},
		{"LF, no length", "POST / HTTP/1.1\nA: 1\n\n{\r\n}\n",
			&Request{Method: "POST", Header: Header{{"A", "1"}}, Body: []byte("{\r\n}\n")}, ""},
		{"an editor's last newline", "POST / HTTP/1.1\nContent-Length: 2\n\n{}\n",
			&Request{Method: "POST", Header: Header{{"Content-Length", "2"}}, Body: []byte("{}")}, ""},
		{"no head, no body", "GET /?q HTTP/1.0", &Request{Method: "GET", RawQuery: "q"}, ""},
		{"no blank line", "GET / HTTP/1.1\nA: 1", &Request{Method: "GET", Header: Header{{"A", "1"}}}, ""},
		{"absolute form", "GET http://help.example.com/a?b HTTP/1.1\n\n",
			&Request{Method: "GET", Path: "/a", RawQuery: "b"}, ""},
		{"absolute form without a path", "GET http://help.example.com HTTP/1.1\n\n", &Request{Method: "GET"}, ""},
		{"a URL in the query", "GET /a?u=http://b/ HTTP/1.1\n\n",
			&Request{Method: "GET", Path: "/a", RawQuery: "u=http://b/"}, ""},
		{"repeated, empty and folded", "GET / HTTP/1.1\nX: b\nEmpty:\nx:  a \n more\n\n",
			&Request{Method: "GET", Header: Header{{"Empty", ""}, {"X", "b"}, {"x", "a more"}}}, ""},
		{"Latin-1 value", "GET / HTTP/1.1\nX: \xe9\n\n",
			&Request{Method: "GET", Header: Header{{"X", "\xe9"}}}, ""},
		{"chunked", "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n4\r\na\nb\n\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n",
			&Request{Method: "POST", Header: Header{{"Transfer-Encoding", "chunked"}}, Body: []byte("a\nb\n0123456789")}, ""},

		{"empty", "", nil, "request file: line 1: want `METHOD /path HTTP/1.1`"},
		{"no version", "POST /\n\n", nil, "request file: line 1: want `METHOD /path HTTP/1.1`"},
		{"HTTP/2", "POST / HTTP/2\n\n", nil, "request file: line 1: want `METHOD /path HTTP/1.1`"},
		{"bad method", "P@ST / HTTP/1.1\n\n", nil, "request file: line 1: want `METHOD /path HTTP/1.1`"},
		{"no slash", "POST x HTTP/1.1\n\n", nil, "request file: line 1: the path does not begin with a slash"},
		{"no blank line above the body", "POST / HTTP/1.1\nA: 1\n{}\n", nil, "request file: line 3: want `Name: value`, or the blank line above the body"},
		{"space in a name", "POST / HTTP/1.1\nA : secret\n\n", nil, `request file: line 2: "A " is no name of a header`},
		{"fold first", "POST / HTTP/1.1\n A: 1\n\n", nil, "request file: line 2: a header line begins with a space"},
		{"NUL", "POST / HTTP/1.1\nA: \x00\n\n", nil, "request file: line 2: header A has a control character"},
		{"too short", "POST / HTTP/1.1\nContent-Length: 3\n\n{}", nil, "request file: Content-Length is 3, but the body has 2 bytes; correct the header or leave it out"},
		{"too long", "POST / HTTP/1.1\nContent-Length: 1\n\n{}", nil, "request file: Content-Length is 1, but the body has 2 bytes; correct the header or leave it out"},
		{"two lengths", "POST / HTTP/1.1\nContent-Length: 2\nContent-Length: 2\n\n{}", nil, `request file: Content-Length "2, 2" is no single length`},
		{"signed length", "POST / HTTP/1.1\nContent-Length: +2\n\n{}", nil, `request file: Content-Length "+2" is no single length`},
		{"unknown coding", "POST / HTTP/1.1\nTransfer-Encoding: gzip\n\n", nil, `request file: Transfer-Encoding "gzip" is unknown; chunked is known`},
		{"cut chunk", "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n5\n{}", nil, "request file: line 4: the chunk has 2 of 5 bytes"},
		{"no last chunk", "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n2\n{}\n", nil, `request file: line 5: want the length of a chunk, got ""`},
		{"long chunk", "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n1\n{}\n0\n\n", nil, `request file: line 5: want the end of a chunk of 1 bytes, got "}"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadRequest([]byte(c.text))
			problem := ""
			if err != nil {
				problem = err.Error()
			}
			if !reflect.DeepEqual(got, c.want) || problem != c.problem {
				t.Errorf("got %#v, %q, want %#v, %q", got, problem, c.want, c.problem)
			}
		})
	}
}

// FuzzReadRequest: what is read says what net/http reads, where both accept.
func FuzzReadRequest(f *testing.F) {
	f.Add([]byte("POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"))
	f.Add([]byte("POST / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n1\n{\n0\n\n"))
	f.Add([]byte("GET http://x/?y HTTP/1.0\nA: 1\n folded\n\n"))
	f.Add([]byte("GET /"))
	f.Add([]byte("0 / HTTP/1.0\n0:0\n \n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		got, err := ReadRequest(text)
		if !bytes.Equal(text, before) {
			t.Fatal("the text was changed")
		}
		if err != nil {
			if got != nil {
				t.Fatal("a request and an error")
			}
			return
		}
		want, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
		if err != nil {
			return
		}
		if got.Method != want.Method || got.RawQuery != want.URL.RawQuery {
			t.Fatalf("got %s ?%s, want %s ?%s", got.Method, got.RawQuery, want.Method, want.URL.RawQuery)
		}
		for name, values := range want.Header {
			if !reflect.DeepEqual(got.Header.Values(name), values) {
				t.Fatalf("%s: got %q, want %q", name, got.Header.Values(name), values)
			}
		}
		body, err := io.ReadAll(want.Body)
		framed := want.ContentLength > 0 || len(want.TransferEncoding) > 0
		if err == nil && framed && !bytes.Equal(got.Body, body) {
			t.Fatalf("body: got %q, want %q", got.Body, body)
		}
	})
}
