package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func jsonRequest(body string) *Request {
	return &Request{
		Method: "POST",
		Header: Header{{"Content-Type", "application/json"}},
		Body:   []byte(body),
	}
}

func bigInt(t testing.TB, digits string) *big.Int {
	t.Helper()
	i, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		t.Fatalf("%q is no integer", digits)
	}
	return i
}

func TestParseJSON(t *testing.T) {
	ones400 := strings.Repeat("1", 400)
	for _, c := range []struct {
		text    string
		want    any
		problem string
	}{
		{text: `null`, want: nil},
		{text: `true`, want: true},
		{text: ` false `, want: false},
		{text: "\xef\xbb\xbf {}", want: map[string]any{}},
		{text: `[]`, want: []any{}},
		{text: `[ 1 , [ ] , { } ]`, want: []any{int64(1), []any{}, map[string]any{}}},
		{text: `{"a":{"b":[null,"x"]},"c":1}`, want: map[string]any{"a": map[string]any{"b": []any{nil, "x"}}, "c": int64(1)}},
		{text: `{"a":1,"b":2,"a":{"c":3}}`, want: map[string]any{"a": map[string]any{"c": int64(3)}, "b": int64(2)}},
		{text: `{"\u0061":1,"a":2}`, want: map[string]any{"a": int64(2)}},

		{text: `0`, want: int64(0)},
		{text: `-0`, want: int64(0)},
		{text: `9007199254740993`, want: int64(9007199254740993)},
		{text: `9223372036854775807`, want: int64(9223372036854775807)},
		{text: `9223372036854775808`, want: bigInt(t, "9223372036854775808")},
		{text: `-9223372036854775808`, want: int64(-9223372036854775808)},
		{text: `-9223372036854775809`, want: bigInt(t, "-9223372036854775809")},
		{text: ones400, want: bigInt(t, ones400)},
		{text: `1.0`, want: 1.0},
		{text: `1e2`, want: 100.0},
		{text: `-1.5E-3`, want: -0.0015},
		{text: `1e-400`, want: 0.0},
		{text: `1.7976931348623157e308`, want: 1.7976931348623157e308},
		{text: `0.00001e310`, want: 1e305},
		{text: `1e400`, problem: "number beyond a float at byte 0"},
		{text: `[-1e999999999]`, problem: "number beyond a float at byte 1"},
		{text: ones400 + ".5", problem: "number beyond a float at byte 0"},
		{text: "-" + strings.Repeat("1", 4_300), want: bigInt(t, "-"+strings.Repeat("1", 4_300))},
		{text: strings.Repeat("1", 4_301), problem: "integer of more than 4300 digits at byte 0"},
		{text: `01`, problem: "text behind the value at byte 1"},
		{text: `-`, problem: "expected a digit at byte 1"},
		{text: `+1`, problem: "expected a value at byte 0"},
		{text: `1.`, problem: "expected a digit at byte 2"},
		{text: `1e+`, problem: "expected a digit at byte 3"},
		{text: `.5`, problem: "expected a value at byte 0"},
		{text: `NaN`, problem: "expected a value at byte 0"},

		{text: `""`, want: ""},
		{text: `"a\"\\\/\b\f\n\r\tz"`, want: "a\"\\/\b\f\n\r\tz"},
		{text: `"\u00e9\u0000\uD83D\ude00"`, want: "é\x00😀"},
		{text: `"\ud800"`, want: "\uFFFD"},
		{text: `"\ud800x\udc00"`, want: "\uFFFDx\uFFFD"},
		{text: `"\ud800\ud83d\ude00"`, want: "\uFFFD😀"},
		{text: `"grüße, 世界 and more than eight"`, want: "grüße, 世界 and more than eight"},
		{text: "\"\x7f\"", want: "\x7f"},
		{text: `"`, problem: "text without its closing quote at byte 1"},
		{text: `"\`, problem: "text without its closing quote at byte 1"},
		{text: `"\x"`, problem: "unknown escape in a text at byte 1"},
		{text: `"\u12g4"`, problem: "unknown escape in a text at byte 1"},
		{text: `"\u12"`, problem: "unknown escape in a text at byte 1"},
		{text: "\"12345678\n\"", problem: "control character in a text at byte 9"},
		{text: "\"a\xff\"", problem: "invalid UTF-8 at byte 2"},
		{text: "\"a\xed\xa0\x80\"", problem: "invalid UTF-8 at byte 2"},
		{text: "\xff\xfe{\x00}\x00", problem: "invalid UTF-8 at byte 0"},

		{text: ``, problem: "expected a value at byte 0"},
		{text: `nul`, problem: "expected a value at byte 0"},
		{text: `tRUE`, problem: "expected a value at byte 0"},
		{text: `{} x`, problem: "text behind the value at byte 3"},
		{text: `{}{}`, problem: "text behind the value at byte 2"},
		{text: `{"a" 1}`, problem: "expected `:` at byte 5"},
		{text: `{a:1}`, problem: "expected a name in quotes at byte 1"},
		{text: `{"a":1,}`, problem: "expected a name in quotes at byte 7"},
		{text: `{"a":1`, problem: "expected `,` or `}` at byte 6"},
		{text: `[1,]`, problem: "expected a value at byte 3"},
		{text: `[1 2]`, problem: "expected `,` or `]` at byte 3"},
		{text: `[`, problem: "expected a value at byte 1"},
	} {
		got, err := ParseJSON(c.text, DefaultLimits)
		problem := ""
		if err != nil {
			problem = err.Error()
		}
		if !reflect.DeepEqual(got, c.want) || problem != c.problem {
			t.Errorf("%.40q: got %#v, %q, want %#v, %q", c.text, got, problem, c.want, c.problem)
		}
	}
}

func TestLimits(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	deepMap := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"depth 100", nested(100), nil},
		{"depth 101", nested(101), &LimitError{"depth", 100}},
		{"depth 9,999", nested(9_999), &LimitError{"depth", 100}},
		{"1 MiB of [", strings.Repeat("[", 1<<20), &LimitError{"depth", 100}},
		{"maps 100", deepMap(100), nil},
		{"maps 101", deepMap(101), &LimitError{"depth", 100}},
		{"100,000 values", "[" + strings.Repeat("1,", 99_998) + "1]", nil},
		{"100,001 values", "[" + strings.Repeat("1,", 99_999) + "1]", &LimitError{"values", 100_000}},
		{"1 MiB of {},", "[" + strings.Repeat("{},", 349_525) + "1]", &LimitError{"values", 100_000}},
		{"names do not count", `{"a":1,"b":2}`, nil},
		{"1 MiB of one number", strings.Repeat("7", 1<<20), nil},
		{`1 MiB of \u0000`, `"` + strings.Repeat(`\u0000`, 1<<20/6) + `"`, nil},
	} {
		_, err := Scan(jsonRequest(c.text), nil, DefaultLimits)
		if !reflect.DeepEqual(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := ParseJSON(nested(3), Limits{Depth: 2, Values: 9}); !reflect.DeepEqual(err, &LimitError{"depth", 2}) {
		t.Errorf("ParseJSON: got %v", err)
	}
	for want, err := range map[string]*LimitError{
		"body is nested deeper than 100 levels": {"depth", 100},
		"body has more than 100000 values":      {"values", 100_000},
		"body has more than 1000 form fields":   {"form fields", 1_000},
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

func name(n string) Key { return Key{Name: n} }
func item(i int) Key    { return Key{Index: i, List: true} }

func TestValue(t *testing.T) {
	for _, c := range []struct {
		name, body string
		path       []Key
		want       any
	}{
		{"whole", `[1]`, nil, []any{int64(1)}},
		{"nested", `{"a":{"b":[10,{"c":"x"}]}}`, []Key{name("a"), name("b"), item(1), name("c")}, "x"},
		{"subtree", `{"a":{"b":[10,{"c":"x"}]}}`, []Key{name("a"), name("b")}, []any{int64(10), map[string]any{"c": "x"}}},
		{"absent", `{"a":{}}`, []Key{name("a"), name("b"), name("c")}, nil},
		{"null", `{"a":null}`, []Key{name("a"), name("b")}, nil},
		{"name of a list", `[1]`, []Key{name("0")}, nil},
		{"position in a map", `{"0":1}`, []Key{item(0)}, nil},
		{"name of a text", `{"a":"xyz"}`, []Key{name("a"), name("b")}, nil},
		{"position out of range", `[1]`, []Key{item(1)}, nil},
		{"from the end", `{"a":[1,2,{"b":3}]}`, []Key{name("a"), item(-1), name("b")}, int64(3)},
		{"from the end, out of range", `[1,2]`, []Key{item(-5)}, nil},
		{"odd names", `{"":{"toString":{"hub.challenge":"c"}}}`, []Key{name(""), name("toString"), name("hub.challenge")}, "c"},
		{"name with escapes", `{"event\u002ddata":{"\"":1}}`, []Key{name("event-data"), name(`"`)}, int64(1)},
		{"last of a repeated name", `{"a":1,"a":2}`, []Key{name("a")}, int64(2)},
		{"repeated name clears", `{"a":{"b":1},"a":2}`, []Key{name("a"), name("b")}, nil},
		{"repeated name clears deep", `{"a":{"b":{"c":1}},"a":{"b":{}}}`, []Key{name("a"), name("b"), name("c")}, nil},
		{"repeated name clears lists", `{"a":[[1]],"a":[[]]}`, []Key{name("a"), item(0), item(0)}, nil},
		{"repeated by an escape", `{"a":{"b":1},"\u0061":{}}`, []Key{name("a"), name("b")}, nil},
		{"byte order mark", "\xef\xbb\xbf{\"a\":1}", []Key{name("a")}, int64(1)},
		{"scalar", `7`, []Key{name("a")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Paths
			p.Add([]Key{name("z"), name("z")})
			at := p.Add(c.path)
			b, err := Scan(jsonRequest(c.body), &p, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.Value(at); !reflect.DeepEqual(got, c.want) {
				t.Errorf("alone: got %#v, want %#v", got, c.want)
			}
			b, _ = Scan(jsonRequest(c.body), &p, DefaultLimits)
			b.All()
			if got := b.Value(at); !reflect.DeepEqual(got, c.want) {
				t.Errorf("after All: got %#v, want %#v", got, c.want)
			}
		})
	}
}

func TestSpan(t *testing.T) {
	var p Paths
	a, b, last := p.Add([]Key{name("a")}), p.Add([]Key{name("b")}), p.Add([]Key{item(-1)})
	body, err := Scan(jsonRequest("\xef\xbb\xbf{\"a\": [1, 2] }"), &p, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path       int
		start, end int
		ok         bool
	}{{a, 9, 15, true}, {b, 0, 0, false}, {last, 0, 0, false}, {0, 3, 17, true}} {
		if start, end, ok := body.Span(c.path); start != c.start || end != c.end || ok != c.ok {
			t.Errorf("path %d: got %d, %d, %v", c.path, start, end, ok)
		}
	}
	body, _ = Scan(typed("application/x-www-form-urlencoded", "a=1"), &p, DefaultLimits)
	if _, _, ok := body.Span(a); ok {
		t.Error("a form has a span")
	}
}

func TestPathsAreIndexedOnce(t *testing.T) {
	var p Paths
	if p.Len() != 0 {
		t.Errorf("empty: Len %d", p.Len())
	}
	ab := p.Add([]Key{name("a"), name("b")})
	a0 := p.Add([]Key{name("a"), item(0)})
	a := p.Add([]Key{name("a")})
	root := p.Add(nil)
	seen := map[int]bool{ab: true, a0: true, a: true, root: true}
	if len(seen) != 4 {
		t.Errorf("indices are shared: %v", seen)
	}
	for i := range seen {
		if i < 0 || i >= p.Len() {
			t.Errorf("index %d is beyond Len %d", i, p.Len())
		}
	}
	if again := p.Add([]Key{name("a"), item(0)}); again != a0 {
		t.Errorf("the same path: got %d, want %d", again, a0)
	}
	if p.Add([]Key{name("a"), name("0")}) == a0 {
		t.Error("a name is no position")
	}
}

func TestOuterValueIsShared(t *testing.T) {
	var p Paths
	outer := p.Add([]Key{name("a")})
	inner := p.Add([]Key{name("a"), name("b"), name("c")})
	b, err := Scan(jsonRequest(`{"a":{"b":{"c":{"d":1}}}}`), &p, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	want := b.Value(outer).(map[string]any)["b"].(map[string]any)["c"].(map[string]any)
	got := b.Value(inner).(map[string]any)
	got["mark"] = true
	if want["mark"] != true {
		t.Error("the inner value was decoded a second time")
	}
}

// oracle decodes with encoding/json, to the values that this package gives.
func oracle(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text behind the value")
	}
	var convert func(v any) any
	convert = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				v[k] = convert(v[k])
			}
		case []any:
			for i := range v {
				v[i] = convert(v[i])
			}
		case json.Number:
			if i, ok := new(big.Int).SetString(v.String(), 10); ok {
				if i.IsInt64() {
					return i.Int64()
				}
				return i
			}
			f, _ := strconv.ParseFloat(v.String(), 64)
			return f
		}
		return v
	}
	return convert(v), nil
}

