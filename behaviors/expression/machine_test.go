package expression

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

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
	bad, _ := Compile(`tick() / 0`, config)
	f.Slots[slotLazy] = &Lazy{Expr: bad, At: 8}
	for range 2 {
		_, err := c.Eval(f)
		if e := asError(err); e.Code != "division-by-zero" || e.At != 8 || calls != 2 {
			t.Errorf("got %+v after %d calls, want division-by-zero in 8 after 2", e, calls)
		}
	}
}

// A machine is kept for the next evaluation; nothing of the last one is.
func TestAMachineForgets(t *testing.T) {
	paths := new(payload.Paths)
	config := testConfig(paths)
	big, _ := Compile(`let x = payload.s; map(1..2, x + upper(payload.s) + string(#))`, config)
	small, _ := Compile(`payload.t`, config)
	failing, _ := Compile(`concat([payload.s], [1 / (payload.a.b - 1)])`, config)
	many, _ := Compile(`max(1`+strings.Repeat(", 2", keptSlots)+`)`, config)
	ordinary, _ := Compile(`len(payload.l) == 3 and any(payload.items, .id == 2)`, config)
	f := testFrame(t, paths, testBody)
	for _, c := range []*Compiled{big, failing, many} {
		_, _ = c.Eval(f)
		m := f.machine
		if cap(m.args) > keptSlots {
			t.Errorf("after %.20s… it keeps room for %d arguments", c.Source(), cap(m.args))
		}
		for _, v := range append(m.locals[:cap(m.locals)], m.args[:cap(m.args)]...) {
			if v != nil {
				t.Errorf("after %s it keeps %v", c.Source(), v)
			}
		}
		if m.f != nil || m.trace != nil || m.busy {
			t.Errorf("after %s it keeps its frame", c.Source())
		}
	}
	if v, err := small.Eval(f); v != true || err != nil {
		t.Errorf("got %v, %v after a failure", v, err)
	}
	for _, c := range []*Compiled{small, ordinary} { // but for its room
		if n := testing.AllocsPerRun(100, func() { _, _ = c.Eval(f) }); n != 0 {
			t.Errorf("%s allocates %v times", c.Source(), n)
		}
	}
}

