// Package behaviortest runs cases of behaviors that are written as text: a
// txtar archive with a behavior, its inputs, a request and the outputs of its
// steps on top, and what is expected under want/. A host tests behaviors over
// its own actions with it, too.
//
//	A permanent failure notes the message.
//	now: 2026-03-01T09:00:00Z
//	-- behavior.yaml --
//	…
//	-- inputs.yaml --
//	signing_key: test-signing-key
//	-- request.http --
//	POST / HTTP/1.1
//	Content-Type: application/json
//
//	{"event": "failed"}
//	-- outputs.yaml --
//	message: {id: "41"}
//	-- want/steps.yaml --
//	- message.find: {message_id: "20260301@example.com"}
//	-- want/response.http --
//	HTTP/1.1 200 OK
//
// The comment on top is prose but for `now:`, the moment of receipt, and
// `body: keep-newline`: one final newline is no part of a body otherwise.
// Without a behavior.yaml the file beside the case is used. Outputs stand by
// `as` name or path; {error: text} is a failure, and one that is missing is the
// action's example. policy.json is the behavior's policy; without it the policy
// is null. samples/NAME.http are sample requests that the diagnostics go by.
//
// `go test -update` rewrites what stands under want/, and nothing else.
package behaviortest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors"
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
			c, err := Load(file)
			if err != nil {
				t.Fatal(err)
			}
			results, err := c.Results(catalog)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := c.rewrite(results); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, problem := range c.compare(results) {
				t.Error(problem)
			}
		})
	}
}

// compare tells where results and expectations differ. What is expected and
// does not result is a difference; so is a diagnostic that nobody expects.
func (c *Case) compare(results map[string]string) []string {
	var problems []string
	wants := 0
	for _, f := range c.archive.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			continue
		}
		wants++
		got, ok := results[f.Name]
		switch want := string(f.Data); {
		case !ok:
			problems = append(problems, f.Name+" is expected, and the case gives none")
		case got != want:
			problems = append(problems, f.Name+" differs\n--- got\n"+got+"--- want\n"+want)
		}
	}
	if wants == 0 {
		problems = append(problems, "the case expects nothing: write a section under want/, or run with -update")
	}
	if _, expected := c.section("want/diagnostics.txt"); !expected && results["want/diagnostics.txt"] != "" {
		problems = append(problems, "diagnostics that nobody expects\n"+results["want/diagnostics.txt"])
	}
	return problems
}

// rewrite writes the results over the expectations. A case that has none yet
// gets those that say most.
func (c *Case) rewrite(results map[string]string) error {
	wants := 0
	for i, f := range c.archive.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			continue
		}
		got, ok := results[f.Name]
		if !ok {
			return fmt.Errorf("%s is expected, and the case gives none\n%s", f.Name, results["want/diagnostics.txt"])
		}
		c.archive.Files[i].Data = []byte(got)
		wants++
	}
	if wants == 0 {
		for _, name := range expectations {
			skipped := name == "want/trace.txt" || name == "want/diagnostics.txt" && results[name] == ""
			if _, ok := results[name]; ok && !skipped {
				c.archive.Files = append(c.archive.Files, txtar.File{Name: name, Data: []byte(results[name])})
			}
		}
	}
	return os.WriteFile(c.File, txtar.Format(c.archive), 0o644)
}
