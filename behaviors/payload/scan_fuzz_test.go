package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

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

// scanDifferences are the texts that this package takes otherwise than
// encoding/json, one of each kind. There are no others: see differential.
var scanDifferences = []struct {
	name, text, problem string // the problem is "" where only encoding/json refuses it
}{
	{"invalid UTF-8 is refused, and not replaced", "[\"a\xff\"]", "invalid UTF-8 at byte 3"},
	{"an encoded surrogate is invalid UTF-8", "\"\xed\xa0\x80\"", "invalid UTF-8 at byte 1"},
	{"a number beyond a float is refused", `{"a":1e400}`, "number beyond a float at byte 5"},
	{"an endless integer is refused", strings.Repeat("1", 4_301), "integer of more than 4300 digits at byte 0"},
	{"depth beyond 100 is refused", strings.Repeat("[", 101) + strings.Repeat("]", 101), "body is nested deeper than 100 levels"},
	{"more than 100,000 values are refused", "[" + strings.Repeat("1,", 99_999) + "1]", "body has more than 100000 values"},
	{"a byte order mark is skipped", "\xef\xbb\xbf{}", ""},
}

func TestScanDifferences(t *testing.T) {
	for _, d := range scanDifferences {
		t.Run(d.name, func(t *testing.T) {
			_, err := ParseJSON(d.text, DefaultLimits)
			problem := ""
			if err != nil {
				problem = err.Error()
			}
			if problem != d.problem {
				t.Errorf("got %q, want %q", problem, d.problem)
			}
			var v any
			decoder := json.NewDecoder(strings.NewReader(d.text))
			decoder.UseNumber()
			if theirs := decoder.Decode(&v); (theirs == nil) != (d.problem != "") {
				t.Errorf("encoding/json says %v", theirs)
			}
		})
	}
}

// differential holds the scanner to encoding/json: it accepts and refuses the
// same texts and gives the same values, but for scanDifferences.
func differential(t *testing.T, body []byte, limits Limits) {
	t.Helper()
	text := bytes.TrimPrefix(body, byteOrderMark)
	got, err := ParseJSON(string(body), limits)
	want, wantErr := oracle(text)
	var limit *LimitError
	if wantErr != nil {
		if err == nil {
			t.Fatalf("%q: accepted, but encoding/json says: %v", body, wantErr)
		}
		return
	}
	values, depth, inRange := size(text)
	beyond := values > limits.Values || depth > limits.Depth
	malformed := !utf8.Valid(text) || !inRange
	switch {
	case beyond && !malformed && !errors.As(err, &limit):
		t.Fatalf("%q: %d values, depth %d: got %v", body, values, depth, err)
	case limit != nil && limit.What == "depth" && depth <= limits.Depth, limit != nil && limit.What == "values" && values <= limits.Values:
		t.Fatalf("%q: %d values, depth %d: got %v", body, values, depth, err)
	case (beyond || malformed) && err == nil:
		t.Fatalf("%q: accepted: %d values, depth %d, in range %v", body, values, depth, inRange)
	case beyond || malformed:
		return
	case err != nil:
		t.Fatalf("%q: refused: %v", body, err)
	case !reflect.DeepEqual(got, want):
		t.Fatalf("%q: got %#v, want %#v", body, got, want)
	}
	checkPaths(t, body, want, limits)
}

func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5,-3e4,{"b":null}],"a":{"b":"\ud83d\ude00\ud800"},"c":true}`,
		`[9223372036854775808,-0,1e400,"\u0000"]`, "\xef\xbb\xbf[]", "\"\xff\"",
		`{"a":{"b":1},"\u0061":{}}`, `{"a":{"b":{"a":1}},"a":{"b":{}}}`, `[{"a":{"b":1},"a":[2],"a":3}]`, `{"b":[[[1]]],"b":[[]]}`, `[[[[[[[[1]]]]]]]]`, `{"a":1,}`, ` `, `"`, `01`,
	} {
		f.Add([]byte(seed))
	}
	for _, d := range scanDifferences {
		if len(d.text) < 200 {
			f.Add([]byte(d.text))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) { differential(t, body, Limits{Depth: 6, Values: 60}) })
}

