package behaviors_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

var receipt = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func delivery(body string) *behaviors.Delivery {
	return &behaviors.Delivery{
		ID: "delivery-1",
		Request: &payload.Request{
			Method: http.MethodPost, Header: payload.Header{{Name: "Content-Type", Value: "application/json"}},
			Body: []byte(body), ReceivedAt: receipt,
		},
		Listener: behaviors.Listener{ID: "1", Name: "test", URL: "https://desk.example.com/webhooks/test"},
	}
}

func compile(tb testing.TB, source string) *behaviors.Program {
	tb.Helper()
	p, found := behaviors.Compile(source, catalog(tb))
	if p == nil {
		tb.Fatalf("%s\n%s", found.Render("behavior.yaml", source), source)
	}
	return p
}

func done(outputs map[string]any) map[string]behaviors.Entry {
	entries := map[string]behaviors.Entry{}
	for path, output := range outputs {
		entries[path] = behaviors.Entry{Output: output}
	}
	return entries
}

// What a run asks for, call by call.
func TestDecisions(t *testing.T) {
	const source = `behavior: 1
steps:
  - message.find: {id: "1"}
    as: message
    name: the message
    timeout: 3s
  - respond: {status: 201, text: "${{ message.subject }}"}
  - message.note: {message: "1", text: a}
    retry: {attempts: 2, backoff: 1m, ask: true}
  - message.note: {message: "1", text: b}
    on_error: continue
`
	p := compile(t, source)
	d := delivery("{}")
	retry := behaviors.RetryPolicy{Attempts: 18, Backoff: 5 * time.Second, Max: 6 * time.Hour}
	created := &behaviors.Response{
		Status: 201, Header: payload.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}}, Body: []byte("Hello"),
	}
	find := behaviors.Effect{
		Path: "steps[0]", Line: 3, Name: "the message", Action: "message.find", Params: map[string]any{"id": "1"},
		Retry: retry, Timeout: 3 * time.Second, Inline: true,
	}
	first := behaviors.Effect{
		Path: "steps[2]", Line: 8, Action: "message.note", Params: map[string]any{"message": "1", "text": "a", "sticky": false},
		Retry: behaviors.RetryPolicy{Attempts: 2, Backoff: time.Minute, Max: 6 * time.Hour, Ask: true},
	}
	second := behaviors.Effect{
		Path: "steps[3]", Line: 10, Action: "message.note", Params: map[string]any{"message": "1", "text": "b", "sticky": false},
		Retry: behaviors.RetryPolicy{Attempts: 3, Backoff: 5 * time.Second, Max: 20 * time.Second}, Handled: true,
	}
	late := find
	late.Inline = false
	tests := []struct {
		name     string
		journal  behaviors.Journal
		response *behaviors.Response
		effects  []behaviors.Effect
		state    behaviors.RunState
		err      string
	}{
		{name: "nothing is known", effects: []behaviors.Effect{find}, state: behaviors.RunOpen},
		{
			name: "the deadline passed", journal: behaviors.Journal{Answered: true},
			effects: []behaviors.Effect{late}, state: behaviors.RunOpen,
		},
		{
			name:     "the message is found",
			journal:  behaviors.Journal{Steps: done(map[string]any{"steps[0]": map[string]any{"subject": "Hello"}})},
			response: created, effects: []behaviors.Effect{first}, state: behaviors.RunOpen,
		},
		{
			name:    "it is answered",
			journal: behaviors.Journal{Steps: done(map[string]any{"steps[0]": nil}), Answered: true},
			effects: []behaviors.Effect{first}, state: behaviors.RunOpen,
		},
		{
			name: "the last step",
			journal: behaviors.Journal{
				Steps: done(map[string]any{"steps[0]": nil, "steps[2]": nil}), Answered: true,
			},
			effects: []behaviors.Effect{second}, state: behaviors.RunOpen,
		},
		{
			name: "everything is done",
			journal: behaviors.Journal{
				Steps: done(map[string]any{"steps[0]": nil, "steps[2]": nil, "steps[3]": nil}), Answered: true,
			},
			state: behaviors.RunDone,
		},
		{
			name: "the find failed before the answer",
			journal: behaviors.Journal{Steps: map[string]behaviors.Entry{
				"steps[0]": {Failed: &behaviors.StepError{Message: "the database is away", Attempts: 1}},
			}},
			response: &behaviors.Response{
				Status: 500, Header: payload.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}},
				Body: []byte("the request could not be processed\n"),
			},
			state: behaviors.RunFailed, err: "message.find (line 3): the database is away",
		},
		{
			name: "the find failed after the deadline",
			journal: behaviors.Journal{Answered: true, Steps: map[string]behaviors.Entry{
				"steps[0]": {Failed: &behaviors.StepError{Message: "the database is away", Attempts: 1}},
			}},
			state: behaviors.RunFailed, err: "message.find (line 3): the database is away",
		},
	}
	kept := behaviors.NewEvaluation(p, d, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for who, got := range map[string]behaviors.Decision{
				"anew": behaviors.Advance(p, d, test.journal), "kept": kept.Advance(test.journal),
			} {
				got.Steps = nil
				want := behaviors.Decision{Response: test.response, Effects: test.effects, State: test.state, Error: test.err}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s: got %+v, want %+v", who, got, want)
				}
			}
		})
	}
}

