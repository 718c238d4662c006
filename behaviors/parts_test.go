package behaviors

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// partSources are documents with a key in each part, which stands on the last
// line that has any.
var partSources = map[string]string{
	"inputs":    "inputs:\n  a:\n    %s: [[1]]\n",
	"accept":    "accept:\n  %s: [[1]]\n",
	"cors":      "cors:\n  %s: [[1]]\n",
	"handshake": "handshake:\n  - %s: [[1]]\n",
	"verify":    "verify:\n  %s: [[1]]\n",
	"limit":     "limit:\n  %s: [[1]]\n",
	"deadline":  "deadline:\n  %s: [[1]]\n",
	"respond":   "steps:\n  - respond:\n      %s: [[1]]\n",
	"choose":    "steps:\n  - choose:\n      - %s: [[1]]\n",
	"each":      "steps:\n  - each:\n      %s: [[1]]\n",
	"wait":      "steps:\n  - wait:\n      %s: [[1]]\n",
	"log":       "steps:\n  - log:\n      %s: [[1]]\n",
	"retry":     "steps:\n  - test.do: {}\n    retry:\n      %s: [[1]]\n",
}

// Every key that a part is said to have is taken by the compiler there, and one
// that none has is not.
func TestPartsAreCompiled(t *testing.T) {
	c, err := NewCatalog(Vocabulary{Actions: []*ActionSpec{{Name: "test.do", Reach: ReachHost}}})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(part, key string) bool {
		source := "behavior: 1\n" + fmt.Sprintf(partSources[part], key)
		_, found := Compile(source, c)
		return slices.ContainsFunc(found, func(d Diagnostic) bool {
			absent := d.Code == unknownKey.code || d.Code == notYet.code && strings.HasPrefix(d.Message, "`"+key+"` is")
			return absent && d.Line == strings.Count(source, "\n")
		})
	}
	for part, words := range Parts() {
		if !refused(part, "mystery") {
			t.Errorf("`%s` takes a key that no list has", part)
		}
		for _, w := range words {
			if refused(part, w.Name) {
				t.Errorf("`%s` of `%s` is not compiled", w.Name, part)
			}
			if !strings.HasSuffix(w.Summary, ".") {
				t.Errorf("the summary of `%s` of `%s` must be sentences: %q", w.Name, part, w.Summary)
			}
		}
	}
}