// size counts values and depth of a valid text, repeated names included.
func size(text []byte) (values, depth int, inRange bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	at := 0
	var isMap, isValue []bool
	inRange = true
	for {
		tok, err := d.Token()
		if err != nil {
			return values, depth, inRange
		}
		if n, ok := tok.(json.Number); ok && strings.ContainsAny(n.String(), ".eE") {
			_, err := strconv.ParseFloat(n.String(), 64)
			inRange = inRange && err == nil
		} else if ok {
			inRange = inRange && len(strings.TrimPrefix(n.String(), "-")) <= maxDigits
		}
		if c, ok := tok.(json.Delim); ok && (c == '}' || c == ']') {
			at--
			isMap, isValue = isMap[:at], isValue[:at]
			continue
		}
		if at > 0 && isMap[at-1] {
			isValue[at-1] = !isValue[at-1]
			if isValue[at-1] { // this was the name
				continue
			}
		}
		values++
		if c, ok := tok.(json.Delim); ok {
			at++
			depth = max(depth, at)
			isMap, isValue = append(isMap, c == '{'), append(isValue, false)
		}
	}
}

// FuzzScan holds the scanner to encoding/json: it accepts and refuses the same
// texts and gives the same values, but for invalid UTF-8, numbers beyond a
// float, endless integers, the limits and a byte order mark.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5,-3e4,{"b":null}],"a":{"b":"\ud83d\ude00\ud800"},"c":true}`,
		`[9223372036854775808,-0,1e400,"\u0000"]`, "\xef\xbb\xbf[]", "\"\xff\"",
		`{"a":{"b":1},"\u0061":{}}`, `{"a":{"b":{"a":1}},"a":{"b":{}}}`, `[{"a":{"b":1},"a":[2],"a":3}]`, `{"b":[[[1]]],"b":[[]]}`, `[[[[[[[[1]]]]]]]]`, `{"a":1,}`, ` `, `"`, `01`,
	} {
		f.Add([]byte(seed))
	}
	limits := Limits{Depth: 6, Values: 60}
	f.Fuzz(func(t *testing.T, body []byte) {
		text := bytes.TrimPrefix(body, byteOrderMark)
		got, err := ParseJSON(string(body), limits)
		want, wantErr := oracle(text)
		var limit *LimitError
		if wantErr != nil {
			if err == nil {
				t.Fatalf("accepted, but encoding/json says: %v", wantErr)
			}
			return
		}
		values, depth, inRange := size(text)
		beyond := values > limits.Values || depth > limits.Depth
		malformed := !utf8.Valid(text) || !inRange
		switch {
		case beyond && !malformed && !errors.As(err, &limit):
			t.Fatalf("%d values, depth %d: got %v", values, depth, err)
		case (beyond || malformed) && err == nil:
			t.Fatalf("accepted: %d values, depth %d, in range %v", values, depth, inRange)
		case beyond || malformed:
			return
		case err != nil:
			t.Fatalf("refused: %v", err)
		case !reflect.DeepEqual(got, want):
			t.Fatalf("got %#v, want %#v", got, want)
		}
		checkPaths(t, body, want, limits)
	})
}

