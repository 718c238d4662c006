package behaviors

import "testing"

func TestNotYet(t *testing.T) {
	const source = "behavior: 1\ndedupe: payload.id\nsteps:\n  - log: got it\n  - stop: now\n"
	c, err := NewCatalog(Vocabulary{NotYet: []string{"dedupe", "log"}})
	if err != nil {
		t.Fatal(err)
	}
	p, found := Compile(source, c)
	if p != nil || len(found) != 2 {
		t.Fatalf("got a program: %v, findings: %v", p != nil, found)
	}
	for i, want := range []struct {
		line    int
		message string
	}{{2, "`dedupe` is not there yet"}, {4, "`log` is not there yet"}} {
		if d := found[i]; d.Code != "not-yet" || d.Line != want.line || d.Message != want.message {
			t.Errorf("got line %d: %s: %s, want line %d: %s", d.Line, d.Code, d.Message, want.line, want.message)
		}
	}
	if c.NotYet = nil; !compiles(source, c) {
		t.Error("refused although nothing is lacking")
	}
}

func compiles(source string, c *Catalog) bool {
	p, _ := Compile(source, c)
	return p != nil
}
