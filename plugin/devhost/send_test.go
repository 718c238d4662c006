package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A body in a file says by its name what it is, and a multipart one by its first
// line where its parts end.
func TestReadOutgoing(t *testing.T) {
	for _, c := range []struct{ name, text, contentType string }{
		{"order.xml", "<order/>", "application/xml"},
		{"form.multipart", "--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--xYz--\r\n", "multipart/form-data; boundary=xYz"},
		{"edited.multipart", "--==_a:1 \nContent-Disposition: form-data; name=a\n\n1\n--==_a:1--\n", `multipart/form-data; boundary="==_a:1"`},
		{"whole.http", "POST / HTTP/1.1\nContent-Type: text/xml\n\n<a/>", "text/xml"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := readOutgoing(path, "")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if r.ContentType() != c.contentType {
			t.Errorf("%s: got the type %q, want %q", c.name, r.ContentType(), c.contentType)
		}
	}
	if _, err := readOutgoing(filepath.Join(t.TempDir(), "absent.xml"), ""); err == nil {
		t.Error("a file that is not there was read")
	}
}
