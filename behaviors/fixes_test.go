package behaviors_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors"
)

// Every fix that a check case is offered mends what it is offered for: applied
// alone, the same finding is not there any more.
func TestFixesMend(t *testing.T) {
	c := catalog(t)
	files, err := filepath.Glob("testdata/check/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fixes := 0
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source := string(a.Files[0].Data)
		_, found := behaviors.Compile(source, c)
		for _, d := range found {
			for _, fix := range d.Fixes {
				fixes++
				mended := apply(source, fix.Edits)
				_, after := behaviors.Compile(mended, c)
				for _, other := range after {
					if other.Code == d.Code && other.Line == d.Line && other.Column == d.Column {
						t.Errorf("%s: %q does not mend %d:%d %s\n%s", filepath.Base(file), fix.Title, d.Line, d.Column, d.Code, mended)
					}
				}
			}
		}
	}
	if fixes < 20 {
		t.Errorf("only %d fixes were tried", fixes)
	}
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
