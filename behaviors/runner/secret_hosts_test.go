package runner

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/deskhook/deskhook/models"
)

const token = "canary-4711/of+the=test"

// stranger is a server that no secret is for. It counts.
func stranger(t testing.TB) (url string, calls *atomic.Int64) {
	calls = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(server.Close)
	return server.URL, calls
}

// wantHidden wants the secret nowhere in what is kept of a run, and in no log.
func (n *node) wantHidden(id int64, secret string) {
	n.w.t.Helper()
	steps, err := n.w.store.Steps(n.w.t.Context(), id)
	must(n.w.t, err)
	all := fmt.Sprintf("%+v", *n.w.run(id)) + n.w.shown(id) + n.logs.all()
	for _, s := range steps {
		all += string(s.Params) + string(s.Output)
		for _, a := range s.Attempts {
			all += a.Error + a.Excerpt
		}
	}
	if strings.Contains(all, secret) {
		n.w.t.Errorf("the secret is in what is kept:\n%s", all)
	}
}

// A secret is sent to its hosts and nowhere else: what is denied is a permanent
// failure of the behavior's, and no call.
func TestSecretsAreSentToTheirHostsOnly(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		api := strings.TrimSuffix(w.remote.url, "/services/T0/B0/hunter2")
		address := strings.TrimPrefix(api, "http://")
		other, strange := stranger(t)
		n := w.node(nil)
		const nowhere = "it has no hosts, so it is sent nowhere; name them where the secret is stored, or as `hosts` of the input"
		for name, tt := range map[string]struct {
			value      string
			own        []string
			declared   string
			url, wrong string // wrong: why it is denied
		}{
			"its host":                      {token, []string{"127.0.0.1"}, "", api, ""},
			"its host and port":             {token, []string{address}, "", api, ""},
			"the input's host":              {token, nil, "hosts: [127.0.0.1]", api, ""},
			"a URL, to its host":            {api + "/" + token, nil, "", api, ""},
			"no hosts":                      {token, nil, "", api, nowhere},
			"another port":                  {token, []string{address}, "", other, "it may be sent to " + address + ", and not to " + other[len("http://"):]},
			"another host":                  {token, []string{"api.example.com"}, "", other, "it may be sent to api.example.com, and not to " + other[len("http://"):]},
			"another one than the input's":  {token, nil, "hosts: [api.example.com]", other, "it may be sent to api.example.com, and not to " + other[len("http://"):]},
			"the input widens nothing":      {token, []string{"api.example.com"}, "hosts: [127.0.0.1]", other, "it may be sent to api.example.com, and not to " + other[len("http://"):]},
			"another one than the URL's":    {api + "/" + token, []string{"127.0.0.1"}, "", other, "it may be sent to " + address + ", and not to " + other[len("http://"):]},
			"the same address otherwise":    {token, []string{"127.0.0.1"}, "", strings.Replace(other, "127.0.0.1", "127.0.0.1.", 1), "the URL's host is written in a way that cannot be compared with the hosts of a secret"},
			"a look-alike that leads there": {token, []string{"127.0.0.1"}, "", strings.Replace(other, "127.0.0.1", "①②⑦.⓪.⓪.①", 1), "the URL's host is written in a way that cannot be compared with the hosts of a secret"},
		} {
			t.Run(name, func(t *testing.T) {
				input := "type: secret"
				if tt.declared != "" {
					input += ", " + tt.declared
				}
				w.listen(`
behavior: 1
name: Send
inputs: {token: {`+input+`}}
steps:
  - http.request:
      url: "${{ payload.url }}"
      headers: {Authorization: "${{ inputs.token }}"}
      json: {key: "${{ inputs.token }}"}
`, map[string]any{"token": "secret:" + tt.value})
				w.permit(`[{"allow": "http.request"}]`)
				secret := &models.Secret{ID: w.listener.Inputs["token"].(models.SecretInput).ID, Hosts: tt.own}
				must(t, w.store.PutSecret(t.Context(), secret, tt.value))
				must(t, n.Refresh(t.Context()))
				before := len(w.remote.calls())
				id := n.accepted(fmt.Sprintf(`{"url": %q}`, tt.url)).DeliveryID
				state, calls := n.left(), w.remote.calls()[before:]
				if tt.wrong == "" {
					if state != "done reason=" || len(calls) != 1 || calls[0].Body != `{"key":"`+tt.value+`"}` {
						t.Errorf("the run was left %s after %+v\n%s", state, calls, w.shown(id))
					}
				} else {
					if state != "dead reason=" || len(calls) != 0 {
						t.Errorf("the run was left %s after %d calls", state, len(calls))
					}
					reason := "the secret of input token: " + tt.wrong
					w.wantShown(id, "steps[0] http.request failed ("+reason+"); 1: behavior: "+reason)
				}
				n.wantHidden(id, token)
			})
		}
		if got := strange.Load(); got != 0 {
			t.Errorf("the stranger was called %d times, want 0", got)
		}
	})
}

