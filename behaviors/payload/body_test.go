package payload

import (
	"reflect"
	"testing"
)

func name(n string) Key { return Key{Name: n} }

func item(i int) Key { return Key{Index: i, List: true} }

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
