package behaviors_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
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
		{"after alone", "behavior: 1\ndeadline: {after: 3s}\n", 3 * time.Second, &behaviors.Response{Status: 200}},
		{
			"respond alone", "behavior: 1\ndeadline: {respond: {redirect: \"/late?a=${{ payload.a }}\"}}\n", 8 * time.Second,
			&behaviors.Response{Status: 303, Header: payload.Header{{Name: "Location", Value: "/late?a=b"}}},
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
