package handlers

import (
	"strings"
	"testing"
)

// With the database away nothing is a 500, and the status still answers.
func TestDatabaseAway(t *testing.T) {
	a := newAPI(t)
	pool, err := a.db.DB()
	if err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	const away = `{
  "title": "The database is away. Nothing was changed.",
  "status": 503,
  "detail": "",
  "errors": []
}
`
	for _, line := range []string{
		"GET /listeners as view", "GET /behaviors/1 as view", "GET /deliveries as view", "GET /deliveries/1 as view",
		"GET /secrets as manage", "DELETE /listeners/1 as manage", "POST /behaviors/1/publish as manage",
		"GET /settings as manage", "GET /audit as manage", "GET /listeners/1/samples as view",
	} {
		if status, answer := a.call(line, nil); status != "503" || string(answer) != away {
			t.Errorf("%s: %s\n%s", line, status, answer)
		}
	}
	for line, body := range map[string]string{
		"PATCH /settings as manage":                    `{"concurrency": 8}`,
		"POST /listeners/1/sample as manage":           `{"sample": "push"}`,
		"PUT /secrets/slack as manage":                 `{"value": "hunter2"}`,
		"POST /recipes/github-slack/install as manage": `{"inputs": {"webhook_secret": "a", "slack": "https://hooks.slack.com/x"}}`,
	} {
		if status, answer := a.call(line, []byte(body)); status != "503" || string(answer) != away {
			t.Errorf("%s: %s\n%s", line, status, answer)
		}
	}
	if status, answer := a.call("GET /status as view", nil); status != "200" || !strings.Contains(string(answer), `"reachable": false`) {
		t.Errorf("status: %s\n%s", status, answer)
	}
	if status, _ := a.call("POST /webhooks/"+knownGUID, []byte("{}")); status != "503" {
		t.Errorf("a delivery: %s, want 503", status)
	}
}
