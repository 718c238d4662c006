package behaviors_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// bomb is a small graph with 2^60 leaves.
const bomb = "reduce(1..60, [#acc, #acc], [1])"

// maxDecided bounds what deciding about a small delivery may allocate in all:
// what values may hold together, and twice as much for texts that grow.
const maxDecided = 96 << 20

// budgetCases are documents of which each would take the process with it, and
// what ends the run. The payload is {"a": a text of 1 MiB, "items": 5,000
// objects}.
var budgetCases = []struct{ name, steps, because string }{
	// A value of any size, wherever a value is walked.
	{"text of a parameter", `message.note: {message: "1", text: "a ${{ bomb }}"}`, "operations"},
	{"url of a parameter", `http.request: {url: "https://a.example/${{ bomb }}"}`, "operations"},
	{"list parameter", `test.all: {list: "${{ bomb }}"}`, "operations"},
	{"any parameter", `test.all: {any: "${{ bomb }}"}`, "operations"},
	{"within a parameter", `test.all: {any: {a: ["${{ bomb }}"]}}`, "operations"},
	{"json of a request", `http.request: {url: "https://a.example", json: {a: "${{ bomb }}"}}`, "operations"},
	{"map of maps", `test.all: {any: "${{ reduce(1..60, ({a: #acc, b: #acc}), 1) }}"}`, "operations"},
	{"number parameter", `test.all: {count: "${{ bomb }}"}`, "takes a whole number"},
	{"text parameter", `test.all: {level: "${{ bomb }}"}`, "takes text"},
	{"secret parameter", `slack.post: {webhook: "${{ inputs.slack }}", text: "${{ bomb }}"}`, "takes text"},
	{"respond json", `respond: {json: "${{ bomb }}"}`, "operations"},
	{"respond within json", `respond: {json: {a: "${{ bomb }}"}}`, "operations"},
	{"respond text", `respond: {text: "${{ bomb }}"}`, "operations"},
	{"respond html", `respond: {html: "<p>${{ bomb }}</p>"}`, "operations"},
	{"respond whole html", `respond: {html: "${{ bomb }}"}`, "operations"},
	{"respond xml", `respond: {xml: "<a>${{ bomb }}</a>"}`, "operations"},
	{"respond base64", `respond: {base64: "${{ bomb }}"}`, "operations"},
	{"respond redirect", `respond: {redirect: "https://a.example/${{ bomb }}"}`, "operations"},
	{"respond header", `respond: {headers: {X-A: "${{ bomb }}"}}`, "operations"},
	{"respond status", `respond: {status: "${{ bomb }}"}`, "must be a whole number"},
	{"log", `log: "${{ bomb }}"`, "operations"},
	{"log level", `log: {level: "${{ bomb }}", text: a}`, "takes text"},
	{"stop", `stop: "${{ bomb }}"`, "operations"},
	{"fail", `fail: "${{ bomb }}"`, "operations"},
	{"when", "log: a\n    when: bomb", "must be true or false"},
	{"choose", "choose: [{when: 'bomb', steps: [{log: a}]}]", "must be true or false"},
	{"let that compares", `let: {x: 'bomb == reduce(1..60, [#acc, #acc], [1])'}`, "operations"},
	{"let that looks into it", `let: {x: 'bomb in [reduce(1..60, [#acc, #acc], [1])]'}`, "operations"},
	{"deep value", `respond: {json: "${{ reduce(1..1000, [#acc], 1) }}"}`, "nested too deep"},
	{"deep parameter", `test.all: {any: "${{ reduce(1..1000, [#acc], 1) }}"}`, "nested too deep"},
	{"nested lists of secrets", `let: {x: 'mailgun.signed(request, reduce(1..60, [#acc, #acc], [nil]))'}`, "list of secrets"},

	// Texts that grow where they are put together.
	{"interpolations", `respond: {text: "` + strings.Repeat("${{ payload.a }}", 9) + `"}`, "8 MiB"},
	{"interpolations of a parameter", `message.note: {message: "1", text: "` + strings.Repeat("${{ payload.a }}", 9) + `"}`, "8 MiB"},
	{"escaped for HTML", `test.all: {html: "` + strings.Repeat("${{ lt }}", 9) + `"}`, "8 MiB"},
	{"escaped for XML", `respond: {xml: "<a>` + strings.Repeat("${{ lt }}", 9) + `</a>"}`, "8 MiB"},
	{"escaped for a page", `respond: {html: "<p>` + strings.Repeat("${{ lt }}", 9) + `</p>"}`, "8 MiB"},
	{"escaped in JSON", `respond: {json: ["${{ repeat('\u0001', 2000000) }}"]}`, "8 MiB"},
	{"parts of a url", `http.request: {url: "https://a.example/` + strings.Repeat("${{ payload.a }}", 3) + strings.Repeat("${{ 1 }}", 1000) + `"}`, "64 KiB"},
	{"whole text escaped for a page", `respond: {html: "${{ repeat('<', 3000000) }}"}`, "8 MiB"},
	{"whole list escaped for a page", `respond: {html: "${{ payload.none ?? [lt, lt, lt] }}"}`, "8 MiB"},
	{"whole text escaped for XML", `respond: {xml: "${{ repeat('<', 3000000) }}"}`, "8 MiB"},
	{"whole list escaped for XML", `respond: {xml: "${{ payload.none ?? [lt, lt, lt] }}"}`, "8 MiB"},
	{"header", `respond: {headers: {X-A: "${{ payload.a }}"}}`, "32 KiB"},

	// Loops within loops.
	{"three loops", "each:\n      in: 1..1000\n      steps:\n        - each:\n            in: 1..1000\n            steps:\n              - each: {in: '1..1000', steps: [{log: a}]}", "together"},
	{"loops of many steps", "each: {in: '1..1000', steps: [" + strings.Repeat("{log: a}, ", 300) + "{log: b}]}", "together"},
	{"loops that go on", "let: {n: '1..1000'}\n  - each: {in: n, steps: [{each: {in: n, steps: [{log: a, on_error: continue}]}, on_error: continue}]}", "together"},
	{"loops of large lines", "each: {in: '1..1000', as: i, steps: [" + strings.Repeat("{log: '${{ payload.a }}'}, ", 20) + "{log: b}]}", "together"},
	{"loops of answers", `each: {in: '1..1000', as: i, steps: [{respond: {json: "` + strings.Repeat("a", 60_000) + `"}}]}`, "together"},
	{"loops of lets", "each: {in: '1..1000', as: i, steps: [{let: {x: 'repeat(payload.a, 3)'}}]}", "together"},
	{"loops of parameters", `each: {in: '1..1000', as: i, steps: [{message.note: {message: "1", text: "${{ i }} ${{ payload.a }}"}}]}`, "together"},

	// Many values, each within its budget.
	{"lets, each as large as it may be", `test.all: {any: "${{ [` + numbered("large%d", 12, ", ") + `] | len() }}"}`, "together"},
	{"lets, each twice the one before", `test.all: {count: "${{ len(doubled30) }}"}`, "larger than it may be"},
	{"lets of steps", strings.Repeat("let: {x: 'repeat(payload.a, 5)'}\n  - ", 20) + "log: a", "together"},
	{"lists of steps", strings.Repeat("let: {x: '1..100000'}\n  - ", 40) + "log: a", "together"},
	{"parameters of steps", strings.Repeat("message.note: {message: \"1\", text: \"${{ large0 }}\"}\n  - ", 6) + "log: a", "together"},
	{"parameters that share", strings.Repeat("test.all: {any: \"${{ reduce(1..10, [#acc, #acc], [payload.a[0:6000]]) }}\"}\n  - ", 7) + "log: a", "together"},
}

