package behaviors

import (
	"errors"
	"maps"
	"reflect"
	"testing"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

// withProvider is a catalog with one more provider, which rejects and stays
// silent in its own way.
func withProvider(t *testing.T) *Catalog {
	t.Helper()
	c, err := NewCatalog(Vocabulary{})
	if err != nil {
		t.Fatal(err)
	}
	p := &signatures.Provider{
		Name: "phone", Rejection: signatures.Reply{Status: 406, Body: "no"},
		Empty: signatures.Reply{Status: 200, Header: payload.Header{{Name: "Content-Type", Value: "text/xml"}}, Body: "<Response/>"},
		Verify: func(r *payload.Request, _ []string) error {
			switch r.Header.Get("X-Proof") {
			case "good":
				return nil
			case "":
				return errors.Join(errors.New("no certificate"), signatures.ErrUnchecked)
			}
			return errors.New("it does not match")
		},
	}
	c.Functions, c.Providers = maps.Clone(c.Functions), maps.Clone(c.Providers)
	c.Functions["phone.signed"], c.Providers["phone"] = signedFunction(p), p
	return c
}

// admission decides about a request with a proof.
func (c *Catalog) admission(t *testing.T, document, proof, secret string) (*Evaluation, Admission) {
	t.Helper()
	source := "behavior: 1\ninputs: {key: {type: secret}}\nlet: {proved: 'phone.signed(request, inputs.key)'}\n" + document
	p, found := Compile(source, c)
	if p == nil {
		t.Fatal(found.Render("b.yaml", source))
	}
	r := &payload.Request{Method: "POST", Header: payload.Header{{Name: "X-Proof", Value: proof}}}
	e := NewEvaluation(p, &Delivery{
		Request: r, Inputs: map[string]any{"key": expression.Secret{Name: "key"}},
		Secrets: func(expression.Secret) (string, error) { return secret, nil },
	}, nil)
	return e, e.Admit()
}

// A provider's own rejection holds unless the behavior has one. Without a secret
// nothing is proved, and what could not be checked just now is no rejection.
func TestRejections(t *testing.T) {
	c := withProvider(t)
	const own = "verify: {check: 'phone.signed(request, inputs.key)', reject: {status: 403, xml: \"<No/>\"}}\n"
	for _, tt := range []struct {
		name, verify, proof, secret string
		outcome                     Outcome
		cause                       string
		status                      int
		body                        string
	}{
		{"right", "verify: phone.signed(request, inputs.key)\n", "good", "s3cret", Accepted, "", 0, ""},
		{"the provider's", "verify: phone.signed(request, inputs.key)\n", "bad", "s3cret", Refused, CauseSignature, 406, "no"},
		{"the behavior's", own, "bad", "s3cret", Refused, CauseSignature, 403, "<No/>"},
		{"of two providers", "verify: proved or github.signed(request, inputs.key)\n", "bad", "s3cret", Refused, CauseSignature, 401, "not verified\n"},
		{"an empty secret", "verify: phone.signed(request, inputs.key)\n", "good", "", Refused, CauseSecretMissing, 406, "no"},
		{"an empty secret among others", "verify: phone.signed(request, [inputs.key, inputs.key])\n", "good", "", Refused, CauseSecretMissing, 406, "no"},
		{"not now", own, "", "s3cret", Refused, CauseUnchecked, 503, "try again later\n"},
		{"not now, negated", "verify: not phone.signed(request, inputs.key)\n", "", "s3cret", Refused, CauseUnchecked, 503, "try again later\n"},
		{"not now, with another", "verify: payload.never or proved\n", "", "s3cret", Refused, CauseUnchecked, 503, "try again later\n"},
		{"not now, in a handshake", "handshake: [{when: proved}]\n", "", "s3cret", Refused, CauseUnchecked, 503, "try again later\n"},
		{"without need", "verify: request.method == \"POST\" or proved\n", "", "s3cret", Accepted, "", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, a := c.admission(t, tt.verify, tt.proof, tt.secret)
			if a.Outcome != tt.outcome || a.Cause != tt.cause {
				t.Fatalf("got %+v", a)
			}
			if a.Response != nil && (a.Response.Status != tt.status || string(a.Response.Body) != tt.body) || a.Response == nil && tt.status != 0 {
				t.Errorf("got %+v %s", a.Response, a.Response.Body)
			}
		})
	}
}

// Why a request was rejected is told by the secrets that verify asked for, by
// what the provider says, or by neither.
func TestWhyRejected(t *testing.T) {
	c := withProvider(t)
	const hint = "handshake: [{when: proved and request.method == \"PUT\"}]\n"
	for _, tt := range []struct{ name, document, proof, secret, cause, detail string }{
		{"the provider's reason", "verify: proved\n", "bad", "s3cret", CauseSignature, "it does not match"},
		{"proved, and yet no", "verify: proved and payload.ok == true\n", "good", "s3cret", CauseSignature, "verify is not true"},
		{"an empty secret", "verify: proved\n", "good", "", CauseSecretMissing, "secret key is empty"},
		{"an empty secret, read by a handshake", hint + "verify: proved\n", "good", "", CauseSecretMissing, "secret key is empty"},
		{"an empty secret of a handshake alone", hint + "verify: payload.ok == true\n", "good", "", CauseSignature, "verify is not true"},
		{"nothing asked for", "verify: payload.ok == true and proved\n", "good", "s3cret", CauseSignature, "verify is not true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, a := c.admission(t, tt.document, tt.proof, tt.secret)
			if a.Outcome != Refused || a.Cause != tt.cause || a.Detail != tt.detail {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// Where a behavior gives no answer the provider's own kind of none goes out: to
// an event, to a handshake, and at the deadline.
func TestEmptyAnswers(t *testing.T) {
	c := withProvider(t)
	const verify = "verify: phone.signed(request, inputs.key)\n"
	want := &Response{Status: 200, Header: payload.Header{{Name: "Content-Type", Value: "text/xml"}}, Body: []byte("<Response/>")}
	e, a := c.admission(t, verify+"steps: [{stop: nothing to say}]\n", "good", "s3cret")
	if d := e.Advance(Journal{}); a.Outcome != Accepted || !reflect.DeepEqual(d.Response, want) {
		t.Errorf("an event: got %+v, %+v", a, d.Response)
	}
	if got := e.DeadlineResponse(); !reflect.DeepEqual(got, want) {
		t.Errorf("at the deadline: got %+v", got)
	}
	e, _ = c.admission(t, verify+"deadline: {respond: {status: 202}}\n", "good", "s3cret")
	if got := e.DeadlineResponse(); !reflect.DeepEqual(got, &Response{Status: 202}) {
		t.Errorf("at the deadline of the behavior: got %+v", got)
	}
	_, a = c.admission(t, verify+"handshake: [{when: request.method == \"POST\"}]\n", "bad", "s3cret")
	if a.Outcome != Handshake || !reflect.DeepEqual(a.Response, want) {
		t.Errorf("a handshake: got %+v", a)
	}
	e, _ = c.admission(t, "verify: proved or github.signed(request, inputs.key)\n", "good", "s3cret")
	if d := e.Advance(Journal{}); !reflect.DeepEqual(d.Response, &Response{Status: 200}) {
		t.Errorf("of two providers: got %+v", d.Response)
	}
}
