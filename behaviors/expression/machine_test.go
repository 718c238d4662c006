package expression

import (
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
	bad, _ := Compile(`1 / 0`, config)
	f.Slots[slotLazy] = &Lazy{Expr: bad, At: 8}
	for range 2 {
		_, err := c.Eval(f)
		if e := asError(err); e.Code != "division-by-zero" || e.At != 8 {
			t.Errorf("got %+v, want division-by-zero in 8", e)
		}
	}
}
