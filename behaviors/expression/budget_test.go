package expression

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// budgetBody has 10,000 small objects, a text of 1 MiB, an integer of 4,300
// digits and an address with an endless zone.
var budgetBody = sync.OnceValue(func() string {
	items := make([]string, 10_000)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":%d}`, i)
	}
	return `{"items": [` + strings.Join(items, ",") + `], "a": "` + strings.Repeat("a", 1<<20) + `", "t": true, "digits": ` + strings.Repeat("7", 4_300) + `, "zone": "fe80::1%` + strings.Repeat("z", 1<<20) + `"}`
})

// budgetHeader has 20,000 lines, and two that are long.
var budgetHeader = sync.OnceValue(func() payload.Header {
	h := payload.Header{{Name: "Authorization", Value: "Basic " + strings.Repeat("YQ==", 100_000)}}
	for i := range 20_000 {
		h = append(h, payload.Field{Name: "X-" + strconv.Itoa(i), Value: "1"})
	}
	return append(h, payload.Field{Name: "X-Long", Value: strings.Repeat("x", 100_000)})
})

// maxAllocated bounds what an evaluation with the usual budget may allocate in
// all: lists that grow take more than they hold.
const maxAllocated = 24 << 20

// budgetCases would take seconds or gigabytes without a budget.
var budgetCases = []struct{ source, code string }{
	// Predicates within predicates.
	{`filter(payload.items, {let x = .id; count(payload.items, .id == x) > 1})`, "budget-operations"},
	{`map(payload.items, uniq(payload.items))`, "budget-operations"},
	{`count(payload.items, # in payload.items)`, "budget-operations"},
	{`payload.items | map(payload.items) | flatten()`, "budget-operations"},
	{`map(1..100, map(1..100, map(1..100, map(1..100, #))))`, "budget-memory"},
	{`sum(map(1..1000, len(payload.a)))`, "budget-operations"},
	{`any(1..2000, payload.a contains "b" + string(#))`, "budget-operations"},
	{`sortBy(payload.items, toJSON(payload.items))`, "budget-operations"},
	{`count(payload.items, ({(payload.a): 1}) == nil)`, "budget-operations"},
	{`count(payload.items, payload.items[0][payload.a] == nil)`, "budget-operations"},
	{`count(payload.items, payload.a in payload.items[0])`, "budget-operations"},
	{`groupBy(payload.items, payload.a)`, "budget-operations"},
	{`reduce(payload.items, concat(#acc, payload.items), [])`, "budget-memory"},
	// Lists.
	{`uniq(payload.items)`, "budget-operations"},
	{`1..1000000000`, "budget-operations"},
	{`-9223372036854775807..9223372036854775807`, "budget-memory"},
	{`flatten(map(1..1000, 1..1000))`, "budget-memory"},
	{`map(1..100000, {{a: #}})`, "budget-memory"},
	{`groupBy(1..100000, #)`, "budget-memory"},
	{`fromPairs(map(1..90000, [string(#), #]))`, "budget-memory"},
	{`reverse(1..300000)`, "budget-memory"},
	{`reduce(1..100000, concat(#acc, [#]), [])`, "budget-memory"},
	// Texts.
	{`repeat("x", 1000000000)`, "budget-memory"},
	{`repeat(payload.a, 9223372036854775807)`, "budget-memory"},
	{`reduce(1..27, #acc + #acc, "aaaaaaaaaa")`, "budget-memory"},
	{`join(map(1..1000, payload.a), "")`, "budget-memory"},
	{`join(1..100000 | map(""), payload.a)`, "budget-memory"},
	{`replace(payload.a, "a", repeat("b", 1000))`, "budget-operations"},
	{`replace(payload.a, "", "bbbbbbbbbb")`, "budget-memory"},
	{`split(payload.a, "")`, "budget-memory"},
	{`splitAfter(payload.a, "a")`, "budget-memory"},
	{`trim(payload.a, repeat("é", 100000))`, "budget-operations"},
	{`map(1..1000, upper(payload.a))`, "budget-memory"},
	{`map(1..1000, escape_html(payload.a))`, "budget-memory"},
	{`escape_url(repeat("é", 2000000))`, "budget-memory"},
	{`map(1..1000, payload.a[1:])`, "budget-operations"},
	{`map(1..1000, indexOf(payload.a, "b"))`, "budget-operations"},
	{`map(1..1000, trimPrefix(payload.a, "b"))`, "budget-operations"},
	{`map(1..1000, truncate(payload.a, 1000000))`, "budget-memory"},
	{`map(1..100000, uuid())`, "budget-memory"},
	// Encodings.
	{`map(1..1000, sha256(payload.a))`, "budget-operations"},
	{`map(1..1000, hmac("sha256", "k", payload.a))`, "budget-operations"},
	{`map(1..1000, base64(payload.a))`, "budget-memory"},
	{`map(1..1000, fromBase64(base64(payload.a)))`, "budget-memory"},
	{`count(1..1000, equal_secure(payload.a, payload.a))`, "budget-memory"},
	{`toJSON(map(1..8, repeat("\u0001", 1000000)))`, "budget-memory"},
	{`json("[" + repeat("{},", 200000) + "1]")`, "budget-memory"},
	{`json("\"" + repeat("x", 4000000) + "\"")`, "budget-memory"},
	{`parse_xml("<a>" + repeat("<b/>", 200000) + "</a>")`, "budget-memory"},
	{`parse_xml("<a" + repeat(" b=''", 200000) + "/>")`, "budget-memory"},
	{`map(1..1000, parse_xml("<a>" + payload.a + "</a>"))`, "budget-memory"},
	// Values that share structure: 120 operations make 2^60 leaves.
	{`toJSON(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"},
	{`string(reduce(1..60, {{a: #acc, b: #acc}}, 1))`, "budget-operations"},
	{`let x = reduce(1..60, [#acc, #acc], [1]); let y = reduce(1..60, [#acc, #acc], [1]); x == y`, "budget-operations"},
	{`let x = reduce(1..60, {{a: #acc, b: #acc}}, 1); let y = reduce(1..60, {{a: #acc, b: #acc}}, 1); x == y`, "budget-operations"},
	{`let x = reduce(1..60, [#acc, #acc], [1]); let y = reduce(1..60, [#acc, #acc], [1]); x in [y]`, "budget-operations"},
	{`let x = reduce(1..60, [#acc, #acc], [1]); let y = reduce(1..60, [#acc, #acc], [1]); uniq([x, y])`, "budget-operations"},
	{`max(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"},
	{`mean(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"},
	{`median(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"},
	{`flatten(reduce(1..60, [#acc, #acc], [1]))`, "budget-operations"},
	{`{(reduce(1..60, [#acc, #acc], [1])): 1}`, "type"},
	{`groupBy([1], reduce(1..60, [#acc, #acc], [1]))`, "type"},
	{`sort([reduce(1..60, [#acc, #acc], [1]), reduce(1..60, [#acc, #acc], [1])])`, "type"},
	{`join([reduce(1..60, [#acc, #acc], [1])])`, "type"},
	{`upper(payload.x ?? reduce(1..60, [#acc, #acc], [1]))`, "type"},
	{`ip_in("192.0.2.1", reduce(1..60, [#acc, #acc], ["192.0.2.0/24"]))`, "type"},
	{`equal_secure("a", payload.x ?? reduce(1..60, [#acc, #acc], ["a"]))`, "type"},
	// Depth: reduce nests as deep as it has steps.
	{`toJSON(reduce(1..200, [#acc], [1]))`, "budget-depth"},
	{`string(reduce(1..200, {{a: #acc}}, 1))`, "budget-depth"},
	{`flatten(reduce(1..200, [#acc], [1]))`, "budget-depth"},
	{`max(reduce(1..200, [#acc], [1]))`, "budget-depth"},
	{`reduce(1..100000, [#acc], 1) == reduce(1..100000, [#acc], 1)`, "budget-depth"},
	{`reduce(1..9000, {{a: #acc}}, 1) == reduce(1..9000, {{a: #acc}}, 1)`, "budget-depth"},
	{`reduce(1..50000, [#acc], 1) in [reduce(1..50000, [#acc], 1)]`, "budget-depth"},
	{`toJSON(json(repeat("[", 100) + repeat("]", 100)) | map([[#]]))`, "budget-depth"},
	// Regular expressions.
	{`payload.a matches "(a|aa){1,100}b"`, "budget-operations"},
	{`payload.a matches string(payload.a)`, "budget-operations"},
	{`map(1..10000, "x" matches "(a|b){1,50}" + string(#))`, "budget-memory"},
	{`map(1..10000, "x" matches repeat("(", #))`, "pattern"},
	{`"x" matches "(a|b){1,500}" + payload.a[0:1]`, "pattern"},
	{`"x" matches repeat("a{1000}", 1400)`, "pattern"},
	{`"x" matches repeat("((a{30}){30}){1}", 600)`, "pattern"},
	{`"x" matches "(?i)" + repeat("[B-\\x{1e942}]", 700)`, "budget-operations"},
	{`"x" matches "(?s)(?mi)" + repeat("[B-𞥂]", 700)`, "budget-operations"},
	{`"x" matches repeat("\\pL|\\PL|", 1200)`, "budget-operations"},
	{`"x" matches "[" + repeat("\\pL\\PL", 1600) + "]"`, "budget-operations"},
	{`capture(payload.a[0:10000] + "b", "^(?:" + repeat("(a?)", 150) + ")*$")`, "budget-operations"},
	// Numbers, of which a payload may have some with 4,300 digits.
	{`2 ** 100000`, "not-finite"},
	{`reduce(1..100, #acc * 10, 1)`, "overflow"},
	{`payload.digits * 2`, "overflow"},
	{`count(1..100000, payload.digits == payload.digits)`, "budget-operations"},
	{`count(1..100000, payload.digits > 1.5)`, "budget-operations"},
	{`map(1..100000, string(payload.digits))`, "budget-memory"},
	{`map(1..100000, float(payload.digits ?? 1))`, "not-finite"},
	{`sort(map(1..10000, payload.digits))`, "budget-operations"},
	{`map(1..100000, int("1" + repeat("0", 4000)))`, "budget-operations"},
	{`int(payload.a)`, "type"},
	{`int(repeat("9", 1000000))`, "type"},
	{`float(repeat("9", 1000000))`, "type"},
	{`toJSON(map(1..100000, payload.digits))`, "budget-memory"},
	// Times.
	{`map(1..100, date(payload.a))`, "type"},
	{`map(1..100, date("2026", payload.a))`, "type"},
	{`map(1..100, duration(payload.a))`, "type"},
	{`map(1..1000, format_date(now, payload.a))`, "budget-memory"},
	{`count(1..1000000, date("2026-03-01") == now)`, "budget-memory"},
	// The request, with 20,000 header lines.
	{`count(1..100000, request.headers["x-none"] == nil)`, "budget-operations"},
	{`count(1..100000, "x-none" in request.headers)`, "budget-operations"},
	{`count(1..10000, len(request.headers) == 0)`, "budget-memory"},
	{`count(1..1000, request.headers == {})`, "budget-memory"},
	{`map(1..1000, request.headers["x-long"])`, "budget-memory"},
	{`map(1..1000, plain.query)`, "budget-memory"},
	{`count(1..1000, basic_auth(request, "u", "p"))`, "budget-memory"},
	{`count(1..1000, bearer(request, "t"))`, "budget-memory"},
	{`count(1..1000, ip_in(payload.zone, "192.0.2.0/24"))`, "budget-operations"},
}

// largeFrame is a delivery with all that a sender can make large.
func largeFrame(t *testing.T, paths *payload.Paths) *Frame {
	t.Helper()
	f := testFrame(t, paths, budgetBody())
	r := f.Request
	r.Header = budgetHeader()
	r.RawQuery = strings.Repeat("a=1&", 50_000)
	f.Slots[slotLazy] = r
	for i := range paths.Len() {
		f.Body.Value(i) // decoding has caps of its own
	}
	return f
}

// Each of them ends by its budget, allocates little until then, and leaves the
// evaluator as it was.
func TestBudget(t *testing.T) {
	for _, r := range budgetCases {
		t.Run(r.source, func(t *testing.T) {
			paths := new(payload.Paths)
			c, problems := Compile(r.source, testConfig(paths))
			if c == nil {
				t.Fatalf("%+v", problems)
			}
			after, _ := Compile(`payload.t`, testConfig(paths))
			f := largeFrame(t, paths)
			allocated, err := allocatedBy(func() error { _, err := c.Eval(f); return err })
			if err == nil {
				t.Errorf("got no error, want %s", r.code)
			} else if e := asError(err); e.Code != r.code {
				t.Errorf("got %v (%s), want %s", err, e.Code, r.code)
			}
			if allocated > maxAllocated {
				t.Errorf("it allocated %d MiB", allocated>>20)
			}
			if f.machine.memory < 0 {
				t.Errorf("it took %d bytes more than it may", -f.machine.memory)
			}
			v, err := after.Eval(f)
			if v != true || err != nil {
				t.Errorf("the next evaluation gives %v, %v", v, err)
			}
			if n := testing.AllocsPerRun(10, func() { _, _ = after.Eval(f) }); n != 0 {
				t.Errorf("the next evaluation allocates %v times", n)
			}
		})
	}
}

// What people write stays within it.
func TestWithinBudget(t *testing.T) {
	for _, source := range []string{
		`sort(map(payload.items, .id)) | len()`, `toJSON(payload.items) | len()`, `payload.a matches "^[a-z]+$"`, `(1..10000)[9999]`,
		`uniq(map(payload.items, .id)) | len()`, `len(parse_xml("<a>" + repeat("<b>c</b>", 10000) + "</a>").a.b)`, `count(payload.items, "x1" matches "^x" + "1")`, `len(map(1..10000, {{a: #}}))`,
		`len(map(1..100000, escape_slack("<")))`, `len(map(1..100000, string(#)))`, `count(1..100000, request.body == nil)`, `hmac("sha256", "k", request.body) != nil`, `len(plain.query) > 0`, `len(request.headers) > 0`,
		`count(payload.items, hex(sha256(string(.id))) contains "a")`, `"ж" matches "(?i)^[А-Я]$" + ""`, `"龥" matches "(?i)^[一-龥a-z]+$" + ""`, `"é" matches "^\\pL+$" + ""`, `capture(payload.a, "^(a)(a)(a*)$")[1]`, `len(groupBy(payload.items, .id % 10)["3"])`,
	} {
		t.Run(source, func(t *testing.T) {
			paths := new(payload.Paths)
			c, problems := Compile(source, testConfig(paths))
			if c == nil {
				t.Fatalf("%+v", problems)
			}
			f := largeFrame(t, paths)
			allocated, err := allocatedBy(func() error { _, err := c.Eval(f); return err })
			if err != nil {
				t.Error(err)
			}
			if allocated > maxAllocated {
				t.Errorf("it allocated %d MiB", allocated>>20)
			}
		})
	}
}

// What an author writes cannot take the compiler's time or stack either.
func TestCompileBudget(t *testing.T) {
	times := func(text string, n int) string { return strings.Repeat(text, n) }
	for _, r := range []struct{ name, source, code string }{
		{"parentheses", times("(", 30_000) + "1" + times(")", 30_000), "too-long"},
		{"brackets that stay open", times("[", 60_000), "too-long"},
		{"braces behind a comment with a quotation mark", "// '\n" + times("{a:", 20_000), "too-long"},
		{"parentheses behind a text", `"a(" + ` + times("(", 30_000), "too-long"},
		{"within 900 parentheses", times("(", 900) + "1" + times(")", 900), ""},
		{"parentheses in a text", `len("` + times("(", 30_000) + `") > 0`, ""},
		{"nots", times("!", 60_000) + "true", "too-long"},
		{"signs", times("- ", 30_000) + "1", "too-long"},
		{"sum of 4,000", "1" + times("+1", 4_000), "too-long"},
		{"sum of 900", "1" + times("+1", 900), ""},
		{"conditions", times("true?", 12_000) + "1" + times(":1", 12_000), "too-long"},
		{"members", "payload" + times(".a", 9_000), "too-long"},
		{"pipes", "1" + times("|list()", 5_000), "too-long"},
		{"list of 9,000", "[" + times("1,", 9_000) + "1]", ""},
		{"list of 20,000", "[" + times("1,", 20_000) + "1]", "too-long"},
		{"64 KiB of text", `len("` + times("x", 65_000) + `")`, ""},
		{"more than 64 KiB", `len("` + times("x", 70_000) + `")`, "too-long"},
		{"integer of 60,000 digits", times("9", 60_000), "syntax"},
		{"float of 60,000 digits", times("9", 60_000) + ".0", "syntax"},
		{"1e999999999", "1e999999999", "syntax"},
		{"repetitions of a pattern", `"x" matches "` + times("a{1000}", 1_400) + `"`, "bad-pattern"},
		{"repetitions within repetitions", `"x" matches "` + times("((a{30}){30}){1}", 600) + `"`, "bad-pattern"},
		{"ranges in either case", `"x" matches "(?i)` + times(`[B-\\x{1e942}]`, 600) + `"`, "bad-pattern"},
		{"classes", `"x" matches "` + times(`\\pL|\\PL|`, 1_100) + `"`, "bad-pattern"},
		{"classes in a class", `capture("x", "[` + times(`\\pL\\PL`, 1_200) + `]") == nil`, "bad-pattern"},
		{"classes in either case", `"x" matches "(?i)` + times(`[\\pL\\PL]`, 20) + `"`, ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			var problems []Problem
			allocated, _ := allocatedBy(func() error {
				_, problems = Compile(r.source, testConfig(new(payload.Paths)))
				return nil
			})
			switch {
			case r.code == "" && len(problems) > 0:
				t.Errorf("got %s: %s", problems[0].Code, problems[0].Message)
			case r.code != "" && (len(problems) == 0 || problems[0].Code != r.code):
				t.Errorf("got %+v, want %s", problems, r.code)
			}
			if allocated > maxAllocated {
				t.Errorf("it allocated %d MiB", allocated>>20)
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
	host := func(f *Frame, args []any) (any, error) { return nil, nil }
	for _, r := range []struct {
		source string
		want   int
	}{
		{`payload.t`, 1},
		{`payload.t == true`, 3},
		{`any(payload.items, .id > 5)`, 2 + 2*4},
		{`payload.a contains "b"`, 1 + 1 + 1 + 1<<20/64},
		{`payload.a matches "^b"`, 1 + 1 + 1 + 1<<20/16*4},
		{`[1, 2]`, 1},
		{`payload.big > 5`, 1 + 1 + 1 + 74/16}, {`5 < payload.big`, 1 + 1 + 1 + 74/16},
		{`request.headers["none"]`, 1 + 1 + 1 + 1},
		{`[1, payload.t]`, 1 + 1},
		{`host(payload.a)`, 1 + 1 + 1 + 1<<20/64},
		{`host(b"0123456789")`, 1 + 1},
		{`host(7)`, 1},
		{`uniq([1, payload.t])`, 2 + 1 + 1 + 1 + 2},
		{`uniq(["a", payload.t])`, 2 + 1 + 1 + 1 + 2 + 1},
	} {
		paths := new(payload.Paths)
		config := testConfig(paths)
		config.Functions["host"] = &Function{Name: "host", Params: []Param{{Name: "value"}}, Call: host}
		c, _ := Compile(r.source, config)
		f := testFrame(t, paths, `{"t": true, "items": [{"id": 1}, {"id": 2}], "big": 12345678901234567890123, "a": "`+strings.Repeat("a", 1<<20)+`"}`)
		if _, err := c.Eval(f); err != nil {
			t.Fatal(err)
		}
		if got := DefaultLimits.Operations - f.machine.ops; got != r.want {
			t.Errorf("%s takes %d operations, want %d", r.source, got, r.want)
		}
	}
}

// Memory is charged before it is allocated: what a value takes, at most.
func TestMemoryIsCounted(t *testing.T) {
	const number = shortText
	for _, r := range []struct {
		source string
		want   int
	}{
		{`payload.s`, 0}, {`1 + 1`, 0}, {`payload.s[1:]`, 0}, {`payload.l[1:]`, 0}, {`first(payload.l)`, 0}, {`take(payload.l, 1)`, 0}, {`list(payload.l)`, 0}, {`list(1)`, slotBytes},
		// Lists and maps; what is literal is made once.
		{`[1, 2]`, 0}, {`[1, payload.t]`, 2 * slotBytes}, {`{}`, 48}, {`{a: 1}`, mapBytes(1)}, {`1..3`, 3 * (slotBytes + 8)},
		{`map(payload.l, #)`, 3 * slotBytes}, {`filter(payload.l, false)`, 3 * slotBytes}, {`reverse(payload.l)`, 3 * slotBytes}, {`concat(payload.l, payload.l)`, 6 * slotBytes}, {`flatten([[1, 2], [3]])`, 2*slotBytes + 3*slotBytes},
		{`sort(payload.l)`, 3 * slotBytes}, {`sortBy(payload.l, #)`, 9 * slotBytes}, {`max([1, 2])`, 2 * slotBytes},
		{`uniq([1, 1])`, 2*slotBytes + entryBytes}, {`uniq([[1], [1]])`, 2*slotBytes + 2*slotBytes + 2*slotBytes},
		{`groupBy([1, 2], 0)`, 2*number + mapBytes(1) - mapBytes(0) + 2*slotBytes + 4*slotBytes}, {`groupBy([1, 2, 3, 4, 4], #)`, 5*number + mapBytes(4) - mapBytes(0) + 4*2*slotBytes + 4*slotBytes}, {`groupBy([1, 2], #)`, 2*number + mapBytes(2) - mapBytes(0) + 4*slotBytes},
		{`keys({a: 1})`, mapBytes(1) + 2*slotBytes}, {`toPairs({a: 1})`, mapBytes(1) + 4*slotBytes}, {`fromPairs([["a", 1]])`, slotBytes + mapBytes(1)},
		// Texts.
		{`"a" + "bc"`, 3}, {`repeat("ab", 3)`, 6}, {`join(["a", nil, "b"], ", ")`, 2 + 3*2}, {`truncate("abc", 2)`, 1 + 3}, {`split("a,b", ",")`, 4*slotBytes + 3}, {`split("a,b,c", ",", 2)`, 4*slotBytes + 5}, {`replace("a-b", "-", "+++")`, 5}, {`replace("a-b-c", "-", "+++", 1)`, 7},
		{`capture("ab", "(a)(b)")`, 6 * slotBytes}, {`string(1)`, number}, {`string(payload.t)`, 0}, {`string(payload.big)`, 74}, {`string(0.5)`, number}, {`string(now)`, number}, {`string(duration("1s"))`, number}, {`string("ab")`, 2}, {`string(b"ab")`, 2}, {`toJSON([1])`, 8 + 8}, {`toJSON(0.5)`, 8 + 24}, {`toJSON("a")`, 8 + 3},
		{`hex("ab")`, 2 + 4}, {`sha256("ab")`, 0}, {`fromBase64("YQ==")`, 4 + 1}, {`json("{}")`, 2*2 + mapBytes(1)}, {`json("[{\"a\":1}, 2]")`, 2*12 + mapBytes(1) + 80 + 4*slotBytes},
		{`parse_xml("<a/>")`, 4 + mapBytes(1) + 2*slotBytes}, {`parse_xml("<?x?><a b=''><!----></a>")`, 24 + mapBytes(1) + 2*slotBytes + 80}, {`parse_xml("<")`, 1}, {`host(7)`, 4},
		// The request.
		{`request.headers["authorization"]`, len("Bearer abc")}, {`request.headers["none"]`, 0}, {`len(request.headers)`, 2*4*slotBytes + 2*slotBytes}, {`request.files`, 2 * slotBytes}, {`request.query`, mapBytes(1) + 2*len("a=1&b=2") + 80 + 2*slotBytes}, {`request.method`, 0},
	} {
		paths := new(payload.Paths)
		config := testConfig(paths)
		config.Functions["host"] = &Function{Name: "host", Params: []Param{{Name: "value"}}, Call: func(*Frame, []any) (any, error) { return "text", nil }}
		config.Scope = names{"payload": {Path: &Path{}}, "request": {Slot: slotRequest}, "now": {Slot: slotNow, Type: Of(Time)}}
		c, problems := Compile(r.source, config)
		if c == nil {
			t.Fatal(problems)
		}
		f := testFrame(t, paths, testBody)
		f.Request.Files, f.Request.RawQuery = []*payload.File{{}, {}}, "a=1&b=2"
		if _, err := c.Eval(f); err != nil {
			t.Fatal(err)
		}
		if got := DefaultLimits.Memory - f.machine.memory; got != r.want {
			t.Errorf("%s takes %d bytes, want %d", r.source, got, r.want)
		}
	}
}

func TestDeadline(t *testing.T) {
	paths := new(payload.Paths)
	c, _ := Compile(`count(1..100000, # > 0)`, testConfig(paths))
	short, _ := Compile(`payload.t`, testConfig(paths))
	f := testFrame(t, paths, testBody)
	now, looks := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), 0
	pace := 60 * time.Millisecond
	f.Clock = func() time.Time { now, looks = now.Add(pace), looks+1; return now }
	if _, err := c.Eval(f); err == nil || asError(err).Code != "budget-time" {
		t.Errorf("got %v, want budget-time", err)
	}
	// The clock is looked at now and then: once in 1,000 operations or so.
	pace, looks = time.Microsecond, 0
	if _, err := c.Eval(f); err != nil || looks < 100 || looks > 600 {
		t.Errorf("got %v after %d looks at the clock", err, looks)
	}
	looks = 0
	if _, err := short.Eval(f); err != nil || looks > 1 {
		t.Errorf("got %v after %d looks at the clock", err, looks)
	}
}
