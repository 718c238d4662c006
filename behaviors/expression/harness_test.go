package expression

import (
	"fmt"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// names is a scope for tests.
type names map[string]Name

func (n names) Lookup(name string) (Name, bool) { v, ok := n[name]; return v, ok }

func (n names) Names() []string {
	var all []string
	for name := range n {
		all = append(all, name)
	}
	return all
}

// The slots of the tests' scope.
const (
	slotRequest = iota
	slotInputs
	slotNow
	slotSecretLet
	slotLazy
	slots
)

func testScope() names {
	return names{
		"payload":     {Path: &Path{}},
		"event":       {Path: &Path{Keys: []payload.Key{{Name: "event-data"}}}},
		"request":     {Slot: slotRequest, Type: Type{Kind: Map, Fields: map[string]Type{"method": Of(Text), "headers": {Kind: Map, Open: true}, "body": Of(Text)}}},
		"inputs":      {Slot: slotInputs, Type: Type{Kind: Map, Fields: map[string]Type{"key": Of(SecretValue), "old": Of(SecretValue), "channel": Of(Text), "n": Of(Number)}}},
		"plain":       {Slot: slotLazy, Type: Type{}},
		"now":         {Slot: slotNow, Type: Of(Time)},
		"kept_secret": {Slot: slotSecretLet, Type: Of(SecretValue)},
		"sample":      {Slot: slotLazy, Type: Type{Kind: Map, Sample: true, Fields: map[string]Type{"title": {Kind: Text, Sample: true}, "labels": sampleLabels}}},
	}
}

// sampleLabels is a list of {name} as a sample shows it.
var sampleLabels = ListOf(Type{Kind: Map, Sample: true, Fields: map[string]Type{"name": {Kind: Text, Sample: true}}})

func testConfig(paths *payload.Paths) Config {
	fs := Functions(Builtins())
	fs["mailgun.signed"] = &Function{Name: "mailgun.signed", Result: Of(Bool), NilSafe: true,
		Params: []Param{{Name: "request"}, {Name: "secret", Type: Of(SecretList), Secret: true}},
		Call:   func(f *Frame, args []any) (any, error) { return true, nil }}
	return Config{Functions: fs, Scope: testScope(), Paths: paths}
}

const testBody = `{"a": {"b": 1}, "l": [1, 2, 3], "s": "text", "t": true, "z": null, "end-date": "x", "big": 12345678901234567890123, "f": 0.1,
 "items": [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}], "event-data": {"event": "failed", "list": ["x"]}}`

func testFrame(t testing.TB, paths *payload.Paths, body string) *Frame {
	t.Helper()
	r := &payload.Request{Method: "POST", Body: []byte(body), Header: payload.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Authorization", Value: "Bearer abc"}}}
	b, err := payload.Scan(r, paths, payload.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	f := &Frame{Slots: make([]any, slots), Body: b, Request: r, ReceivedAt: now, DeliveryID: "d1",
		Secrets: func(s Secret) (string, error) {
			switch s.Name {
			case "missing":
				return "", fmt.Errorf("no secret %s", s.Name)
			case "empty":
				return "", nil
			}
			return "value of " + s.Name, nil
		}}
	f.Slots[slotRequest] = r
	f.Slots[slotInputs] = map[string]any{"key": Secret{"key"}, "old": Secret{"old"}, "channel": "#support", "n": int64(2)}
	f.Slots[slotNow] = now
	f.Slots[slotSecretLet] = Secret{"key"}
	return f
}

// eval compiles and runs; the error is a Problem's or an Error's code.
func eval(t testing.TB, source string) (any, string) {
	t.Helper()
	paths := new(payload.Paths)
	c, problems := Compile(source, testConfig(paths))
	if c == nil {
		return nil, problems[0].Code
	}
	v, err := c.Eval(testFrame(t, paths, testBody))
	if err != nil {
		return nil, asError(err).Code
	}
	return v, ""
}

// show prints a value as the tests compare it: JSON, with the kind where JSON
// does not tell.
func show(t testing.TB, v any) string {
	t.Helper()
	text, err := NewWalker(Limits{}).JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := v.(float64); ok {
		return "float " + string(text)
	}
	return string(text)
}

type row struct{ source, want, code string }

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.source, func(t *testing.T) {
			v, code := eval(t, r.source)
			if code != r.code {
				t.Fatalf("got code %q, want %q", code, r.code)
			}
			if code == "" {
				if got := show(t, v); got != r.want {
					t.Errorf("got %s, want %s", got, r.want)
				}
			}
		})
	}
}
