package payload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// parts makes a multipart body with the boundary b: each part is its header
// lines, a blank line and its content, with LF for CRLF.
func parts(parts ...string) string {
	var body strings.Builder
	for _, p := range parts {
		head, content, _ := strings.Cut(p, "\n\n")
		body.WriteString("--b\r\n" + strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + content + "\r\n")
	}
	return body.String() + "--b--\r\n"
}

func part(disposition, content string) string {
	return "Content-Disposition: form-data; " + disposition + "\n\n" + content
}

func formData(body string) *Request { return typed("multipart/form-data; boundary=b", body) }

func TestMultipart(t *testing.T) {
	const png = "\x89PNG\r\n\x1a\n--b\x00"
	for _, c := range []struct {
		name, body string
		want       map[string]any
		files      []*File
	}{
		{"no part", "--b--", map[string]any{}, nil},
		{"fields", parts(part(`name="b"`, " 2 "), part(`name=a`, ""), part(`name="b"`, "x\r\ny")),
			map[string]any{"a": "", "b": []any{" 2 ", "x\r\ny"}}, nil},
		{"field and file", parts(part(`name="note"`, "hi"), part("name=\"shot\"; filename=\"a b.png\"\nContent-Type: image/png", png)),
			map[string]any{"note": "hi"}, []*File{{"shot", "a b.png", "image/png", []byte(png)}}},
		{"files of one field, in order", parts(part(`name=f; filename=2`, "b"), part(`name=f; filename=1`, "a"), part(`name=f`, "text")),
			map[string]any{"f": "text"}, []*File{{"f", "2", "", []byte("b")}, {"f", "1", "", []byte("a")}}},
		{"no file was chosen", parts(part("name=f; filename=\"\"\nContent-Type: application/octet-stream", "")), map[string]any{}, nil},
		{"empty file", parts(part(`name=f; filename=a`, "")), map[string]any{}, []*File{{"f", "a", "", []byte{}}}},
		{"file without a name", parts(part(`name=f; filename=""`, "x")), map[string]any{}, []*File{{"f", "", "", []byte("x")}}},
		{"JSON in a field", parts("Content-Disposition: form-data; name=event\nContent-Type: application/json\n\n{\"a\":1}"),
			map[string]any{"event": `{"a":1}`}, nil},
		{"lines that end in LF", "--b\nContent-Disposition: form-data; name=a\n\n1\r\n\n--b\nContent-Disposition: form-data; name=c\n\n\n--b--\n",
			map[string]any{"a": "1\r\n", "c": ""}, nil},
		{"preamble, epilogue, blanks", "hello\r\n--bogus\r\n--b \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--bx\r\n--b-- \r\nbye\r\n--b\r\n",
			map[string]any{"a": "1\r\n--bx"}, nil},
		{"no newline before an end", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--", map[string]any{"a": ""}, nil},
		{"folded header, odd case", parts("CONTENT-disposition:form-data;\n name=a;\n\tfilename=x\nX-Other: 1\n 2\n\n1"),
			map[string]any{}, []*File{{"a", "x", "", []byte("1")}}},
		{"base64", parts(part("name=a\nContent-Transfer-Encoding: BASE64", "aMOk\r\nbGxv\r\n"), part("name=f; filename=x\nContent-Transfer-Encoding: base64", "/w==")),
			map[string]any{"a": "hällo"}, []*File{{"f", "x", "", []byte("\xff")}}},
		{"quoted-printable", parts(part("name=a\nContent-Transfer-Encoding: quoted-printable", "h=C3=A4l=\r\nlo")), map[string]any{"a": "hällo"}, nil},
		{"charset of a part", parts(part("name=a\nContent-Type: text/plain; charset=ISO-8859-1", "caf\xe9"), part("name=c\nContent-Type: text/plain; charset=us-ascii", "é")),
			map[string]any{"a": "café", "c": "é"}, nil},
		{"_charset_", parts(part("name=a", "caf\xe9"), part("name=_charset_", "windows-1252")), map[string]any{"a": "café", "_charset_": "windows-1252"}, nil},
		{"charsets", parts(part("name=text", "\xf6"), part("name=subject", "ö"), part("name=charsets", `{"text":"iso-8859-15","subject":"UTF-8"}`)),
			map[string]any{"text": "ö", "subject": "ö", "charsets": `{"text":"iso-8859-15","subject":"UTF-8"}`}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := formData(c.body)
			b, err := Scan(r, nil, DefaultLimits)
			if err != nil || b.Problem() != "" {
				t.Fatalf("got %v, %q", err, b.Problem())
			}
			if got := b.All(); !reflect.DeepEqual(got, any(c.want)) {
				t.Errorf("got %#v, want %#v", got, c.want)
			}
			if !reflect.DeepEqual(b.Files(), c.files) {
				t.Errorf("files: got %s, want %s", words(b.Files()), words(c.files))
			}
			if string(r.Body) != c.body {
				t.Error("the raw bytes were changed")
			}
		})
	}
}

