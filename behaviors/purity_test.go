package behaviors_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// Advance is a function of its arguments: a kept evaluation, a run that goes on
// where it stopped, starting over and resuming at any prefix of a journal agree with each other and with the model;
// no effect is asked for twice; nothing is inline once the caller has an answer;
// and the answer never changes.
func TestAdvanceIsPure(t *testing.T) {
	c := catalog(t)
	rapid.Check(t, func(rt *rapid.T) {
		g := &generator{t: rt}
		steps := g.document()
		source := g.b.String()
		p, found := behaviors.Compile(source, c)
		if p == nil {
			// Two responds on one path are refused, and what came out too large;
			// everything else must compile.
			for _, d := range found {
				if d.Severity == expression.SeverityError && d.Code != "second-respond" && d.Code != "too-large" {
					rt.Fatalf("%s\n%s", found.Render("behavior.yaml", source), source)
				}
			}
			rt.Skip("refused")
		}
		(&generatedRun{rt, p, delivery(generatedBody), source, steps}).check()
	})
}

type generatedRun struct {
	t      *rapid.T
	p      *behaviors.Program
	d      *behaviors.Delivery
	source string
	steps  []*modelStep
}

func (r *generatedRun) fatal(what string, got, want any) {
	r.t.Helper()
	r.t.Fatalf("%s\n%s\ngot  %+v\nwant %+v", r.source, what, got, want)
}

// check plays a run to its end, one output of the journal after the other.
func (r *generatedRun) check() {
	kept := behaviors.NewEvaluation(r.p, r.d, nil)
	journal := behaviors.Journal{Steps: map[string]behaviors.Entry{}}
	run := behaviors.NewEvaluation(r.p, r.d, nil).Run(journal.Steps)
	var answer *behaviors.Response
	for range 3000 {
		decision := kept.Advance(journal)
		r.same(kept, journal, decision)
		if goesOn := run.Advance(journal.Answered); !reflect.DeepEqual(goesOn, decision) {
			r.fatal("going on differs", goesOn, decision)
		}
		switch {
		case journal.Answered && decision.Response != nil:
			r.fatal("answered twice", decision.Response, nil)
		case answer != nil && !journal.Answered && !reflect.DeepEqual(answer, decision.Response):
			r.fatal("the answer changed", decision.Response, answer)
		}
		if decision.Response != nil {
			answer = decision.Response
		}
		pending := map[string]func() behaviors.Entry{}
		for _, e := range decision.Effects {
			pending[e.Path] = func() behaviors.Entry { return r.output(e.Path) }
		}
		for _, wait := range decision.Waits {
			pending[wait.Path] = func() behaviors.Entry { return behaviors.Entry{} }
		}
		for _, c := range decision.Claims {
			pending[c.Path] = func() behaviors.Entry { return behaviors.Entry{Output: rapid.Bool().Draw(r.t, "owned")} }
		}
		if len(pending) != len(decision.Effects)+len(decision.Waits)+len(decision.Claims) {
			r.fatal("two wait under one path", decision, "")
		}
		if open := decision.State == behaviors.RunOpen; open != (len(pending) > 0) {
			r.fatal("open without waiting for anything, or the reverse", decision, "")
		}
		if len(pending) == 0 {
			if answer == nil && !journal.Answered {
				r.fatal("the run ended without an answer", decision, "")
			}
			return
		}
		for _, effect := range decision.Effects {
			if answered := answer != nil || journal.Answered; effect.Inline == answered {
				r.fatal(effect.Path+" is inline and answered, or neither", effect.Inline, !answered)
			}
		}
		for path := range pending {
			if _, known := journal.Steps[path]; known {
				r.fatal("asked for twice", path, "")
			}
		}
		next := rapid.SampledFrom(slices.Sorted(maps.Keys(pending))).Draw(r.t, "next")
		journal.Steps[next] = pending[next]()
		if rapid.IntRange(0, 3).Draw(r.t, "answered") == 0 {
			journal.Answered = true
		}
	}
	r.t.Fatalf("the run does not end\n%s", r.source)
}

// same compares a decision of a kept evaluation with others' of the same journal.
func (r *generatedRun) same(kept *behaviors.Evaluation, journal behaviors.Journal, decision behaviors.Decision) {
	if again := kept.Advance(journal); !reflect.DeepEqual(again, decision) {
		r.fatal("a second call differs", again, decision)
	}
	if anew := behaviors.Advance(r.p, r.d, journal); !reflect.DeepEqual(anew, decision) {
		r.fatal("starting over differs", anew, decision)
	}
	m := &model{journal: journal}
	if want, got := shown(m.decide(r.steps)), shown(decision); got != want {
		r.fatal("the model decides differently", got, want)
	}
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// shown writes a decision down, but for what the model does not predict: uuids,
// and the words of an error of an expression.
func shown(d behaviors.Decision) string {
	failed := map[string]bool{}
	steps := make([]behaviors.Step, len(d.Steps))
	for i, s := range d.Steps {
		if s.State == behaviors.StepFailed && s.Error != "" && s.Error != worldly.Message {
			failed[s.Path], s.Error, s.Params = true, "…", nil
		}
		steps[i] = s
	}
	if before, text, ok := strings.Cut(d.Error, "): "); ok && text != worldly.Message {
		d.Error = before + "): …"
	}
	d.Steps = steps
	text, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		text = fmt.Append(nil, err)
	}
	return uuids.ReplaceAllString(string(text), anyUUID)
}

// worldly is how an action fails.
var worldly = &behaviors.StepError{Message: "the world says no", Attempts: 3, Status: 502}

// output is what the world answers: a value, nil, or a failure.
func (r *generatedRun) output(path string) behaviors.Entry {
	switch rapid.IntRange(0, 3).Draw(r.t, "output") {
	case 0:
		return behaviors.Entry{}
	case 1:
		return behaviors.Entry{Failed: worldly}
	}
	return behaviors.Entry{Output: map[string]any{"ok": true, "path": path, "subject": "of " + path}}
}
