package hosttest

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/deskhook/deskhook/plugin"
)

func lifeSaboteurs() []saboteur {
	return []saboteur{
		{
			name: "cannot be switched on", fails: enabled,
			suit: func(_ *desk, h *Host) {
				h.Switch = func(bool) error { return errors.New("not today") }
			},
		},
		{
			name: "cannot be switched off", fails: "switch/off and on",
			suit: func(_ *desk, h *Host) {
				h.Switch = func(on bool) error {
					if on {
						return h.Plugin.Enable(context.Background())
					}
					return nil
				}
			},
		},
		{
			name: "says that it has what it has not", fails: "switch/under load",
			front: func() func(*desk, http.Handler) http.Handler {
				var n atomic.Int64
				return before(func(d *desk, w http.ResponseWriter, r *http.Request) bool {
					below := strings.Contains(strings.TrimPrefix(r.URL.Path, "/in/"), "/n")
					if !below || d.sw.Enabled() || n.Add(1)%2 == 0 {
						return true
					}
					w.WriteHeader(http.StatusAccepted)
					return false
				})
			}(),
		},
		{
			name: "remembers what the API said", fails: "settings/take effect",
			front: func(_ *desk, next http.Handler) http.Handler {
				var mu sync.Mutex
				said := map[string]*httptest.ResponseRecorder{}
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/settings") {
						next.ServeHTTP(w, r)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					if said[r.URL.Path] == nil {
						said[r.URL.Path] = httptest.NewRecorder()
						next.ServeHTTP(said[r.URL.Path], r)
					}
					w.WriteHeader(said[r.URL.Path].Code)
					_, _ = w.Write(said[r.URL.Path].Body.Bytes()) // the suite has gone
				})
			},
		},
		{
			name: "keeps its first keys", fails: "keys/rotated",
			host: func(d *desk) plugin.Host {
				first, err := d.Keys()
				return &keeper{d, func() (plugin.Keys, error) { return first, err }}
			},
		},
		{
			name: "never lets go of a key", fails: "keys/lost",
			host: func(d *desk) plugin.Host {
				var mu sync.Mutex
				all := map[byte][]byte{}
				return &keeper{d, func() (plugin.Keys, error) {
					mu.Lock()
					defer mu.Unlock()
					keys, err := d.Keys()
					maps.Copy(all, keys.ByID)
					return plugin.Keys{Current: keys.Current, ByID: maps.Clone(all)}, err
				}}
			},
		},
	}
}
