package plugin

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/models/modelstest"
)

// fakeHost has no records: what is tested here never asks for them.
type fakeHost struct {
	Records
	db   *gorm.DB
	keys func() (Keys, error)
}

func (h *fakeHost) DB() *gorm.DB         { return h.db }
func (h *fakeHost) Logger() *slog.Logger { return slog.New(slog.DiscardHandler) }
func (h *fakeHost) BaseURL() string      { return "https://help.example.com" }
func (h *fakeHost) Keys() (Keys, error)  { return h.keys() }

func (h *fakeHost) Caller(*http.Request) (*Caller, error) {
	return &Caller{ID: "1", Bearer: true, May: func(Permission) bool { return true }}, nil
}

func (h *fakeHost) Page(w http.ResponseWriter, _ *http.Request, _ *Caller, p Page) error {
	_, err := io.WriteString(w, p.Body)
	return err
}

// fakeRegistry mounts at unusual paths and keeps what is contributed.
type fakeRegistry struct {
	echo     *echo.Echo
	manifest *Manifest
	menu     []MenuEntry
	sw       Switch
	config   Configuration
}

func newFakeRegistry() *fakeRegistry { return &fakeRegistry{echo: echo.New()} }

func (r *fakeRegistry) Public() Mount        { return Mount{r.echo.Group("/in"), "/in"} }
func (r *fakeRegistry) Pages() Mount         { return Mount{r.echo.Group("/ui/hooks"), "/ui/hooks"} }
func (r *fakeRegistry) API() Mount           { return Mount{r.echo.Group("/api/hooks"), "/api/hooks"} }
func (r *fakeRegistry) Manifest(m *Manifest) { r.manifest = m }
func (r *fakeRegistry) Menu(e MenuEntry)     { r.menu = append(r.menu, e) }
func (r *fakeRegistry) Switch(s Switch)      { r.sw = s }

func (r *fakeRegistry) Configuration(c Configuration) { r.config = c }

func (r *fakeRegistry) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.echo.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func testKeys() (Keys, error) {
	return Keys{Current: 1, ByID: map[byte][]byte{1: make([]byte, 32)}}, nil
}

