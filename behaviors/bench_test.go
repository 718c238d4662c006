package behaviors_test

import (
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/recipes"
)

// mailgun is the recipe with its first sample, as a host runs them.
func mailgun(b *testing.B) (source string, d *behaviors.Delivery) {
	b.Helper()
	r, ok := recipes.Get("mailgun-bounces")
	if !ok {
		b.Fatal("no recipe mailgun-bounces")
	}
	for _, sample := range r.Samples {
		if sample.Name != "permanent failure" {
			continue
		}
		req, err := payload.ReadRequest([]byte(sample.Request))
		if err != nil {
			b.Fatal(err)
		}
		req.ReceivedAt = time.Date(2026, 2, 12, 9, 0, 10, 0, time.UTC)
		return r.Source, &behaviors.Delivery{
			ID: "delivery-1", Request: req,
			Inputs:  map[string]any{"signing_key": expression.Secret{Name: "key"}, "slack": expression.Secret{Name: "slack"}, "channel": "#support"},
			Secrets: func(expression.Secret) (string, error) { return "test-signing-key", nil },
		}
	}
	b.Fatal("no sample of a permanent failure")
	return "", nil
}

func BenchmarkCompileMailgun(b *testing.B) {
	source, _ := mailgun(b)
	c := catalog(b)
	b.ReportAllocs()
	for b.Loop() {
		if p, found := behaviors.Compile(source, c); p == nil {
			b.Fatal(found)
		}
	}
}

// From a request to a decision that can be stored: scan, verify, dedupe, and
// the first call of advance.
func BenchmarkAdvanceMailgun(b *testing.B) {
	source, d := mailgun(b)
	p := compile(b, source)
	b.ReportAllocs()
	for b.Loop() {
		e := behaviors.NewEvaluation(p, d, nil)
		if a := e.Admit(); a.Outcome != behaviors.Accepted {
			b.Fatal(a)
		}
		if decision := e.Advance(behaviors.Journal{}); len(decision.Effects) != 1 {
			b.Fatal(decision)
		}
	}
}