// withinBudget are documents that end well: what is large is not kept, or is not
// made.
var withinBudget = []struct{ name, steps string }{
	{"lines of the log are cut", strings.Repeat("log: \"${{ payload.a }}\"\n  - ", 100) + "respond: {json: {a: 1}}"},
	{"conditions keep nothing", strings.Repeat("log: a\n    when: len(repeat(payload.a, 5)) > 0\n  - ", 10) + "respond: {json: {a: 1}}"},
	{"parts of the payload are not made", strings.Repeat("let: {x: payload.items, y: payload.a}\n  - ", 200) + "respond: {json: {a: 1}}"},
	{"lets that nobody reads", "respond: {json: {a: 1}}"},
	{"a let that is read often", strings.Repeat("let: {x: large0}\n  - ", 100) + "respond: {text: \"${{ large0 }}\"}"},
}

// numbered prints a format for 0, 1, … n-1.
func numbered(format string, n int, separator string) string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(texts, separator)
}

// budgetDocument has the lets that the cases use, which cost nothing until then.
func budgetDocument(steps string) string {
	return `behavior: 1
inputs:
  slack: {type: secret, label: Slack}
let:
  bomb: '` + bomb + `'
  lt: repeat("<", 1000000)
  ` + numbered("large%d: repeat(payload.a, 7)", 12, "\n  ") + `
  doubled0: payload.a
  ` + doubling(30) + `
steps:
  - ` + steps + "\n"
}

