package expression

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// budgetBody has 10,000 small objects and a text of 1 MiB.
func budgetBody() string {
	items := make([]string, 10_000)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":%d}`, i)
	}
	return `{"items": [` + strings.Join(items, ",") + `], "a": "` + strings.Repeat("a", 1<<20) + `"}`
}

// maxAllocated bounds what an evaluation with the usual budget may allocate in
// all: lists that grow take more than they hold.
const maxAllocated = 24 << 20

// Each of these would take seconds or gigabytes without a budget.
func TestBudget(t *testing.T) {
	body := budgetBody()
	for _, r := range []struct{ source, code string }{
		{`filter(payload.items, {let x = .id; count(payload.items, .id == x) > 1})`, "budget-operations"},
		{`map(payload.items, uniq(payload.items))`, "budget-operations"},
		{`uniq(payload.items)`, "budget-operations"},
		{`count(payload.items, # in payload.items)`, "budget-operations"},
		{`payload.items | map(payload.items) | flatten()`, "budget-operations"},
		{`1..1000000000`, "budget-operations"},
		{`repeat("x", 1000000000)`, "budget-memory"},
		{`reduce(1..27, #acc + #acc, "aaaaaaaaaa")`, "budget-memory"},
		{`join(map(1..1000, payload.a), "")`, "budget-memory"},
		{`replace(payload.a, "a", repeat("b", 1000))`, "budget-operations"},
		{`split(payload.a, "")`, "budget-memory"},
		{`sum(map(1..1000, len(payload.a)))`, "budget-operations"},
		{`any(1..2000, payload.a contains "b" + string(#))`, "budget-operations"},
		{`trim(payload.a, repeat("é", 100000))`, "budget-operations"},
		{`map(1..1000, upper(payload.a))`, "budget-memory"},
		{`map(1..1000, escape_html(payload.a))`, "budget-memory"},
		{`map(1..1000, payload.a[1:])`, "budget-operations"},
		{`map(1..1000, sha256(payload.a))`, "budget-operations"},
		{`toJSON(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"},
		{`string(reduce(1..60, {{a: #acc, b: #acc}}, 1))`, "budget-operations"},
		{`let x = reduce(1..60, [#acc, #acc], [1]); let y = reduce(1..60, [#acc, #acc], [1]); x == y`, "budget-operations"},
		{`let x = reduce(1..60, {{a: #acc, b: #acc}}, 1); let y = reduce(1..60, {{a: #acc, b: #acc}}, 1); x == y`, "budget-operations"},
		{`max(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"},
		{`flatten(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"},
		{`flatten(map(1..1000, 1..1000))`, "budget-memory"},
		{`toJSON(reduce(1..200, [#acc], [1]))`, "budget-depth"},
		{`flatten(reduce(1..200, [#acc], [1]))`, "budget-depth"},
		{`map(1..100, map(1..100, map(1..100, map(1..100, #))))`, "budget-memory"},
		{`map(1..100000, {{a: #}})`, "budget-memory"},
		{`groupBy(1..100000, #)`, "budget-memory"},
		{`toJSON(map(1..8, repeat("\u0001", 1000000)))`, "budget-memory"},
		{`json("[" + repeat("{},", 200000) + "1]")`, "budget-memory"},
		{`parse_xml("<a>" + repeat("<b/>", 200000) + "</a>")`, "budget-memory"},
		{`parse_xml("<a" + repeat(" b=''", 200000) + "/>")`, "budget-memory"},
		{`map(1..1000, parse_xml("<a>" + payload.a + "</a>"))`, "budget-memory"},
		{`payload.a matches "(a|aa){1,100}b"`, "budget-operations"},
		{`payload.a matches string(payload.a)`, "budget-operations"},
		{`map(1..10000, "x" matches "(a|b){1,50}" + string(#))`, "budget-memory"},
		{`map(1..10000, "x" matches repeat("(", #))`, "pattern"},
		{`"x" matches "(a|b){1,500}" + payload.a[0:1]`, "pattern"},
		{`2 ** 100000`, "not-finite"},
	} {
		t.Run(r.source, func(t *testing.T) {
			paths := new(payload.Paths)
			c, problems := Compile(r.source, testConfig(paths))
			if c == nil {
				t.Fatalf("%+v", problems)
			}
			f := testFrame(t, paths, body)
			for i := range paths.Len() {
				f.Body.Value(i) // decoding has caps of its own
			}
			allocated, err := allocatedBy(func() error { _, err := c.Eval(f); return err })
			if err == nil || asError(err).Code != r.code {
				t.Errorf("got %v (%s), want %s", err, asError(err).Code, r.code)
			}
			if allocated > maxAllocated {
				t.Errorf("it allocated %d MiB", allocated>>20)
			}
		})
	}
	for _, source := range []string{
		`sort(map(payload.items, .id)) | len()`, `toJSON(payload.items) | len()`, `payload.a matches "^[a-z]+$"`, `(1..10000)[9999]`,
		`uniq(map(payload.items, .id)) | len()`, `len(parse_xml("<a>" + repeat("<b>c</b>", 10000) + "</a>").a.b)`, `count(payload.items, "x1" matches "^x" + "1")`, `len(map(1..10000, {{a: #}}))`,
	} {
		t.Run(source, func(t *testing.T) {
			paths := new(payload.Paths)
			c, problems := Compile(source, testConfig(paths))
			if c == nil {
				t.Fatalf("%+v", problems)
			}
			if _, err := c.Eval(testFrame(t, paths, body)); err != nil {
				t.Error(err)
			}
		})
	}
}

// allocatedBy is how many bytes a function allocates in all.
func allocatedBy(do func() error) (uint64, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, err
}

// Whoever walks a result has a budget as well: a small graph has 2^60 leaves.
func TestWalkersHaveABudget(t *testing.T) {
	doubled := func(double func(v any) any) (v any) {
		v = int64(1)
		for range 60 {
			v = double(v)
		}
		return v
	}
	list := doubled(func(v any) any { return []any{v, v} })
	object := doubled(func(v any) any { return map[string]any{"a": v, "b": v} })
	var deep any
	for range 102 {
		deep = []any{deep}
	}
	for _, r := range []struct {
		name  string
		value any
		code  string
	}{{"list", list, "budget-operations"}, {"map", object, "budget-operations"}, {"deep", deep, "budget-depth"}, {"long", strings.Repeat("x", 9<<20), "budget-memory"}} {
		for walk, do := range map[string]func() error{
			"JSON": func() error { _, err := NewWalker(Limits{}).JSON(r.value); return err },
			"Text": func() error { _, err := NewWalker(Limits{}).Text(r.value); return err },
		} {
			t.Run(r.name+" "+walk, func(t *testing.T) {
				allocated, err := allocatedBy(do)
				if err == nil || asError(err).Code != r.code || allocated > maxAllocated {
					t.Errorf("got %v and %d MiB, want %s", err, allocated>>20, r.code)
				}
			})
		}
	}
	same := doubled(func(v any) any { return []any{v, v} })
	if _, err := NewWalker(Limits{}).Equal(list, same); err == nil || asError(err).Code != "budget-operations" {
		t.Errorf("comparing: got %v", err)
	}
	w := NewWalker(Limits{Operations: 100, Memory: 100, Depth: 100})
	text := strings.Repeat("x", 40)
	if _, err := w.Text(text); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Text(text); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Text(text); err == nil || asError(err).Code != "budget-memory" {
		t.Errorf("a walker's budget is for all that it walks: got %v", err)
	}
}

// What is charged is counted, not timed.
func TestOperationsAreCounted(t *testing.T) {
	for _, r := range []struct {
		source string
		want   int
	}{
		{`payload.t`, 1},
		{`payload.t == true`, 3},
		{`any(payload.items, .id > 5)`, 2 + 2*4},
		{`payload.a contains "b"`, 1 + 1 + 1 + 1<<20/64},
		{`payload.a matches "^b"`, 1 + 1 + 1 + 1<<20/16*4},
	} {
		paths := new(payload.Paths)
		c, _ := Compile(r.source, testConfig(paths))
		f := testFrame(t, paths, `{"t": true, "items": [{"id": 1}, {"id": 2}], "a": "`+strings.Repeat("a", 1<<20)+`"}`)
		if _, err := c.Eval(f); err != nil {
			t.Fatal(err)
		}
		if got := DefaultLimits.Operations - f.machine.ops; got != r.want {
			t.Errorf("%s takes %d operations, want %d", r.source, got, r.want)
		}
	}
}

func TestDeadline(t *testing.T) {
	paths := new(payload.Paths)
	c, _ := Compile(`count(1..100000, # > 0)`, testConfig(paths))
	f := testFrame(t, paths, testBody)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	f.Clock = func() time.Time { now = now.Add(60 * time.Millisecond); return now }
	if _, err := c.Eval(f); err == nil || asError(err).Code != "budget-time" {
		t.Errorf("got %v, want budget-time", err)
	}
}
