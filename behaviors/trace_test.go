package behaviors_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// everywhere has an expression in every place that takes one.
const everywhere = `behavior: 1
name: everywhere
description: An expression in every place.
timezone: Europe/Berlin
inputs:
  key: {type: secret}
  origin: {type: text}
accept: {methods: [POST, OPTIONS], types: [json], max_body: 64 KiB}
cors: {origins: ["${{ inputs.origin }}"], headers: [X-A], max_age: 10m}
handshake:
  - when: payload.hello
    keep: {key: payload.secret}
    respond: {status: "${{ payload.status }}", headers: {X-A: "${{ payload.x }}"}, text: "${{ payload.challenge }}"}
    steps:
      - log: "${{ payload.x }}"
verify:
  check: payload.ok
  reject: {status: "${{ payload.status }}", json: {a: ["${{ payload.x }}", "b${{ payload.x }}"]}}
dedupe: payload.id
limit: {running: 2}
order_by: payload.order
deadline: {after: 3s, respond: {xml: "<a>${{ payload.x }}</a>"}}
let:
  name: payload.name
  event: json(payload.none) ?? payload
  total: len(payload.list)
steps:
  - let: {x: name.a, y: event.x}
  - log: {level: "${{ payload.level }}", text: "a ${{ event.x }} ${{ total }}, ${{ x }}"}
  - choose:
      - when: payload.kind == "html"
        steps:
          - respond: {html: "<p>${{ payload.x }}</p>"}
      - when: payload.kind == "base64"
        steps:
          - respond: {base64: "${{ payload.base64 }}"}
      - when: payload.kind == "redirect"
        steps:
          - respond: {redirect: "https://a.example/${{ payload.x }}"}
      - when: payload.kind == "xml"
        steps:
          - respond: {xml: "${{ payload.x }}"}
      - steps:
          - message.find: {id: "${{ payload.id }}"}
          - respond: {text: "${{ y }}"}
  - each:
      in: payload.list
      as: item
      index: i
      once: payload.x + string(item)
      steps:
        - log: "${{ item }} ${{ i }}"
  - test.all: {url: "https://a.example/${{ payload.x }}", html: "<i>${{ payload.x }}</i>", list: ["${{ payload.x }}"], any: {a: {b: "${{ payload.x }}"}}}
    when: payload.yes
    name: fails
    timeout: 5s
    retry: {attempts: 2, backoff: 1s, max: 2s, ask: true}
    on_error:
      - log: "${{ error.message }}"
  - message.note: {message: "${{ payload.id }}", text: "a ${{ payload.x }}"}
    as: note
  - wait: "${{ payload.pause }}"
  - wait: {until: date(payload.moment)}
  - steps:
      - stop: "${{ note.id }}"
        when: payload.kind == "stop"
  - fail: "${{ payload.x }}"
`

// A trace has every place that takes an expression. The document above has every
// key of the language, so that a new one is missed here until it has its place.
func TestTraceEverywhere(t *testing.T) {
	for _, word := range slices.Concat(behaviors.Keys(), behaviors.Verbs(), behaviors.Modifiers()) {
		if word.Name != "on" && !hasKey(word.Name) { // which excludes requests
			t.Errorf("the document lacks the key %s", word.Name)
		}
	}
	for of, words := range behaviors.Parts() {
		for _, word := range words {
			if of != "inputs" && !hasKey(word.Name) {
				t.Errorf("the document lacks the key %s of %s", word.Name, of)
			}
		}
	}
	p := compile(t, everywhere)
	traced := map[behaviors.Place]bool{}
	for _, more := range []string{
		`"hello": true`, `"ok": false`, `"kind": "html"`, `"kind": "base64"`, `"kind": "redirect"`, `"kind": "xml"`, `"kind": "stop"`, `"kind": "other"`,
	} {
		trace := &expression.Trace{}
		d := delivery(fmt.Sprintf(`{"ok": true, "yes": true, "status": 202, "x": "x", "id": "1", "order": 2, "name": {"a": 1}, "list": [1, 2], "level": "info",
 "secret": "s", "challenge": "c", "base64": "YQ==", "pause": "5m", "moment": "2027-01-01", %s}`, more))
		d.Inputs = map[string]any{"origin": "https://a.example", "key": nil}
		d.Request.Header = append(d.Request.Header, payload.Field{Name: "Origin", Value: "https://a.example"})
		e := behaviors.NewEvaluation(p, d, trace)
		switch a := e.Admit(); {
		case a.Handshake != nil:
			a.Handshake.Advance(behaviors.Journal{})
		case a.Outcome == behaviors.Accepted:
			e.DeadlineResponse()
			e.Advance(behaviors.Journal{Steps: map[string]behaviors.Entry{
				"steps[2].choose[4].steps[0]": {Output: nil}, "steps[3].each[0].once": {Output: true}, "steps[3].each[1].once": {Output: true},
				"steps[4]": {Failed: &behaviors.StepError{Message: "no luck"}}, "steps[5]": {Output: map[string]any{"id": "9"}},
				"steps[6]": {}, "steps[7]": {},
			}})
		}
		maps.Copy(traced, behaviors.TracedPlaces(p, trace))
		for _, v := range p.TraceValues(trace) {
			if v.Error != "" {
				t.Errorf("%s: line %d: %s", more, v.Line, v.Error)
			}
		}
	}
	places := behaviors.Places(p)
	for _, place := range places {
		if !traced[place] {
			t.Errorf("nothing is traced of the expression at line %d, column %d: %s", place.Line, place.Column, strings.Split(everywhere, "\n")[place.Line-1])
		}
	}
	if len(places) != 50 {
		t.Errorf("the document has %d expressions", len(places))
	}
}

