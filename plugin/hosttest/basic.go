package hosttest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// enabled is the case without which no other that needs the plugin says anything.
const enabled = "start/can be enabled"

func basicCases() []testCase {
	return []testCase{
		{
			name: "start/base URL",
			rule: rule{
				"BaseURL is an absolute http or https URL without a slash at its end",
				"listeners' URLs and permalinks are made of it, and services are given them",
				seeHost,
			},
			check: baseURL,
		},
		{
			name: "start/keys",
			rule: rule{
				"Keys gives keys of 32 bytes, the current one among them",
				"the plugin does not start without a key to encrypt secrets with",
				seeKeys,
			},
			check: keysFit,
		},
		{
			name: enabled,
			rule: rule{
				"the plugin is off until it is enabled, and then answers below the paths that the registry gave",
				"without that nothing of the plugin can be reached",
				seeSwitch,
			},
			after: []string{"start/keys"},
			check: canBeEnabled,
		},
	}
}

func baseURL(t testing.TB, h *Host) {
	base := h.Host.BaseURL()
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		t.Errorf("BaseURL gives %q", base)
	}
	if strings.HasSuffix(base, "/") {
		t.Errorf("BaseURL gives %q, with a slash at its end", base)
	}
}

func keysFit(t testing.TB, h *Host) {
	keys, err := h.Host.Keys()
	if err != nil {
		t.Fatalf("Keys: %v", err)
	}
	for id, key := range keys.ByID {
		if len(key) != 32 {
			t.Errorf("key %d has %d bytes", id, len(key))
		}
	}
	if keys.ByID[keys.Current] == nil {
		t.Errorf("the current key %d is not among the keys", keys.Current)
	}
}

func canBeEnabled(t testing.TB, h *Host) {
	s := serve(t, h)
	if h.Plugin.Enabled() {
		t.Fatal("open gave a host whose plugin is on")
	}
	places := []string{h.PublicPath + "/aaaaaaaaaaaaaaaaaaaaaaaaaa", h.PagesPath + "/assets/x.js", h.APIPath + "/status"}
	admin := s.session(everything...)
	for _, path := range places {
		if got := s.do(admin.sign(newRequest(http.MethodGet, path))); got.status != http.StatusNotFound {
			t.Errorf("while the plugin is off, GET %s: got %d, want 404", path, got.status)
		}
	}
	s.enable()
	if !h.Plugin.Enabled() {
		t.Error("after it was switched on, the plugin says that it is off")
	}
	if got := s.do(admin.sign(newRequest(http.MethodGet, h.APIPath+"/status"))); got.status != http.StatusOK {
		t.Errorf("once the plugin is on, GET %s/status: got %s, want 200", h.APIPath, got)
	}
}
