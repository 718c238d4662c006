package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/models/modelstest"
)

// call makes a request and reads the JSON of its answer.
func (r *fakeRegistry) call(t *testing.T, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	q := httptest.NewRequest(method, path, strings.NewReader(body))
	q.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	r.echo.ServeHTTP(w, q)
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	return w.Code, answer
}

// listen makes a listener that answers 200, and gives its path.
func (r *fakeRegistry) listen(t *testing.T) string {
	t.Helper()
	for _, c := range [][2]string{
		{"/api/hooks/behaviors", `{"source": "behavior: 1\nname: t\nsteps:\n  - stop: done\n"}`},
		{"/api/hooks/behaviors/1/publish", `{}`},
	} {
		if status, answer := r.call(t, "POST", c[0], c[1]); status >= 300 {
			t.Fatalf("%s: got %d %v", c[0], status, answer)
		}
	}
	status, answer := r.call(t, "POST", "/api/hooks/listeners", `{"name": "x", "behavior_id": "1"}`)
	guid, _ := answer["guid"].(string)
	if status != http.StatusCreated || guid == "" {
		t.Fatalf("create a listener: got %d %v", status, answer)
	}
	return "/in/" + guid
}

func wantSettings(t *testing.T, c Configuration, want map[string]any) {
	t.Helper()
	got, err := c.Settings(t.Context())
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("settings: got %v, %v, want %v", got, err, want)
	}
}

// The host's page and the API change the same settings, which take effect at once.
func TestConfiguration(t *testing.T) {
	p, r, _ := setup(t)
	ctx := t.Context()
	if r.config != Configuration(p) {
		t.Error("the registry was not given the configuration")
	}
	if _, err := r.config.Settings(ctx); !errors.Is(err, ErrDisabled) {
		t.Errorf("settings while disabled: got %v", err)
	}
	if err := r.config.Configure(ctx, nil, nil); !errors.Is(err, ErrDisabled) {
		t.Errorf("configure while disabled: got %v", err)
	}
	if err := p.Enable(ctx); err != nil {
		t.Fatal(err)
	}
	defaults := map[string]any{"max_body": int64(1 << 20), "timezone": "", "concurrency": int64(64)}
	wantSettings(t, r.config, defaults)

	listener := r.listen(t)
	body := `{"a": "` + strings.Repeat("x", 3000) + `"}`
	post := func(want int) {
		t.Helper()
		if status, _ := r.call(t, "POST", listener, body); status != want {
			t.Errorf("post %d bytes: got %d, want %d", len(body), status, want)
		}
	}
	post(http.StatusOK)
	if status, answer := r.call(t, "PATCH", "/api/hooks/settings", `{"max_body": 2048}`); status != http.StatusOK || answer["max_body"] != 2048.0 {
		t.Errorf("patch: got %d %v", status, answer)
	}
	post(http.StatusRequestEntityTooLarge)
	caller := &Caller{ID: "7", Name: "Ann"}
	if err := r.config.Configure(ctx, caller, map[string]any{"max_body": 4096, "timezone": "Europe/Berlin", "concurrency": 8.0}); err != nil {
		t.Fatal(err)
	}
	post(http.StatusOK)
	wantSettings(t, r.config, map[string]any{"max_body": int64(4096), "timezone": "Europe/Berlin", "concurrency": int64(8)})

	err := r.config.Configure(ctx, caller, map[string]any{"max_body": "4096", "timezone": "Local", "concurrency": 1.5, "retention": 1, "": nil})
	var wrong *SettingsError
	if want := map[string]string{
		"max_body": "must be a whole number, got 4096", "timezone": "must be a name such as Europe/Berlin, or empty for the host's",
		"concurrency": "must be a whole number, got 1.5", "retention": "there is no such setting", "": "there is no such setting",
	}; !errors.As(err, &wrong) || !maps.Equal(wrong.Fields, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	if err := r.config.Configure(ctx, caller, map[string]any{"max_body": nil, "timezone": nil, "concurrency": nil}); err != nil {
		t.Fatal(err)
	}
	wantSettings(t, r.config, defaults)

	_, trail := r.call(t, "GET", "/api/hooks/audit?limit=2", "")
	rows, _ := json.Marshal(trail["items"])
	for _, want := range []string{
		`"action":"Configure"`, `"by":"7"`, `"name":"Ann"`, `"object":"settings"`,
		`"detail":"concurrency=default, max_body=default, timezone=default"`, `"detail":"concurrency=8, max_body=4096, timezone=Europe/Berlin"`,
	} {
		if !strings.Contains(string(rows), want) {
			t.Errorf("the audit trail has no %s:\n%s", want, rows)
		}
	}
}

// What a host gives as an option is the default of the setting.
func TestOptionIsTheDefault(t *testing.T) {
	r, h := newFakeRegistry(), &fakeHost{db: modelstest.Open(t), keys: testKeys}
	p, err := Register(r, h, WithMaxBody(4096))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := p.Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.manifest.setting(maxBodySetting).Default; got != int64(4096) {
		t.Errorf("the default in the manifest: got %v, want 4096", got)
	}
	wantSettings(t, p, map[string]any{"max_body": int64(4096), "timezone": "", "concurrency": int64(64)})
	listener := r.listen(t)
	large, small := strings.Repeat("1", 5000), strings.Repeat("1", 3000)
	for _, step := range []struct {
		set         any
		large, less int
	}{
		{nil, 413, 200}, {8192, 200, 200}, {1024, 413, 413}, {nil, 413, 200},
	} {
		if err := p.Configure(t.Context(), nil, map[string]any{"max_body": step.set}); err != nil {
			t.Fatal(err)
		}
		got1, _ := r.call(t, "POST", listener, large)
		got2, _ := r.call(t, "POST", listener, small)
		if got1 != step.large || got2 != step.less {
			t.Errorf("max_body %v: got %d and %d, want %d and %d", step.set, got1, got2, step.large, step.less)
		}
	}
}