func setup(t *testing.T) (*Plugin, *fakeRegistry, *fakeHost) {
	t.Helper()
	r, h := newFakeRegistry(), &fakeHost{db: modelstest.Open(t), keys: testKeys}
	p, err := Register(r, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p, r, h
}

func TestRegisterContributes(t *testing.T) {
	p, r, h := setup(t)
	if r.sw != Switch(p) || r.manifest.ID != "webhooks" {
		t.Errorf("got the switch %v and the manifest %v", r.sw, r.manifest)
	}
	if want := (MenuEntry{"Webhooks", "/ui/hooks", View}); len(r.menu) != 1 || r.menu[0] != want {
		t.Errorf("the menu: got %v, want %v", r.menu, want)
	}
	if tables, err := h.db.Migrator().GetTables(); err != nil || len(tables) != 0 {
		t.Errorf("registering made the tables %q, %v", tables, err)
	}
	for _, path := range []string{"/in/aaaaaaaaaaaaaaaaaaaaaaaaaa", "/ui/hooks", "/ui/hooks/assets/x.js", "/api/hooks/listeners"} {
		if got := r.get(path); got.Code != http.StatusNotFound {
			t.Errorf("%s before enabling: got %d, want 404", path, got.Code)
		}
	}
}

func TestRegisterRefuses(t *testing.T) {
	db := modelstest.Open(t)
	for name, c := range map[string]struct {
		registry Registry
		host     Host
		option   Option
		want     string
	}{
		"no database":        {newFakeRegistry(), &fakeHost{}, WithMaxBody(0), "register the plugin: the host's DB is nil"},
		"negative limit":     {newFakeRegistry(), &fakeHost{db: db}, WithMaxBody(-1), "register the plugin: WithMaxBody: must be from 1024 to 33554432, got -1"},
		"group without path": {&pathless{newFakeRegistry()}, &fakeHost{db: db}, WithMaxBody(0), `register the plugin: the registry's API must give a group and its path, such as /webhooks; got the path ""`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Register(c.registry, c.host, c.option); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

type pathless struct{ *fakeRegistry }

func (r *pathless) API() Mount { return Mount{Group: r.echo.Group("")} }

func TestEnableAndDisable(t *testing.T) {
	p, r, _ := setup(t)
	ctx := t.Context()
	if err := p.Disable(ctx); err != nil {
		t.Error("disabling what is disabled:", err)
	}
	for range 3 {
		for range 2 {
			if err := p.Enable(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := r.get("/api/hooks/listeners"); got.Code != http.StatusOK || !p.Enabled() {
			t.Errorf("enabled: got %d %s", got.Code, got.Body)
		}
		for range 2 {
			if err := p.Disable(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := r.get("/api/hooks/listeners"); got.Code != http.StatusNotFound || p.Enabled() {
			t.Errorf("disabled: got %d %s", got.Code, got.Body)
		}
	}
}

func TestEnableThatFails(t *testing.T) {
	p, r, h := setup(t)
	away := errors.New("the key store is away")
	h.keys = func() (Keys, error) { return Keys{}, away }
	if err := p.Enable(t.Context()); !errors.Is(err, away) {
		t.Fatalf("got %v, want %v", err, away)
	}
	h.keys = func() (Keys, error) { return Keys{Current: 9}, nil }
	if err := p.Enable(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "enable the plugin: ") {
		t.Fatalf("without a current key: got %v", err)
	}
	if got := r.get("/api/hooks/listeners").Code; got != http.StatusNotFound || p.Enabled() {
		t.Errorf("after a failure: got %d, want 404", got)
	}
	h.keys = testKeys
	if err := p.Enable(t.Context()); err != nil {
		t.Error("once the cause is gone:", err)
	}
}

// TestDisableDrains wants a request under way to end as if nothing was, and a
// new store only for requests that come after it.
func TestDisableDrains(t *testing.T) {
	p, r, _ := setup(t)
	if err := p.Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
	inside, goOn := make(chan struct{}), make(chan struct{})
	slow := httptest.NewRequest(http.MethodPost, "/api/hooks/behaviors", blockingBody{inside, goOn, strings.NewReader(`{"source": "behavior: 1"}`)})
	slow.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	var served sync.WaitGroup
	served.Go(func() { r.echo.ServeHTTP(w, slow) })
	<-inside

	impatient, cancel := context.WithCancel(t.Context())
	var disabled sync.WaitGroup
	disabled.Go(func() {
		if err := p.Disable(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for p.Enabled() { // the gate shuts first
	}
	if got := r.get("/api/hooks/listeners").Code; got != http.StatusNotFound {
		t.Errorf("while it drains: got %d, want 404", got)
	}
	close(goOn)
	served.Wait()
	disabled.Wait()
	if w.Code != http.StatusCreated {
		t.Errorf("the request under way: got %d %s, want 201", w.Code, w.Body)
	}

	if err := p.Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.gate.enter() // one who never ends
	cancel()
	if err := p.Disable(impatient); !errors.Is(err, context.Canceled) || p.Enabled() {
		t.Errorf("got %v, want it to say that it did not wait", err)
	}
	if err := p.Enable(impatient); !errors.Is(err, context.Canceled) {
		t.Errorf("enabling with somebody inside: got %v", err)
	}
	p.gate.leave()
}

// blockingBody is a request's body that arrives when it may.
type blockingBody struct {
	inside, goOn chan struct{}
	io.Reader
}

func (b blockingBody) Read(p []byte) (int, error) {
	select {
	case <-b.inside:
	default:
		close(b.inside)
	}
	<-b.goOn
	return b.Reader.Read(p)
}

func TestClose(t *testing.T) {
	p, _, _ := setup(t)
	if err := p.Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Enable(t.Context()); err == nil {
		t.Error("a closed plugin was enabled")
	}
}
