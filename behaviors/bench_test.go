package behaviors_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/recipes"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

// benchKey is the secret of every listener here.
const benchKey = "a-key-of-thirty-two-characters-ok"

// played is a recipe with one of its samples, signed at the moment of receipt.
type played struct {
	recipe, sample string
	inputs         map[string]any
}

var plays = []played{
	{"mailgun-bounces", "permanent failure", map[string]any{"signing_key": expression.Secret{Name: "key"}, "slack": expression.Secret{Name: "slack"}, "channel": "#support"}},
	{"github-slack", "issue opened", map[string]any{"webhook_secret": expression.Secret{Name: "key"}, "slack": expression.Secret{Name: "slack"}, "channel": "#dev", "branch": nil}},
	{"slack-slash-command", "find a ticket", map[string]any{"signing_secret": expression.Secret{Name: "key"}, "everybody": false}},
}

func (p played) delivery(b *testing.B) (source string, d *behaviors.Delivery) {
	b.Helper()
	r, ok := recipes.Get(p.recipe)
	if !ok {
		b.Fatalf("no recipe %s", p.recipe)
	}
	for _, s := range r.Samples {
		if s.Name != p.sample {
			continue
		}
		req, err := payload.ReadRequest([]byte(s.Request))
		if err != nil {
			b.Fatal(err)
		}
		req.ReceivedAt = receipt
		for _, provider := range signatures.Providers() {
			if provider.Name != r.Provider {
				continue
			}
			if err := provider.Sign(req, benchKey, receipt); err != nil {
				b.Fatal(err)
			}
		}
		return r.Source, &behaviors.Delivery{
			ID: "delivery-1", Request: req, Inputs: p.inputs,
			Secrets: func(expression.Secret) (string, error) { return benchKey, nil },
		}
	}
	b.Fatalf("recipe %s has no sample %s", p.recipe, p.sample)
	return "", nil
}

// builtin is the catalog of the actions that there are, as recipes need it.
func builtin(b *testing.B) *behaviors.Catalog {
	b.Helper()
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: actions.BuiltinSpecs()})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// Compile of a recipe, and of 100 lines.
func BenchmarkCompile(b *testing.B) {
	c := builtin(b)
	run := func(name, source string) {
		b.Run(fmt.Sprintf("%s/%d lines", name, strings.Count(source, "\n")), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p, found := behaviors.Compile(source, c); p == nil {
					b.Fatal(found)
				}
			}
		})
	}
	for _, p := range plays {
		source, _ := p.delivery(b)
		run(p.recipe, source)
	}
	source, _ := plays[0].delivery(b)
	run("long", source+strings.Repeat("  - message.note: {message: \"1\", text: \"${{ event.recipient }} ${{ problem }}\"}\n    when: hard and message != nil\n", 27))
}

// From a request to a decision that can be stored: scan, verify, dedupe, and the
// first call of advance. The floor is what no receiver can do without: json.Valid
// and the HMAC of the body.
func BenchmarkAdvance(b *testing.B) {
	for _, play := range plays {
		source, d := play.delivery(b)
		p, found := behaviors.Compile(source, builtin(b))
		if p == nil {
			b.Fatal(found)
		}
		size := len(d.Request.Body)
		b.Run(fmt.Sprintf("%s/%d bytes", play.recipe, size), func(b *testing.B) {
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
		})
		b.Run(fmt.Sprintf("%s floor/%d bytes", play.recipe, size), func(b *testing.B) {
			want := []byte("no signature")
			for b.Loop() {
				mac := hmac.New(sha256.New, []byte(benchKey))
				mac.Write(d.Request.Body)
				if hmac.Equal(want, []byte(hex.EncodeToString(mac.Sum(nil)))) {
					b.Fatal("signed by nobody")
				}
				json.Valid(d.Request.Body)
			}
		})
	}
}

// Rules of which none holds, over GitHub's payload.
func BenchmarkRules(b *testing.B) {
	_, d := plays[1].delivery(b)
	for _, n := range []int{1, 10, 100, 1000} {
		var source strings.Builder
		source.WriteString("behavior: 1\nsteps:\n")
		for i := range n {
			fmt.Fprintf(&source, "  - stop: %d\n    when: payload.action == \"r%d\"\n", i, i)
		}
		p := compile(b, source.String())
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := behaviors.NewEvaluation(p, d, nil)
				if decision := e.Advance(behaviors.Journal{}); decision.State != behaviors.RunDone {
					b.Fatal(decision)
				}
			}
		})
	}
}

// Effects in a row, each of which reads what the one before gave: with a journal
// that has them all, and fed one by one, as the runner does.
func BenchmarkSteps(b *testing.B) {
	d := delivery(`{"yes": true, "id": "1"}`)
	for _, n := range []int{1, 10, 100, 1000} {
		run := func(name string, nested bool, play func(p *behaviors.Program)) {
			p := compile(b, inARow(n, nested))
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					play(p)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/step")
			})
		}
		entries := make(map[string]behaviors.Entry, n)
		for i := range n {
			entries[fmt.Sprintf("steps[%d]", i+1)] = behaviors.Entry{Output: map[string]any{"id": "7"}}
		}
		run("one advance", false, func(p *behaviors.Program) {
			if decision := behaviors.Advance(p, d, behaviors.Journal{Steps: entries}); decision.State != behaviors.RunDone {
				b.Fatal(decision.State)
			}
		})
		run("fed", false, func(p *behaviors.Program) { feed(b, behaviors.NewEvaluation(p, d, nil), n) })
		run("fed within a choose", true, func(p *behaviors.Program) { feed(b, behaviors.NewEvaluation(p, d, nil), n) })
	}
}
