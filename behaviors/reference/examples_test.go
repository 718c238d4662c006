package reference

import (
	"maps"
	"slices"
	"testing"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Every example of a function gives what it says.
func TestFunctionExamples(t *testing.T) {
	c := product(t)
	for _, name := range slices.Sorted(maps.Keys(c.Functions)) {
		if c.Providers[namespace(name)] == nil {
			prove(t, name, c.Functions[name].Examples())
		}
	}
}

// Every example of a notation gives what it says.
func TestNotationExamples(t *testing.T) {
	for _, n := range expression.Notations() {
		prove(t, n.Form, n.Examples())
	}
}

func prove(t *testing.T, what string, examples []expression.Example) {
	t.Helper()
	if len(examples) == 0 {
		t.Errorf("%s: no example", what)
	}
	c := product(t)
	for _, x := range examples {
		if got, why := evaluate(t, c, request(t), x.Expression); got != x.Value {
			t.Errorf("%s: %s gives\n%s (%s), and the example says\n%s", what, x.Expression, got, why, x.Value)
		}
	}
}