func words(files []*File) string {
	text := ""
	for _, f := range files {
		text += fmt.Sprintf("%+v ", *f)
	}
	return text
}

func TestFileNames(t *testing.T) {
	for _, c := range []struct{ parameters, want string }{
		{`filename="report.pdf"`, "report.pdf"},
		{`filename=report.pdf`, "report.pdf"},
		{`filename="größe 日本.txt"`, "größe 日本.txt"},
		{`filename="a\"b\\c.txt"`, "c.txt"},
		{`filename="say \"hi\".txt"`, `say "hi".txt`},
		{`filename="C:\Users\anna\notes.txt"`, "notes.txt"},
		{`filename="../../etc/passwd"`, "passwd"},
		{`filename="/"`, ""},
		{`filename=".."`, ""},
		{"filename=\"a\x00b\x7f.txt\"", "ab.txt"},
		{"filename=\"caf\xe9.txt\"", "caf\uFFFD.txt"},
		{`filename*=UTF-8''%e2%82%ac%20rates`, "€ rates"},
		{`filename="x"; filename*=utf-8'en'%c3%a9.txt`, "é.txt"},
		{`filename*=iso-8859-1'en'%A3%20rates.txt`, "£ rates.txt"},
		{`filename*=x-mine''%A3`, ""},
		{`filename*0="long "; filename*1="name.txt"`, "long name.txt"},
		{`filename*0*=utf-8''%c3%a9; filename*1="/../b"`, "b"},
	} {
		b, err := Scan(formData(parts(part("name=f; "+c.parameters, "x"))), nil, DefaultLimits)
		if err != nil || b.Problem() != "" || len(b.Files()) != 1 {
			t.Errorf("%s: got %v, %q, %d files", c.parameters, err, b.Problem(), len(b.Files()))
		} else if got := b.Files()[0].Name; got != c.want {
			t.Errorf("%s: got %q, want %q", c.parameters, got, c.want)
		}
	}
}

