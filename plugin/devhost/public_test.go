package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

// publish makes a behavior of a source, and gives its id.
func (s *site) publish(source string) string {
	s.t.Helper()
	in, err := json.Marshal(map[string]string{"source": source})
	if err != nil {
		s.t.Fatal(err)
	}
	var b behaviorOut
	s.want(http.StatusCreated, "POST", "/api/webhooks/v1/behaviors", string(in), &b)
	s.want(http.StatusOK, "POST", "/api/webhooks/v1/behaviors/"+b.ID+"/publish", `{"note": ""}`, nil)
	return b.ID
}

// listen makes a listener of a source, with one secret input named key.
func (s *site) listen(source string) listenerOut {
	s.t.Helper()
	var l listenerOut
	s.want(http.StatusCreated, "POST", "/api/webhooks/v1/listeners",
		fmt.Sprintf(`{"name": "Test", "behavior_id": %q, "inputs": {"key": %q}}`, s.publish(source), signingKey), &l)
	return l
}

// TestBytesArriveAsSent posts signed bytes that a helpful middleware would
// change, to a path that a helpful router would, through the whole host.
func TestBytesArriveAsSent(t *testing.T) {
	s := openSQLiteSite(t)
	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	l := s.listen(`
behavior: 1
name: Echo
inputs:
  key: {type: secret, required: true}
verify: github.signed(request, inputs.key)
steps:
  - respond: {json: {path: "${{ request.path }}", url: "${{ request.url }}"}}
`)
	for name, c := range map[string]struct{ contentType, encoding, body string }{
		"JSON with odd blanks":      {"application/json", "", "\r\n{ \"a\" :1.0 }\t\n\n"},
		"no UTF-8":                  {"application/octet-stream", "", "\x00\xff\xfe{\r\n"},
		"said to be compressed":     {"application/json", "gzip", `{"a": 1}`},
		"a form in an odd spelling": {"application/x-www-form-urlencoded", "", "b=%7e&a=+&a=%2B&=&&c"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &plugin.Request{Method: "POST", Body: []byte(c.body)}
			if err := plugin.Sign(r, "github", signingKey, time.Now()); err != nil {
				t.Fatal(err)
			}
			const path = "/a%2Fb//c/./%7e;x=1/?q=%20+&&"
			var raw bytes.Buffer
			fmt.Fprintf(&raw, "POST /webhooks/%s%s HTTP/1.1\r\nHost: help.example.com\r\nConnection: close\r\n", l.GUID, path)
			fmt.Fprintf(&raw, "Content-Type: %s\r\nContent-Length: %d\r\n", c.contentType, len(c.body))
			if c.encoding != "" {
				fmt.Fprintf(&raw, "Content-Encoding: %s\r\n", c.encoding)
			}
			for _, h := range r.Header {
				fmt.Fprintf(&raw, "%s: %s\r\n", h.Name, h.Value)
			}
			raw.WriteString("\r\n" + c.body)

			conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := conn.Write(raw.Bytes()); err != nil {
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			var got struct{ Path, URL string }
			if err := json.Unmarshal(body, &got); err != nil || answer.StatusCode != http.StatusOK {
				t.Fatalf("got %d %s", answer.StatusCode, body)
			}
			before, _, _ := strings.Cut(path, "?")
			if got.Path != before || got.URL != l.URL+path {
				t.Errorf("got the path %s and the url %s, want %s and %s", got.Path, got.URL, before, l.URL+path)
			}
		})
	}
}

// TestSwitchingUnderLoad wants what was answered well while somebody switches
// the plugin off and on to stand in the log, once each, and every other request
// to be refused clearly.
func TestSwitchingUnderLoad(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		l := s.listen("behavior: 1\nname: Thanks\ninputs: {key: {type: secret}}\nsteps:\n  - respond: {status: 202}\n")
		var accepted, refused atomic.Int64
		var stop atomic.Bool
		var load sync.WaitGroup
		for range 4 {
			load.Go(func() {
				for !stop.Load() {
					got, err := s.client.Post(l.URL, "application/json", strings.NewReader("{}"))
					if err != nil {
						t.Error(err)
						return
					}
					got.Body.Close()
					switch got.StatusCode {
					case http.StatusAccepted:
						accepted.Add(1)
					case http.StatusNotFound, http.StatusServiceUnavailable:
						refused.Add(1)
					default:
						t.Errorf("got %d", got.StatusCode)
						return
					}
				}
			})
		}
		rest := func() {
			stop.Store(true)
			load.Wait()
		}
		defer rest()
		for range 5 {
			for _, state := range []string{`{"enabled": false}`, `{"enabled": true}`} {
				s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", state, nil)
				counter := &refused
				if strings.Contains(state, "true") {
					counter = &accepted
				}
				seen := counter.Load()
				eventually(t, "the load meets "+state, func() bool { return counter.Load() > seen })
			}
		}
		rest()
		var listener struct{ Counts struct{ Accepted int64 } }
		s.want(http.StatusOK, "GET", "/api/webhooks/v1/listeners/"+l.ID, "", &listener)
		if listener.Counts.Accepted != accepted.Load() || strings.Contains(s.logs.String(), "level=ERROR") {
			t.Errorf("%d were answered 202, %d stand in the log\n%s", accepted.Load(), listener.Counts.Accepted, s.logs)
		}
	})
}

// TestGuardByDefault wants nothing of this machine reached by a behavior unless
// the host allows it.
func TestGuardByDefault(t *testing.T) {
	s := &story{site: openSQLiteSite(t), slack: newSlack(t)}
	s.enableInTheBrowser()
	s.installTheRecipe()
	if got := s.send(s.sign(signingKey)); got.status != http.StatusOK {
		t.Fatalf("got %d", got.status)
	}
	var d deliveryOut
	eventually(t, "the step is given up", func() bool {
		s.want(http.StatusOK, "GET", "/api/webhooks/v1/deliveries/1", "", &d)
		return d.Run.State == "dead"
	})
	last := d.Run.Steps[len(d.Run.Steps)-1]
	if last.Action != "slack.post" || last.State != "failed" || len(last.Attempts) != 1 || last.Attempts[0].Error == nil || s.notes() != 1 {
		t.Errorf("got the step %+v and %d notes", last, s.notes())
	}
	if posts := s.slack.received(); len(posts) > 0 {
		t.Errorf("a server on this machine got %q", posts)
	}
}
