package hosttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

// everything that a worker may be allowed.
var everything = []plugin.Permission{plugin.View, plugin.Payloads, plugin.Edit, plugin.Manage}

// patience is how long an answer may take.
const patience = 20 * time.Second

// site is a host that serves. It ends with its test.
type site struct {
	testing.TB
	host   *Host
	server *httptest.Server
	client *http.Client
}

func serve(t testing.TB, h *Host) *site {
	t.Helper()
	s := &site{TB: t, host: h, server: httptest.NewServer(h.Handler)}
	t.Cleanup(s.server.Close)
	s.client = &http.Client{
		Transport:     s.server.Client().Transport,
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s
}

// serveEnabled is a host that serves with the plugin on.
func serveEnabled(t testing.TB, h *Host) *site {
	t.Helper()
	s := serve(t, h)
	s.enable()
	return s
}

// request to be sent to the host.
type request struct {
	method, path string
	header       http.Header
	body         []byte
}

func newRequest(method, path string) *request {
	return &request{method: method, path: path, header: http.Header{}}
}

// answer of the host.
type answer struct {
	status int
	header http.Header
	body   string
}

// String is what a failure shows of it.
func (a answer) String() string {
	body := a.body
	if len(body) > 300 {
		body = body[:300] + "…"
	}
	return fmt.Sprintf("%d %s", a.status, body)
}

// do sends a request as a browser or a script would, under the host's own name.
func (s *site) do(r *request) answer {
	s.Helper()
	a, err := s.try(r)
	if err != nil {
		s.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	return a
}

func (s *site) try(r *request) (answer, error) {
	out, err := http.NewRequestWithContext(s.Context(), r.method, s.server.URL+r.path, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	out.Header, out.Host = r.header, s.hostName()
	in, err := s.client.Do(out)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = in.Body.Close() }() // what it held was read
	body, err := io.ReadAll(in.Body)
	return answer{in.StatusCode, in.Header, string(body)}, err
}

// hostName is what clients call the host.
func (s *site) hostName() string {
	u, err := url.Parse(s.host.Host.BaseURL())
	if err != nil {
		return ""
	}
	return u.Host
}

// local is the path of a URL below the host's BaseURL.
func (s *site) local(absolute string) (path string, ok bool) {
	path, ok = strings.CutPrefix(absolute, s.host.Host.BaseURL())
	return path, ok && strings.HasPrefix(path, "/")
}

func (s *site) turn(on bool) error {
	if s.host.Switch != nil {
		return s.host.Switch(on)
	}
	if on {
		return s.host.Plugin.Enable(s.Context())
	}
	return s.host.Plugin.Disable(s.Context())
}

func (s *site) enable() {
	s.Helper()
	if err := s.turn(true); err != nil {
		s.Fatalf("enable the plugin: %v", err)
	}
}

func (s *site) disable() {
	s.Helper()
	if err := s.turn(false); err != nil {
		s.Fatalf("disable the plugin: %v", err)
	}
}

// visitor is who calls: a session, a token, or nobody.
type visitor struct {
	cookie *http.Cookie
	csrf   string
	token  string
}

// session logs in a worker who may do this.
func (s *site) session(may ...plugin.Permission) *visitor {
	s.Helper()
	v := &visitor{cookie: s.host.LogIn(may...)}
	if v.cookie == nil {
		s.Fatalf("LogIn(%v) gave no cookie", may)
	}
	caller := s.caller(v)
	if caller == nil {
		s.Fatalf("LogIn(%v) gave the cookie %s, with which Caller finds nobody", may, v.cookie.Name)
	}
	v.csrf = caller.CSRF
	return v
}

// caller asks the host who a visitor is.
func (s *site) caller(v *visitor) *plugin.Caller {
	s.Helper()
	r := httptest.NewRequestWithContext(s.Context(), http.MethodGet, s.host.APIPath+"/status", nil)
	r.Host = s.hostName()
	r.Header = v.sign(newRequest(http.MethodGet, "")).header
	c, err := s.host.Host.Caller(r)
	if err != nil {
		s.Fatalf("Caller: %v", err)
	}
	return c
}

// sign adds who calls to a request.
func (v *visitor) sign(r *request) *request {
	if v.cookie != nil {
		r.header.Add("Cookie", v.cookie.Name+"="+v.cookie.Value)
	}
	if v.csrf != "" {
		r.header.Set("X-CSRF-Token", v.csrf)
	}
	if v.token != "" {
		r.header.Set("Authorization", "Bearer "+v.token)
	}
	return r
}

// api calls the plugin's API.
func (s *site) api(v *visitor, method, path string, in any) answer {
	s.Helper()
	r := v.sign(newRequest(method, s.host.APIPath+path))
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			s.Fatal(err)
		}
		r.body = body
		r.header.Set("Content-Type", "application/json")
	}
	return s.do(r)
}

// want calls the plugin's API and reads the answer, which must be a good one.
func (s *site) want(v *visitor, method, path string, in, out any) {
	s.Helper()
	got := s.api(v, method, path, in)
	if !slices.Contains([]int{http.StatusOK, http.StatusCreated, http.StatusNoContent}, got.status) {
		s.Fatalf("%s %s%s: got %s", method, s.host.APIPath, path, got)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(got.body), out); err != nil {
			s.Fatalf("%s %s%s: %v: %s", method, s.host.APIPath, path, err, got)
		}
	}
}

// listener of the plugin.
type listener struct {
	ID, GUID, URL string
}

// signingKey is what listeners are given as their input key.
const signingKey = "a key of the conformance suite"

// listen publishes a behavior and makes a listener of it.
func (s *site) listen(admin *visitor, source string, inputs map[string]any) listener {
	s.Helper()
	var behavior, l struct{ ID, GUID, URL string }
	s.want(admin, http.MethodPost, "/behaviors", map[string]any{"source": source}, &behavior)
	s.want(admin, http.MethodPost, "/behaviors/"+behavior.ID+"/publish", map[string]any{"note": ""}, nil)
	in := map[string]any{"name": "Conformance", "behavior_id": behavior.ID}
	if inputs != nil {
		in["inputs"] = inputs
	}
	s.want(admin, http.MethodPost, "/listeners", in, &l)
	return listener(l)
}

// path of a listener, on the host.
func (s *site) path(l listener) string { return s.host.PublicPath + "/" + l.GUID }