func TestMultipartProblems(t *testing.T) {
	field := part("name=a", "1")
	for _, c := range []struct{ name, contentType, body, want string }{
		{"no boundary", "multipart/form-data", parts(field), "the content type names no boundary"},
		{"long boundary", "multipart/form-data; boundary=" + strings.Repeat("x", 8<<10), parts(field), "the boundary is longer than 70 characters"},
		{"another boundary", "multipart/form-data; boundary=c", parts(field), "the boundary that the content type names is not in the body"},
		{"cut short in a part", "", strings.TrimSuffix(parts(field), "\r\n--b--\r\n"), "part 1 has no end: the body was cut short"},
		{"no final boundary", "", strings.TrimSuffix(parts(field), "--b--\r\n") + "--b\r\n", "part 2 is cut short within its header"},
		{"cut short in a header", "", "--b\r\nContent-Dis", "part 1 is cut short within its header"},
		{"header line without a colon", "", parts("hello\n\n1"), "part 1 has a header line without a colon"},
		{"no blank line", "", "--b\r\nContent-Disposition: form-data; name=a\r\n--b--\r\n\r\n", "part 1 has a header line without a colon"},
		{"header twice", "", parts("Content-Disposition: form-data; name=a\nContent-disposition: form-data; name=b\n\n1"), "part 1 has the header content-disposition twice"},
		{"no header", "", "--b\r\n\r\n1\r\n--b--", "part 1: its Content-Disposition is missing or malformed"},
		{"no name", "", parts(field, "Content-Disposition: form-data\n\n1"), "part 2 has no name"},
		{"two names", "", parts(part("name=a; name=b", "1")), "part 1: its Content-Disposition is missing or malformed"},
		{"name in Latin-1", "", parts(part("name=\"\xe9\"", "1")), "part 1: invalid UTF-8 in its name"},
		{"text in Latin-1", "", parts(field, part(`name="text"`, "caf\xe9")), `field "text": invalid UTF-8 at byte 3`},
		{"unknown charset", "", parts(part("name=a\nContent-Type: text/plain; charset=gb2312", "1")), `field "a": the charset "gb2312" is not read; send UTF-8`},
		{"unknown encoding", "", parts(part("name=a\nContent-Transfer-Encoding: x-uue", "1")), `part 1: the Content-Transfer-Encoding "x-uue" is not known`},
		{"no base64", "", parts(part("name=a\nContent-Transfer-Encoding: base64", "?")), "part 1: it is declared as base64, and is none"},
		{"no quoted-printable", "", parts(part("name=a\nContent-Transfer-Encoding: quoted-printable", "a\x01")), "part 1: it is declared as quoted-printable, and is none"},
	} {
		r := formData(c.body)
		if c.contentType != "" {
			r = typed(c.contentType, c.body)
		}
		b, err := Scan(r, nil, DefaultLimits)
		if err != nil || b.Problem() != "the multipart body is malformed: "+c.want || b.All() != nil || b.Files() != nil {
			t.Errorf("%s: got %v, %q, %v, %v", c.name, err, b.Problem(), b.All(), b.Files())
		}
	}
}

func TestUnquotedBoundary(t *testing.T) {
	body := strings.ReplaceAll(parts(part("name=a", "1")), "--b", "--=_Part:1")
	for _, contentType := range []string{"multipart/form-data; boundary==_Part:1", "multipart/form-data; Boundary==_Part:1; charset=utf-8"} {
		b, err := Scan(typed(contentType, body), nil, DefaultLimits)
		if want := any(map[string]any{"a": "1"}); err != nil || !reflect.DeepEqual(b.All(), want) {
			t.Errorf("%s: got %v, %v, %q", contentType, err, b.All(), b.Problem())
		}
	}
}

