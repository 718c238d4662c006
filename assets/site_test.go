package assets

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const script = "export const words = 'again again again again again again again again again again'\n"

func built(manifest string) fstest.MapFS {
	return fstest.MapFS{
		"dist/manifest.json":        {Data: []byte(manifest)},
		"dist/deskhook-Ab12cd34.js": {Data: []byte(script)},
		"dist/editor-Ef56gh78.js":   {Data: []byte("x")},
		"dist/notes.txt":            {Data: []byte("not built")},
	}
}

const manifest = `{
	"src/index.tsx": {"file": "deskhook-Ab12cd34.js", "isEntry": true, "dynamicImports": ["src/editor.tsx"]},
	"src/editor.tsx": {"file": "editor-Ef56gh78.js", "isDynamicEntry": true}
}`

func TestServe(t *testing.T) {
	forever := "public, max-age=31536000, immutable"
	notFound := http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "X-Content-Type-Options": {"nosniff"}}
	plain := http.Header{
		"Accept-Ranges": {"bytes"}, "Cache-Control": {forever}, "Content-Length": {strconv.Itoa(len(script))}, "Vary": {"Accept-Encoding"},
		"Content-Type": {"text/javascript; charset=utf-8"}, "X-Content-Type-Options": {"nosniff"},
	}
	zipped := plain.Clone()
	zipped.Del("Accept-Ranges")
	zipped.Set("Content-Encoding", "gzip")
	zipped.Set("Content-Length", strconv.Itoa(len(compress([]byte(script)))))
	tests := []struct {
		name, method, path, encoding string
		code                         int
		header                       http.Header
		body                         string
	}{
		{"by name", "GET", "/deskhook-Ab12cd34.js", "", 200, plain, script},
		{"under any mount path", "GET", "/a/b/assets/deskhook-Ab12cd34.js", "br", 200, plain, script},
		{"with gzip", "GET", "/deskhook-Ab12cd34.js", "br, GZIP;q=0.8", 200, zipped, script},
		{"gzip refused", "GET", "/deskhook-Ab12cd34.js", "gzip;q=0", 200, plain, script},
		{"head", "HEAD", "/deskhook-Ab12cd34.js", "gzip", 200, zipped, ""},
		{"unknown", "GET", "/deskhook-00000000.js", "", 404, notFound, "404 page not found\n"},
		{"not built", "GET", "/notes.txt", "", 404, notFound, "404 page not found\n"},
		{"manifest", "GET", "/manifest.json", "", 404, notFound, "404 page not found\n"},
		{"folder", "GET", "/", "", 404, notFound, "404 page not found\n"},
		{"upwards", "GET", "/assets/../../embed.go", "", 404, notFound, "404 page not found\n"},
		{"other method", "POST", "/deskhook-Ab12cd34.js", "", 405, http.Header{
			"Allow": {"GET, HEAD"}, "Content-Type": {"text/plain; charset=utf-8"}, "X-Content-Type-Options": {"nosniff"},
		}, "method not allowed\n"},
	}
	s, err := newSite(built(manifest))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, nil)
			r.Header.Set("Accept-Encoding", tt.encoding)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != tt.code {
				t.Errorf("got status %d, want %d", w.Code, tt.code)
			}
			if !reflect.DeepEqual(w.Header(), tt.header) {
				t.Errorf("got headers %v\nwant %v", w.Header(), tt.header)
			}
			if got := unzip(t, w); got != tt.body {
				t.Errorf("got body %q, want %q", got, tt.body)
			}
		})
	}
}

func unzip(t *testing.T, w *httptest.ResponseRecorder) string {
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() == 0 {
		return w.Body.String()
	}
	z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSmallFileIsNotCompressed(t *testing.T) {
	s, err := newSite(built(manifest))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/editor-Ef56gh78.js", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Header().Get("Content-Encoding") != "" || w.Body.String() != "x" {
		t.Errorf("got %q, %v", w.Body, w.Header())
	}
}

func TestUnusableBuilds(t *testing.T) {
	tests := []struct{ name, manifest, want string }{
		{"no JSON", "<html>", "read manifest.json of the assets: "},
		{"no entry", `{"a.ts": {"file": "editor-Ef56gh78.js"}}`, "manifest.json of the assets names no entry"},
		{"missing file", `{"a.ts": {"file": "gone-00000000.js", "isEntry": true}}`, "built from a.ts: read asset gone-00000000.js: "},
		{"unknown kind", `{"a.ts": {"file": "notes.txt", "isEntry": true}}`, "built from a.ts: asset notes.txt has no content type: "},
		{"two entries", `{"a.ts": {"file": "editor-Ef56gh78.js", "isEntry": true}, "b.ts": {"file": "deskhook-Ab12cd34.js", "isEntry": true}}`, "assets have two entries, "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newSite(built(tt.manifest))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s…", err, tt.want)
			}
		})
	}
	if _, err := newSite(fstest.MapFS{}); !errors.Is(err, ErrNoUI) {
		t.Errorf("an empty folder gives %v", err)
	}
}
