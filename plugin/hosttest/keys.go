package hosttest

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

func keyCases() []testCase {
	return []testCase{
		{
			name: "keys/rotated", after: append(slices.Clone(posting), "switch/off and on"),
			rule: rule{
				"Keys is asked at each Enable; a new current key encrypts from then on, and what older keys have encrypted stays readable while the host keeps them",
				"keys are changed now and then, and secrets must outlive that",
				seeKeys,
			},
			check: keysRotate,
		},
		{
			name: "keys/lost", after: append(slices.Clone(posting), "keys/rotated"),
			rule: rule{
				"with a key lost the plugin starts, what it encrypted cannot be read, and everything else goes on; with the key back it can be read again",
				"a lost key must not take the host's webhooks down",
				seeKeys,
			},
			check: keysLost,
		},
	}
}

// rekey gives the host other keys, as a restart would.
func (s *site) rekey(keys plugin.Keys) {
	s.Helper()
	s.disable()
	s.host.SetKeys(keys)
	s.enable()
}

// rotated is the ring with one more key, which is the current one.
func rotated(keys plugin.Keys) plugin.Keys {
	ring := plugin.Keys{ByID: maps.Clone(keys.ByID)}
	for ring.Current = 1; ring.ByID[ring.Current] != nil; ring.Current++ {
	}
	ring.ByID[ring.Current] = bytes.Repeat([]byte{ring.Current, 0x5a}, 16)
	return ring
}

func keysRotate(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	before := s.listen(admin, signed, map[string]any{"key": signingKey})
	old, err := h.Host.Keys()
	if err != nil {
		t.Fatalf("Keys: %v", err)
	}
	ring := rotated(old)
	s.rekey(ring)
	if got, err := h.Host.Keys(); err != nil || got.Current != ring.Current {
		t.Fatalf("after SetKeys with the current key %d, Keys gives %d, %v", ring.Current, got.Current, err)
	}
	after := s.listen(admin, signed, map[string]any{"key": signingKey})
	s.reads("a secret of before the rotation", before, true)
	s.reads("a secret of after the rotation", after, true)

	// Only the new key is left: what it encrypted shows that it was used.
	s.rekey(plugin.Keys{Current: ring.Current, ByID: map[byte][]byte{ring.Current: ring.ByID[ring.Current]}})
	s.reads("a secret of after the rotation, with the old key gone", after, true)
}

func keysLost(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	locked, free := s.listen(admin, signed, map[string]any{"key": signingKey}), s.listen(admin, open, nil)
	old, err := h.Host.Keys()
	if err != nil {
		t.Fatalf("Keys: %v", err)
	}
	ring := rotated(old)
	s.rekey(plugin.Keys{Current: ring.Current, ByID: map[byte][]byte{ring.Current: ring.ByID[ring.Current]}})
	s.reads("a secret whose key is lost", locked, false)
	if got := s.post(free, &sent{body: []byte("{}")}); got.status != http.StatusAccepted {
		t.Errorf("a listener without secrets, with the key lost: got %s, want 202", got)
	}
	if got := s.api(admin, http.MethodGet, "/listeners/"+locked.ID, nil); got.status != http.StatusOK {
		t.Errorf("GET /listeners/%s with the key lost: got %s, want 200", locked.ID, got)
	}
	s.rekey(ring)
	s.reads("a secret whose key is back", locked, true)
}

// reads posts what only a listener that can read its secret accepts.
func (s *site) reads(what string, l listener, readable bool) {
	s.Helper()
	m := &sent{headers: [][2]string{{"Content-Type", "application/json"}}, body: []byte("{}")}
	got := s.postSigned(l, m)
	if readable && got.status != http.StatusOK {
		s.Errorf("%s: got %s, want 200", what, got)
	}
	// The sender keeps what cannot be checked now.
	if !readable && got.status != http.StatusServiceUnavailable {
		s.Errorf("%s: got %s, want 503", what, got)
	}
}
