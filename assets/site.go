package assets

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// manifestName is the file in which Vite says what it built.
const manifestName = "manifest.json"

// ErrNoUI is what Entry gives where the assets were left out.
var ErrNoUI = errors.New("assets: built without the user interface (build tag deskhook_no_ui)")

// contentTypes are the kinds of files that a build may hold, by extension. They
// stand here because the mime package asks the machine, which may disagree.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// site serves one build.
type site struct {
	entry string
	files map[string]*file
}

// file is a built file, with its gzip made when it is first asked for.
type file struct {
	name        string
	contentType string
	body        []byte
	gzip        func() []byte
}

// chunk is the part of an entry of Vite's manifest that matters here.
type chunk struct {
	File    string   `json:"file"`
	IsEntry bool     `json:"isEntry"`
	CSS     []string `json:"css"`
	Assets  []string `json:"assets"`
}

// newSite reads the manifest in the folder dist and the files that it names.
func newSite(dist fs.FS) (*site, error) {
	text, err := fs.ReadFile(dist, "dist/"+manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoUI
	}
	if err != nil {
		return nil, fmt.Errorf("read %s of the assets: %w", manifestName, err)
	}
	var chunks map[string]chunk
	if err := json.Unmarshal(text, &chunks); err != nil {
		return nil, fmt.Errorf("read %s of the assets: %w", manifestName, err)
	}
	s := &site{files: map[string]*file{}}
	for source, c := range chunks {
		if c.IsEntry {
			if s.entry != "" {
				return nil, fmt.Errorf("assets have two entries, %s and %s", s.entry, c.File)
			}
			s.entry = c.File
		}
		for _, name := range append(append([]string{c.File}, c.CSS...), c.Assets...) {
			if err := s.add(dist, name); err != nil {
				return nil, fmt.Errorf("built from %s: %w", source, err)
			}
		}
	}
	if s.entry == "" {
		return nil, fmt.Errorf("%s of the assets names no entry", manifestName)
	}
	return s, nil
}

func (s *site) add(dist fs.FS, name string) error {
	contentType, known := contentTypes[path.Ext(name)]
	if !known {
		return fmt.Errorf("asset %s has no content type: add its extension", name)
	}
	body, err := fs.ReadFile(dist, "dist/"+name)
	if err != nil {
		return fmt.Errorf("read asset %s: %w", name, err)
	}
	s.files[path.Base(name)] = &file{
		name:        name,
		contentType: contentType,
		body:        body,
		gzip:        sync.OnceValue(func() []byte { return compress(body) }),
	}
	return nil
}

// compress gives nil where gzip would not make the body smaller.
func compress(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = w.Write(body)                                  // a buffer takes everything
	_ = w.Close()
	if b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, known := s.files[path.Base(r.URL.Path)]
	if !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if acceptsGzip(r.Header) {
		if body := f.gzip(); body != nil {
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(body)))
			if r.Method == http.MethodGet {
				_, _ = w.Write(body) // a caller who hung up needs no answer
			}
			return
		}
	}
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.body))
}

// acceptsGzip tells whether a request names gzip without refusing it by q=0.
func acceptsGzip(h http.Header) bool {
	for _, line := range h.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(coding, ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			weight, isWeight := strings.CutPrefix(strings.ToLower(strings.TrimSpace(params)), "q=")
			q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
			return !isWeight || (err == nil && q > 0)
		}
	}
	return false
}
