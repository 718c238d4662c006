package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// paging uses all that the helpdesk adds to the language.
const paging = `behavior: 1
name: Page the one on duty
inputs:
  duty: {type: worker, required: true}
  team: {type: group, required: true}
steps:
  - worker.notify:
      worker: ${{ inputs.duty }}
      text: "${{ payload.subject }} for ${{ inputs.team }}"
      url: "https://status.example.com/${{ payload.id }}"
    as: paged
  - respond: {json: {paged: "${{ paged.name }}", mask: "${{ helpdesk.mask_in(payload.subject) }}"}}
`

// TestOwnLanguage checks, offers, picks and executes it.
func TestOwnLanguage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "paging.yaml")
	check := func(source string) (code int, out string) {
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		code = run(t.Context(), []string{"check", file}, console{&stdout}, console{&stderr})
		return code, stdout.String() + stderr.String()
	}
	if code, out := check(paging); code != exitOK || out != "" {
		t.Fatalf("devhost check: %d %s", code, out)
	}
	for old, c := range map[string]struct{ new, want string }{
		"paged.name":         {"paged.nam", "did you mean `name`?"},
		"worker.notify:":     {"worker.notfy:", "did you mean `worker.notify`?"},
		"helpdesk.mask_in":   {"helpdesk.mask", "did you mean `helpdesk.mask_in`?"},
		"type: group":        {"type: grup", "did you mean `group`?"},
		"worker: ${{ inputs": {"wrker: ${{ inputs", "did you mean `worker`?"},
	} {
		if code, out := check(strings.Replace(paging, old, c.new, 1)); !strings.Contains(out, c.want) {
			t.Errorf("%s: devhost check: %d %s, want %s", c.new, code, out, c.want)
		}
	}

	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		s.logIn("admin", testPassword)
		id := s.addWorker("anna", "view")
		gone := s.addWorker("ben")
		s.submit(http.StatusSeeOther, "/setup/workers/"+gone+"/disable", "disabled", "true")

		// Offered.
		catalog := s.script("GET", apiPath+"/catalog", "").body
		for _, want := range []string{`"worker.notify"`, `"helpdesk.mask_in"`, `"name":"group"`, `"record":"worker"`, `"summary":"A person who answers tickets."`} {
			if !strings.Contains(catalog, want) {
				t.Errorf("the catalog lacks %s", want)
			}
		}
		type choices struct {
			Items []struct{ Value, Label string }
		}
		for query, want := range map[string]string{
			"worker?text=ANN":        `[{` + id + ` Worker anna (anna)}]`,
			"worker?text=%25":        `[]`,
			"worker?text=_":          `[]`,
			"worker?value=" + id:     `[{` + id + ` Worker anna (anna)}]`,
			"worker?value=" + gone:   `[]`,
			"worker?value=anna":      `[]`,
			"group?text=bil":         `[{Billing Billing}]`,
			"group?value=Support":    `[{Support Support}]`,
			"group?value=support":    `[]`,
			"group?text=&value=None": `[]`,
		} {
			var got choices
			s.want(http.StatusOK, "GET", apiPath+"/pickers/"+query, "", &got)
			if text := show(got.Items); text != want {
				t.Errorf("%s: got %s, want %s", query, text, want)
			}
		}

		// Picked.
		behavior := s.publish(paging)
		create := func(status int, duty, team string) (l listenerOut) {
			t.Helper()
			in, err := json.Marshal(map[string]any{"name": "Duty", "behavior_id": behavior, "inputs": map[string]string{"duty": duty, "team": team}})
			if err != nil {
				t.Fatal(err)
			}
			s.want(status, "POST", listenersPath, string(in), &l)
			return l
		}
		create(http.StatusUnprocessableEntity, gone, "Support")
		create(http.StatusUnprocessableEntity, id, "Nowhere")
		l := create(http.StatusCreated, id, "Support")

		// Executed, once however often it is sent again.
		anna := s.another("anna", testPassword)
		answer := s.do(s.request("POST", l.URL, "application/json", `{"id": "a b", "subject": "Re: [ABC-12345-678] <b>down</b>"}`))
		if want := `{"mask":"ABC-12345-678","paged":"Worker anna"}`; answer.status != http.StatusOK || answer.body != want {
			t.Fatalf("got %d %s, want %s", answer.status, answer.body, want)
		}
		page := anna.get("/notifications").body
		lacks(t, page, "Re: [ABC-12345-678] &lt;b&gt;down&lt;/b&gt; for Support", `href="https://status.example.com/a%20b"`,
			`href="/admin/webhooks/deliveries/1">Why is this here?`, `<span class="count"><span aria-hidden="true">1</span>`, "Mark all as read")
		if page := s.get("/notifications").body; strings.Contains(page, "down") {
			t.Error("another worker sees the notification")
		}
		anna.submit(http.StatusSeeOther, "/notifications/read", "newest", "1")
		if page := anna.get("/notifications").body; strings.Contains(page, `class="count"`) || strings.Contains(page, "Mark all") || !strings.Contains(page, "down") {
			t.Errorf("read notifications must stay, and count no more:\n%s", page)
		}

		// A worker who is gone, or an address that is none, is the behavior's mistake.
		s.submit(http.StatusSeeOther, "/setup/workers/"+id+"/disable", "disabled", "true")
		s.do(s.request("POST", l.URL, "application/json", `{"id": "1", "subject": "x"}`))
		var d deliveryOut
		s.want(http.StatusOK, "GET", apiPath+"/deliveries/2", "", &d)
		if step := d.Run.Steps[0]; step.State != "failed" || step.Attempts[0].Error == nil || *step.Attempts[0].Error != "there is no worker "+id {
			t.Errorf("got the step %+v", step)
		}
	})
}

func show(items []struct{ Value, Label string }) string {
	var texts []string
	for _, i := range items {
		texts = append(texts, "{"+i.Value+" "+i.Label+"}")
	}
	return "[" + strings.Join(texts, " ") + "]"
}

func TestWebURL(t *testing.T) {
	for text, want := range map[string]bool{
		"https://a.example/b?c=1#d": true, "http://a.example": true,
		"": false, "javascript:alert(1)": false, "//evil.example": false, "/tickets/1": false, "https:///x": false,
		"java\tscript:alert(1)": false, "data:text/html,x": false, `https:\\evil`: false,
	} {
		if got := webURL(text); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}
