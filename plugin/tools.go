package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/cases"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/runner"
	"github.com/deskhook/deskhook/behaviors/signatures"
	"github.com/deskhook/deskhook/handlers"
)

// Tools are for a host's command line: they check, simulate and send without a
// database or a network of the plugin's own.
type Tools struct {
	catalog *behaviors.Catalog
}

// Diagnostics are the findings in a behavior, by position. They render
// themselves for people, and are those of the API in JSON.
type Diagnostics = behaviors.Diagnostics

// Policy is what a behavior may use; nil is the null policy.
type Policy = behaviors.Policy

// Case is a case of a behavior, as text: see package behaviors/cases.
type Case = cases.Case

// Difference is one between what a case expects and what comes of it.
type Difference = cases.Difference

// Simulation is what Simulate decides about.
type Simulation = handlers.Simulation

// Request is an HTTP request as a listener receives it.
type Request = payload.Request

// NewTools returns tools that know the built-in actions, and what the options
// add to the language.
func NewTools(opts ...Option) (*Tools, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	builtin := actions.Builtin(nil)
	v, err := o.vocabulary(builtin)
	v.Actions, v.Absent = append(v.Actions, v.Absent...), nil // whatever the host is able to
	v.NotYet = runner.NotYet()
	var catalog *behaviors.Catalog
	if err == nil {
		catalog, err = behaviors.NewCatalog(v)
	}
	if err != nil {
		return nil, fmt.Errorf("set up the tools: %w", err)
	}
	return &Tools{catalog}, nil
}

// Policy reads a policy in JSON. The error names everything that is wrong with it.
func (t *Tools) Policy(text []byte) (Policy, error) {
	policy, problems := behaviors.ParsePolicy(text, t.catalog)
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return policy, errors.Join(errs...)
}

// Check gives all findings in a behavior's source, under a policy. failed tells
// whether it cannot be published.
func (t *Tools) Check(source string, policy Policy) (found Diagnostics, failed bool) {
	p, ds := behaviors.CompileWith(source, t.catalog, behaviors.Options{Policy: policy})
	return ds, p == nil || ds.HasErrors()
}

// LoadCase reads a case from a txtar file. Without a behavior in it, it is one of
// the file behavior.yaml beside it.
func LoadCase(file string) (*Case, error) { return cases.Load(file) }

// Test runs a case, and tells where it differs from what it expects. The error
// says what of the case cannot be read.
func (t *Tools) Test(c *Case) ([]Difference, error) {
	results, err := c.Results(t.catalog)
	if err != nil {
		return nil, err
	}
	return c.Compare(results), nil
}

// Update runs a case, and writes what comes of it over what it expects. left is
// what differs all the same.
func (t *Tools) Update(c *Case) (changed bool, left []Difference, err error) {
	results, err := c.Results(t.catalog)
	if err != nil {
		return false, nil, err
	}
	changed, err = c.Update(results)
	return changed, c.Compare(results), err
}

// Simulate decides about a request and touches nothing. The answer is the JSON
// of POST /behaviors/simulate; compiles is false where the source has errors,
// which stand in it then.
func (t *Tools) Simulate(s Simulation) (answer []byte, compiles bool, err error) {
	answer, compiles, err = handlers.Simulate(t.catalog, s)
	var p *handlers.Problem
	if errors.As(err, &p) && len(p.Errors) > 0 {
		var fields []string
		for _, e := range p.Errors {
			fields = append(fields, e.Field+": "+e.Message)
		}
		err = errors.New(strings.Join(fields, "; "))
	}
	return answer, compiles, err
}

// ReadRequest reads a request file: an HTTP/1.1 message as sent on the wire.
func ReadRequest(text []byte) (*Request, error) { return payload.ReadRequest(text) }

// Providers are the names that Sign knows, sorted.
func Providers() []string {
	var names []string
	for _, p := range signatures.Providers() {
		if p.Sign != nil {
			names = append(names, p.Name)
		}
	}
	return names
}

// Sign signs a request as a provider would at a moment. It may change the body
// or add header lines.
func Sign(r *Request, provider, key string, at time.Time) error {
	for _, p := range signatures.Providers() {
		if p.Name == provider && p.Sign != nil {
			return p.Sign(r, key, at)
		}
	}
	return fmt.Errorf("unknown provider %q: one of %s", provider, strings.Join(Providers(), ", "))
}

// Set replaces one value in a request's body by a text, and leaves every other
// byte as it is. The path is the names in JSON down to it, joined by dots, or
// the name of a form's field.
func Set(r *Request, path, text string) error {
	found, err := payload.Set(r, path, text)
	if err == nil && !found {
		err = fmt.Errorf("the body has no %q", path)
	}
	return err
}

// Response is what a listener answered.
type Response struct {
	Status string // "406 Not Acceptable"
	Code   int
	Header http.Header
	Body   []byte
}

// Post sends a request to a listener's URL, and follows no redirect.
func Post(ctx context.Context, listener string, r *Request) (*Response, error) {
	answer, err := handlers.Post(ctx, listener, r, time.Minute)
	if err != nil {
		return nil, fmt.Errorf("post to the listener: %w", err)
	}
	status := strings.TrimSpace(fmt.Sprint(answer.Status, " ", http.StatusText(answer.Status)))
	return &Response{status, answer.Status, answer.Header, answer.Body}, nil
}
