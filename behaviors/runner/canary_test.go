package runner

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/behaviortest/canary"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// The secrets of these tests: a key, a token with characters that are written in
// many ways, a URL's path, and its password.
const (
	canaryKey      = "Zq7Kx2Vw9Tb4Rm3Ys8Lp5Nd6"
	canaryToken    = "Hc6Gf1Jt0Wk8\"é\\+/<&Xv3Bn9Qd5Sa2%Pu7Ey4Mi1"
	canaryPath     = "Tg5Vr8Bk2Ns7Cw4Yx9Lm3Dz6"
	canaryPassword = "Fj2Hq9Wt4Kd7Zb5Xr8Vn3Gs6"
)

var canaries = canary.Secrets{canaryKey, canaryToken, canaryPath, canaryPassword}

// echo is a remote that gives back whatever it is sent, in one of several ways.
func echo(t *testing.T, reached *atomic.Int64) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent := fmt.Sprintf("%s %s\n%v\n%s", r.Method, r.URL, r.Header, body)
		if canaries.In(sent) != "" {
			reached.Add(1)
		}
		w.Header().Set("X-Authorization", strings.ToUpper(r.Header.Get("Authorization")))
		w.Header().Set("X-Key", r.Header.Get("X-Key"))
		if n := len(body) % 3; strings.Contains(r.URL.Path, "fail") {
			w.WriteHeader([]int{400, 404, 503}[n])
		}
		var parsed any
		_ = json.Unmarshal(body, &parsed)
		switch how := r.URL.Query().Get("how"); how {
		case "json":
			_ = json.NewEncoder(w).Encode(map[string]any{"url": r.URL.String(), "headers": r.Header, "data": string(body), "json": parsed})
		case "base64":
			for _, v := range r.Header {
				io.WriteString(w, base64.URLEncoding.EncodeToString([]byte(v[0]))+"\n")
			}
		case "cut":
			io.WriteString(w, strings.Repeat("x", 1<<20-12)+r.Header.Get("Authorization")+r.Header.Get("X-Key"))
		case "break":
			panic(http.ErrAbortHandler)
		default:
			io.WriteString(w, strings.ToLower(sent)+"\n"+sent)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// use is a step that uses secrets, and what shows what came of it.
func uses(remote, stranger string) *rapid.Generator[string] {
	pick := func(t *rapid.T, of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }
	return rapid.Custom(func(t *rapid.T) string {
		key := pick(t, `inputs.key`, `kept`, `inputs.key ?? inputs.token`, `payload.yes ? inputs.key : nil`, `let v = inputs.key; v`)
		token := pick(t, `inputs.token`, `payload.no ? inputs.key : inputs.token`, `inputs?.token`, `held`)
		proof := pick(t, `hex(hmac("sha256", K, "text"))`, `equal_secure(K, "guess")`, `basic_auth(request, "user", K)`, `bearer(request, K)`, `jwt("a.b.c", K)`,
			`mailgun.signed(request, [K])`, `slack.signed(request, K)`, `K == nil`, `test.panics(K)`, `hmac("sha256", K, 1)`, `equal_secure([1], K)`, `bearer(1, K)`)
		proof = strings.ReplaceAll(proof, "K", pick(t, "inputs.key", "kept", "inputs.empty", "inputs.token", "inputs.hook"))
		to := remote
		if pick(t, "own", "own", "own", "own", "strange") == "strange" {
			to = stranger
		}
		url := to + pick(t, "/a", "/fail") + "?how=" + pick(t, "", "json", "base64", "cut", "break")
		step := pick(t,
			`http.request: {url: "U", method: POST, headers: {Authorization: '${{ TOKEN }}', X-Key: '${{ KEY }}'}, text: a}`,
			`http.request: {url: "U", json: {a: [{key: '${{ KEY }}', b: {c: '${{ TOKEN }}'}}], text: "${{ payload }}"}}`,
			`http.request: {url: "U", form: {key: '${{ KEY }}', token: '${{ TOKEN }}'}, headers: {X-Key: '${{ TOKEN }}'}, accept: ["2xx", "4xx"]}`,
			`http.request: {url: "U", method: GET, headers: {Authorization: '${{ TOKEN }}'}, json: {a: '${{ KEY }}'}}`,
			`http.request: {url: "U", headers: {Host: '${{ TOKEN }}'}}`,
			`http.request: {url: "U", headers: {X-Key: '${{ inputs.broken }}'}}`,
			`slack.post: {webhook: '${{ inputs.hook }}', text: "${{ toJSON(payload) }}"}`,
			`slack.post: {webhook: '${{ payload.yes ? inputs.key : inputs.hook }}', text: a}`,
			`test.call: {name: "MODE", key: '${{ KEY }}'}`, `test.call: {name: "MODE", key: '${{ TOKEN }}'}`, `test.call: {name: "MODE", key: '${{ inputs.hook }}'}`,
			`test.call: {name: '${{ PROOF }}', key: '${{ payload.no }}'}`, `message.note: {message: "41", text: 'got ${{ PROOF }}'}`,
			`log: 'got ${{ PROOF }}'`, `log: '${{ [PROOF, 1 / 0] }}'`, `log: {level: '${{ PROOF }}', text: a}`, `let: {more: 'PROOF', again: inputs.key}`,
			`stop: a`, `fail: 'because ${{ PROOF }}'`, `respond: {json: {a: '${{ PROOF }}', b: "${{ payload }}"}}`, `respond: {status: '${{ PROOF }}'}`,
			`steps: [{log: a, when: 'PROOF'}]`, `each: {in: '[PROOF, 2]', as: item, steps: [{log: "${{ item }}"}]}`,
		)
		step = strings.NewReplacer("U", url, "TOKEN", token, "KEY", key, "PROOF", proof, "MODE", pick(t, "output", "error", "said", "panic", "panic error", "nil map")).Replace(step)
		text := "  - " + step + "\n"
		if strings.Contains(step, "http.request") || strings.Contains(step, "slack.post") || strings.Contains(step, "test.call") {
			text += "    as: out\n    retry: {attempts: 1}\n"
			if pick(t, "taken", "taken", "dead") == "taken" {
				text += "    on_error:\n      - log: 'failed: ${{ error.message }} ${{ toJSON(error) }}'\n      - message.note: {message: '41', text: '${{ error.message }}'}\n"
			}
			text += "  - log: 'out: ${{ toJSON(out) }} ${{ out.body }} ${{ out.headers }}'\n  - message.note: {message: '41', text: '${{ truncate(toJSON(out), 900) ?? \"none\" }}'}\n"
		}
		return text
	})
}

// Whatever a behavior does with secrets, and whatever goes wrong: none of it is
// in anything that is kept, shown, logged or counted, and none of it in the file
// of the database but sealed.
func TestNoSecretIsLeftBehind(t *testing.T) {
	t.Parallel()
	const programs = 40
	d := modelstest.SQLite(t)
	w := newWorld(t, d)
	var reached, strange atomic.Int64
	remote, stranger := echo(t, &reached), echo(t, &strange)
	w.call = func(_ context.Context, c *actions.Call) (any, error) { return misbehave(c, remote) }
	address := strings.TrimPrefix(remote, "http://")
	reader := sdk.NewManualReader()
	m, err := NewMetrics(sdk.NewMeterProvider(sdk.WithReader(reader)).Meter("test"))
	must(t, err)
	panics := &expression.Function{
		Name: "test.panics", Params: []expression.Param{{Name: "secret", Secret: true}}, Result: expression.Of(expression.Text), Doc: "panics", Example: "test.panics(inputs.key)",
		Call: func(f *expression.Frame, args []any) (any, error) {
			value, err := f.Secrets(args[0].(expression.Secret))
			panic(fmt.Sprint("no use for ", value, err))
		},
	}
	var catalog *behaviors.Catalog
	n := w.node(func(o *Options, _ *gorm.DB) {
		o.Metrics = m
		catalog, err = behaviors.NewCatalog(behaviors.Vocabulary{Actions: o.Actions.Specs(), Functions: []*expression.Function{panics}})
		must(t, err)
		o.Catalog = catalog
	})
	verifies := []string{"", "", "", "verify: bearer(request, inputs.key) == false\n", "verify: bearer(request, inputs.key)\n", "verify: test.panics(inputs.key)\n", "verify: {check: 'mailgun.signed(request, [inputs.key, inputs.token])', reject: {text: 'not ${{ hex(hmac(\"sha256\", inputs.key, \"a\")) }}'}}\n"}
	outcomes, states := map[behaviors.Outcome]int{}, map[string]int{}
	for i, ran := 0, 0; ran < programs; i++ {
		steps := rapid.SliceOfN(uses(remote, stranger), 1, 4).Example(i)
		source := "behavior: 1\nname: Canary\ninputs:\n  key: {type: secret}\n  token: {type: secret}\n  hook: {type: secret}\n  broken: {type: secret}\n  empty: {type: secret}\n" +
			"let: {kept: inputs.key}\n" + verifies[i%len(verifies)] + "dedupe: hex(hmac(\"sha256\", kept, request.body))\nsteps:\n  - let: {held: inputs.token}\n" + strings.Join(steps, "")
		if _, diagnostics := behaviors.Compile(source, catalog); diagnostics.HasErrors() {
			if found := canaries.In(diagnostics.Render("behavior.yaml", source)); found != "" || i > 10*programs {
				t.Fatalf("program %d does not compile: %s\n%s", i, found, diagnostics.Render("behavior.yaml", source))
			}
			continue
		}
		ran++
		w.listen(source, map[string]any{
			"key": "secret:" + canaryKey, "token": "secret:" + canaryToken, "broken": "secret:" + canaryToken,
			"hook": "secret:http://bot:" + canaryPassword + "@" + address + "/fail/" + canaryPath + "?how=json",
		})
		w.permit(`[{"allow": "http.request"}, {"allow": "slack.post"}, {"allow": "test.call"}, {"allow": "test.do"}, {"allow": "message.note"}]`)
		for name, value := range map[string]string{"key": canaryKey, "token": canaryToken, "broken": "\r\n" + canaryToken} {
			id := w.listener.Inputs[name].(models.SecretInput).ID
			must(t, w.store.PutSecret(t.Context(), &models.Secret{ID: id, Hosts: []string{address}}, value))
		}
		must(t, n.Refresh(t.Context()))
		answer, err := n.post(`{"yes": true, "no": null, "i": ` + fmt.Sprint(i) + `}`)
		must(t, err)
		outcomes[answer.Outcome]++
		shown := fmt.Sprintf("%+v %+v", answer, answer.Response)
		if answer.Outcome == behaviors.Accepted {
			_, state, _ := strings.Cut(n.logs.wait(t, "delivery accepted"), "state=")
			if state == "open" {
				state = n.left()
			}
			states[state]++
			shown += n.kept(answer.DeliveryID)
		}
		if found := canaries.In(shown); found != "" {
			t.Errorf("program %d: %s\n%s\n%.8000s", i, found, source, shown)
		}
	}
	must(t, n.Refresh(t.Context()))
	for _, delivery := range n.deliveries() {
		if found := canaries.In(fmt.Sprintf("%+v %+v", *delivery, delivery.Delivery)); found != "" {
			t.Errorf("delivery: %s", found)
		}
	}
	if found := canaries.In(n.logs.all()); found != "" {
		t.Errorf("log: %s", found)
	}
	if found := canaries.In(labels(t, reader)); found != "" {
		t.Errorf("metrics: %s", found)
	}
	file, _, _ := strings.Cut(strings.TrimPrefix(d.DSN(), "file:"), "?")
	for _, name := range []string{file, file + "-wal"} {
		raw, err := os.ReadFile(name)
		must(t, err)
		if found := canaries.In(string(raw)); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
	t.Logf("%v; runs %v; secrets reached their host %d times", outcomes, states, reached.Load())
	if reached.Load() == 0 || strange.Load() != 0 {
		t.Errorf("secrets reached their host %d times, and another one %d times", reached.Load(), strange.Load())
	}
	if outcomes[behaviors.Accepted] < programs/2 || outcomes[behaviors.Refused] == 0 || len(states) < 2 {
		t.Errorf("got %v, %v: too little of it ran", outcomes, states)
	}
}

// kept is all that is kept of a run, and a trace of it.
func (n *node) kept(id int64) string {
	n.w.t.Helper()
	steps, err := n.w.store.Steps(n.w.t.Context(), id)
	must(n.w.t, err)
	text, err := json.Marshal(steps)
	must(n.w.t, err)
	trace, err := n.Trace(n.w.t.Context(), id)
	must(n.w.t, err)
	traced, err := json.Marshal(trace)
	must(n.w.t, err)
	all := fmt.Sprintf("%+v %s %s %+v", *n.w.run(id), text, traced, trace)
	for _, s := range steps {
		all += fmt.Sprintf("\n%+v %s %s", *s, s.Params, s.Output)
		for _, a := range s.Attempts {
			all += fmt.Sprintf("\n  %+v", *a)
		}
	}
	return all + n.w.noted()
}

// noted are the notes that the helpdesk has.
func (w *world) noted() string {
	var notes []string
	must(w.t, w.db.Raw("SELECT text FROM host_notes").Scan(&notes).Error)
	return strings.Join(notes, "\n")
}

// misbehave is an action of a host's that repeats the secret it is given.
func misbehave(c *actions.Call, remote string) (any, error) {
	ref, ok := c.Params["key"].(expression.Secret)
	if !ok {
		return map[string]any{"given": c.Params["name"]}, nil
	}
	value, err := c.Secret(ref, remote)
	if err != nil {
		if value, err = c.Secret(ref, ""); err != nil {
			return nil, err
		}
	}
	switch c.Text("name") {
	case "error":
		return nil, fmt.Errorf("Post %q: %w", value, errors.New("refused "+value))
	case "said":
		return nil, &actions.Error{Message: "no " + value, Excerpt: strings.ToUpper(value), Status: 404, Permanent: true, Blame: actions.BlameRemote, Err: errors.New(value)}
	case "panic":
		panic(value)
	case "panic error":
		panic(fmt.Errorf("no %s", value))
	case "nil map":
		var m map[string]map[string]int
		m[value]["a"]++
	}
	return map[string]any{"sent": value, "of " + value: []any{base64.StdEncoding.EncodeToString([]byte(value))}}, nil
}

// labels are those of all metrics.
func labels(t *testing.T, reader *sdk.ManualReader) string {
	var data metricdata.ResourceMetrics
	must(t, reader.Collect(t.Context(), &data))
	all := ""
	for _, scope := range data.ScopeMetrics {
		for _, metric := range scope.Metrics {
			all += metric.Name + metric.Description
			switch d := metric.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range d.DataPoints {
					all += p.Attributes.Encoded(attribute.DefaultEncoder())
				}
			case metricdata.Histogram[float64]:
				for _, p := range d.DataPoints {
					all += p.Attributes.Encoded(attribute.DefaultEncoder())
				}
			}
		}
	}
	return all
}