func hasKey(name string) bool {
	return strings.Contains(everywhere, " "+name+":") || strings.Contains(everywhere, "{"+name+":") || strings.Contains("\n"+everywhere, "\n"+name+":")
}

// The trace of an event's record is that of a payload.
func TestTraceOfAnEvent(t *testing.T) {
	p := compile(t, "behavior: 1\non: ticket.replied\nsteps:\n  - log: \"${{ payload.ticket.id }}\"\n")
	trace := &expression.Trace{}
	behaviors.NewEvaluation(p, delivery(`{"ticket": {"id": "7"}}`), trace).Advance(behaviors.Journal{})
	compareTrace(t, p.TraceValues(trace), `4:15 Identifier {"ticket":{"id":"7"}}
4:23 Member {"id":"7"}
4:30 Member "7"
`)
}

// What is wrong with a value where it stands is told with it.
func TestTraceSaysWhyAValueDoesNotServe(t *testing.T) {
	tests := []struct{ source, want string }{
		{"steps:\n  - stop: a\n    when: payload.text\n", `4:11 Identifier {"list":[1],"text":"t"}
4:19 Member "t" error: this must be true or false, but it is a text
`},
		{"dedupe: payload.list\n", `2:9 Identifier {"list":[1],"text":"t"}
2:17 Member [1] error: must be text, a number or nil, got a list
`},
		{"steps:\n  - respond: {}\n  - wait: \"${{ payload.text }}\"\n", `4:16 Identifier {"list":[1],"text":"t"}
4:24 Member "t" error: is no duration such as 5m or 1h30m
`},
		{"steps:\n  - respond: {}\n  - wait: {until: payload.text}\n", `4:19 Identifier {"list":[1],"text":"t"}
4:27 Member "t" error: takes a time, got text
`},
		{"steps:\n  - test.all: {count: \"${{ payload.text }}\"}\n", `3:28 Identifier {"list":[1],"text":"t"}
3:36 Member "t" error: takes a whole number, got text
`},
		{"steps:\n  - each: {in: 1..1001, as: i, steps: [{log: a}]}\n", `3:17 Binary "[1,2,3,4,5…" error: 1001 items; at most 1000 are allowed
`},
	}
	for _, test := range tests {
		p := compile(t, "behavior: 1\n"+test.source)
		trace := &expression.Trace{}
		e := behaviors.NewEvaluation(p, delivery(`{"text": "t", "list": [1]}`), trace)
		e.Admit()
		e.Advance(behaviors.Journal{})
		compareTrace(t, p.TraceValues(trace), test.want)
	}
}

// compareTrace takes … in a value for any rest of it.
func compareTrace(t *testing.T, values []behaviors.TraceValue, want string) {
	t.Helper()
	var b strings.Builder
	for _, v := range values {
		text := string(v.Value.(json.RawMessage))
		if len(text) > 100 {
			text = text[:11] + `…"`
		}
		fmt.Fprintf(&b, "%d:%d %s %s", v.Line, v.Column, v.Kind, text)
		if v.Error != "" {
			b.WriteString(" error: " + v.Error)
		}
		b.WriteString("\n")
	}
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
