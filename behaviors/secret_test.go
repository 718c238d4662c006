package behaviors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// Where the checker cannot see a secret (it hides in a json input here), every
// sink refuses the reference when it runs.
func TestSinksRefuseSecrets(t *testing.T) {
	tests := []struct{ name, steps, want string }{
		{"a parameter", `  - test.all: {any: "${{ inputs.one }}"}`, "test.all (line 4): any: does not take a secret"},
		{"within a parameter", `  - test.all: {any: "${{ inputs.list }}"}`, "test.all (line 4): any: does not take a secret"},
		{"within a map", `  - test.all: {any: {a: ["${{ inputs.one }}"]}}`, "test.all (line 4): any: does not take a secret"},
		{"a text parameter", `  - test.all: {url: "${{ inputs.one }}"}`, "test.all (line 4): url: does not take a secret"},
		{
			"an interpolation", `  - test.all: {any: "a ${{ inputs.one }}"}`,
			"test.all (line 4): any: line 4, column 27: a secret must not become text",
		},
		{"an answer", `  - respond: {json: "${{ inputs.list }}"}`, "respond (line 4): json: an answer does not take a secret"},
		{"an answer's text", `  - respond: {text: "${{ inputs.one }}"}`, "respond (line 4): text: a secret must not become text"},
		{"an answer's HTML", `  - respond: {html: "${{ inputs.one }}"}`, "respond (line 4): html: a secret must not become text"},
		{
			"within an answer's HTML", `  - respond: {html: "<p>${{ raw(inputs.list) }}</p>"}`,
			"respond (line 4): html: line 4, column 28: a secret must not become text",
		},
		{"an answer's XML", `  - respond: {xml: "${{ inputs.list }}"}`, "respond (line 4): xml: a secret must not become text"},
		{"an answer's bytes", `  - respond: {base64: "${{ inputs.one }}"}`, "respond (line 4): base64: a secret must not become text"},
		{"a redirect", `  - respond: {redirect: "${{ raw(inputs.one) }}"}`, "respond (line 4): redirect: a secret must not become text"},
		{"an answer's status", `  - respond: {status: "${{ inputs.one }}"}`, "respond (line 4): status: must be a whole number from 200 to 599"},
		{"a log", `  - log: ${{ inputs.one }}`, "log (line 4): a secret must not become text"},
		{"a log's level", `  - log: {level: "${{ inputs.one }}", text: a}`, "log (line 4): level: does not take a secret"},
		{
			"within a log", `  - log: {level: warn, text: "a ${{ inputs.list }}"}`,
			"log (line 4): line 4, column 36: a secret must not become text",
		},
		{"a fail", `  - fail: ${{ inputs.list }}`, "fail (line 4): a secret must not become text"},
		{"a stop", `  - stop: ${{ inputs.one }}`, "stop (line 4): a secret must not become text"},
		{"no secret where one goes", `  - slack.post: {webhook: "${{ inputs.list }}", text: a}`, "slack.post (line 4): webhook: takes a secret"},
		{"a delay", `  - wait: "${{ inputs.one }}"`, "wait (line 4): takes a duration, got a secret"},
		{"a moment", `  - wait: {until: inputs.one}`, "wait (line 4): until: takes a time, got a secret"},
		{"a header", `  - respond: {headers: {X-A: "${{ inputs.one }}"}}`, "respond (line 4): X-A: a secret must not become text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := compile(t, "behavior: 1\ninputs: {one: {type: json}, list: {type: json}}\nsteps:\n"+test.steps+"\n")
			d := delivery("{}")
			secret := expression.Secret{Name: "key"}
			d.Inputs = map[string]any{"one": secret, "list": []any{map[string]any{"a": secret}}}
			decision := behaviors.Advance(p, d, behaviors.Journal{})
			if decision.State != behaviors.RunFailed || decision.Error != test.want {
				t.Errorf("got %s %q, want %q", decision.State, decision.Error, test.want)
			}
		})
	}
}

// The value of a secret is nowhere in what a simulation tells.
func TestSimulationHidesSecrets(t *testing.T) {
	const value = "hunter2-of-the-test"
	source := `behavior: 1
inputs: {key: {type: secret}}
let: {key: inputs.key, proof: 'hmac("sha256", key, "a")'}
verify: key != nil and equal_secure(payload.a, key) == false
steps:
  - slack.post: {webhook: "${{ key }}", text: "${{ hex(proof) }}"}
  - slack.post: {webhook: "${{ inputs.key }}", text: "${{ 1 / 0 }}"}
`
	d := delivery("{}")
	d.Inputs = map[string]any{"key": value}
	s := behaviors.Simulate(source, catalog(t), d, nil)
	if s.Outcome != behaviors.Accepted || len(s.Steps) != 2 || len(s.Trace) == 0 {
		t.Fatalf("got %+v", s)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if all := string(text) + fmt.Sprintf("%+v", s); strings.Contains(all, value) {
		t.Error("the secret's value is in the simulation")
	}
}

// What a host says of a secret that it cannot give, which may tell more than it
// should, is in no error of a run.
func TestWhyASecretCannotBeReadIsNotTold(t *testing.T) {
	for _, proof := range []string{`mailgun.signed(request, inputs.key)`, `mailgun.signed(request, [inputs.key])`, `bearer(request, inputs.key)`, `hmac("sha256", inputs.key, "a") == nil`, `equal_secure("a", inputs.key)`} {
		p := compile(t, "behavior: 1\ninputs: {key: {type: secret}}\nsteps:\n  - {log: a, when: '"+proof+"'}\n")
		d := delivery("{}")
		d.Inputs = map[string]any{"key": expression.Secret{Name: "key"}}
		d.Secrets = func(expression.Secret) (string, error) { return "", errors.New("hunter2 does not open it") }
		const want = "the secret `key` cannot be read"
		if got := behaviors.Advance(p, d, behaviors.Journal{}).Error; !strings.HasSuffix(got, want) || strings.Contains(got, "hunter2") {
			t.Errorf("%s: got %q, want an error that ends with %q", proof, got, want)
		}
	}
}
