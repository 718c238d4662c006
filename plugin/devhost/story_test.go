package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

const (
	signingKey = "story-signing-key"
	storyMail  = `{"from": "Support <help@support.example.com>", "to": "customer@example.net",
		"subject": "Invoice question", "text": "Hello", "message_id": "<story@support.example.com>"}`
)

// story is what happens after a mail bounced, told over HTTP alone.
type story struct {
	*site
	slack    *slack
	mask     string
	listener listenerOut
	behavior behaviorOut
}

type listenerOut struct {
	ID, URL, GUID string
	Enabled       bool
}

type behaviorOut struct {
	ID, Source       string
	PublishedVersion int `json:"published_version"`
}

type deliveryOut struct {
	ID, Outcome string
	Cause       *string
	Detail      *string
	Version     int
	Request     struct{ Method, Body string }
	Response    *struct {
		Status int
		Body   string
	}
	Run *struct {
		State string
		Steps []struct {
			Path, Action, State string
			Attempts            []struct {
				FinishedAt string `json:"finished_at"`
				Error      *string
			}
		}
	}
}

func TestStory(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := &story{site: open(t, c), slack: newSlack(t)}
		s.enableInTheBrowser()
		s.installTheRecipe()
		bounce := s.sign(signingKey)
		s.bounceIsHandled(bounce)
		s.sameAgainDoesNothing(bounce)
		s.wrongSignatureIsRefused()
		s.editedBehaviorIsFollowed()
		s.switchedOffAndOn()
		s.nothingLeaks()
		s.everythingSurvivesARestart(c)
	})
}

func (s *story) enableInTheBrowser() {
	s.t.Helper()
	var mail struct{ Mask string }
	s.want(http.StatusCreated, "POST", "/api/mail", storyMail, &mail)
	s.mask = mail.Mask
	s.logIn("admin", testPassword)
	page := s.get("/setup/plugins").body
	for _, want := range []string{"Webhooks", "0.1.0", "Listeners with unguessable URLs", "disabled", "Enable"} {
		if !strings.Contains(page, want) {
			s.t.Fatalf("Setup > Plugins does not show %q:\n%s", want, page)
		}
	}
	if got := s.get("/admin/webhooks").status; got != http.StatusNotFound {
		s.t.Errorf("the admin pages of a disabled plugin answer %d, want 404", got)
	}
	got := s.post("/setup/plugins/webhooks", url.Values{"csrf": {s.csrf()}, "enabled": {"true"}})
	if got.status != http.StatusSeeOther {
		s.t.Fatalf("enable: %d %s", got.status, got.body)
	}
	page = s.get("/admin/webhooks").body
	for _, want := range []string{"<deskhook-app", `href="/admin/webhooks" aria-current="page"`, `<script type="module" src="/admin/webhooks/assets/`} {
		if !strings.Contains(page, want) {
			s.t.Fatalf("Setup > Webhooks lacks %q:\n%s", want, page)
		}
	}
}