// Steps are listed as they were reached, with their states.
func TestReachedSteps(t *testing.T) {
	p := compile(t, `behavior: 1
steps:
  - stop: never
    when: payload.never
  - name: both
    steps:
      - let: {a: payload.x + 1}
      - message.note: {message: "1", text: "${{ a }}"}
  - stop: a
`)
	got := behaviors.Advance(p, delivery(`{"x": 1}`), behaviors.Journal{}).Steps
	want := []behaviors.Step{
		{Path: "steps[0]", Line: 3, Action: "stop", State: behaviors.StepSkipped},
		{Path: "steps[1]", Line: 5, Name: "both", Action: "steps", State: behaviors.StepPending},
		{Path: "steps[1].steps[0]", Line: 7, Action: "let", State: behaviors.StepDone},
		{
			Path: "steps[1].steps[1]", Line: 8, Action: "message.note", State: behaviors.StepPending,
			Params: map[string]any{"message": "1", "text": "2", "sticky": false},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A name that is set further down is not seen further up when the evaluation
// is asked again.
func TestKeptNamesDoNotReachBack(t *testing.T) {
	p := compile(t, `behavior: 1
steps:
  - message.find: {id: "1"}
    as: message
    when: payload.never
  - message.note: {message: "1", text: "found ${{ message }}"}
  - message.find: {id: "2"}
    as: message
  - message.note: {message: "2", text: b}
`)
	e := behaviors.NewEvaluation(p, delivery("{}"), nil)
	journal := behaviors.Journal{Steps: done(map[string]any{"steps[1]": nil, "steps[2]": map[string]any{"id": "2"}})}
	e.Advance(journal)
	want := map[string]any{"message": "1", "text": "found ", "sticky": false}
	if got := e.Advance(journal).Steps[1].Params; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDeadlineResponse(t *testing.T) {
	text := payload.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}}
	tests := []struct {
		name, source string
		after        time.Duration
		want         *behaviors.Response
	}{
		{"default", "behavior: 1\n", 8 * time.Second, &behaviors.Response{Status: 200}},
		{"duration", "behavior: 1\ndeadline: 2500ms\n", 2500 * time.Millisecond, &behaviors.Response{Status: 200}},
		{
			"respond", "behavior: 1\ndeadline: {after: 3s, respond: {status: 202, text: \"${{ payload.a }}\"}}\n", 3 * time.Second,
			&behaviors.Response{Status: 202, Header: text, Body: []byte("b")},
		},
		{
			"a respond that fails", "behavior: 1\ndeadline: {after: 3s, respond: {text: \"a ${{ payload.a > 1 }}\"}}\n", 3 * time.Second,
			&behaviors.Response{Status: 200},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := compile(t, test.source)
			if p.Deadline() != test.after {
				t.Errorf("got a deadline of %s, want %s", p.Deadline(), test.after)
			}
			if got := behaviors.NewEvaluation(p, delivery(`{"a": "b"}`), nil).DeadlineResponse(); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// generator makes documents and remembers which names they may use.
type generator struct {
	t     *rapid.T
	b     strings.Builder
	names []string
	steps int
}

func (g *generator) pick(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(g.t, label)
}

// condition is one that payloads and outputs make true, false, nil, or an error.
func (g *generator) condition() string {
	of := []string{"payload.yes", "payload.no", "payload.none", "payload.list[0]", "payload.text > 1", "not payload.no", "failing", "len(heavy) > 3"}
	for _, n := range g.names {
		of = append(of, n+" != nil", n+" == nil", n+" == 1")
	}
	return g.pick("condition", of...)
}

func (g *generator) expr() string {
	of := []string{"1", `"a"`, "payload", "payload.list", "payload.none", "heavy", "now", `map(payload.list, ({"b": #, "a": 1}))`, "keys(payload.map)", "uuid()"}
	return g.pick("expression", append(of, g.names...)...)
}

func (g *generator) list(indent string, depth int, inError bool) {
	for range rapid.IntRange(1, 6).Draw(g.t, "steps") {
		g.step(indent, depth, inError)
	}
}

func (g *generator) step(indent string, depth int, inError bool) {
	g.steps++
	kinds := []string{"action", "action", "respond", "stop", "fail", "log", "let"}
	if depth < 3 {
		kinds = append(kinds, "steps", "choose", "handled")
	}
	line := func(format string, args ...any) { fmt.Fprintf(&g.b, indent+"    "+format+"\n", args...) }
	fmt.Fprintf(&g.b, "%s  - name: %q\n", indent, fmt.Sprint("s", g.steps))
	if rapid.Bool().Draw(g.t, "when") {
		line("when: '%s'", g.condition())
	}
	switch g.pick("kind", kinds...) {
	case "action":
		line("test.all: {any: '${{ %s }}', url: 'https://a.example/${{ len(payload.list) }}'}", g.expr())
		g.as(line)
	case "handled":
		line("test.all: {any: ['${{ %s }}', 1], count: '${{ payload.text }}'}", g.expr())
		line("on_error:")
		g.list(indent+"    ", depth+1, true)
		g.as(line)
	case "respond":
		line("respond: {status: 202, json: {a: '${{ %s }}'}, headers: {X-A: 'a ${{ payload.yes }}'}}", g.expr())
	case "stop":
		line("stop: 'because ${{ payload.yes }}'")
	case "fail":
		line("fail: 'because ${{ %s }}'", g.expr())
	case "log":
		long := rapid.SampledFrom([]int{0, 3000}).Draw(g.t, "long")
		line(`log: {level: '${{ payload.level }}', text: '${{ %s }}, ${{ repeat("ü", %d) }}'}`, g.expr(), long)
	case "choose":
		line("choose:")
		g.branches(indent+"      ", depth+1, inError)
	case "let":
		name := g.pick("let", "n1", "n2", "heavy")
		line("let: {%s: '%s'}", name, g.expr())
		g.named(name)
	case "steps":
		line("steps:")
		g.list(indent+"    ", depth+1, inError)
	}
}

// branches of a choose. A name that only one of them sets may be used behind it.
func (g *generator) branches(indent string, depth int, inError bool) {
	n := rapid.IntRange(1, 3).Draw(g.t, "branches")
	for i := range n {
		if i < n-1 || rapid.Bool().Draw(g.t, "else") {
			fmt.Fprintf(&g.b, "%s- when: '%s'\n%s  steps:\n", indent, g.condition(), indent)
		} else {
			fmt.Fprintf(&g.b, "%s- steps:\n", indent)
		}
		for range rapid.IntRange(1, 2).Draw(g.t, "steps") {
			g.step(indent+"  ", depth, inError)
		}
	}
}

func (g *generator) as(line func(string, ...any)) {
	if rapid.Bool().Draw(g.t, "as") {
		name := g.pick("name", "n1", "n2")
		line("as: %s", name)
		g.named(name)
	}
}

func (g *generator) named(name string) {
	for _, n := range g.names {
		if n == name || name == "heavy" {
			return
		}
	}
	g.names = append(g.names, name)
}

const generatedBody = `{"yes": true, "no": false, "level": "warn", "list": [true, 2, "c"], "text": "t",
 "map": {"h": 1, "g": 2, "f": 3, "e": 4, "d": 5, "c": 6, "b": 7, "a": 8}}`

// Advance is a function of its arguments: a kept evaluation, starting over and
// resuming at any prefix of the journal agree; no effect is asked for twice;
// nothing is inline once the caller has an answer; and the answer never changes.
func TestAdvanceIsPure(t *testing.T) {
	c := catalog(t)
	rapid.Check(t, func(rt *rapid.T) {
		g := &generator{t: rt}
		g.b.WriteString("behavior: 1\nlet:\n  heavy: 'map(1..20, # * 2)'\n  failing: payload.text > 1\nsteps:\n")
		g.list("", 0, false)
		p, found := behaviors.Compile(g.b.String(), c)
		if p == nil {
			// Two responds on one path are refused, and what came out too large;
			// everything else must compile.
			for _, d := range found {
				if d.Severity == expression.SeverityError && d.Code != "second-respond" && d.Code != "too-large" {
					rt.Fatalf("%s\n%s", found.Render("behavior.yaml", g.b.String()), g.b.String())
				}
			}
			rt.Skip("refused")
		}
		checkRun(rt, p, delivery(generatedBody))
	})
}

func checkRun(t *rapid.T, p *behaviors.Program, d *behaviors.Delivery) {
	kept := behaviors.NewEvaluation(p, d, nil)
	journal := behaviors.Journal{Steps: map[string]behaviors.Entry{}}
	var answer *behaviors.Response
	for range 100 {
		decision := kept.Advance(journal)
		if again := kept.Advance(journal); !reflect.DeepEqual(again, decision) {
			t.Fatalf("a second call differs\ngot  %+v\nwant %+v", again, decision)
		}
		if anew := behaviors.Advance(p, d, journal); !reflect.DeepEqual(anew, decision) {
			t.Fatalf("starting over differs\ngot  %+v\nwant %+v", anew, decision)
		}
		switch {
		case journal.Answered && decision.Response != nil:
			t.Fatal("answered twice")
		case answer != nil && !journal.Answered && !reflect.DeepEqual(answer, decision.Response):
			t.Fatalf("the answer changed from %+v to %+v", answer, decision.Response)
		}
		if decision.Response != nil {
			answer = decision.Response
		}
		checkSteps(t, decision)
		if len(decision.Effects) == 0 {
			if decision.State == behaviors.RunOpen || answer == nil && !journal.Answered {
				t.Fatalf("the run ended open or without an answer: %+v", decision)
			}
			return
		}
		if decision.State != behaviors.RunOpen {
			t.Fatalf("effects in the state %s", decision.State)
		}
		for _, effect := range decision.Effects {
			if _, known := journal.Steps[effect.Path]; known {
				t.Fatalf("%s is asked for twice", effect.Path)
			}
			if answered := answer != nil || journal.Answered; effect.Inline == answered {
				t.Fatalf("%s: inline is %t, and answered is %t", effect.Path, effect.Inline, answered)
			}
			journal.Steps[effect.Path] = output(t, effect)
		}
		if rapid.IntRange(0, 3).Draw(t, "answered") == 0 {
			journal.Answered = true
		}
	}
	t.Fatal("the run does not end")
}

// checkSteps: of a choose only the steps of the branch that it names are
// reached, and nothing behind a fail, whose reason is the run's.
func checkSteps(t *rapid.T, d behaviors.Decision) {
	taken := map[string]any{}
	for i, s := range d.Steps {
		switch {
		case s.Action == "choose" && s.Params != nil:
			taken[s.Path] = s.Params["branch"]
		case s.Action == "log" && s.State == behaviors.StepDone:
			if text := s.Params["text"].(string); len(text) > 4<<10 || !utf8.ValidString(text) {
				t.Fatalf("a line of %d bytes: %q", len(text), text)
			}
		case s.Action == "fail" && s.State == behaviors.StepFailed && s.Params != nil:
			if i != len(d.Steps)-1 || d.State != behaviors.RunFailed || !strings.HasPrefix(d.Error, "fail (line ") || s.Error != "" {
				t.Fatalf("the run is %s (%s) after the fail %+v", d.State, d.Error, s)
			}
		}
		for rest := s.Path; strings.Contains(rest, ".choose["); {
			at := strings.LastIndex(rest, ".choose[")
			branch, _, _ := strings.Cut(rest[at+len(".choose["):], "]")
			if rest = rest[:at]; fmt.Sprint(taken[rest]) != branch {
				t.Fatalf("%s is reached, and %s took branch %v", s.Path, rest, taken[rest])
			}
		}
	}
}

// output is what the world answers: a value, nil, or a failure where it is taken.
func output(t *rapid.T, effect behaviors.Effect) behaviors.Entry {
	switch rapid.IntRange(0, 3).Draw(t, "output") {
	case 0:
		return behaviors.Entry{}
	case 1:
		return behaviors.Entry{Failed: &behaviors.StepError{Message: "no", Attempts: 3, Status: 502}}
	}
	return behaviors.Entry{Output: map[string]any{"ok": true, "path": effect.Path}}
}
