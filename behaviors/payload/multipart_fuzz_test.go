package payload

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzMultipart holds the splitter to mime/multipart: where both take a body,
// they find the same parts in the same order.
func FuzzMultipart(f *testing.F) {
	for _, file := range []string{"jotform-submission", "mailgun-route", "sendgrid-inbound"} {
		body, err := os.ReadFile("testdata/" + file + ".multipart")
		if err != nil {
			f.Fatal(err)
		}
		line, _, _ := bytes.Cut(body, []byte("\r\n"))
		f.Add("multipart/form-data; boundary="+string(line[2:]), body)
	}
	f.Add("\xc2BoundArY=", []byte("0"))
	f.Add("boundary=-", []byte("0\n-----\n---\n\n---"))
	for _, seed := range []string{
		parts(part(`name="a"`, "1"), part("name=f; filename=\"x.png\"\nContent-Type: image/png", "\x89PNG\r\n")),
		parts(part("name=a\nContent-Transfer-Encoding: quoted-printable", "=C3=A4")), parts(part("name=a\nContent-Transfer-Encoding: base64", "/w==")),
		"--b\nContent-Disposition: form-data; name=a\n\n1\n--b--", "x\r\n--b \r\n\r\n\r\n--b--", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--", "--b", "--b\r\n", "--b\r\nContent-Disposition:0;nAme=0\n\n--b\r\n\r\n--b--", "--b--",
		parts(part("name=a; filename*=iso-8859-1''%A3", "1"), part("name=_charset_", "latin1"), part("name=charsets", `{"a":"x"}`)),
	} {
		f.Add("multipart/form-data; boundary=b", []byte(seed))
	}
	limits := Limits{Depth: 4, Values: 20, FormFields: 4, Files: 3}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		before := bytes.Clone(body)
		fields, files, err := parseMultipart(contentType, body, limits)
		if !bytes.Equal(body, before) {
			t.Fatal("the body was changed")
		}
		switch {
		case err != nil && (fields != nil || files != nil):
			t.Fatal("parts and an error")
		case len(fields) > limits.FormFields || len(files) > limits.Files:
			t.Fatalf("%d fields, %d files", len(fields), len(files))
		case err != nil:
			return
		}
		for _, field := range fields {
			if !utf8.ValidString(field.Name) || !utf8.ValidString(field.Value) {
				t.Fatalf("%q is no text", field)
			}
		}
		for _, file := range files {
			if !utf8.ValidString(file.Name) || bytes.ContainsAny([]byte(file.Name), "/\\\x00\n") {
				t.Fatalf("the name %q", file.Name)
			}
		}
		compareMultipart(t, contentType, body, limits)
	})
}

// compareMultipart reads a body that was accepted with mime/multipart.
func compareMultipart(t *testing.T, contentType string, body []byte, l Limits) {
	t.Helper()
	boundary, err := boundaryOf(contentType)
	if err != nil {
		t.Fatal(err)
	}
	var fields, files [][2]string
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return // it is stricter about header lines
		}
		content, err := io.ReadAll(p)
		if err != nil || p.Header.Get("Content-Transfer-Encoding") != "" {
			return
		}
		disposition := p.Header.Get("Content-Disposition")
		_, params, _ := mime.ParseMediaType(disposition)
		name, isFile := params["filename"]
		if !isFile {
			name, isFile = extendedName(disposition)
		}
		if !isFile {
			fields = append(fields, [2]string{params["name"], string(content)})
		} else if fileName(name) != "" || len(content) > 0 {
			files = append(files, [2]string{fileName(name), string(content)})
		}
	}
	m := partSplitter{body: body, delimiter: []byte("--" + boundary), limits: l}
	if err := m.split(); err != nil {
		t.Fatal(err)
	}
	if len(m.fields)+len(m.files) == 0 && !bytes.Contains(body, []byte("\r\n")) {
		return // it does not know a closing delimiter that ends in a bare line feed, where it is the first
	}
	var gotFields, gotFiles [][2]string
	for _, f := range m.fields {
		gotFields = append(gotFields, [2]string{f.name, string(f.raw)})
	}
	for _, f := range m.files {
		gotFiles = append(gotFiles, [2]string{f.Name, string(f.Body)})
	}
	if !reflect.DeepEqual(gotFields, fields) || !reflect.DeepEqual(gotFiles, files) {
		t.Fatalf("got %q and %q, want %q and %q", gotFields, gotFiles, fields, files)
	}
}
