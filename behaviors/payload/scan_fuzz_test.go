package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"reflect"
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