func (s *story) installTheRecipe() {
	s.t.Helper()
	in, err := json.Marshal(map[string]any{
		"name": "Mailgun", "inputs": map[string]string{"signing_key": signingKey, "slack": s.slack.URL + "/services/T0/B0/secret-path", "channel": "#bounces"},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	var out struct {
		Behavior behaviorOut
		Listener listenerOut
	}
	s.want(http.StatusCreated, "POST", "/api/webhooks/v1/recipes/mailgun-bounces/install", string(in), &out)
	s.behavior, s.listener = out.Behavior, out.Listener
	if !strings.HasPrefix(s.listener.URL, s.url+"/webhooks/") {
		s.t.Fatalf("the listener's URL is %q", s.listener.URL)
	}
}

// sign gives Mailgun's call about the story's mail, signed just now.
func (s *story) sign(key string) *plugin.Request {
	s.t.Helper()
	body, err := os.ReadFile("testdata/mailgun-permanent-fail.json")
	if err != nil {
		s.t.Fatal(err)
	}
	r := &plugin.Request{Method: "POST", Body: body}
	r.Header = r.Header.With("Content-Type", "application/json")
	if err := plugin.Set(r, "event-data.message.headers.message-id", "story@support.example.com"); err != nil {
		s.t.Fatal(err)
	}
	if err := plugin.Sign(r, "mailgun", key, time.Now()); err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *story) send(r *plugin.Request) answer {
	s.t.Helper()
	return s.do(s.request("POST", s.listener.URL, "application/json", string(r.Body)))
}

// latest waits until the newest delivery has this outcome and nothing is left
// to do, and gives it whole.
func (s *story) latest(outcome string) deliveryOut {
	s.t.Helper()
	var id string
	eventually(s.t, "a delivery that is "+outcome+" and done", func() bool {
		var log struct{ Items []deliveryOut }
		s.want(http.StatusOK, "GET", "/api/webhooks/v1/deliveries?limit=1", "", &log)
		if len(log.Items) == 0 || log.Items[0].Outcome != outcome {
			return false
		}
		id = log.Items[0].ID
		return log.Items[0].Run == nil || log.Items[0].Run.State == "done"
	})
	var d deliveryOut
	s.want(http.StatusOK, "GET", "/api/webhooks/v1/deliveries/"+id, "", &d)
	return d
}

type ticketOut struct {
	URL      string
	Messages []struct {
		MessageID string `json:"message_id"`
		Notes     []struct {
			Text       string
			Sticky     bool
			DeliveryID string `json:"delivery_id"`
		}
	}
}

func (s *story) bounceIsHandled(bounce *plugin.Request) {
	t := s.t
	t.Helper()
	if got := s.send(bounce); got.status != http.StatusOK || got.body != "" {
		t.Fatalf("the answer is %d %q, want 200 and nothing", got.status, got.body)
	}
	d := s.latest("accepted")
	var steps []string
	for _, step := range d.Run.Steps {
		steps = append(steps, step.Action+" "+step.State)
	}
	want := "stop skipped, message.find done, steps done, message.note done, address.defunct done, slack.post done"
	if got := strings.Join(steps, ", "); got != want {
		t.Errorf("steps: got %s, want %s", got, want)
	}
	last := d.Run.Steps[len(d.Run.Steps)-1]
	if len(last.Attempts) != 1 || last.Attempts[0].FinishedAt == "" || last.Attempts[0].Error != nil {
		t.Errorf("attempts of slack.post: got %+v, want one that ended well", last.Attempts)
	}
	if d.Request.Method != "POST" || d.Request.Body != string(bounce.Body) || d.Response == nil || d.Response.Status != http.StatusOK {
		t.Errorf("the log does not have the request and the answer: %+v", d)
	}

	var ticket ticketOut
	s.want(http.StatusOK, "GET", "/api/tickets/"+s.mask, "", &ticket)
	notes := ticket.Messages[0].Notes
	if len(notes) != 1 || !notes[0].Sticky || notes[0].DeliveryID != d.ID ||
		notes[0].Text != "Delivery to customer@example.net failed: 5.1.1 The email account that you tried to reach does not exist." {
		t.Errorf("notes: got %+v", notes)
	}
	if got := s.script("GET", "/api/addresses/customer%40example.net", "").body; strings.TrimSpace(got) != `{"email":"customer@example.net","defunct":true}` {
		t.Errorf("the address: got %s", got)
	}
	posts := s.slack.received()
	if permalink := s.url + "/tickets/" + s.mask; len(posts) != 1 || !strings.Contains(posts[0], permalink) || ticket.URL != permalink {
		t.Errorf("Slack got %q, want one message with %s, which is the ticket's url %s", posts, permalink, ticket.URL)
	}
	page := s.get("/tickets/" + s.mask).body
	for _, want := range []string{"Sticky note", `class="badge defunct"`, `href="/admin/webhooks/deliveries/` + d.ID + `">Why is this here?`} {
		if !strings.Contains(page, want) {
			t.Errorf("the ticket's page lacks %q:\n%s", want, page)
		}
	}
}

func (s *story) notes() int {
	s.t.Helper()
	var ticket ticketOut
	s.want(http.StatusOK, "GET", "/api/tickets/"+s.mask, "", &ticket)
	return len(ticket.Messages[0].Notes)
}

func (s *story) sameAgainDoesNothing(bounce *plugin.Request) {
	s.t.Helper()
	if got := s.send(bounce); got.status != http.StatusOK || got.body != "" {
		s.t.Errorf("the repeat is answered %d %q, want 200 and nothing", got.status, got.body)
	}
	s.latest("duplicate")
	if notes, posts := s.notes(), len(s.slack.received()); notes != 1 || posts != 1 {
		s.t.Errorf("after the repeat there are %d notes and %d messages, want 1 and 1", notes, posts)
	}
}

func (s *story) wrongSignatureIsRefused() {
	s.t.Helper()
	if got := s.send(s.sign("another key")); got.status != http.StatusNotAcceptable {
		s.t.Errorf("a wrong signature is answered %d, want 406", got.status)
	}
	d := s.latest("refused")
	if d.Cause == nil || *d.Cause != "signature" || d.Detail == nil || *d.Detail == "" {
		s.t.Errorf("the log does not say why: %+v", d)
	}
	if notes, posts := s.notes(), len(s.slack.received()); notes != 1 || posts != 1 {
		s.t.Errorf("after a wrong signature there are %d notes and %d messages, want 1 and 1", notes, posts)
	}
}

func (s *story) editedBehaviorIsFollowed() {
	s.t.Helper()
	source := strings.Replace(s.behavior.Source, "Delivery to ${{ recipient }} failed", "No mail reaches ${{ recipient }}", 1)
	if source == s.behavior.Source {
		s.t.Fatal("the recipe has no such text any more")
	}
	patch, err := json.Marshal(map[string]string{"source": source})
	if err != nil {
		s.t.Fatal(err)
	}
	path := "/api/webhooks/v1/behaviors/" + s.behavior.ID
	s.want(http.StatusOK, "PATCH", path, string(patch), nil)
	s.want(http.StatusOK, "POST", path+"/publish", `{"note": "other words"}`, nil)
	if got := s.send(s.sign(signingKey)); got.status != http.StatusOK {
		s.t.Fatalf("after publishing the answer is %d", got.status)
	}
	if d := s.latest("accepted"); d.Version != 2 {
		s.t.Errorf("the delivery followed version %d, want 2", d.Version)
	}
	var ticket ticketOut
	s.want(http.StatusOK, "GET", "/api/tickets/"+s.mask, "", &ticket)
	notes := ticket.Messages[0].Notes
	if len(notes) != 2 || !strings.HasPrefix(notes[1].Text, "No mail reaches customer@example.net: ") {
		s.t.Errorf("notes: got %+v", notes)
	}
}

func (s *story) switchedOffAndOn() {
	s.t.Helper()
	unknown := strings.Replace(s.listener.URL, s.listener.GUID, strings.Repeat("a", len(s.listener.GUID)), 1)
	before := s.do(s.request("POST", unknown, "application/json", "{}"))

	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": false}`, nil)
	off := s.send(s.sign(signingKey))
	before.header.Del("Date")
	off.header.Del("Date")
	if off.status != http.StatusNotFound || off.body != before.body || !sameHeaders(off.header, before.header) {
		s.t.Errorf("switched off: got %+v, want the bytes of an unknown GUID: %+v", off, before)
	}
	if got := s.script("GET", "/api/webhooks/v1/listeners", "").status; got != http.StatusNotFound {
		s.t.Errorf("the API of a disabled plugin answers %d, want 404", got)
	}
	page := s.get("/tickets/" + s.mask)
	if page.status != http.StatusOK || strings.Contains(page.body, "/admin/webhooks") {
		s.t.Errorf("with the plugin off the ticket's page answers %d, and must not link to the plugin", page.status)
	}

	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	s.allIsThere(4)
}

// allIsThere wants the listener and the deliveries of before.
func (s *story) allIsThere(deliveries int) {
	s.t.Helper()
	var listener listenerOut
	s.want(http.StatusOK, "GET", "/api/webhooks/v1/listeners/"+s.listener.ID, "", &listener)
	var log struct{ Items []deliveryOut }
	s.want(http.StatusOK, "GET", "/api/webhooks/v1/deliveries", "", &log)
	if !listener.Enabled || len(log.Items) != deliveries {
		s.t.Errorf("got the listener %+v and %d deliveries, want it enabled and %d", listener, len(log.Items), deliveries)
	}
}

// nothingLeaks wants no secret in the log: no key, no URL that is one.
func (s *story) nothingLeaks() {
	s.t.Helper()
	text := s.logs.String()
	for _, secret := range []string{signingKey, "secret-path", s.listener.GUID, testToken, testPassword} {
		if strings.Contains(text, secret) {
			s.t.Errorf("%q stands in the log:\n%s", secret, text)
		}
	}
	if strings.Contains(text, "level=ERROR") {
		s.t.Errorf("the log has errors:\n%s", text)
	}
}

func (s *story) everythingSurvivesARestart(c config) {
	s.t.Helper()
	s.close()
	again := &story{site: open(s.t, c), slack: s.slack, mask: s.mask, listener: s.listener, behavior: s.behavior}
	again.allIsThere(4)
	again.listener.URL = again.url + "/webhooks/" + s.listener.GUID
	if got := again.send(again.sign(signingKey)); got.status != http.StatusOK {
		s.t.Errorf("after the restart the answer is %d: the secret is unreadable?", got.status)
	}
	again.latest("accepted")
	if notes := again.notes(); notes != 3 {
		s.t.Errorf("after the restart there are %d notes, want 3", notes)
	}
}

func sameHeaders(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if strings.Join(a.Values(name), "\n") != strings.Join(b.Values(name), "\n") {
			return false
		}
	}
	return true
}
