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
	"time"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// Advance is a function of its arguments: a kept evaluation, a run that goes on
// where it stopped, starting over and resuming at any prefix of a journal agree
// with each other and with the model; no effect is asked for twice; nothing is
// inline once the caller has an answer; and the answer never changes.
func TestAdvanceIsPure(t *testing.T) {
	c := generatedCatalog(t)
	check := func(rt *rapid.T) {
		g := &generator{t: rt}
		doc := g.document()
		p, found := behaviors.Compile(doc.source, c)
		if p == nil {
			// Two responds on one path are refused, and what came out too large;
			// everything else must compile.
			for _, d := range found {
				if d.Severity == expression.SeverityError && d.Code != "second-respond" && d.Code != "too-large" {
					rt.Fatalf("%s\n%s", found.Render("behavior.yaml", doc.source), doc.source)
				}
			}
			rt.Skip("refused")
		}
		r := &generatedRun{t: rt, p: p, modelDocument: doc}
		r.bind()
		r.facts()
		kept := behaviors.NewEvaluation(p, r.d, nil)
		r.admit(kept)
		r.check(kept.Advance, func(j behaviors.Journal) behaviors.Decision { return behaviors.Advance(p, r.d, j) }, doc.steps, false)
	}
	for range 5 { // a hundred each: some branches are met once in several hundred documents
		rapid.Check(t, check)
	}
}

// generatedRun is a document that is run beside its model.
type generatedRun struct {
	t *rapid.T
	p *behaviors.Program
	*modelDocument
}

// advance decides by a journal.
type advance func(behaviors.Journal) behaviors.Decision

func (r *generatedRun) fatal(what string, got, want any) {
	r.t.Helper()
	r.t.Fatalf("%s\n%s\ngot  %+v\nwant %+v", r.source, what, got, want)
}

// bind gives the listener's inputs to the delivery.
func (r *generatedRun) bind() {
	bound, problems := r.p.BindInputs(r.inputs)
	want := map[string]any{"size": "m", "key": nil, "spare": nil}
	maps.Copy(want, r.inputs)
	if len(problems) > 0 || !reflect.DeepEqual(bound, want) {
		r.fatal("the inputs are bound otherwise", bound, want)
	}
	r.d.Inputs = bound
}

// facts are what the program tells of itself.
func (r *generatedRun) facts() {
	type facts struct {
		name, description, on string
		open, cors            bool
		maxBody               int64
		limit                 int
		deadline              time.Duration
	}
	got := facts{r.p.Name(), r.p.Description(), r.p.On(), r.p.Open(), r.p.CORS(), r.p.MaxBody(), r.p.Limit(), r.p.Deadline()}
	want := facts{r.name, r.description, r.on, r.verify == nil, r.cors != nil, r.maxBody, r.limit, r.deadline}
	if got != want {
		r.fatal("the program is another", got, want)
	}
}

// admit compares what comes before the steps, and plays a handshake's own.
func (r *generatedRun) admit(kept *behaviors.Evaluation) {
	m := &model{doc: r.modelDocument}
	want := m.admit()
	steps := want.steps
	show := func(a behaviors.Admission) string {
		got := admitted{Admission: a}
		if h := a.Handshake; h != nil {
			got.Keep, got.Stored, got.Struck = h.Keep, h.Stored, string(h.Strike(r.d.Request).Body)
			got.Handshake = nil
		}
		if known, ok := strings.CutSuffix(want.Detail, anyDetail); ok && strings.HasPrefix(got.Detail, known) {
			got.Detail = want.Detail
		}
		return r.json(got)
	}
	first, anew := kept.Admit(), behaviors.NewEvaluation(r.p, r.d, nil).Admit()
	for _, a := range []behaviors.Admission{first, anew} {
		if got, want := show(a), r.json(want); got != want {
			r.fatal("the model admits differently", got, want)
		}
	}
	for _, answer := range []*behaviors.Response{want.Response, nil, {Status: 200, Header: payload.Header{{Name: "Vary", Value: "X"}}}} {
		m := &model{doc: r.modelDocument}
		if got, want := r.json(kept.WithCORS(answer)), r.json(m.withCORS(answer)); got != want {
			r.fatal("the model sends other headers of cors", got, want)
		}
	}
	if got, want := r.json(kept.DeadlineResponse()), r.json((&model{doc: r.modelDocument}).atDeadline()); got != want {
		r.fatal("the model answers differently at the deadline", got, want)
	}
	if first.Handshake != nil {
		over := func(j behaviors.Journal) behaviors.Decision {
			return behaviors.NewEvaluation(r.p, r.d, nil).Admit().Handshake.Advance(j)
		}
		r.check(first.Handshake.Advance, over, steps, true)
	}
}

