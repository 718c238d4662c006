package expression

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// Each of these would take seconds or gigabytes without a budget.
func TestBudget(t *testing.T) {
	items := make([]string, 10_000)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":%d}`, i)
	}
	body := `{"items": [` + strings.Join(items, ",") + `], "a": "` + strings.Repeat("a", 1<<20) + `"}`
	for _, r := range []struct{ source, code string }{
		{`filter(payload.items, let x = .id; count(payload.items, .id == x) > 1)`, "budget-operations"},
		{`uniq(payload.items)`, "budget-operations"}, {`count(payload.items, # in payload.items)`, "budget-operations"},
		{`payload.items | map(payload.items) | flatten()`, "budget-memory"}, {`1..1000000000`, "budget-operations"}, {`repeat("x", 1000000000)`, "budget-memory"},
		{`reduce(1..27, #acc + #acc, "aaaaaaaaaa")`, "budget-memory"}, {`join(map(1..1000, payload.a), "")`, "budget-memory"},
		{`replace(payload.a, "a", repeat("b", 1000))`, "budget-operations"}, {`split(payload.a, "")`, "budget-memory"},
		{`sum(map(1..1000, len(payload.a)))`, "budget-operations"}, {`any(1..2000, payload.a contains "b" + string(#))`, "budget-operations"},
		{`toJSON(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"}, {`let x = reduce(1..60, [#acc, #acc], [1]); let y = reduce(1..60, [#acc, #acc], [1]); x == y`, "budget-operations"},
		{`flatten(reduce(1..60, [#acc, #acc], [1]))`, "budget-memory"}, {`toJSON(reduce(1..200, [#acc], [1]))`, "budget-depth"},
		{`map(1..100, map(1..100, map(1..100, map(1..100, #))))`, "budget-memory"}, {`payload.a matches "(a|aa){1,100}b"`, "budget-operations"},
		{`payload.a matches string(payload.a)`, "budget-operations"}, {`2 ** 100000`, "not-finite"},
	} {
		t.Run(r.source, func(t *testing.T) {
			paths := new(payload.Paths)
			c, problems := Compile(strings.Replace(r.source, "let x = .id; count(payload.items, .id == x) > 1", "{let x = .id; count(payload.items, .id == x) > 1}", 1), testConfig(paths))
			if c == nil {
				t.Fatalf("%+v", problems)
			}
			_, err := c.Eval(testFrame(t, paths, body))
			if err == nil || asError(err).Code != r.code {
				t.Errorf("got %v (%s), want %s", err, asError(err).Code, r.code)
			}
		})
	}
	for _, source := range []string{`sort(map(payload.items, .id)) | len()`, `toJSON(payload.items) | len()`, `payload.a matches "^[a-z]+$"`, `(1..10000)[9999]`} {
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

func TestErrorsHavePlaceAndNoValue(t *testing.T) {
	paths := new(payload.Paths)
	source := `1 + (payload.s > 3 ? 1 : 0)`
	c, _ := Compile(source, testConfig(paths))
	_, err := c.Eval(testFrame(t, paths, testBody))
	e := asError(err)
	if got := source[e.From:e.To]; got != `payload.s > 3` {
		t.Errorf("the error is at %q", got)
	}
	if strings.Contains(e.Message, "text\"") || strings.Contains(e.Message, `"text`) {
		t.Errorf("the message %q has the value", e.Message)
	}
}

func TestAPanicIsAnError(t *testing.T) {
	paths := new(payload.Paths)
	config := testConfig(paths)
	config.Functions["boom"] = &Function{Name: "boom", Call: func(*Frame, []any) (any, error) { panic("with a value inside") }}
	c, problems := Compile(`boom()`, config)
	if c == nil {
		t.Fatal(problems)
	}
	_, err := c.Eval(testFrame(t, paths, testBody))
	if e := asError(err); e.Code != "internal" || strings.Contains(e.Message, "inside") {
		t.Errorf("got %v", err)
	}
}

func TestLazy(t *testing.T) {
	paths := new(payload.Paths)
	config := testConfig(paths)
	calls := 0
	config.Functions["tick"] = &Function{Name: "tick", Call: func(*Frame, []any) (any, error) { calls++; return int64(calls), nil }}
	let, _ := Compile(`tick()`, config)
	c, problems := Compile(`plain + plain`, config)
	if c == nil {
		t.Fatal(problems)
	}
	f := testFrame(t, paths, testBody)
	f.Slots[slotLazy] = &Lazy{Expr: let, At: 7}
	if v, err := c.Eval(f); v != int64(2) || err != nil || calls != 1 {
		t.Errorf("got %v, %v after %d calls; want 2 after one", v, err, calls)
	}
	bad, _ := Compile(`1 / 0`, config)
	f.Slots[slotLazy] = &Lazy{Expr: bad, At: 8}
	for range 2 {
		_, err := c.Eval(f)
		if e := asError(err); e.Code != "division-by-zero" || e.At != 8 {
			t.Errorf("got %+v, want division-by-zero in 8", e)
		}
	}
}

func TestTrace(t *testing.T) {
	paths := new(payload.Paths)
	c, _ := Compile(`any(payload.items, .id > 1) and len(1..30) == 30`, testConfig(paths))
	f := testFrame(t, paths, testBody)
	f.Trace, f.At = &Trace{}, 3
	if _, err := c.Eval(f); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range f.Trace.Entries {
		if e.At != 3 {
			t.Errorf("entry of %d", e.At)
		}
		got = append(got, fmt.Sprintf("%d %s %s n=%d", e.Offset, e.Kind, clip(show(t, e.Value)), e.N))
	}
	want := []string{
		`12 Member [{"id":1,"name":"one n=1`, `19 Identifier {"id":1,"name":"one" n=2`, `20 Member 1 n=2`, `23 Binary false n=2`, `19 Identifier {"id":2,"name":"two" n=1`, `20 Member 2 n=1`, `23 Binary true n=1`, `0 Call true n=1`,
		`37 Binary [1,2,3,4,5,6,7,8,9,1 n=1`, `32 Call 30 n=1`, `43 Binary true n=1`, `28 Binary true n=1`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func clip(s string) string { return s[:min(len(s), 20)] }

func TestTraceKeepsTwentyValuesANode(t *testing.T) {
	paths := new(payload.Paths)
	c, _ := Compile(`count(1..100, # > 50)`, testConfig(paths))
	f := testFrame(t, paths, testBody)
	f.Trace = &Trace{}
	if _, err := c.Eval(f); err != nil {
		t.Fatal(err)
	}
	kept, n := 0, 0
	for _, e := range f.Trace.Entries {
		if e.Kind == "Binary" && e.Offset == 16 {
			kept++
			n = max(n, e.N)
		}
	}
	if kept != 20 || n != 100 {
		t.Errorf("kept %d of %d, want 20 of 100", kept, n)
	}
}

func FuzzCompileEval(f *testing.F) {
	for _, s := range []string{`payload.a.b == 1 and any(payload.items, .id > 1)`, `let x = payload.l; x[0] ?? inputs.n`, `map(1..3, {{a: #}})`, `"a" matches "("`, `reduce(1..60, [#acc, #acc], [1])`, `payload.end-date`, `a = b`, `if a {1} else {2}`, `"é"[0:1] + 'x'`, `-1 ** 2`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		paths := new(payload.Paths)
		c, problems := Compile(source, testConfig(paths))
		n := len([]rune(source))
		for _, p := range problems {
			if p.From < 0 || p.To > max(n, 1) || p.From > p.To || p.Code == "" || p.Message == "" {
				t.Fatalf("%q: problem %+v", source, p)
			}
		}
		if c == nil {
			if len(problems) == 0 {
				t.Fatalf("%q: no program and no problem", source)
			}
			return
		}
		frame := testFrame(t, paths, testBody)
		v, err := c.Eval(frame)
		if err != nil {
			if e := asError(err); e.Code == "internal" || e.From > e.To || e.To > n {
				t.Fatalf("%q: %+v", source, e)
			}
			return
		}
		again, err := c.Eval(frame)
		if err != nil {
			t.Fatalf("%q: %v the second time", source, err)
		}
		first, err1 := NewWalker(Limits{}).JSON(v)
		second, err2 := NewWalker(Limits{}).JSON(again)
		if string(first) != string(second) || (err1 == nil) != (err2 == nil) {
			t.Fatalf("%q gives %s, then %s", source, first, second)
		}
	})
}

func FuzzSplitTemplate(f *testing.F) {
	for _, s := range []string{"a ${{ b }} c", "${{ map(x, {{a: 1}}) }}", "$${{", "${{ \"}}\" }}", "${{", "é${{é}}é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts, problems := SplitTemplate(text)
		n := len([]rune(text))
		end := 0
		for _, p := range parts {
			if p.From < end || p.To > n || p.To < p.From {
				t.Fatalf("%q: part %+v", text, p)
			}
			end = p.To
		}
		if len(problems) == 0 && n > 0 && end != n {
			t.Fatalf("%q: the parts end at %d of %d", text, end, n)
		}
	})
}

// Five conditions, as in a rule: three deep fields, an any over labels, a len.
func BenchmarkRules(b *testing.B) {
	paths := new(payload.Paths)
	c, problems := Compile(`payload.issue.title != "x" and payload.issue.user.login == "Codertocat" and payload.action == "opened" and any(payload.issue.labels, .name == "bug") and len(payload.issue.assignees) > 0`, testConfig(paths))
	if c == nil {
		b.Fatal(problems)
	}
	body := `{"action": "opened", "issue": {"title": "t", "user": {"login": "Codertocat"}, "labels": [{"name": "a"}, {"name": "bug"}], "assignees": [1]}}`
	f := testFrame(b, paths, body)
	b.ReportAllocs()
	for b.Loop() {
		if v, err := c.Eval(f); v != true || err != nil {
			b.Fatal(v, err)
		}
	}
}
