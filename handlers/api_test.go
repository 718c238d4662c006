package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"
	"golang.org/x/tools/txtar"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/behaviortest/canary"
	"github.com/deskhook/deskhook/behaviors/outbound"
	"github.com/deskhook/deskhook/behaviors/recipes"
	"github.com/deskhook/deskhook/behaviors/runner"
	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

var update = flag.Bool("update", false, "write what the API answers into testdata/api")

// testAPI is the whole HTTP side over a real store and runner.
type testAPI struct {
	t     *testing.T
	h     *Handlers
	db    *gorm.DB
	store *models.Store
	url   string
	log   *bytes.Buffer
	doc   *openapi3.T
	guid  string // the last that an answer showed in full

	canaries canary.Secrets // that no answer may hold
}

// newAPI may call private networks where they are allowed.
func newAPI(t *testing.T, allowed ...netip.Prefix) *testAPI {
	t.Helper()
	a := &testAPI{t: t, log: &bytes.Buffer{}, db: modelstest.Open(t)}
	a.store = modelstest.Store(t, a.db, modelstest.NewClock())
	registry := actions.Builtin(struct{ actions.Records }{})
	catalog, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: registry.Specs()})
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(a.log, nil))
	base := func() string { return "https://help.example/webhooks" }
	client := outbound.New(outbound.Options{Allow: allowed})
	t.Cleanup(client.Close)
	r := runner.New(runner.Options{Store: a.store, Catalog: catalog, Actions: registry, HTTP: client, Logger: logger, BaseURL: base})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	a.h = New(Options{
		Store: a.store, Runner: r, Catalog: catalog, Identity: testIdentity{}, Shell: testShell{}, Logger: logger, BaseURL: base,
		PagesPath: "/admin/webhooks", APIPath: "/api/webhooks/v1", PublicPath: "/webhooks", SessionCookie: "session", Version: "0.1.0",
		Settings: testSettings(),
	})
	e := echo.New()
	a.h.Mount(e.Group("/webhooks"), e.Group("/admin/webhooks"), e.Group("/api/webhooks/v1"), nil)
	s := httptest.NewServer(e)
	t.Cleanup(s.Close)
	a.url = s.URL

	description, err := openAPI("0.1.0", "/api/webhooks/v1")
	if err != nil {
		t.Fatal(err)
	}
	if a.doc, err = openapi3.NewLoader().LoadFromData(description); err != nil {
		t.Fatal(err)
	}
	if err := a.doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, schema := range a.doc.Components.Schemas {
		anyIsAlsoNull(schema)
	}
	return a
}

// testSettings are the settings that the API names, as plugin.yaml has them.
func testSettings() []Setting {
	return []Setting{
		{Name: "max_body", Type: IntegerSetting, Default: int64(1 << 20), Minimum: 1024, Maximum: HardMaxBody},
		{Name: "timezone", Type: TextSetting, Default: ""},
		{Name: "concurrency", Type: IntegerSetting, Default: int64(64), Minimum: 1, Maximum: 256},
	}
}

// anyIsAlsoNull says of each empty schema what 3.1 means by it, as kin-openapi
// validates ordinary references by the rules of 3.0.
func anyIsAlsoNull(s *openapi3.SchemaRef) {
	if s == nil || s.Ref != "" {
		return
	}
	v := s.Value
	if v.Type == nil && v.AnyOf == nil {
		v.Type = &openapi3.Types{"null", "boolean", "number", "string", "array", "object"}
	}
	for _, p := range v.Properties {
		anyIsAlsoNull(p)
	}
	anyIsAlsoNull(v.Items)
	anyIsAlsoNull(v.AdditionalProperties.Schema)
}

