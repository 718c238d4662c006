package expression

import (
	"fmt"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

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
