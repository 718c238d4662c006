package handlers

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/behaviortest/canary"
)

const (
	canaryKey   = "Zq7Kx2Vw9Tb4Rm3Ys8Lp5Nd6"
	canaryToken = "Hc6Gf1Jt0Wk8\"é\\+/<&Xv3Bn9Qd5Sa2"
	canaryPath  = "Tg5Vr8Bk2Ns7Cw4Yx9Lm3Dz6"
	canaryNamed = "Fj2Hq9Wt4Kd7Zb5Xr8Vn3Gs6"
)

// No answer of the API, and no answer to a sender, has anything of a secret: from
// where it is entered, also wrongly, to the trace of a delivery that used it.
func TestNoSecretIsAnswered(t *testing.T) {
	reached := 0
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		reached++
		w.Header().Set("X-Key", r.Header.Get("Authorization"))
		if strings.HasPrefix(r.URL.Path, "/hook") {
			w.WriteHeader(http.StatusBadRequest)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"url": r.URL.String(), "headers": r.Header, "data": string(body)})
	}))
	t.Cleanup(echo.Close)
	a := newAPI(t, netip.MustParsePrefix("127.0.0.0/8"))
	a.canaries = canary.Secrets{canaryKey, canaryToken, canaryPath, canaryNamed}
	address := strings.TrimPrefix(echo.URL, "http://")
	source := `behavior: 1
inputs:
  key: {type: secret, required: true}
  token: {type: secret, hosts: ["` + address + `"]}
  hook: {type: secret}
  named: {type: secret}
  channel: {type: text}
verify: bearer(request, inputs.key) == false
dedupe: payload.id
steps:
  - http.request: {url: "` + echo.URL + `/a", headers: {Authorization: "${{ inputs.token }}"}, json: {a: [{b: "${{ inputs.token }}"}]}}
    as: out
  - slack.post: {webhook: "${{ inputs.hook }}", text: hello}
    on_error: [{log: "${{ toJSON(error) }}"}]
  - http.request: {url: "https://other.example/", headers: {Authorization: "${{ inputs.named }}"}}
    on_error: [{log: "${{ toJSON(error) }}"}]
  - log: '${{ toJSON(out) }} ${{ hex(hmac("sha256", inputs.key, "x")) }}'
  - respond: {json: {out: "${{ out }}", set: "${{ inputs.named != nil }}"}}
`
	say := func(line string, body any) (status string) {
		text, isText := body.(string)
		if !isText && body != nil {
			encoded, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			text = string(encoded)
		}
		status, _ = a.call(line+" as manage,payloads,edit,view", []byte(text))
		status, _, _ = strings.Cut(status, ";")
		return status
	}
	want := func(status, line string, body any) {
		t.Helper()
		if got := say(line, body); got != status {
			t.Errorf("%s: got %s, want %s", line, got, status)
		}
	}
	want("200", "PUT /secrets/named", map[string]any{"value": canaryNamed, "hosts": []string{"api.example.com"}})
	hook := echo.URL + "/hook/" + canaryPath
	listener := a.listen(source, true, map[string]any{"key": canaryKey, "token": canaryToken, "hook": hook, "named": map[string]string{"secret": "named"}})

	// Entered wrongly.
	for _, wrong := range []struct {
		line string
		body any
	}{
		{"PUT /secrets/other", map[string]any{"value": []string{canaryNamed}}},
		{"PUT /secrets/other", `{"value": "` + canaryNamed},
		{"PUT /secrets/other", `{"value": "x", "` + canaryNamed + ` is no name": 1` + canaryNamed},
		{"PUT /secrets/other", map[string]any{"value": canaryNamed, "hosts": []string{"https://no-host/"}}},
		{"PATCH /listeners/" + listener, map[string]any{"inputs": map[string]any{"key": map[string]any{"secret": "nobody", "value": canaryKey}}}},
		{"PATCH /listeners/" + listener, map[string]any{"inputs": map[string]any{"key": []any{canaryKey}}}},
		{"PATCH /listeners/" + listener, map[string]any{"inputs": map[string]any{"nope": canaryKey}}},
	} {
		if status := say(wrong.line, wrong.body); status == "200" {
			t.Errorf("%s %v: got %s", wrong.line, wrong.body, status)
		}
	}

	// Used.
	a.guid = ""
	want("200", "GET /listeners/"+listener, nil)
	for i := range 2 { // the second is a duplicate
		if got := a.asked("POST", "", `{"id": 1}`, http.Header{"Content-Type": {"application/json"}}); !strings.HasPrefix(got, "200; ") || !strings.Contains(got, `"set":true`) || a.canaries.In(got) != "" {
			t.Errorf("request %d: got %s", i, got)
		}
	}
	if reached != 2 {
		t.Errorf("the remote was called %d times, want twice", reached)
	}
	a.deliveries(2)
	want("200", "GET /deliveries", nil)
	for _, id := range []string{"1", "2"} {
		want("200", "GET /deliveries/"+id+"?trace=1", nil)
	}
	for _, outputs := range []any{nil, map[string]any{"out": map[string]any{"error": "broken"}}} {
		for _, request := range []string{"1", "POST / HTTP/1.1\nContent-Type: application/json\n\n{\"id\": 2}"} {
			want("200", "POST /behaviors/simulate", map[string]any{"source": source, "listener_id": listener, "request": request, "outputs": outputs})
		}
	}
	want("200", "POST /behaviors/simulate", map[string]any{"source": source, "request": "1", "inputs": map[string]any{"key": canaryKey, "token": canaryToken, "hook": "http://" + canaryPath, "channel": 1}})

	// Shown.
	for _, path := range []string{"/listeners", "/listeners/" + listener, "/listeners/" + listener + "/samples", "/behaviors", "/secrets", "/audit", "/status", "/settings", "/catalog"} {
		want("200", "GET "+path, nil)
	}
	want("200", "PATCH /listeners/"+listener, map[string]any{"inputs": map[string]any{"key": canaryKey, "hook": nil}})
	want("204", "DELETE /listeners/"+listener, nil)

	if found := a.canaries.In(a.log.String()); found != "" {
		t.Errorf("log: %s", found)
	}
	var file string
	if err := a.db.Raw("SELECT file FROM pragma_database_list WHERE name = 'main'").Row().Scan(&file); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, file + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := a.canaries.In(string(raw)); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
}
