package handlers

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Whatever arrives is kept byte for byte, and shown as text where it is one; a
// trace says of a file what it is, never its bytes.
func TestBodiesOfOtherKinds(t *testing.T) {
	const head, tail = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n", "\r\n--b--\r\n"
	const file = "\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.bin\"\r\n\r\n"
	manyFiles := strings.Repeat(file+"x", 10_000) + tail
	a := newAPI(t)
	source, err := json.Marshal(map[string]string{"source": `behavior: 1
steps:
  - respond: {text: "${{ payload.note ?? payload.a.b ?? request.problem }} ${{ len(request.files) }}"}
`})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ line, body, status string }{
		{"POST /behaviors as manage", string(source), `201; ETag: "1"`},
		{"POST /behaviors/1/publish as manage", "", "200"},
		{"POST /listeners as manage", `{"name": "Any", "behavior_id": "1"}`, `201; ETag: "1"`},
	} {
		if status, answer := a.call(c.line, []byte(c.body)); status != c.status {
			t.Fatalf("%s: %s %s", c.line, status, answer)
		}
	}
	for i, c := range []struct {
		name, contentType, body string
		status                  int
		answer                  string
		files                   string // what a trace says of request.files
	}{
		{"a file that is no text", "multipart/form-data; boundary=b", head + "hi" + file + "\xff\x00\r\n\xfe" + tail, 200, "hi 1",
			`[{"content_type":"","field":"f","name":"a.bin","size":5}]`},
		{"texts", "multipart/form-data; boundary=b", head + " hi" + tail, 200, " hi 0", `[]`},
		{"cut short", "multipart/form-data; boundary=b", head + "hi", 200, "the multipart body is malformed: part 1 has no end: the body was cut short 0", `[]`},
		{"XML", "application/xml; charset=iso-8859-1", "<a><b>\xe9</b></a>", 200, "é 0", `[]`},
		{"XML with entities of its own", "text/xml", `<!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>`, 200,
			"the XML cannot be read: a document type or another declaration is refused (its entities could grow without end, or be files) at byte 0 0", `[]`},
		{"10,000 files", "multipart/form-data; boundary=b", manyFiles, 400, "the body is too complex\n", ""},
		{"deep XML", "text/xml", strings.Repeat("<a>", 1<<16), 400, "the body is too complex\n", ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+"/webhooks/"+a.guid, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", c.contentType)
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || string(answer) != c.answer {
			t.Errorf("%s: got %d %q, %v, want %d %q", c.name, resp.StatusCode, answer, err, c.status, c.answer)
		}
		if c.status != 200 {
			continue
		}
		status, shown := a.call("GET /deliveries/"+formatID(int64(i+1))+"?trace=1 as manage", nil)
		var d struct {
			Request struct {
				Body       *string
				BodyBase64 *string `json:"body_base64"`
			}
		}
		if err := json.Unmarshal(shown, &d); err != nil || !strings.HasPrefix(status, "200") {
			t.Fatalf("%s: %s %s", c.name, status, shown)
		}
		var body string
		if d.Request.Body != nil {
			body = *d.Request.Body
		} else {
			raw, _ := base64.StdEncoding.DecodeString(*d.Request.BodyBase64)
			body = string(raw)
		}
		if body != c.body {
			t.Errorf("%s: kept %q, want %q", c.name, body, c.body)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, shown); err != nil || !strings.Contains(compact.String(), `"value":`+c.files) {
			t.Errorf("%s: the trace has no %s: %s", c.name, c.files, shown)
		}
	}
}
