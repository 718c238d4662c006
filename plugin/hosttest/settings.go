package hosttest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

func settingCases() []testCase {
	return []testCase{{
		name: "settings/take effect", after: append(slices.Clone(posting), "switch/off and on"),
		rule: rule{
			"what Configuration changes is in effect within a second and shown by the API; a wrong value is refused by its name and changes nothing; while the plugin is off both answer ErrDisabled",
			"the host's page of plugins draws the settings from the manifest, and an administrator changes them there",
			seeSettings,
		},
		check: settingsTakeEffect,
	}}
}

func settingsTakeEffect(t testing.TB, h *Host) {
	if _, err := h.Plugin.Settings(t.Context()); !errors.Is(err, plugin.ErrDisabled) {
		t.Errorf("Settings while the plugin is off: got %v, want plugin.ErrDisabled", err)
	}
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	caller := s.caller(admin)
	l := s.listen(admin, open, nil)
	before, err := h.Plugin.Settings(t.Context())
	if err != nil {
		t.Fatalf("Settings: %v", err)
	}

	body := []byte(`"` + strings.Repeat("x", 2000) + `"`)
	for _, c := range []struct {
		maxBody any
		want    int
	}{{int64(1024), http.StatusRequestEntityTooLarge}, {nil, http.StatusAccepted}} {
		if err := h.Plugin.Configure(t.Context(), caller, map[string]any{"max_body": c.maxBody}); err != nil {
			t.Fatalf("Configure max_body to be %v: %v", c.maxBody, err)
		}
		in := c.maxBody
		if in == nil {
			in = before["max_body"]
		}
		var shown struct {
			MaxBody int64 `json:"max_body"`
		}
		if s.want(admin, http.MethodGet, "/settings", nil, &shown); shown.MaxBody != in {
			t.Errorf("GET /settings: got %d for max_body, want %v", shown.MaxBody, in)
		}
		s.answers(l, &sent{body: body}, c.want)
	}

	for name, wrong := range map[string]any{"max_body": "much", "concurrency": int64(-1), "timezone": "Nowhere/Else", "conformance": int64(1)} {
		err := h.Plugin.Configure(t.Context(), caller, map[string]any{name: wrong})
		var said *plugin.SettingsError
		if !errors.As(err, &said) || said.Fields[name] == "" {
			t.Errorf("Configure %s to be %v: got the error %v, want one that says what is wrong with it", name, wrong, err)
		}
	}
	after, err := h.Plugin.Settings(t.Context())
	if err != nil {
		t.Fatalf("Settings: %v", err)
	}
	for name, value := range before {
		if after[name] != value {
			t.Errorf("what was refused has changed %s from %v to %v", name, value, after[name])
		}
	}
}

// answers posts until the answer is what it must be within a second or so.
func (s *site) answers(l listener, m *sent, want int) {
	s.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		got := s.post(l, m)
		if got.status == want {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.Fatalf("POST %s with %d bytes: got %s, want %d", s.path(l), len(m.body), got, want)
		}
	}
}
