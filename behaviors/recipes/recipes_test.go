package recipes_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/behaviortest"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/recipes"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

func catalog(t *testing.T) *behaviors.Catalog {
	t.Helper()
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: actions.BuiltinSpecs()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCases(t *testing.T) { behaviortest.Run(t, "*/*.txtar", catalog(t)) }

// Every recipe compiles without a finding, says what it is, and its samples are
// accepted once they are signed as its provider signs. Each does or answers
// something, but for the provider's own tests.
func TestRecipes(t *testing.T) {
	c := catalog(t)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	last := ""
	for _, r := range recipes.All() {
		t.Run(r.ID, func(t *testing.T) {
			if r.ID <= last {
				t.Errorf("%s stands behind %s", r.ID, last)
			}
			last = r.ID
			p, found := behaviors.CompileWith(r.Source, c, behaviors.Options{Samples: requests(t, r)})
			if len(found) > 0 {
				t.Fatal(found.Render("behavior.yaml", r.Source))
			}
			if r.Name == "" || r.Name != p.Name() || r.Description == "" || r.Description != p.Description() {
				t.Errorf("got the name %q and description %q", r.Name, r.Description)
			}
			if !strings.HasPrefix(r.Guide, "# ") {
				t.Error("the guide has no title")
			}
			provider := c.Providers[r.Provider]
			if provider == nil {
				t.Fatalf("no provider %q", r.Provider)
			}
			if len(r.Samples) == 0 {
				t.Error("there is no sample")
			}
			for _, sample := range r.Samples {
				decision, test := send(t, p, sample, provider, now)
				answers := decision.Response != nil && len(decision.Response.Body) > 0
				if does := len(decision.Effects) > 0 || answers; does == test {
					t.Errorf("%s: is a test: %v; got %+v", sample.Name, test, decision)
				}
			}
		})
	}
	if _, ok := recipes.Get("none"); ok {
		t.Error("a recipe that does not exist was got")
	}
}

// requests are the samples, by which a recipe is to be without a warning.
func requests(t *testing.T, r recipes.Recipe) []*payload.Request {
	t.Helper()
	var list []*payload.Request
	for _, sample := range r.Samples {
		request, err := payload.ReadRequest([]byte(sample.Request))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, request)
	}
	return list
}

// send signs a sample anew and decides about it. test tells whether it is a
// ping of the provider's.
func send(t *testing.T, p *behaviors.Program, s recipes.Sample, provider *signatures.Provider, now time.Time) (decision behaviors.Decision, test bool) {
	t.Helper()
	req, err := payload.ReadRequest([]byte(s.Request))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.HasSuffix(req.Body, []byte("\n")) {
		t.Errorf("%s: the body ends with a newline", s.Name)
	}
	if err := provider.Sign(req, "test-secret", now); err != nil {
		t.Fatal(err)
	}
	req.ReceivedAt = now
	values := map[string]any{}
	for _, in := range p.Inputs() {
		if in.Type == "secret" {
			values[in.Name] = expression.Secret{Name: in.Name}
		}
	}
	inputs, problems := p.BindInputs(values)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d := &behaviors.Delivery{
		ID: "delivery-1", Request: req, Inputs: inputs,
		Secrets: func(expression.Secret) (string, error) { return "test-secret", nil },
	}
	e := behaviors.NewEvaluation(p, d, nil)
	if a := e.Admit(); a.Outcome != behaviors.Accepted || !a.HasKey {
		t.Fatalf("%s: %+v", s.Name, a)
	}
	return e.Advance(behaviors.Journal{}), provider.Test != nil && provider.Test(req)
}