func TestMultipartLimits(t *testing.T) {
	repeat := func(n int, disposition string) string {
		return strings.Repeat("--b\r\nContent-Disposition: form-data; "+disposition+"\r\n\r\nx\r\n", n) + "--b--"
	}
	files, fields := &LimitError{"files", 100}, &LimitError{"form fields", 1_000}
	header := &LimitError{"bytes in the header of a part", 8192}
	for _, c := range []struct {
		name, body string
		want       error
	}{
		{"100 files", repeat(100, "name=f; filename=a"), nil},
		{"101 files", repeat(101, "name=f; filename=a"), files},
		{"1,000 fields", repeat(1_000, "name=f"), nil},
		{"1,001 fields", repeat(1_001, "name=f"), fields},
		{"10,000 parts", repeat(10_000, "name=f"), fields},
		{"10,000 files", repeat(10_000, "name=f; filename=a"), files},
		{"10,000 files that were not chosen", strings.ReplaceAll(repeat(10_000, `name=f; filename=""`), "\r\nx\r\n", "\r\n\r\n"), &LimitError{"parts", 1_100}},
		{"long name of a file", repeat(1, "name=f; filename="+strings.Repeat("x", 10<<10)), header},
		{"many header lines", "--b\r\n" + strings.Repeat("a:b\r\n", 10_000) + "\r\n1\r\n--b--", header},
		{"header without an end", "--b\r\n" + strings.Repeat("a", 1<<20), header},
		{"1 MiB of one file", "--b\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n" + strings.Repeat("\r\n--a", 1<<18) + "\r\n--b--", nil},
	} {
		b, err := Scan(formData(c.body), nil, DefaultLimits)
		if !reflect.DeepEqual(err, c.want) || err == nil && b.Problem() != "" {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// The bytes of a file are those of the body: nothing is copied.
func TestFilesShareTheBody(t *testing.T) {
	content := strings.Repeat("x", 1<<20)
	r := formData(parts(part("name=f; filename=a", content)))
	b, err := Scan(r, nil, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	body := b.Files()[0].Body
	if at := bytes.Index(r.Body, []byte("xxx")); &body[0] != &r.Body[at] {
		t.Error("the file was copied")
	}
	if cap(body) != len(body) {
		t.Error("appending to a file would write into the body")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _ = Scan(r, nil, DefaultLimits)
	runtime.ReadMemStats(&after)
	used := after.TotalAlloc - before.TotalAlloc
	if used > 16<<10 {
		t.Errorf("a body of 1 MiB takes %d bytes more", used)
	}
}

// A file prints as what an expression sees of it, never its bytes.
func TestFileJSON(t *testing.T) {
	f := &File{Field: "shot", Name: "a.png", ContentType: "image/png", Body: []byte("secret")}
	text, err := json.Marshal(map[string]any{"files": []any{f}})
	if want := `{"files":[{"content_type":"image/png","field":"shot","name":"a.png","size":6}]}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
	if f.Member("body") != nil || f.Member("Body") != nil {
		t.Error("the bytes can be read")
	}
	r := &Request{Files: []*File{f}}
	if got, want := r.Member("files"), any([]any{f}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPathsOfMultipart(t *testing.T) {
	var p Paths
	second, none := p.Add([]Key{name("a"), item(1)}), p.Add([]Key{name("f")})
	b, err := Scan(formData(parts(part("name=a", "1"), part("name=f; filename=x", "x"), part("name=a", "2"))), &p, DefaultLimits)
	if err != nil || b.Value(second) != "2" || b.Value(none) != nil {
		t.Errorf("got %v, %v, %v", err, b.Value(second), b.Value(none))
	}
}

// provided reads a provider's request out of a file; its boundary is the first
// line behind two dashes.
func provided(t *testing.T, file string) (fields map[string]any, files []*File) {
	t.Helper()
	body, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(body), "\r\n")
	b, err := Scan(typed("multipart/form-data; boundary="+strings.TrimPrefix(line, "--"), string(body)), nil, DefaultLimits)
	if err != nil || b.Problem() != "" {
		t.Fatal(err, b.Problem())
	}
	return b.All().(map[string]any), b.Files()
}

// Jotform sends each question as a field, and the answers once more as JSON.
func TestJotform(t *testing.T) {
	fields, files := provided(t, "jotform-submission.multipart")
	if len(fields) != 23 || len(files) != 0 || fields["formID"] != "260420000000000" || fields["pretty"] != "Name:Ola Nordmann, Email:ola@example.net, Message:Hei!\nKan dere hjelpe?" {
		t.Errorf("%d fields: %v", len(fields), fields)
	}
	answers, err := ParseJSON(fields["rawRequest"].(string), DefaultLimits)
	if err != nil || answers.(map[string]any)["q4_email"] != "ola@example.net" {
		t.Errorf("got %v, %v", answers, err)
	}
}

// Mailgun sends mail with a field for each of its header lines.
func TestMailgunRoute(t *testing.T) {
	fields, files := provided(t, "mailgun-route.multipart")
	got := []any{fields["Received"], fields["subject"], fields["body-plain"], fields["attachment-1"]}
	want := []any{[]any{"from a.example.net by b.example.com", "from c.example.net by a.example.net"}, "Re: Your ticket ABC-123 – größer", "Hei!\r\n\r\n-- \r\nOla\r\n", nil}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(files) != 2 || files[0].Name != "skjermbilde æ.png" || !bytes.HasPrefix(files[0].Body, []byte("\x89PNG\r\n\x1a\n")) || len(files[0].Body) != 68 || string(files[1].Body) != "line 1\r\n--8f1c29d7b2f34c4aa1e0c6ce5ad1b7f2\r\nline 3" {
		t.Errorf("got %s", words(files))
	}
}

// SendGrid leaves each field of a mail in its own charset.
func TestSendGridInbound(t *testing.T) {
	fields, files := provided(t, "sendgrid-inbound.multipart")
	got := []any{fields["subject"], fields["text"], fields["html"], len(files), files[0].ContentType}
	want := []any{"Anfrage zu Geräten", "Grüße €5\n", "<p>Grüße</p>", 1, "image/png"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
