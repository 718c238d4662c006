package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

// installed is a helpdesk with a listener of a recipe, told over HTTP alone.
type installed struct {
	*site
	provider, key string
	listener      listenerOut
	samples       map[string]string // request files by name
}

// install enables the plugin and installs a recipe as its page does.
func install(t *testing.T, c config, recipe, key string, inputs map[string]any) *installed {
	t.Helper()
	i := &installed{site: open(t, c), key: key, samples: map[string]string{}}
	i.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	var recipes struct {
		Items []struct {
			ID, Provider string
			Samples      []struct{ Name, Request string }
		}
	}
	i.want(http.StatusOK, "GET", apiPath+"/recipes", "", &recipes)
	for _, r := range recipes.Items {
		if r.ID == recipe {
			i.provider = r.Provider
			for _, s := range r.Samples {
				i.samples[s.Name] = s.Request
			}
		}
	}
	in, err := json.Marshal(map[string]any{"name": recipe, "inputs": inputs})
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Listener listenerOut }
	i.want(http.StatusCreated, "POST", apiPath+"/recipes/"+recipe+"/install", string(in), &out)
	i.listener = out.Listener
	return i
}

// send posts a sample to the listener's public URL, changed and then signed
// with a key.
func (i *installed) send(sample, key string, change func(*plugin.Request)) *plugin.Response {
	i.t.Helper()
	text, ok := i.samples[sample]
	if !ok {
		i.t.Fatalf("the recipe has no sample %q", sample)
	}
	r, err := plugin.ReadRequest([]byte(text))
	if err != nil {
		i.t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	if err := plugin.Sign(r, i.provider, key, time.Now()); err != nil {
		i.t.Fatal(err)
	}
	answer, err := plugin.Post(i.t.Context(), i.listener.URL, r)
	if err != nil {
		i.t.Fatal(err)
	}
	return answer
}

// sample sends a sample as the button on the listener's page does.
func (i *installed) sample(name string) (out struct {
	Status     int
	Body       string
	DeliveryID string `json:"delivery_id"`
}) {
	i.t.Helper()
	i.want(http.StatusOK, "POST", apiPath+"/listeners/"+i.listener.ID+"/sample", `{"sample": "`+name+`"}`, &out)
	return out
}

// settled waits until no run is open, and tells how many deliveries have each outcome.
func (i *installed) settled() map[string]int {
	i.t.Helper()
	var outcomes map[string]int
	eventually(i.t, "every run to be done", func() bool {
		var log struct{ Items []deliveryOut }
		i.want(http.StatusOK, "GET", apiPath+"/deliveries", "", &log)
		outcomes = map[string]int{}
		for _, d := range log.Items {
			outcomes[d.Outcome]++
			if d.Run != nil && d.Run.State != "done" {
				return false
			}
		}
		return true
	})
	return outcomes
}

func TestGitHubToSlack(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		channel := newSlack(t)
		const key = "github-secret"
		s := install(t, c, "github-slack", key, map[string]any{
			"webhook_secret": key, "slack": channel.URL + "/services/T0/B0/x", "channel": "#code",
		})
		for _, sample := range []string{"ping", "issue opened", "push"} {
			if got := s.send(sample, key, nil); got.Code != http.StatusOK || len(got.Body) > 0 {
				t.Errorf("%s: got %s %q", sample, got.Status, got.Body)
			}
		}
		// sent again by hand at GitHub: the same id, the same answer, no message
		if got := s.send("push", key, nil); got.Code != http.StatusOK {
			t.Errorf("again: got %s", got.Status)
		}
		if got := s.send("push", "another", nil); got.Code != http.StatusUnauthorized {
			t.Errorf("signed with another secret: got %s", got.Status)
		}
		eventually(t, "a message for the issue and one for the commits", func() bool { return len(channel.received()) == 2 })
		want := map[string]string{
			"issue": "<https://github.com/Codertocat/Hello-World|Codertocat/Hello-World>: Codertocat opened issue " +
				"<https://github.com/Codertocat/Hello-World/issues/1|#1 Spelling error in the README file>",
			"commits": "<https://github.com/acme/web|acme/web>: annameyer pushed " +
				"<https://github.com/acme/web/compare/6113728f27ae...a84d2e91f0c3|2 commits> to main\n" +
				"• 3c1f0a9 Escape &lt; and &gt; in subjects (Anna Meyer)\n• a84d2e9 Add the export of invoices (Li Wei)",
		}
		for _, post := range channel.received() {
			var message struct{ Channel, Text string }
			if err := json.Unmarshal([]byte(post), &message); err != nil {
				t.Fatal(err)
			}
			if message.Channel != "#code" {
				t.Errorf("posted to %q", message.Channel)
			}
			for name, text := range want {
				if message.Text == text {
					delete(want, name)
				}
			}
		}
		if len(want) > 0 {
			t.Errorf("not posted: %q; posted: %q", want, channel.received())
		}
		eventually(t, "three deliveries, a duplicate and a refused one", func() bool {
			got := s.settled()
			return got["accepted"] == 3 && got["duplicate"] == 1 && got["refused"] == 1
		})
		// signed with the listener's secret, and an event of its own each time
		for n := 3; n <= 4; n++ {
			got := s.sample("push")
			var d deliveryOut
			s.want(http.StatusOK, "GET", apiPath+"/deliveries/"+got.DeliveryID, "", &d)
			if got.Status != http.StatusOK || d.Outcome != "accepted" {
				t.Errorf("the sample: got %+v, delivery %+v", got, d)
			}
			eventually(t, "a message for each sample", func() bool { return len(channel.received()) == n })
		}
		if strings.Contains(s.logs.String(), key) {
			t.Error("the secret is in the log")
		}
	})
}

