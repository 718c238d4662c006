package behaviors_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
)

// Every fix that a case is offered mends what it is offered for: applied alone,
// the finding is gone, and none is there that was not before.
func TestFixesMend(t *testing.T) {
	c := catalog(t)
	fixes := 0
	for file, a := range archives(t) {
		source := string(a.Files[0].Data)
		options := behaviors.Options{}
		for _, f := range a.Files {
			if strings.HasPrefix(f.Name, "samples/") {
				options.Samples = sampleRequests(t, a)
				break
			}
		}
		_, found := behaviors.CompileWith(source, c, options)
		for _, d := range found {
			for _, fix := range d.Fixes {
				fixes++
				mended := apply(source, fix.Edits)
				_, after := behaviors.CompileWith(mended, c, options)
				if gone := without(found, after); len(gone) == 0 || !slices.ContainsFunc(gone, func(x string) bool { return x == told(d) }) {
					t.Errorf("%s: %q does not mend %d:%d %s\n%s", filepath.Base(file), fix.Title, d.Line, d.Column, d.Code, mended)
				}
				if made := without(after, found); len(made) > 0 && !seen(made, d) {
					t.Errorf("%s: %q of %d:%d %s makes %q\n%s", filepath.Base(file), fix.Title, d.Line, d.Column, d.Code, made, mended)
				}
			}
		}
	}
	if fixes < 60 {
		t.Errorf("only %d fixes were tried", fixes)
	}
}

// seen tells whether a finding is one that another may have hidden: what YAML did
// not read as meant was not checked yet, and a name that is unknown has no type.
// What then is no YAML or no expression was made by the fix.
func seen(made []string, d behaviors.Diagnostic) bool {
	hides := strings.HasPrefix(d.Code, "unknown-") || strings.Contains(d.Code, "-in-") || d.Code == "comment-as-value" || d.Code == "yaml-syntax"
	return hides && !slices.ContainsFunc(made, func(x string) bool {
		return strings.HasPrefix(x, "syntax:") || strings.HasPrefix(x, "wrong-kind:") || strings.Contains(strings.Split(x, ":")[0], "-in-") || strings.HasPrefix(x, "yaml-")
	})
}

// told is a finding without its place, which an edit before it moves.
func told(d behaviors.Diagnostic) string { return d.Code + ": " + d.Message }

// without gives what is told in one list and not in another, as often as it is.
func without(list, other behaviors.Diagnostics) []string {
	count := map[string]int{}
	for _, d := range other {
		count[told(d)]++
	}
	var rest []string
	for _, d := range list {
		if count[told(d)]--; count[told(d)] < 0 {
			rest = append(rest, told(d))
		}
	}
	return rest
}

// apply does edits of one line each, the last first.
func apply(source string, edits []behaviors.Edit) string {
	runes := []rune(source)
	offset := func(line, column int) int {
		at := 0
		for line > 1 {
			for runes[at] != '\n' {
				at++
			}
			at++
			line--
		}
		return at + column - 1
	}
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		from, to := offset(e.Line, e.Column), offset(e.EndLine, e.EndColumn)
		runes = append(runes[:from:from], append([]rune(e.Text), runes[to:]...)...)
	}
	return string(runes)
}
