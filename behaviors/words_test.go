package behaviors

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Every word that the language says it has is compiled: a value that fits
// nowhere is an error of that word's own.
func TestWordsAreCompiled(t *testing.T) {
	c, err := NewCatalog(Vocabulary{Actions: []*ActionSpec{{Name: "test.do", Reach: ReachHost}}})
	if err != nil {
		t.Fatal(err)
	}
	for what, kind := range map[string]struct {
		words  []Word
		source string
	}{
		"key":      {Keys(), "%s: [[1]]\n"},
		"verb":     {Verbs(), "behavior: 1\nsteps:\n  - %s: [[1]]\n"},
		"modifier": {Modifiers(), "behavior: 1\nsteps:\n  - test.do: {}\n    %s: [[1]]\n"},
	} {
		for _, w := range kind.words {
			source := fmt.Sprintf(kind.source, w.Name)
			line := strings.Count(source, "\n")
			_, found := Compile(source, c)
			unknown := []string{unknownKey.code, unknownVerb.code, notYet.code, missingVerb.code, severalVerbs.code}
			own := slices.ContainsFunc(found, func(d Diagnostic) bool {
				return d.Line == line && d.Severity == expression.SeverityError && !slices.Contains(unknown, d.Code)
			})
			if !own || slices.ContainsFunc(found, func(d Diagnostic) bool { return slices.Contains(unknown, d.Code) }) {
				t.Errorf("the %s `%s` is not compiled:\n%s", what, w.Name, found.Render("b.yaml", source))
			}
			if w.Summary == "" || !strings.HasSuffix(w.Summary, ".") {
				t.Errorf("the summary of the %s `%s` must be sentences: %q", what, w.Name, w.Summary)
			}
		}
	}
}

// What is not there yet is no word of the language: one of the two lists has it.
func TestWordsAreNotLater(t *testing.T) {
	for _, w := range slices.Concat(later[inDocument], later[inStep]) {
		if slices.Contains(documentKeys, w) || slices.Contains(verbNames, w) || slices.Contains(modifierNames, w) {
			t.Errorf("`%s` is there, and is told to be not there yet", w)
		}
	}
}
