package handlers

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/recipes"
)

// newSampleAPI serves its listeners where their URLs say.
func newSampleAPI(t *testing.T) *testAPI {
	a := newAPI(t)
	a.h.BaseURL = func() string { return a.url + "/webhooks" }
	return a
}

// must calls as manage, wants a status, and reads the answer.
func (a *testAPI) must(want, line string, body, into any) {
	a.t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			a.t.Fatal(err)
		}
	}
	status, answer := a.call(line+" as manage,payloads", text)
	if status, _, _ = strings.Cut(status, ";"); status != want {
		a.t.Fatalf("%s: got %s, want %s: %s", line, status, want, answer)
	}
	if strings.Contains(string(answer), "hunter2") {
		a.t.Errorf("%s: the answer holds the secret: %s", line, answer)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			a.t.Fatalf("%s: %v: %s", line, err, answer)
		}
	}
}

// install gives the id of a listener of a recipe, all of whose secrets are set.
func (a *testAPI) install(r recipes.Recipe) string {
	a.t.Helper()
	inputs := map[string]string{}
	for _, in := range a.h.allRecipes() {
		if in.ID != r.ID {
			continue
		}
		for _, declared := range in.Inputs {
			if declared.Type == "secret" {
				inputs[declared.Name] = "hunter2"
			}
		}
	}
	if _, ok := inputs["slack"]; ok {
		inputs["slack"] = "http://127.0.0.1:1/hunter2" // which the guard refuses
	}
	var out struct{ Listener struct{ ID string } }
	a.must("201", "POST /recipes/"+r.ID+"/install", map[string]any{"inputs": inputs}, &out)
	return out.Listener.ID
}

// listen gives the id of a listener of a behavior.
func (a *testAPI) listen(source string, publish bool, inputs map[string]any) string {
	a.t.Helper()
	var b, l struct{ ID string }
	a.must("201", "POST /behaviors", map[string]any{"source": source}, &b)
	if publish {
		a.must("200", "POST /behaviors/"+b.ID+"/publish", map[string]any{}, nil)
	}
	in := map[string]any{"name": "x", "behavior_id": b.ID}
	if inputs != nil {
		in["inputs"] = inputs
	}
	a.must("201", "POST /listeners", in, &l)
	return l.ID
}

type sampleAnswer struct {
	Status     int
	Headers    [][2]string
	Body       *string
	BodyBase64 *string `json:"body_base64"`
	DeliveryID *string `json:"delivery_id"`
}

func (a *testAPI) sample(listener, name string) (s sampleAnswer) {
	a.t.Helper()
	a.must("200", "POST /listeners/"+listener+"/sample", map[string]any{"sample": name}, &s)
	return s
}

func (a *testAPI) outcome(delivery *string) string {
	a.t.Helper()
	if delivery == nil {
		return "none"
	}
	var d struct{ Outcome string }
	a.must("200", "GET /deliveries/"+*delivery, nil, &d)
	return d.Outcome
}

// Each sample of each recipe is accepted by a listener of it, and again when it
// is sent again: it is an event of its own.
func TestSamplesAreAccepted(t *testing.T) {
	a := newSampleAPI(t)
	for _, r := range recipes.All() {
		if r.ID == "slack-slash-command" {
			continue // needs tickets, which this host does not have
		}
		id := a.install(r)
		var listed struct{ Items []listenerSampleJSON }
		a.must("200", "GET /listeners/"+id+"/samples", nil, &listed)
		var want []listenerSampleJSON
		for _, s := range r.Samples {
			want = append(want, listenerSampleJSON{Name: s.Name, Recipe: r.ID})
		}
		if !reflect.DeepEqual(listed.Items, want) {
			t.Errorf("%s: listed %v, want %v", r.ID, listed.Items, want)
		}
		seen := map[string]bool{}
		for _, s := range want {
			for _, name := range []string{s.Name, s.Recipe + "/" + s.Name} {
				got := a.sample(id, name)
				if got.Status != 200 || a.outcome(got.DeliveryID) != "accepted" || seen[*got.DeliveryID] {
					t.Errorf("%s %s: got %d, delivery %v", r.ID, name, got.Status, got.DeliveryID)
				}
				seen[*got.DeliveryID] = true
			}
		}
	}
	if strings.Contains(a.log.String(), "hunter2") {
		t.Errorf("a secret is in the log:\n%s", a.log)
	}
}

