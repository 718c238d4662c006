package hosttest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func switchCases() []testCase {
	switching := append(slices.Clone(posting), "switch/off and on")
	return []testCase{
		{
			name: "switch/off and on", after: posting,
			rule: rule{
				"off is 404 at every URL of the plugin, on has everything there again, and each may be asked for twice",
				"the host brings every node to the state that it remembers, as often as it likes",
				seeSwitch,
			},
			check: offAndOn,
		},
		{
			name: "switch/under load", after: switching,
			rule: rule{
				"while the plugin is switched off and on, each delivery is answered 2xx, 404 or 503, and each 2xx is in the log afterwards",
				"an answer of success is a promise: what was accepted is never lost",
				seeSwitch,
			},
			check: underLoad,
		},
		{
			name: "public/tells nothing", after: switching, check: tellsNothing,
			rule: rule{"an unknown GUID, a disabled listener and a switched-off plugin answer the same bytes",
				"else one can find out which listeners there are", "plugin.Switch"},
		},
	}
}

func offAndOn(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	l := s.listen(admin, open, nil)
	if got := s.post(l, &sent{body: []byte("{}")}); got.status != http.StatusAccepted {
		t.Fatalf("POST %s: got %s, want 202", s.path(l), got)
	}
	places := func(want map[string]int) {
		t.Helper()
		got := map[string]int{
			"the listener": s.post(l, &sent{body: []byte("{}")}).status,
			"the API":      s.api(admin, http.MethodGet, "/listeners/"+l.ID, nil).status,
			"the pages":    s.page(admin, h.PagesPath).status,
		}
		for place, status := range want {
			if got[place] != status {
				t.Errorf("%s: got %d, want %d", place, got[place], status)
			}
		}
	}
	for range 2 {
		for range 2 {
			s.disable()
			if h.Plugin.Enabled() {
				t.Fatal("after it was switched off, the plugin says that it is on")
			}
		}
		places(map[string]int{"the listener": http.StatusNotFound, "the API": http.StatusNotFound, "the pages": http.StatusNotFound})
		for range 2 {
			s.enable()
			if !h.Plugin.Enabled() {
				t.Fatal("after it was switched on, the plugin says that it is off")
			}
		}
		places(map[string]int{"the listener": http.StatusAccepted, "the API": http.StatusOK, "the pages": http.StatusOK})
	}
	if d := s.last(admin, l); d.Outcome != "accepted" {
		t.Errorf("the last delivery is %s, want accepted", d.Outcome)
	}
}

// posted is the answer to one delivery of the load.
type posted struct {
	path   string
	status int
	err    error
}

func underLoad(t testing.TB, h *Host) {
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	l := s.listen(admin, open, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	results := make(chan posted)
	var next atomic.Int64
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for ctx.Err() == nil {
				r := newRequest(http.MethodPost, fmt.Sprintf("%s/n%d", s.path(l), next.Add(1)))
				r.body = []byte("{}")
				got, err := s.try(r)
				select {
				case results <- posted{r.path, got.status, err}:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	accepted := map[string]bool{}
	take := func(r posted) {
		switch {
		case r.err != nil:
			t.Errorf("a delivery was not answered: %v", r.err)
		case r.status/100 == 2:
			accepted[r.path] = true
		case r.status != http.StatusNotFound && r.status != http.StatusServiceUnavailable:
			t.Errorf("a delivery was answered %d, want 2xx, 404 or 503", r.status)
		}
	}
	for range 3 {
		for _, on := range []bool{false, true} {
			if t.Failed() {
				break
			}
			s.flip(ctx, on, results, take)
		}
	}
	// What is under way is answered before the load ends.
	stopped := make(chan struct{})
	go func() { load.Wait(); close(stopped) }()
	for going := true; going; {
		cancel()
		select {
		case r := <-results:
			take(r)
		case <-stopped:
			going = false
		}
	}
	if logged := s.logged(admin, l); !t.Failed() {
		for path := range accepted {
			if logged[path] != 1 {
				t.Errorf("%s was answered 2xx and is in the log %d times, want once", path, logged[path])
			}
		}
	}
}

// flip switches under load, and goes on until the load has met the new state.
func (s *site) flip(ctx context.Context, on bool, results <-chan posted, take func(posted)) {
	s.Helper()
	switched := make(chan error, 1)
	go func() { switched <- s.turn(on) }()
	for done, met := false, false; !done || !met; {
		select {
		case err := <-switched:
			if err != nil {
				s.Errorf("switch the plugin (on: %t) under load: %v", on, err)
			}
			done = true
		case r := <-results:
			take(r)
			met = done && (r.err != nil || on == (r.status/100 == 2))
		case <-ctx.Done():
			s.Errorf("the load did not meet the plugin switched (on: %t) within %s", on, patience)
			return
		}
	}
}

// logged counts a listener's deliveries that were accepted, by their path.
func (s *site) logged(admin *visitor, l listener) map[string]int {
	s.Helper()
	counts := map[string]int{}
	for cursor := ""; ; {
		var list struct {
			Items []delivery
			Next  *string
		}
		s.want(admin, http.MethodGet, "/deliveries?limit=200&outcome=accepted&listener="+l.ID+cursor, nil, &list)
		for _, d := range list.Items {
			counts[strings.TrimPrefix(d.Request.URL, s.host.Host.BaseURL())]++
		}
		if list.Next == nil {
			return counts
		}
		cursor = "&cursor=" + *list.Next
	}
}
