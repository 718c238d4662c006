package expression

import (
	"fmt"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// An error stands where it arose, behind the values that were there before.
func TestTraceOfAnError(t *testing.T) {
	tests := []struct {
		source string
		want   []string
	}{
		{`len("ab") > 1 and inputs.n / 0 == plain`, []string{
			`0 Call 2`, `10 Binary true`, `18 Identifier {"channel":"#support"…`, `25 Member 2`,
			`27 Binary null error: this divides by zero`,
		}},
		// The last of three values is the error; a fourth does not come.
		{`map(payload.l, 6 / (# - 3))`, []string{
			`4 Identifier {"a":{"b":1}…`, `12 Member [1,2,3]`, `20 Pointer 1 of 3`, `22 Binary -2 of 3`, `17 Binary -3 of 3`, `20 Pointer 2`, `22 Binary -1`, `17 Binary -6`,
			`20 Pointer 3`, `22 Binary 0`, `17 Binary null error: this divides by zero`,
		}},
		{`plain or payload.s`, []string{`0 Identifier null`, `9 Identifier {"a":{"b":1}…`, `17 Member "text"`, `6 Binary null error: this must be true or false, but it is a text`}},
	}
	for _, test := range tests {
		t.Run(test.source, func(t *testing.T) {
			_, trace, err := traceOf(t, test.source)
			if err == nil {
				t.Fatal("there is no error")
			}
			compareLines(t, lines(trace), test.want)
		})
	}
}

// A let is recorded at its own place, once, whoever reads it and however it is
// read; its error is told there, and at each place that reads it.
func TestTraceOfLets(t *testing.T) {
	tests := []struct {
		name, let string
		readers   []string
		want      []string
	}{
		{"a place in the payload", `payload.a`, []string{`x.b`, `x.none`}, []string{
			`7: 0 Identifier {"a":{"b":1}…`, `7: 8 Member {"b":1}`,
			`1: 0 Identifier {"b":1}`, `1: 2 Member 1`, `2: 0 Identifier {"b":1}`, `2: 2 Member null`,
		}},
		{"a value before the payload", `json(payload.none) ?? payload.a`, []string{`x.b`}, []string{
			`7: 5 Identifier {"a":{"b":1}…`, `7: 13 Member null`, `7: 0 Call null`, `7: 22 Identifier {"a":{"b":1}…`, `7: 30 Member {"b":1}`, `7: 19 Binary {"b":1}`,
			`1: 0 Identifier {"b":1}`, `1: 2 Member 1`,
		}},
		{"such a value that is there", `json("{\"b\": 2}") ?? payload.a`, []string{`x.b`}, []string{
			`7: 0 Call {"b":2}`, `7: 19 Binary {"b":2}`, `1: 0 Identifier {"b":2}`, `1: 2 Member 2`,
		}},
		{"a value", `len("abc")`, []string{`x + 1`, `x`}, []string{
			`7: 0 Call 3`, `1: 0 Identifier 3`, `1: 2 Binary 4`, `2: 0 Identifier 3`,
		}},
		{"an error", `1 / 0`, []string{`x + 1`, `x`}, []string{
			`7: 2 Binary null error: this divides by zero`, `1: 0 Identifier null error: this divides by zero`,
			`2: 0 Identifier null error: this divides by zero`,
		}},
		{"an error before the payload", `json(plain / 0 + 1 / 0) ?? payload`, []string{`x.b`}, []string{
			`7: 5 Identifier null`, `7: 11 Binary null`, `7: 19 Binary null error: this divides by zero`, `1: 2 Member null error: this divides by zero`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			paths := new(payload.Paths)
			config := testConfig(paths)
			let, problems := Compile(test.let, config)
			if let == nil {
				t.Fatal(problems)
			}
			// As a document's lets are compiled.
			const slotX, slotFirst = slots, slots + 1
			x := Name{Slot: slotX, Type: let.Type(), Path: let.Path()}
			first, then := let.First()
			if first != nil {
				x.Path = &Path{Keys: then.Keys, First: slotFirst}
			}
			scope := testScope()
			scope["x"] = x
			config.Scope = scope
			readers := make([]*Compiled, len(test.readers))
			for i, source := range test.readers {
				readers[i], _ = Compile(source, config)
			}
			run := func(trace *Trace) (held Held) {
				f := testFrame(t, paths, testBody)
				f.Slots = append(f.Slots, &Lazy{Expr: let, At: 7}, &Lazy{Expr: first, At: 7})
				f.Trace = trace
				for i, reader := range readers {
					f.At = i + 1
					_, _ = reader.Eval(f) // an error is in the trace
				}
				return f.Held()
			}
			trace := testTrace(t)
			if got, want := run(trace), run(nil); got != want {
				t.Errorf("with a trace %+v is held, want %+v", got, want)
			}
			var got []string
			for i, line := range lines(trace) {
				got = append(got, fmt.Sprintf("%d: %s", trace.Entries[i].At, line))
			}
			compareLines(t, got, test.want)
		})
	}
}

// A trace is small, whatever it is of: at most 20 values a node, each cut, all of
// them together bounded; what is counted goes on.
func TestTraceIsBounded(t *testing.T) {
	tests := []struct {
		name, source string
		want         []string // lines that are there
	}{
		{"a predicate over 10,000 items", `count(1..10000, # > 5000)`, []string{`16 Pointer 1 of 10000`, `18 Binary false of 10000`, `16 Pointer 20`}},
		{"a long text", `repeat("ä", 1000)`, []string{`0 Call "` + strings.Repeat("ä", 512) + `… (2000 bytes)"`}},
		{"a long list", `1..5000`, []string{`1 Binary "[1,2,3,4,…`}},
		{"shared structure", `reduce(1..60, [#acc, #acc], [1])`, []string{`0 Call "[[[[[[[[…`}},
		{"deep nesting", `reduce(1..5000, [#acc], [1])`, []string{`0 Call "` + strings.Repeat("[", 1024) + `…`}},
		{"long keys", `{(repeat("k", 3000)): 1}`, []string{`0 Map "{\"kkkk…`}},
		{"many maps of many keys", `map(1..20, reduce(1..20, ({a: #acc, b: #acc, c: #acc}), {}))`, []string{`0 Call "[{\"a\":{\"a\":…`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, trace, err := traceOf(t, test.source)
			if err != nil {
				t.Fatal(err)
			}
			got := lines(trace)
			for _, want := range test.want {
				start, _ := strings.CutSuffix(want, "…")
				found := false
				for _, line := range got {
					found = found || strings.HasPrefix(line, start)
				}
				if !found {
					t.Errorf("no %s in %.3000s", want, strings.Join(got, "\n"))
				}
			}
			values := map[tracePlace]int{}
			for _, e := range trace.Entries {
				values[tracePlace{e.At, e.Offset, e.Kind}]++
				if len(e.Value) > 2*shownBytes+100 {
					t.Errorf("a value of %d bytes", len(e.Value))
				}
			}
			for place, n := range values {
				if n > tracedValues {
					t.Errorf("%d values of %v", n, place)
				}
			}
		})
	}
}

// All values together are bounded: what is left comes with its size, and what is
// short comes nevertheless.
func TestTraceIsBoundedAsAWhole(t *testing.T) {
	paths := new(payload.Paths)
	c, _ := Compile(`len(map(1..20, repeat("x", 2000))) == 20`, testConfig(paths))
	f := testFrame(t, paths, testBody)
	f.Trace = &Trace{}
	for f.At = range tracedEntries / 4 {
		if _, err := c.Eval(f); err != nil {
			t.Fatal(err)
		}
	}
	size, kept := 0, 0
	for _, e := range f.Trace.Entries {
		size += len(e.Value)
		if e.N == 20 {
			kept++
		}
	}
	if size > tracedBytes+shortBytes*tracedEntries || len(f.Trace.Entries) > tracedEntries || !f.Trace.Cut {
		t.Errorf("%d bytes in %d entries, cut %v", size, len(f.Trace.Entries), f.Trace.Cut)
	}
	last := f.Trace.Entries[len(f.Trace.Entries)-1]
	if kept == 0 || string(last.Value) != "true" && !strings.HasSuffix(string(last.Value), `items"`) && string(last.Value) != `"2000 bytes"` && string(last.Value) != "20" {
		t.Errorf("the last one is %+v", last)
	}
}

// Nothing of a trace is paid for by the budget of what is traced, and nothing is
// paid where there is none: as many operations, and as many allocations as if
// there were no traces at all.
func TestTraceCostsNothing(t *testing.T) {
	for _, c := range tracedCases {
		t.Run(c.source, func(t *testing.T) {
			paths := new(payload.Paths)
			config := testConfig(paths)
			compiled, _ := Compile(c.source, config)
			config.untraced = true
			bare, _ := Compile(c.source, config)
			used := func(c *Compiled, trace *Trace) (operations, memory int) {
				f := testFrame(t, paths, testBody)
				f.Trace, f.machine = trace, &machine{}
				if _, err := c.Eval(f); err != nil {
					t.Fatal(err)
				}
				return f.machine.ops, f.machine.memory
			}
			ops, memory := used(bare, nil)
			for _, trace := range []*Trace{nil, testTrace(t)} {
				if o, m := used(compiled, trace); o != ops || m != memory {
					t.Errorf("operations and memory left: %d, %d, want %d, %d", o, m, ops, memory)
				}
			}
			allocations := func(c *Compiled) float64 {
				f := testFrame(t, paths, testBody)
				return testing.AllocsPerRun(20, func() {
					if _, err := c.Eval(f); err != nil {
						t.Fatal(err)
					}
				})
			}
			if got, want := allocations(compiled), allocations(bare); got != want {
				t.Errorf("%v allocations, want %v", got, want)
			}
		})
	}
}

// A walker stays on the stack: what a machine does for traces must not make it
// too large for that.
func TestWalkerIsNotAllocated(t *testing.T) {
	if n := testing.AllocsPerRun(20, func() {
		if text, err := NewWalker(Limits{}).Text("a"); text != "a" || err != nil {
			t.Fatal(text, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What a trace costs where there is none, and where there is one.
func BenchmarkTrace(b *testing.B) {
	const rule = `payload.a.b == 1 and payload.s == "text" and any(payload.items, .id == 2) and len(payload.l) > 0`
	run := func(name string, untraced bool, trace func() *Trace) {
		b.Run(name, func(b *testing.B) {
			paths := new(payload.Paths)
			config := testConfig(paths)
			config.untraced = untraced
			c, _ := Compile(rule, config)
			f := testFrame(b, paths, testBody)
			b.ReportAllocs()
			for b.Loop() {
				f.Trace = trace()
				if v, err := c.Eval(f); v != true || err != nil {
					b.Fatal(v, err)
				}
			}
		})
	}
	none := func() *Trace { return nil }
	run("without the hook", true, none)
	run("not asked for", false, none)
	run("asked for", false, func() *Trace { return &Trace{} })
}