const sampled = `behavior: 1
inputs:
  old: {type: secret, label: Old}
  new: {type: secret, label: New}
  bad: {type: boolean, label: Bad, default: false}
verify: 'github.signed(request, [inputs.old, inputs.new]) and not inputs.bad'
steps:
  - respond: {status: 201, text: "${{ request.headers['x-github-event'] }}"}
`

func TestSampleIsSignedWithTheFirstSecretThatIsSet(t *testing.T) {
	a := newSampleAPI(t)
	for _, inputs := range []map[string]any{
		{"new": "hunter2"}, {"old": "hunter2"}, {"old": "hunter2", "new": "another"},
	} {
		got := a.sample(a.listen(sampled, true, inputs), "ping")
		if got.Status != 201 || got.Body == nil || *got.Body != "ping" || a.outcome(got.DeliveryID) != "accepted" {
			t.Errorf("%v: got %+v", inputs, got)
		}
	}
}

func TestSampleThatIsRefused(t *testing.T) {
	a := newSampleAPI(t)
	id := a.listen(sampled, true, map[string]any{"new": "hunter2", "bad": true})
	got := a.sample(id, "push")
	if got.Status != 401 || a.outcome(got.DeliveryID) != "refused" {
		t.Errorf("got %+v", got)
	}
	var trail struct{ Items []auditJSON }
	a.must("200", "GET /audit", nil, &trail)
	last := trail.Items[0]
	if last.Action != "POST /listeners/{id}/sample" || last.Object != "listener "+id || last.Detail != "sample push of github-slack" {
		t.Errorf("the audit trail says %+v", last)
	}
}

// The listener's own URL may be of another server, whose answer is shown as it
// is: no redirect is followed.
func TestSampleToTheListenersOwnURL(t *testing.T) {
	a := newSampleAPI(t)
	got := make(chan *http.Request, 1)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		got <- r
		w.Header().Set("Location", a.url)
		w.WriteHeader(http.StatusFound)
		fmt.Fprint(w, "\xff")
	}))
	defer other.Close()
	id := a.listen(sampled, true, map[string]any{"new": "hunter2"})
	a.must("200", "PATCH /listeners/"+id, map[string]any{"url_override": other.URL + "/in/x"}, nil)
	answer := a.sample(id, "push")
	encoded := base64.StdEncoding.EncodeToString([]byte("\xff"))
	if answer.Status != http.StatusFound || answer.Body != nil || answer.BodyBase64 == nil || *answer.BodyBase64 != encoded || answer.DeliveryID != nil {
		t.Errorf("got %+v", answer)
	}
	r := <-got
	if r.RequestURI != "/in/x" || r.Header.Get("X-GitHub-Event") != "push" || r.Host != strings.TrimPrefix(other.URL, "http://") ||
		!strings.HasPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256=") || r.Header.Get("X-Deskhook-Sample") == "" {
		t.Errorf("sent %s %v", r.RequestURI, r.Header)
	}
}

