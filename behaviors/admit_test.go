package behaviors_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// How secrets end a verify: empty is a rejection that says so, what cannot be
// read is 503.
func TestVerifyWithoutASecret(t *testing.T) {
	const source = `behavior: 1
inputs: {key: {type: secret}}
verify: github.signed(request, inputs.key)
`
	plain := func(body string) behaviors.Response {
		return behaviors.Response{Header: payload.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}}, Body: []byte(body)}
	}
	rejected := plain("signature does not match")
	rejected.Status = http.StatusUnauthorized
	later := plain("try again later\n")
	later.Status = http.StatusServiceUnavailable
	key := expression.Secret{Name: "key"}
	tests := []struct {
		name    string
		inputs  map[string]any
		secrets func(expression.Secret) (string, error)
		want    behaviors.Admission
	}{
		{
			"not set", map[string]any{"key": nil}, nil,
			behaviors.Admission{Outcome: behaviors.Refused, Cause: "secret_missing", Detail: "the input key is empty", Response: &rejected},
		},
		{
			"empty", map[string]any{"key": key}, func(expression.Secret) (string, error) { return "", nil },
			behaviors.Admission{Outcome: behaviors.Refused, Cause: "secret_missing", Detail: "secret key is empty", Response: &rejected},
		},
		{
			"wrong", map[string]any{"key": key}, func(expression.Secret) (string, error) { return "s3cret", nil },
			behaviors.Admission{
				Outcome: behaviors.Refused, Cause: "signature", Detail: "header X-Hub-Signature-256 is missing", Response: &rejected,
			},
		},
		{
			"unreadable", map[string]any{"key": key}, func(expression.Secret) (string, error) { return "", errors.New("no key of the host") },
			behaviors.Admission{
				Outcome: behaviors.Refused, Cause: "secret_unreadable", Detail: "secret key cannot be read", Response: &later,
			},
		},
	}
	p := compile(t, source)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := delivery("{}")
			d.Inputs, d.Secrets = test.inputs, test.secrets
			got := behaviors.NewEvaluation(p, d, nil).Admit()
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v %s, want %+v %s", got, got.Response.Body, test.want, test.want.Response.Body)
			}
		})
	}
}

// Where there are no secrets at all, that is our fault and not the caller's.
func TestVerifyWithoutSecrets(t *testing.T) {
	p := compile(t, "behavior: 1\ninputs: {key: {type: secret}}\nverify: github.signed(request, inputs.key)\n")
	d := delivery("{}")
	d.Request.Header = append(d.Request.Header, payload.Field{Name: "X-Hub-Signature-256", Value: "sha256=00"})
	d.Inputs = map[string]any{"key": expression.Secret{Name: "key"}}
	a := behaviors.NewEvaluation(p, d, nil).Admit()
	if a.Outcome != behaviors.Refused || a.Cause != behaviors.CauseBehavior || a.Response.Status != http.StatusInternalServerError ||
		!strings.Contains(a.Detail, "the secret `key` cannot be read") {
		t.Errorf("got %+v", a)
	}
}

// A clock ends an expression that takes long. A trace takes longer, and shows
// what the run would have done.
func TestClock(t *testing.T) {
	p := compile(t, "behavior: 1\nsteps:\n  - let: {x: 'map(1..5000, # * 2)'}\n")
	d := delivery("{}")
	now := time.Unix(0, 0)
	d.Clock = func() time.Time {
		now = now.Add(time.Minute)
		return now
	}
	if got := behaviors.NewEvaluation(p, d, nil).Advance(behaviors.Journal{}); got.State != behaviors.RunFailed {
		t.Errorf("got %s", got.State)
	}
	if got := behaviors.NewEvaluation(p, d, &expression.Trace{}).Advance(behaviors.Journal{}); got.State != behaviors.RunDone {
		t.Errorf("traced: got %s: %s", got.State, got.Error)
	}
}

// What the host can ask of a program.
func TestProgram(t *testing.T) {
	p := compile(t, `behavior: 1
name: A
description: B
accept: {methods: [get, PUT], max_body: 2 MiB}
verify: payload.ok
inputs:
  key: {type: secret, label: Key, help: H, required: true, generate: true, hosts: [a.example]}
  size: {type: choice, options: [s, m], default: m}
`)
	type facts struct {
		Name, Description string
		Get, Post, Open   bool
		MaxBody           int64
		Inputs            []behaviors.Input
	}
	got := facts{p.Name(), p.Description(), p.Accepts("GET"), p.Accepts("POST"), p.Open(), p.MaxBody(), p.Inputs()}
	want := facts{"A", "B", true, false, false, 2 << 20, []behaviors.Input{
		{
			Name: "key", Type: "secret", Label: "Key", Help: "H", Required: true, Generate: true, Options: []string{},
			Hosts: []string{"a.example"},
		},
		{Name: "size", Type: "choice", Label: "size", Default: "m", Options: []string{"s", "m"}, Hosts: []string{}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if open := compile(t, "behavior: 1\n"); !open.Open() || !open.Accepts("POST") || open.Size() <= 0 {
		t.Error("a behavior of nothing is open, takes POST, and has a size")
	}
}