func doubling(n int) string {
	lets := make([]string, n)
	for i := range lets {
		lets[i] = fmt.Sprintf("doubled%d: doubled%d + doubled%d", i+1, i, i)
	}
	return strings.Join(lets, "\n  ")
}

func budgetPayload() string {
	return `{"a": "` + strings.Repeat("a", 1<<20) + `", "items": [` + numbered(`{"id": %d}`, 5000, ",") + `]}`
}

// journaled gives every action an output, as the runner does: going on where it was.
type journaled struct {
	*behaviors.Evaluation
	outputs map[string]behaviors.Entry
}

func (j journaled) run() behaviors.Decision {
	kept := j.Run(j.outputs)
	for {
		d := kept.Advance(false)
		if len(d.Effects) == 0 {
			return d
		}
		for _, e := range d.Effects {
			j.outputs[e.Path] = behaviors.Entry{}
		}
	}
}

// allocatedBy is how many bytes a function allocates in all.
func allocatedBy(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestBudget(t *testing.T) {
	body := budgetPayload()
	for _, c := range budgetCases {
		t.Run(c.name, func(t *testing.T) {
			p := compile(t, budgetDocument(c.steps))
			d := delivery(body)
			d.Inputs = map[string]any{"slack": expression.Secret{Name: "slack"}}
			e := behaviors.NewEvaluation(p, d, nil)
			if a := e.Admit(); a.Outcome != behaviors.Accepted {
				t.Fatalf("refused: %s", a.Detail)
			}
			// The first call alone: the outputs of twenty steps make twenty calls.
			var first behaviors.Decision
			allocated := allocatedBy(func() { first = e.Advance(behaviors.Journal{}) })
			if allocated > maxDecided {
				t.Errorf("it allocated %d MiB", allocated>>20)
			}
			decision := first
			if len(first.Effects) > 0 {
				decision = journaled{e, map[string]behaviors.Entry{}}.run()
			}
			if decision.State != behaviors.RunFailed || !strings.Contains(decision.Error, c.because) {
				t.Errorf("got %s, %s; want %q", decision.State, decision.Error, c.because)
			}
			if strings.HasPrefix(c.steps, "respond") && (first.Response == nil || first.Response.Status != 500) {
				t.Errorf("the caller gets %+v", first.Response)
			}
			again := journaled{e, map[string]behaviors.Entry{}}.run()
			if again.Error != decision.Error {
				t.Errorf("the second time: %s, the first: %s", again.Error, decision.Error)
			}
		})
	}
}

func TestWithinBudget(t *testing.T) {
	body := budgetPayload()
	for _, c := range withinBudget {
		t.Run(c.name, func(t *testing.T) {
			e := behaviors.NewEvaluation(compile(t, budgetDocument(c.steps)), delivery(body), nil)
			for range 3 { // what one call keeps is not kept by the next
				if d := e.Advance(behaviors.Journal{}); d.State != behaviors.RunDone || d.Response.Status != 200 {
					t.Fatalf("got %s: %s", d.State, d.Error)
				}
			}
		})
	}
}

// A simulation shows what a run would have done, and every value on the way.
func TestSimulationBudget(t *testing.T) {
	var steps []string
	for range 30 {
		steps = append(steps, `let: {x: 'map(payload.items, [#, #])', y: 'payload.items | filter(.id > 3) | len()'}`)
	}
	steps = append(steps, `message.note: {message: "1", text: "${{ large0 }}"}`, `test.all: {any: "${{ bomb }}"}`)
	var s *behaviors.Simulation
	allocated := allocatedBy(func() {
		s = behaviors.Simulate(budgetDocument(strings.Join(steps, "\n  - ")), catalog(t), delivery(budgetPayload()), nil)
	})
	if s.State != behaviors.RunFailed || !strings.Contains(s.Detail, "operations") {
		t.Errorf("got %s: %s", s.State, s.Detail)
	}
	shown := 0
	for _, v := range s.Trace {
		shown += len(v.Value.(json.RawMessage))
	}
	if shown == 0 || shown > 6<<20 {
		t.Errorf("the trace shows %d bytes in %d values", shown, len(s.Trace))
	}
	if allocated > 3*maxDecided {
		t.Errorf("it allocated %d MiB", allocated>>20)
	}
}