func TestSlackCommand(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		const key = "slack-secret"
		s := install(t, c, "slack-slash-command", key, map[string]any{"signing_secret": key})
		var ticket struct{ Mask string }
		s.want(http.StatusCreated, "POST", "/api/mail",
			`{"from": "anna@example.net", "to": "help@example.com", "subject": "<!channel> Q & A", "text": "Hello", "message_id": "a@example.net"}`, &ticket)

		for _, command := range []struct{ name, text, want string }{
			{"a ticket", ticket.Mask, "<" + s.url + "/tickets/" + ticket.Mask + "|" + ticket.Mask + "> &lt;!channel&gt; Q &amp; A (open)"},
			{"none", "NO-SUCH", "There is no ticket NO-SUCH."},
			{"no text", "", "Which ticket? Write its number behind the command: `/ticket ABC-12345-678`"},
		} {
			got := s.send("find a ticket", key, func(r *plugin.Request) {
				if err := errors.Join(plugin.Set(r, "text", command.text), plugin.Set(r, "trigger_id", command.name)); err != nil {
					t.Fatal(err)
				}
			})
			var answer struct {
				ResponseType string `json:"response_type"`
				Text         string
			}
			if err := json.Unmarshal(got.Body, &answer); err != nil || got.Code != http.StatusOK {
				t.Fatalf("%s: got %s %q, %v", command.name, got.Status, got.Body, err)
			}
			if answer.ResponseType != "ephemeral" || answer.Text != command.want || got.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: got %s", command.name, got.Body)
			}
		}
		if got := s.send("find a ticket", "another", nil); got.Code != http.StatusUnauthorized {
			t.Errorf("signed with another secret: got %s", got.Status)
		}
		eventually(t, "three deliveries and a refused one", func() bool {
			got := s.settled()
			return got["accepted"] == 3 && got["refused"] == 1
		})
		for range 2 {
			if got := s.sample("find a ticket"); got.Status != http.StatusOK || !strings.Contains(got.Body, "There is no ticket ABC-12345-678.") {
				t.Errorf("the sample: got %+v", got)
			}
		}
		if got := s.settled(); got["accepted"] != 5 {
			t.Errorf("got %v, want 5 accepted", got)
		}
		if strings.Contains(s.logs.String(), key) {
			t.Error("the secret is in the log")
		}
	})
}
