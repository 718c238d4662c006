package behaviors_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// inARow is a behavior of n effects, each of which reads what the one before gave.
func inARow(n int, nested bool) string {
	var b strings.Builder
	b.WriteString("behavior: 1\nsteps:\n  - let: {f: payload}\n")
	indent := "  "
	if nested {
		b.WriteString("  - choose:\n    - when: f.yes\n      steps:\n")
		indent = "      "
	}
	for range n {
		b.WriteString(indent + "- {message.find: {id: \"${{ f.id }}\"}, as: f}\n")
	}
	return b.String()
}

// feed plays a run, one output after the other.
func feed(tb testing.TB, e *behaviors.Evaluation, n int) {
	tb.Helper()
	entries := make(map[string]behaviors.Entry, n)
	run := e.Run(entries)
	for range n {
		d := run.Advance(false)
		if len(d.Effects) != 1 {
			tb.Fatalf("after %d outputs: %d effects, %q", len(entries), len(d.Effects), d.Error)
		}
		entries[d.Effects[0].Path] = behaviors.Entry{Output: map[string]any{"id": "7"}}
	}
	if d := run.Advance(false); d.State != behaviors.RunDone {
		tb.Fatalf("after all outputs: %s, %q", d.State, d.Error)
	}
}

// A run that is fed its outputs one by one evaluates each step's expressions
// twice, when it asks and when it knows; not each step once for every output.
func TestRunGoesOn(t *testing.T) {
	for _, nested := range []bool{false, true} {
		evaluated, allocated := map[int]int{}, map[int]float64{}
		for _, n := range []int{1, 1000} {
			p, d := compile(t, inARow(n, nested)), delivery(`{"yes": true, "id": "1"}`)
			trace := &expression.Trace{}
			feed(t, behaviors.NewEvaluation(p, d, trace), n)
			seen := map[[2]int]int{} // an expression's place: how many values its first node had
			for _, entry := range trace.Entries {
				place := [2]int{entry.At, entry.Offset}
				seen[place] = max(seen[place], entry.N)
			}
			for _, values := range seen {
				evaluated[n] += values
			}
			allocated[n] = testing.AllocsPerRun(1, func() { feed(t, behaviors.NewEvaluation(p, d, nil), n) })
		}
		if evaluated[1] == 0 || evaluated[1000] > 1100*evaluated[1] {
			t.Errorf("nested %t: 1000 steps have %d values, one has %d", nested, evaluated[1000], evaluated[1])
		}
		if allocated[1000] > 1100*allocated[1] {
			t.Errorf("nested %t: 1000 steps allocate %g times, one %g times", nested, allocated[1000], allocated[1])
		}
	}
}

// What a step holds that is done again counts once.
func TestRunHoldsOnce(t *testing.T) {
	const n, size = 20, 1 << 20 // 32 MiB are allowed
	source := "behavior: 1\nsteps:\n" + strings.Repeat("  - message.note: {message: \"1\", text: \"${{ payload.big }}\"}\n", n)
	d := delivery(`{"big": "` + strings.Repeat("x", size) + `"}`)
	feed(t, behaviors.NewEvaluation(compile(t, source), d, nil), n)
}

// Behind an on_error that waited, `error` is again what it was around it.
func TestRunInErrors(t *testing.T) {
	p := compile(t, `behavior: 1
steps:
  - message.find: {id: "1"}
    on_error:
      - message.find: {id: "2"}
        on_error:
          - message.find: {id: "3"}
      - message.note: {message: "1", text: "${{ error.step }}"}
`)
	entries := map[string]behaviors.Entry{}
	run := behaviors.NewEvaluation(p, delivery(`{}`), nil).Run(entries)
	for _, known := range []string{"", "steps[0]", "steps[0].on_error[0]", "steps[0].on_error[0].on_error[0]", "steps[0].on_error[1]"} {
		switch known {
		case "":
		case "steps[0].on_error[0].on_error[0]":
			entries[known] = behaviors.Entry{}
		default:
			entries[known] = behaviors.Entry{Failed: worldly}
		}
		want := behaviors.Advance(p, delivery(`{}`), behaviors.Journal{Steps: entries})
		if got := run.Advance(false); !reflect.DeepEqual(got, want) {
			t.Errorf("behind %q: got %+v, want %+v", known, got, want)
		}
	}
}

// What happens to a run beside its growing journal makes it start over.
func TestRunStartsOver(t *testing.T) {
	p := compile(t, `behavior: 1
steps:
  - let: {n: "1"}
  - message.find: {id: "${{ n }}"}
  - let: {n: "n + 1"}
  - message.note: {message: "1", text: "${{ n }}"}
`)
	found := map[string]behaviors.Entry{"steps[1]": {}}
	all := map[string]behaviors.Entry{"steps[1]": {}, "steps[3]": {}}
	for name, between := range map[string]func(e *behaviors.Evaluation){
		"nothing":     func(*behaviors.Evaluation) {},
		"an advance":  func(e *behaviors.Evaluation) { e.Advance(behaviors.Journal{}) },
		"another run": func(e *behaviors.Evaluation) { e.Run(all).Advance(false) },
	} {
		t.Run(name, func(t *testing.T) {
			e, entries := behaviors.NewEvaluation(p, delivery(`{}`), nil), map[string]behaviors.Entry{}
			run := e.Run(entries)
			advance := func(answered bool) {
				t.Helper()
				between(e)
				want := behaviors.Advance(p, delivery(`{}`), behaviors.Journal{Steps: entries, Answered: answered})
				if got := run.Advance(answered); !reflect.DeepEqual(got, want) {
					t.Errorf("%d entries, answered %t: got %+v, want %+v", len(entries), answered, got, want)
				}
			}
			advance(true)
			advance(false) // which takes an answer back
			maps.Copy(entries, found)
			advance(false)
			advance(true)
			maps.Copy(entries, all)
			advance(true)
			advance(false) // after the end
		})
	}
}