// A host's function may evaluate another expression of the same frame.
func TestEvaluationWithinAnEvaluation(t *testing.T) {
	paths := new(payload.Paths)
	config := testConfig(paths)
	inner, _ := Compile(`map(1..3, # * 2)`, config)
	config.Functions["inner"] = &Function{Name: "inner", Call: func(f *Frame, _ []any) (any, error) { return inner.Eval(f) }}
	c, _ := Compile(`map(1..2, concat([#], inner(), [#]))`, config)
	v, err := c.Eval(testFrame(t, paths, testBody))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(t, v), `[[1,2,4,6,1],[2,2,4,6,2]]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Whoever reads a let first, its uuid() is the same; and another in each
// iteration of a loop and of a predicate.
func TestStableIDs(t *testing.T) {
	paths := new(payload.Paths)
	config := testConfig(paths)
	let, _ := Compile(`uuid()`, config)
	read, _ := Compile(`plain`, config)
	ids, _ := Compile(`map(1..2, map(1..2, uuid())) | flatten()`, config)
	id := func(c *Compiled, at int, indices ...int) any {
		f := testFrame(t, paths, testBody)
		f.Slots[slotLazy] = &Lazy{Expr: let, At: 7}
		f.At, f.Indices = at, indices
		v, err := c.Eval(f)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if a, b := id(read, 1), id(read, 2, 3); a != b {
		t.Errorf("the let is %v, then %v", a, b)
	}
	seen := map[any]bool{}
	for _, v := range []any{id(let, 1), id(let, 2), id(let, 1, 0), id(let, 1, 1)} {
		seen[v] = true
	}
	for _, v := range id(ids, 1).([]any) {
		seen[v] = true
	}
	if len(seen) != 8 {
		t.Errorf("%d ids, want 8 different ones", len(seen))
	}
	if got, want := id(let, 1), "UUID"; got != id(let, 1) || len(got.(string)) != 36 {
		t.Errorf("got %v, want the same %s each time", got, want)
	}
}

func TestErrorsOfHostFunctions(t *testing.T) {
	paths := new(payload.Paths)
	config := testConfig(paths)
	calls := 0
	config.Functions["cost"] = &Function{Name: "cost", Params: []Param{param("n", Int)}, Cost: func(a []any) int { return int(a[0].(int64)) },
		Call: func(*Frame, []any) (any, error) { calls++; return nil, errors.New("no luck") }}
	for _, r := range []struct {
		source, code, at string
		calls            int
	}{
		{`1 + cost(5)`, "function", `cost(5)`, 1},
		{`1 + cost(2000000)`, "budget-operations", `cost(2000000)`, 0},
		{`1 + cost(payload.x)`, "", ``, 0},
	} {
		calls = 0
		c, problems := Compile(r.source, config)
		if c == nil {
			t.Fatal(problems)
		}
		_, err := c.Eval(testFrame(t, paths, testBody))
		if calls != r.calls {
			t.Errorf("%s: %d calls, want %d", r.source, calls, r.calls)
		}
		if r.code == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if e := asError(err); e.Code != r.code || r.source[e.From:e.To] != r.at {
			t.Errorf("%s: got %s at %q", r.source, e.Code, r.source[e.From:e.To])
		}
	}
}

// The secrets that a proof needs and does not have.
func TestSecretsThatAreMissing(t *testing.T) {
	paths := new(payload.Paths)
	config := testConfig(paths)
	for _, r := range []struct {
		source string
		value  any
		want   any
		code   string
	}{
		{`bearer(request, kept_secret)`, nil, false, ""},
		{`bearer(request, kept_secret)`, Secret{"missing"}, nil, "secret-missing"},
		{`bearer(request, kept_secret)`, Secret{"empty"}, false, ""},
		{`hmac("sha256", kept_secret, request.body)`, Secret{"empty"}, nil, ""},
		{`equal_secure(hex(hmac("sha256", kept_secret, request.body)), "x")`, Secret{"empty"}, false, ""},
		{`equal_secure(kept_secret, "")`, Secret{"empty"}, false, ""},
		{`basic_auth(request, "u", kept_secret)`, Secret{"empty"}, false, ""},
	} {
		c, problems := Compile(r.source, config)
		if c == nil {
			t.Fatal(problems)
		}
		f := testFrame(t, paths, testBody)
		f.Slots[slotSecretLet] = r.value
		got, err := c.Eval(f)
		if r.code != "" {
			if e := asError(err); err == nil || e.Code != r.code {
				t.Errorf("%s: got %v, want %s", r.source, err, r.code)
			}
			continue
		}
		if err != nil || got != r.want {
			t.Errorf("%s of %v: got %v, %v, want %v", r.source, r.value, got, err, r.want)
		}
	}
	c, _ := Compile(`bearer(request, inputs.key)`, config)
	f := testFrame(t, paths, testBody)
	f.Secrets = nil
	if _, err := c.Eval(f); err == nil || asError(err).Code != "secret-missing" {
		t.Errorf("where there are no secrets: got %v", err)
	}
}

// One expression for each way to fail while running, with the place that the
// error names.
func TestErrors(t *testing.T) {
	cases := []struct{ source, code, at string }{
		{`1 + (payload.s > 3 ? 1 : 0)`, "type", `payload.s > 3`},
		{`upper(payload.s) + upper(payload.a)`, "type", `upper(payload.a)`},
		{`payload.t and (payload.a.b or true)`, "type", `payload.a.b`},
		{`filter(payload.l, # > 1 and # + payload.s)`, "type", `# + payload.s`},
		{`-payload.s`, "type", `-payload.s`},
		{`payload.l[payload.s:]`, "type", `payload.l[payload.s:]`},
		{`any(payload.a, true)`, "type", `payload.a`},
		{`sort([1, payload.s])`, "type", `sort([1, payload.s])`},
		{`sortBy(payload.items, .id, payload.s)`, "type", `payload.s`},
		{`payload.n + 9223372036854775807 + 1`, "", ``},
		{`payload.a.b + 9223372036854775807`, "overflow", `payload.a.b + 9223372036854775807`},
		{`payload.big * 2`, "overflow", `payload.big * 2`},
		{`payload.a.b / 0`, "division-by-zero", `payload.a.b / 0`},
		{`10.0 ** (payload.l[2] * 1000)`, "not-finite", `10.0 ** (payload.l[2] * 1000`},
		{`fromJSON(payload.s)`, "not-json", `fromJSON(payload.s)`},
		{`payload.s matches "(" + payload.s`, "pattern", `payload.s matches "(" + payload.s`},
		{`1..1000000000`, "budget-operations", `1..1000000000`},
		{`repeat("x", 10000000)`, "budget-memory", `repeat("x", 10000000)`},
		{`toJSON(reduce(1..200, [#acc], [1]))`, "budget-depth", `toJSON(reduce(1..200, [#acc], [1]))`},
		{`len(string(plain))`, "secret-leak", `string(plain)`},
		{`bearer(request, plain)`, "secret-missing", `bearer(request, plain)`},
		{`jwt(payload.s, "-----BEGIN PUBLIC KEY-----")`, "bad-key", `jwt(payload.s, "-----BEGIN PUBLIC KEY-----")`},
	}
	left := codes(t, failing)
	delete(left, "budget-time") // TestDeadline
	for _, r := range cases {
		paths := new(payload.Paths)
		c, problems := Compile(r.source, testConfig(paths))
		if c == nil {
			t.Errorf("%s: %+v", r.source, problems)
			continue
		}
		f := testFrame(t, paths, testBody)
		f.Slots[slotLazy] = Secret{"missing"} // behind the compiler's back
		_, err := c.Eval(f)
		if r.code == "" {
			if err != nil {
				t.Errorf("%s: %v", r.source, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: got no error, want %s", r.source, r.code)
		} else if e := asError(err); e.Code != r.code || r.source[e.From:e.To] != r.at {
			t.Errorf("%s: got %v (%s) at %q, want %s at %q", r.source, err, e.Code, r.source[e.From:e.To], r.code, r.at)
		}
		delete(left, r.code)
	}
	for code := range left {
		t.Errorf("no case shows %s", code)
	}
}

// The paths of a program are those that it reads, as far as they are constant.
func TestPaths(t *testing.T) {
	for _, r := range []struct {
		source string
		want   [][]payload.Key
		whole  []payload.Key // what the expression is nothing but
	}{
		{source: `payload.a.b == 1`, want: [][]payload.Key{path("a", "b")}},
		{source: `payload.a["b-c"][0]?.d`, want: [][]payload.Key{path("a", "b-c", 0, "d")}, whole: path("a", "b-c", 0, "d")},
		{source: `event.event`, want: [][]payload.Key{path("event-data", "event")}, whole: path("event-data", "event")},
		{source: `let x = payload.a; x.b + x.c`, want: [][]payload.Key{path("a", "b"), path("a", "c")}},
		{source: `any(payload.items, .id == payload.n)`, want: [][]payload.Key{path("items"), path("n")}},
		{source: `payload`, want: [][]payload.Key{path()}, whole: path()},
		{source: `toJSON(payload)`, want: [][]payload.Key{path()}},
		{source: `payload[payload.k]`, want: [][]payload.Key{path(), path("k")}},
		{source: `payload.l[-1].x`, want: [][]payload.Key{path("l")}},
		{source: `payload.l[payload.i].x`, want: [][]payload.Key{path("l"), path("i")}},
		{source: `payload.l[0:2]`, want: [][]payload.Key{path("l")}},
		{source: `(payload.a ?? payload.b).c`, want: [][]payload.Key{path("a"), path("b")}},
		{source: `let unused = payload.a; 1`},
	} {
		got, want := new(payload.Paths), new(payload.Paths)
		c, problems := Compile(r.source, testConfig(got))
		if c == nil {
			t.Fatal(problems)
		}
		for _, p := range r.want {
			want.Add(p)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s reads %+v, want %+v", r.source, got, want)
		}
		if whole := c.Path(); (whole == nil) != (r.whole == nil) || whole != nil && !slices.Equal(whole.Keys, r.whole) {
			t.Errorf("%s is the path %v, want %v", r.source, whole, r.whole)
		}
	}
}

func path(keys ...any) []payload.Key {
	p := []payload.Key{}
	for _, k := range keys {
		switch k := k.(type) {
		case string:
			p = append(p, payload.Key{Name: k})
		case int:
			p = append(p, payload.Key{Index: k, List: true})
		}
	}
	return p
}

// A program is shared by all deliveries.
func TestAProgramIsShared(t *testing.T) {
	paths := new(payload.Paths)
	c, _ := Compile(`let x = payload.a.b; reduce(map(1..100, {let y = # + x; y * 2}), #acc + #, 0) + len(filter(payload.items, .name matches "^t"))`, testConfig(paths))
	results := make(chan any)
	for range 4 {
		f := testFrame(t, paths, testBody)
		go func() {
			var last any
			for range 50 {
				v, err := c.Eval(f)
				if err != nil {
					v = err
				}
				last = v
			}
			results <- last
		}()
	}
	for range 4 {
		if got := <-results; got != int64(10301) {
			t.Errorf("got %v, want 10301", got)
		}
	}
}

// What a let takes counts when it is read on the way, whenever it was evaluated:
// so does what it reads itself.
func TestHeldCountsOnTheWay(t *testing.T) {
	paths := new(payload.Paths)
	inner, _ := Compile(`repeat("x", 100)`, testConfig(paths))
	let, _ := Compile(`plain + "y"`, testConfig(paths))
	reader, _ := Compile(`len(sample)`, Config{Functions: Functions(Builtins()), Scope: names{"sample": {Slot: slotNow}}, Paths: paths})
	f := testFrame(t, paths, testBody)
	f.Limits = DefaultLimits
	f.Limits.Held = 250
	f.Slots[slotLazy] = &Lazy{Expr: inner, At: 7}
	f.Slots[slotNow] = &Lazy{Expr: let, At: 8}
	for _, before := range []int{60, 0, 60, 0, 40, 160, 49} {
		f.Rewind(Held{})
		if err := f.Hold(before); err != nil {
			t.Fatal(err)
		}
		begun := f.Held()
		for range 2 { // the second reading is not counted
			_, err := reader.Eval(f)
			var e *Error
			errors.As(err, &e)
			switch {
			case e == nil && before > 49, e != nil && (before <= 49 || e.Code != budgetMemory):
				t.Errorf("beside %d bytes: %v", before, err)
			case before == 60 && e.At != 8, before == 160 && e.At != 7:
				t.Errorf("beside %d bytes: it fails in %d", before, e.At)
			}
		}
		f.Rewind(begun)
		if err := f.Hold(250 - before); err != nil {
			t.Errorf("beside %d bytes, then not: %v", before, err)
		}
	}
	direct, _ := Compile(`len(plain)`, testConfig(paths))
	f.Rewind(Held{})
	if v, err := direct.Eval(f); v != int64(100) || err != nil || f.Held().bytes != 100 {
		t.Errorf("read by an expression: %v, %v, and %d bytes held", v, err, f.Held().bytes)
	}
}

// A result takes what was made for it: texts and bytes no more than their
// length, what can share structure all that its evaluation took.
func TestResultsAreHeld(t *testing.T) {
	for _, r := range []struct {
		source string
		want   int
	}{
		{`payload.s`, 0}, {`payload.items`, 0}, {`1 + 1`, 0}, {`string(12) == ""`, 0}, {`upper(payload.s)`, 4}, {`truncate(upper(payload.s), 2)`, 4},
		{`sha256(upper("ab"))`, 3}, {`[upper(payload.s)]`, slotBytes + 6}, {`{a: upper(payload.s)}`, mapBytes(1) + 6},
	} {
		paths := new(payload.Paths)
		c, problems := Compile(r.source, testConfig(paths))
		if c == nil {
			t.Fatal(problems)
		}
		f := testFrame(t, paths, testBody)
		if _, err := c.Eval(f); err != nil {
			t.Fatal(err)
		}
		if got := f.Held().bytes; got != r.want {
			t.Errorf("%s holds %d bytes, want %d", r.source, got, r.want)
		}
	}
}

// Some messages say what to write instead.
func TestErrorsSayWhatToDo(t *testing.T) {
	for _, r := range []struct{ source, want string }{
		{`any(payload.a, true)`, "values(…)"}, {`payload.s + 1`, "${{ … }}"}, {`1 + payload.s`, "${{ … }}"}, {`now + payload.l[0]`, "${{ … }}"}, {`duration("1h") + payload.l[0]`, "${{ … }}"}, {`upper(payload.a)`, "this is a map"}, {`upper(plain)`, "this is a secret"}, {`payload.big + 1`, "compares, sorts and prints only"},
		{`string(sha256("a"))`, "hex or base64"}, {`duration(payload.s)`, "such as 1h30m"}, {`payload.s matches "(" + payload.s`, "missing closing )"},
	} {
		paths := new(payload.Paths)
		c, problems := Compile(r.source, testConfig(paths))
		if c == nil {
			t.Fatal(problems)
		}
		f := testFrame(t, paths, testBody)
		f.Slots[slotLazy] = Secret{"key"} // behind the compiler's back
		if _, err := c.Eval(f); err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s: got %v, want …%s…", r.source, err, r.want)
		}
	}
}