// Slack's webhook is a URL: it goes to its own host, and where the input says
// which host that must be, to no other.
func TestWebhookIsItsOwnURL(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		n := w.node(nil)
		post := func(declared, url string) (string, int64) {
			w.listen(`
behavior: 1
name: Post
inputs: {slack: {type: secret`+declared+`}}
steps:
  - slack.post: {webhook: "${{ inputs.slack }}", text: hello}
`, map[string]any{"slack": "secret:" + url})
			must(t, n.Refresh(t.Context()))
			id := n.accepted(`{}`).DeliveryID
			return n.left(), id
		}
		if state, id := post("", w.remote.url); state != "done reason=" {
			t.Errorf("left %s\n%s", state, w.shown(id))
		}
		if state, id := post(", hosts: [127.0.0.1]", w.remote.url); state != "done reason=" {
			t.Errorf("with its host declared: left %s\n%s", state, w.shown(id))
		}
		other, strange := stranger(t)
		state, id := post(", hosts: [hooks.slack.com]", other+"/hunter2")
		if state != "dead reason=" || strange.Load() != 0 {
			t.Errorf("for another host: left %s after %d calls\n%s", state, strange.Load(), w.shown(id))
		}
		n.wantHidden(id, "hunter2")
		if state, id := post("", "no-url-hunter2"); state != "dead reason=" {
			t.Errorf("no URL: left %s\n%s", state, w.shown(id))
		} else {
			n.wantHidden(id, "hunter2")
		}
	})
}

// What a remote sends back of a secret is not kept: not in an output, and not in
// a failure.
func TestSecretThatComesBackIsNotKept(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.remote.answer = func(n int, rw http.ResponseWriter) {
			rw.Header().Set("X-You-Sent", token)
			if n == 2 {
				rw.WriteHeader(http.StatusBadRequest)
			}
			io.WriteString(rw, `{"you sent": "`+token+`"}`)
		}
		w.listen(`
behavior: 1
name: Echo
inputs: {token: {type: secret, hosts: [127.0.0.1]}}
steps:
  - http.request: {url: "${{ payload.url }}", headers: {X-Key: "${{ inputs.token }}"}}
  - http.request: {url: "${{ payload.url }}", headers: {X-Key: "${{ inputs.token }}"}}
`, map[string]any{"token": "secret:" + token})
		n := w.node(nil)
		id := n.accepted(fmt.Sprintf(`{"url": %q}`, w.remote.url)).DeliveryID
		if state := n.left(); state != "dead reason=" {
			t.Errorf("the run was left %s\n%s", state, w.shown(id))
		}
		steps, err := w.store.Steps(t.Context(), id)
		must(t, err)
		if len(steps) != 2 || !strings.Contains(string(steps[0].Output), `"json":{"you sent":"[secret]"}`) || !strings.Contains(string(steps[0].Output), `"x-you-sent":"[secret]"`) ||
			steps[1].Attempts[0].Excerpt != `{"you sent": "[secret]"}` {
			t.Errorf("got %s", w.shown(id))
		}
		n.wantHidden(id, token)
	})
}