// checkPaths reads every path of a value, and some that it lacks, one by one.
func checkPaths(t *testing.T, body []byte, whole any, l Limits) {
	t.Helper()
	type place struct {
		path []Key
		want any
	}
	var places []place
	var walk func(path []Key, v any)
	walk = func(path []Key, v any) {
		path = path[:len(path):len(path)]
		switch v := v.(type) {
		case map[string]any:
			for k, m := range v {
				walk(append(path, name(k)), m)
			}
		case []any:
			for i, m := range v {
				walk(append(path, item(i)), m)
			}
			walk(append(path, item(len(v))), nil)
			if len(v) > 0 {
				places = append(places, place{append(path, item(-1)), v[len(v)-1]})
			}
		default:
			places = append(places, place{append(path, name("b")), nil})
		}
		places = append(places, place{path, v}) // inner values first
	}
	walk(nil, whole)
	// what stood in the earlier ones of a repeated name is gone
	keys := []Key{name("a"), name("b"), item(0)}
	for _, x := range keys {
		for _, y := range keys {
			for _, z := range keys {
				places = append(places, place{[]Key{x, y, z}, z.of(y.of(x.of(whole)))})
			}
		}
	}
	var p Paths
	var at []int
	for _, pl := range places {
		at = append(at, p.Add(pl.path))
	}
	for _, backwards := range []bool{false, true} {
		b, err := Scan(jsonRequest(string(body)), &p, l)
		if err != nil || b.Problem() != "" {
			t.Fatalf("Scan: %v, %q", err, b.Problem())
		}
		for i := range places {
			if backwards {
				i = len(places) - 1 - i
			}
			if got := b.Value(at[i]); !reflect.DeepEqual(got, places[i].want) {
				t.Fatalf("%v: got %#v, want %#v", places[i].path, got, places[i].want)
			}
		}
	}
}

func BenchmarkScan(b *testing.B) {
	pretty, err := os.ReadFile("testdata/github-issues-opened.json")
	if err != nil {
		b.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, pretty); err != nil {
		b.Fatal(err)
	}
	r := jsonRequest(compact.String())
	var p Paths
	var at []int
	for _, path := range [][]Key{
		{name("action")}, {name("issue"), name("title")}, {name("issue"), name("number")},
		{name("repository"), name("full_name")}, {name("issue"), name("labels")},
	} {
		at = append(at, p.Add(path))
	}
	run := func(what string, body func()) {
		b.Run(fmt.Sprintf("%s/%d bytes", what, len(r.Body)), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(r.Body)))
			for b.Loop() {
				body()
			}
		})
	}
	run("json.Valid", func() { json.Valid(r.Body) })
	run("scan", func() { _, _ = Scan(r, nil, DefaultLimits) })
	run("scan and five paths", func() {
		body, _ := Scan(r, &p, DefaultLimits)
		for _, i := range at {
			body.Value(i)
		}
	})
	run("scan and all", func() {
		body, _ := Scan(r, nil, DefaultLimits)
		body.All()
	})
	run("json.Unmarshal", func() {
		var v any
		_ = json.Unmarshal(r.Body, &v)
	})
}
