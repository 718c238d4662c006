package payload

import (
	"math/big"
	"reflect"
	"strings"
	"testing"
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