// Random texts with all that is hard in them: repeated names with and without
// escapes, halves of surrogate pairs, numbers at the ends of their ranges, and
// one byte in them that is another.
func TestScanAgainstEncodingJSON(t *testing.T) {
	g := &jsonWriter{rand: rand.New(rand.NewPCG(1, 2))}
	for i := range 4_000 {
		limits := Limits{Depth: 1 + i%7, Values: 1 + i%40}
		g.text = g.text[:0]
		g.blank()
		g.value(0)
		g.blank()
		differential(t, g.text, limits)
		spoiled := bytes.Clone(g.text)
		for range 1 + g.rand.IntN(2) {
			spoiled[g.rand.IntN(len(spoiled))] = g.one(`{}[]",:\u019-+.eEtn 	`, "\x00", "\xff", "\xed", "x")[0]
		}
		differential(t, spoiled, limits)
	}
}

// jsonWriter writes random JSON.
type jsonWriter struct {
	rand *rand.Rand
	text []byte
}

func (g *jsonWriter) add(s string) { g.text = append(g.text, s...) }

func (g *jsonWriter) one(choices ...string) string {
	s := choices[g.rand.IntN(len(choices))]
	if len(choices) > 1 && len(s) > 20 { // a set of bytes
		return s[g.rand.IntN(len(s)):]
	}
	return s
}

func (g *jsonWriter) blank() { g.add(g.one("", "", "", " ", "\n\t", "\r")) }

func (g *jsonWriter) value(depth int) {
	switch n := g.rand.IntN(10); {
	case n < 3 && depth < 7:
		g.members('{', '}', depth)
	case n < 6 && depth < 7:
		g.members('[', ']', depth)
	case n < 8:
		g.add(g.one("0", "-0", "1", "-1", "0.0", "-0.0", "1.5e3", "1E+2", "1e-400", "1e308", "1.7976931348623157e308", "1.8e308", "1e400", "9007199254740993",
			"9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "0.1", "1e22", "100000000000000000000.5"))
	case n < 9:
		g.string()
	default:
		g.add(g.one("true", "false", "null"))
	}
}

func (g *jsonWriter) members(open, end byte, depth int) {
	g.text = append(g.text, open)
	g.blank()
	for i := range g.rand.IntN(4) {
		if i > 0 {
			g.add(",")
			g.blank()
		}
		if open == '{' {
			g.add(g.one(`"a"`, `"b"`, `"\u0061"`, `"\u0062"`, `""`, `"\ud800"`, `"é"`))
			g.blank()
			g.add(":")
			g.blank()
		}
		g.value(depth + 1)
		g.blank()
	}
	g.text = append(g.text, end)
}

func (g *jsonWriter) string() {
	g.add(`"`)
	for range g.rand.IntN(4) {
		g.add(g.one("a", "longer than", "é", "世界", "😀", `\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`, `\u0000`, `\u00e9`, `\uD83D`, `\ude00`, `\ud83d\ude00`, `\ud800\u0061`, `\uFFFF`, "\u2028", "\x7f"))
	}
	g.add(`"`)
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
				t.Fatalf("%q: %v: got %#v, want %#v", body, places[i].path, got, places[i].want)
			}
			if start, end, ok := b.Span(at[i]); ok {
				if v, err := oracle(body[start:end]); err != nil || !reflect.DeepEqual(v, places[i].want) {
					t.Fatalf("%q: the span of %v is %q, want %#v", body, places[i].path, body[start:end], places[i].want)
				}
			} else if places[i].want != nil && !slices.ContainsFunc(places[i].path, func(k Key) bool { return k.Index < 0 }) {
				t.Fatalf("%q: no span of %v", body, places[i].path)
			}
		}
	}
}
