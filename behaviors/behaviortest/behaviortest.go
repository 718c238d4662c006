// Package behaviortest runs cases of behaviors as tests: see package cases for
// what a case is. A host tests behaviors over its own actions with it, too.
//
// `go test -update` rewrites what the cases expect, and nothing else.
package behaviortest

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/cases"
)

var update = flag.Bool("update", false, "rewrite the expectations of behavior cases")

// Run runs every case that a file pattern matches as a subtest.
func Run(t *testing.T, pattern string, catalog *behaviors.Catalog) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no case matches %s", pattern)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			c, err := cases.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			results, err := c.Results(catalog)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if _, err := c.Update(results); err != nil {
					t.Fatal(err)
				}
			}
			for _, d := range c.Compare(results) {
				t.Error(d)
			}
		})
	}
}
