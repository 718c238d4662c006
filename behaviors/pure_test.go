package behaviors_test

import (
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
)

// What decides does no I/O and is compiled for the browser as well.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{
		"net/http":     "a decision sends nothing",
		"database/sql": "SQL is in models",
	}
	for _, pkg := range strings.Fields(string(out)) {
		if reason, ok := reasons[pkg]; ok {
			t.Errorf("behaviors imports %s: %s", pkg, reason)
		}
	}
}

// One program serves all listeners of a version at once.
func TestProgramIsShared(t *testing.T) {
	p := compile(t, `behavior: 1
let: {doubled: 'map(payload.list, # * 2)'}
dedupe: payload.id
steps:
  - let: {head: 'doubled[0]'}
  - respond: {json: ["${{ head }}", "${{ doubled }}", "${{ payload.id }}"]}
`)
	want := behaviors.Advance(p, delivery(`{"id": "a", "list": [1, 2]}`), behaviors.Journal{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				d := delivery(`{"id": "a", "list": [1, 2]}`)
				e := behaviors.NewEvaluation(p, d, nil)
				if a := e.Admit(); a.Key != `"a"` {
					t.Errorf("got the key %s", a.Key)
				}
				if got := e.Advance(behaviors.Journal{}); !reflect.DeepEqual(got, want) {
					t.Errorf("got %+v, want %+v", got, want)
				}
			}
		})
	}
	group.Wait()
}