func (r *generatedRun) json(v any) string {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		r.t.Fatal(err)
	}
	return uuids.ReplaceAllString(string(text), anyUUID)
}

// check plays a run to its end, one output of the journal after the other.
// answered: it is nothing that a caller waits for.
func (r *generatedRun) check(kept, anew advance, steps []*modelStep, answered bool) {
	journal := behaviors.Journal{Steps: map[string]behaviors.Entry{}}
	var run *behaviors.Run
	if !answered {
		run = behaviors.NewEvaluation(r.p, r.d, nil).Run(journal.Steps)
	}
	var answer *behaviors.Response
	for range 3000 {
		decision := kept(journal)
		r.same(kept, anew, journal, decision, steps, answered)
		if run != nil {
			if goesOn := run.Advance(journal.Answered); !reflect.DeepEqual(goesOn, decision) {
				r.fatal("going on differs", goesOn, decision)
			}
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
			if answer == nil && !journal.Answered && !answered {
				r.fatal("the run ended without an answer", decision, "")
			}
			return
		}
		for _, effect := range decision.Effects {
			if answered := answered || answer != nil || journal.Answered; effect.Inline == answered {
				r.fatal(effect.Path+" is inline and answered, or neither", effect.Inline, !answered)
			}
		}
		for path := range pending {
			if _, known := journal.Steps[path]; known {
				r.fatal("asked for twice", path, "")
			}
		}
		// One after the other or, of many, several at once.
		for range 1 + len(pending)/3 {
			next := rapid.SampledFrom(slices.Sorted(maps.Keys(pending))).Draw(r.t, "next")
			journal.Steps[next] = pending[next]()
			delete(pending, next)
		}
		if rapid.IntRange(0, 3).Draw(r.t, "answered") == 0 {
			journal.Answered = true
		}
	}
	r.t.Fatalf("the run does not end\n%s", r.source)
}

// same compares a decision of a kept evaluation with others' of the same journal.
func (r *generatedRun) same(kept, anew advance, journal behaviors.Journal, decision behaviors.Decision, steps []*modelStep, answered bool) {
	if again := kept(journal); !reflect.DeepEqual(again, decision) {
		r.fatal("a second call differs", again, decision)
	}
	if anew := anew(journal); !reflect.DeepEqual(anew, decision) {
		r.fatal("starting over differs", anew, decision)
	}
	m := &model{doc: r.modelDocument, journal: journal}
	if want, got := shown(m.decide(steps, answered)), shown(decision); got != want {
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
		if s.State == behaviors.StepFailed && s.Error != "" && s.Error != worldly.Message && s.Error != "plainly so" {
			failed[s.Path], s.Error, s.Params = true, "…", nil
		}
		steps[i] = s
	}
	if before, text, ok := strings.Cut(d.Error, "): "); ok && text != worldly.Message && text != "plainly so" {
		d.Error = before + "): …"
	}
	if len(steps) == 0 && d.State == behaviors.RunFailed {
		d.Error = "…" // of the body
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
	return behaviors.Entry{Output: map[string]any{"ok": true, "path": path, "subject": "of " + path, "status": int64(200)}}
}
