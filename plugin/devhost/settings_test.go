package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestSetUpSettings(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		s.logIn("admin", testPassword)
		const path = "/setup/plugins/webhooks/settings"
		page := s.get("/setup/plugins").body
		lacks(t, page, "The plugin is off.", `name="webhooks.max_body"`, "Save the settings")
		if strings.Count(page, " disabled") < 4 { // three settings and the button
			t.Errorf("the settings of a plugin that is off can be entered:\n%s", page)
		}
		s.submit(http.StatusConflict, path, "webhooks.max_body", "2048")

		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		lacks(t, s.get("/setup/plugins").body, "Time zone of dates", "From 1024 to 33554432. Empty: 1048576.", `value="1048576" min="1024" max="33554432"`)
		for name, c := range map[string]struct{ field, value, want string }{
			"no number": {"webhooks.concurrency", "many", "It must be a whole number."},
			"too small": {"webhooks.max_body", "1023", "It must be from 1024 to 33554432, got 1023."},
			"no zone":   {"webhooks.timezone", "Mars/Olympus <b>", "It must be a name such as Europe/Berlin"},
		} {
			pairs := map[string]string{"webhooks.max_body": "4096", "webhooks.timezone": "", "webhooks.concurrency": "7", c.field: c.value}
			got := s.submit(http.StatusUnprocessableEntity, path, "webhooks.max_body", pairs["webhooks.max_body"],
				"webhooks.timezone", pairs["webhooks.timezone"], "webhooks.concurrency", pairs["webhooks.concurrency"])
			if !strings.Contains(got.body, c.want) || strings.Contains(got.body, "<b>") || strings.Count(got.body, `aria-invalid="true"`) != 1 {
				t.Errorf("%s: the form does not say %q beside that field alone:\n%s", name, c.want, got.body)
			}
		}
		settings := func() (now map[string]any) {
			s.want(http.StatusOK, "GET", apiPath+"/settings", "", &now)
			return now
		}
		if got := settings(); got["max_body"] != 1048576.0 {
			t.Errorf("a form with a mistake changed something: %v", got)
		}

		s.submit(http.StatusSeeOther, path, "webhooks.max_body", "2048", "webhooks.timezone", "Europe/Berlin", "webhooks.concurrency", "64")
		if got := settings(); got["max_body"] != 2048.0 || got["timezone"] != "Europe/Berlin" {
			t.Errorf("saved: got %v", got)
		}
		lacks(t, s.get("/setup/plugins?done=settings").body, `value="2048"`, `value="Europe/Berlin"`, "Saved. The settings hold")
		l := s.listen("behavior: 1\nname: Thanks\ninputs: {key: {type: secret}}\nsteps:\n  - respond: {status: 202}\n")
		eventually(t, "a body over the limit is refused", func() bool {
			return s.do(s.request("POST", l.URL, "text/plain", strings.Repeat("a", 2049))).status == http.StatusRequestEntityTooLarge
		})
		s.submit(http.StatusSeeOther, path, "webhooks.max_body", "", "webhooks.timezone", "", "webhooks.concurrency", "")
		if got := settings(); got["max_body"] != 1048576.0 || got["timezone"] != "" || got["concurrency"] != 64.0 {
			t.Errorf("back to the defaults: got %v", got)
		}
		var trail struct {
			Items []struct{ Name, Action, Object string }
		}
		s.want(http.StatusOK, "GET", apiPath+"/audit", "", &trail)
		if len(trail.Items) == 0 || trail.Items[0].Name != "Admin" || trail.Items[0].Object != "settings" {
			t.Errorf("the audit trail does not say who changed the settings: %+v", trail.Items)
		}
	})
}