// call makes one request. The line is "METHOD PATH as WHO; Header: value; …": a
// path under /webhooks/ is the public one and any other the API's; $GUID in it
// is the GUID last seen. The answer is its status and headers worth comparing,
// and its body, GUIDs replaced.
func (a *testAPI) call(line string, body []byte) (status string, answer []byte) {
	a.t.Helper()
	head, rest, _ := strings.Cut(line, ";")
	head, who, _ := strings.Cut(strings.TrimSpace(head), " as ")
	method, path, _ := strings.Cut(head, " ")
	public := strings.HasPrefix(path, "/webhooks/")
	url := a.url + strings.ReplaceAll(path, "$GUID", a.guid)
	if !public {
		url = a.url + "/api/webhooks/v1" + path
	}
	r, err := http.NewRequestWithContext(a.t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	for field := range strings.SplitSeq(rest, ";") {
		if name, value, ok := strings.Cut(field, ":"); ok {
			r.Header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if found := a.canaries.In(fmt.Sprintf("%v %s", resp.Header, answer)); found != "" {
		a.t.Errorf("%s: %s", line, found)
	}
	if !public {
		a.described(r, resp, answer)
	}
	if m := shownGUID.FindSubmatch(answer); m != nil {
		a.guid = string(m[1])
	}
	status = fmt.Sprint(resp.StatusCode)
	for _, name := range []string{"ETag", "Allow", "Location"} {
		if v := contentETag.ReplaceAllString(resp.Header.Get(name), `"HASH"`); v != "" {
			status += "; " + name + ": " + v
		}
	}
	return status, a.normal(answer)
}

// contentETag is of bytes that hold a random GUID.
var contentETag = regexp.MustCompile(`^"[A-Za-z0-9_-]{16}"$`)

var shownGUID = regexp.MustCompile(`"guid":"([a-z2-7]{26})"`)

// normal is an answer with the GUID and the recipes' sources named, indented
// where it is JSON.
func (a *testAPI) normal(answer []byte) []byte {
	for _, r := range recipes.All() {
		if source, err := json.Marshal(r.Source); err == nil {
			answer = bytes.ReplaceAll(answer, source, []byte(`"the source of `+r.ID+`"`))
		}
	}
	_, version := a.store.Database()
	answer = bytes.ReplaceAll(answer, []byte(`"`+version+`"`), []byte(`"$SQLITE"`))
	if a.guid != "" {
		answer = bytes.ReplaceAll(answer, []byte(a.guid), []byte("$GUID"))
		answer = bytes.ReplaceAll(answer, []byte(maskGUID(a.guid)), []byte("$MASKED"))
	}
	var b bytes.Buffer
	if len(answer) > 0 && json.Indent(&b, answer, "", "  ") == nil {
		answer = b.Bytes()
	}
	if len(answer) > 0 && !bytes.HasSuffix(answer, []byte("\n")) {
		answer = append(answer, '\n')
	}
	return answer
}

// described checks an answer against the API's own description.
func (a *testAPI) described(r *http.Request, resp *http.Response, body []byte) {
	a.t.Helper()
	path := strings.TrimPrefix(r.URL.Path, "/api/webhooks/v1")
	for _, rt := range Routes() {
		if rt.Method != r.Method || !matches(rt.Path, path) {
			continue
		}
		item := a.doc.Paths.Find(rt.Path)
		if item == nil || item.GetOperation(rt.Method) == nil {
			a.t.Fatalf("%s %s is not described", rt.Method, rt.Path)
		}
		err := openapi3filter.ValidateResponse(a.t.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{
				Request: r,
				Route:   &routers.Route{Spec: a.doc, Path: rt.Path, PathItem: item, Method: rt.Method, Operation: item.GetOperation(rt.Method)},
			},
			Status: resp.StatusCode, Header: resp.Header, Body: io.NopCloser(bytes.NewReader(body)),
			Options: &openapi3filter.Options{IncludeResponseStatus: true},
		})
		if err != nil {
			a.t.Errorf("%s %s answers %d unlike its description: %v", r.Method, path, resp.StatusCode, err)
		}
		return
	}
}

// rows counts what is written, a line for each table that is not empty.
func (a *testAPI) rows() []byte {
	var b bytes.Buffer
	for _, name := range []string{"listeners", "behaviors", "versions", "secrets", "deliveries", "refused", "runs"} {
		var n int64
		if err := a.db.Table("webhooks_" + name).Count(&n).Error; err != nil {
			a.t.Fatal(err)
		}
		if n > 0 {
			fmt.Fprintln(&b, name, n)
		}
	}
	return b.Bytes()
}

// TestAPI plays testdata/api/*.txtar: a section named by a request line is a
// call with that body, the next one, named by a status, what it answers. A
// section named ROWS is what the tables hold. Other sections are texts, which a
// body names as "@name".
func TestAPI(t *testing.T) {
	files, err := filepath.Glob("testdata/api/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { playAPI(t, file) })
	}
}

var requestLine = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE|HEAD) /`)

func playAPI(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a := newAPI(t)
	texts := map[string][]byte{}
	out := &txtar.Archive{Comment: archive.Comment}
	for i := 0; i < len(archive.Files); i++ {
		f := archive.Files[i]
		if f.Name == "ROWS" {
			rows := a.rows()
			out.Files = append(out.Files, txtar.File{Name: f.Name, Data: rows})
			if !*update && !bytes.Equal(f.Data, rows) {
				t.Errorf("rows\n%s\nwant\n%s", rows, f.Data)
			}
			continue
		}
		out.Files = append(out.Files, f)
		if !requestLine.MatchString(f.Name) {
			texts[f.Name] = f.Data
			continue
		}
		before := a.audited()
		status, answer := a.call(f.Name, filled(t, f.Data, texts))
		if got, want := a.audited()-before, wantAudited(f.Name, status); got != want {
			t.Errorf("%s: %s: %d rows in the audit trail, want %d", f.Name, status, got, want)
		}
		if err := a.store.Flush(t.Context()); err != nil { // refusals are listed within a second
			t.Fatal(err)
		}
		out.Files = append(out.Files, txtar.File{Name: status, Data: answer})
		var want txtar.File
		if i+1 < len(archive.Files) && archive.Files[i+1].Name[0] >= '0' && archive.Files[i+1].Name[0] <= '9' {
			i++
			want = archive.Files[i]
		}
		if !*update && (want.Name != status || !bytes.Equal(want.Data, answer)) {
			t.Errorf("%s\nanswers -- %s --\n%s\nwant    -- %s --\n%s", f.Name, status, answer, want.Name, want.Data)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(a.log.String(), "hunter2") {
		t.Errorf("a secret is in the log:\n%s", a.log)
	}
}

// audited counts the rows of the audit trail.
func (a *testAPI) audited() (n int) {
	a.t.Helper()
	if err := a.db.Raw("SELECT COUNT(*) FROM webhooks_audit").Row().Scan(&n); err != nil {
		a.t.Fatal(err)
	}
	return n
}

// wantAudited: each changing call that ends 2xx leaves one row.
func wantAudited(line, status string) int {
	line, _, _ = strings.Cut(line, " as ")
	method, path, _ := strings.Cut(line, " ")
	path, _, _ = strings.Cut(path, ";")
	if strings.HasPrefix(path, "/webhooks/") || !strings.HasPrefix(status, "2") {
		return 0
	}
	for _, r := range Routes() {
		if r.Changes && r.Method == method && matches(r.Path, strings.TrimSpace(path)) {
			return 1
		}
	}
	return 0
}

// filled replaces "@name" by that text as JSON.
func filled(t *testing.T, body []byte, texts map[string][]byte) []byte {
	for name, text := range texts {
		quoted, err := json.Marshal(string(text))
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.ReplaceAll(body, []byte(`"@`+name+`"`), quoted)
	}
	return bytes.TrimSuffix(body, []byte("\n"))
}