func TestSampleProblems(t *testing.T) {
	a := newSampleAPI(t)
	ready := a.listen(sampled, true, map[string]any{"new": "hunter2"})
	disabled := a.listen(sampled, true, map[string]any{"new": "hunter2"})
	a.must("200", "PATCH /listeners/"+disabled, map[string]any{"enabled": false}, nil)
	away := a.listen(sampled, true, map[string]any{"new": "hunter2"})
	a.must("200", "PATCH /listeners/"+away, map[string]any{"url_override": "http://127.0.0.1:1/secret-path"}, nil)
	metadata := a.listen(sampled, true, map[string]any{"new": "hunter2"})
	a.must("200", "PATCH /listeners/"+metadata, map[string]any{"url_override": "http://169.254.169.254/latest"}, nil)
	unreadable := a.listen(sampled, true, map[string]any{"new": "hunter2"})
	spoiled := `UPDATE webhooks_secrets SET value = 'x' WHERE id = (SELECT MAX(id) FROM (SELECT id FROM webhooks_secrets) AS s)`
	if err := a.db.Exec(spoiled).Error; err != nil {
		t.Fatal(err)
	}
	const check = "Check the base URL, or the listener's own URL, and whether this server reaches it."
	for _, tt := range []struct{ name, listener, sample, status, want string }{
		{"no such listener", "999", "push", "404", "There is no such thing here."},
		{"no such sample", ready, "pull", "422", "sample: unknown: there is no such sample; there are: issue opened, ping, push"},
		{"another recipe's", ready, "mailgun-bounces/push", "422", "sample: unknown: there is no such sample; there are: issue opened, ping, push"},
		{"none is named", ready, "", "422", "sample: unknown: there is no such sample; there are: issue opened, ping, push"},
		{"no provider", a.listen("behavior: 1\nsteps:\n  - stop: x\n", true, nil), "push", "422", "sample: unknown: the listener verifies no provider that there are samples of"},
		{"disabled", disabled, "push", "409", "The sample was not delivered. The listener is disabled, so its URL answers 404. Enable it first; pause it, if its runs shall wait."},
		{"not published", a.listen(sampled, false, map[string]any{"new": "hunter2"}), "push", "409", "The sample was not delivered. The listener's behavior has no published version that works here, so its URL answers 503. Publish it first."},
		{"no secret", a.listen(sampled, true, nil), "push", "409", "The sample was not delivered. old or new is not set, so there is nothing to sign with, and every request is refused."},
		{"unreadable secret", unreadable, "push", "409", "The sample was not delivered. The secret of new is unreadable: it was encrypted with a key that the host no longer has. Set it again."},
		{"nobody listens", away, "push", "409", "The sample was not delivered. The listener's URL could not be called from here: dial 127.0.0.1:1: connect: connection refused. " + check},
		{"a cloud's metadata", metadata, "push", "409", "The sample was not delivered. The listener's URL could not be called from here: guard 169.254.169.254: address 169.254.169.254 is a cloud's metadata service, which is never allowed. " + check},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var p Problem
			a.must(tt.status, "POST /listeners/"+tt.listener+"/sample", map[string]any{"sample": tt.sample}, &p)
			got := p.Error()
			if len(p.Errors) > 0 {
				got = p.Errors[0].Field + ": " + p.Errors[0].Code + ": " + p.Errors[0].Message
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestPickSample(t *testing.T) {
	samples := []listenerSampleJSON{{"a/push", "a", "1"}, {"ping", "a", "2"}, {"b/push", "b", "3"}}
	for name, want := range map[string]string{"a/push": "1", "b/push": "3", "ping": "2", "a/ping": "2", "push": "", "b/ping": ""} {
		got, err := pickSample(samples, name)
		var p *Problem
		if got.request != want || (want == "") != errors.As(err, &p) {
			t.Errorf("%s: got %q, %v", name, got.request, err)
		}
	}
}

// Simulating with a recipe's sample signs it anew, where there is a secret to
// sign with. Any other request stands as it is.
func TestSimulateSignsSamples(t *testing.T) {
	a := newSampleAPI(t)
	r, ok := recipes.Get("github-slack")
	if !ok {
		t.Fatal("there is no such recipe")
	}
	id := a.install(r)
	text := r.Samples[0].Request
	for _, tt := range []struct {
		name, want string
		in         map[string]any
	}{
		{"the listener's secret", "accepted", map[string]any{"listener_id": id, "request": text}},
		{"at another time", "accepted", map[string]any{"listener_id": id, "request": text, "received_at": "2030-01-01T00:00:00Z"}},
		{"a secret that is sent", "accepted", map[string]any{"inputs": map[string]string{"webhook_secret": "x"}, "request": text}},
		{"no secret", "refused", map[string]any{"request": text}},
		{"a request that was changed", "refused", map[string]any{"listener_id": id, "request": text + " "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in["source"] = r.Source
			var out struct{ Outcome string }
			a.must("200", "POST /behaviors/simulate", tt.in, &out)
			if out.Outcome != tt.want {
				t.Errorf("got %q, want %q", out.Outcome, tt.want)
			}
		})
	}
}
