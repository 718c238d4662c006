package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/deskhook/deskhook/plugin"
)

// testedCase is a case as test -json shows it.
type testedCase struct {
	File        string              `json:"file"`
	Name        string              `json:"name"`
	OK          bool                `json:"ok"`
	Updated     bool                `json:"updated,omitempty"`
	Differences []plugin.Difference `json:"differences"`
	loaded      *plugin.Case
}

// testCases runs cases of behaviors, in the order in which they are named. Where
// one cannot be read, none is run.
func testCases(_ context.Context, args []string, stdout, stderr console) error {
	fs := newFlags("test", "[flags] FILE.txtar…", stderr)
	asJSON := fs.Bool("json", false, "print one JSON document: {cases: [{file, name, ok, differences}]}")
	update := fs.Bool("update", false, "write what comes of each case over what it expects")
	verbose := fs.Bool("v", false, "name the cases that pass, too")
	if err := fs.Parse(args); err != nil {
		return &usageError{err}
	}
	if fs.NArg() == 0 {
		return &usageError{errors.New("test: name at least one file")}
	}
	tools, err := plugin.NewTools(own(nil)...)
	if err != nil {
		return err
	}
	var cases []testedCase
	var unread []error
	for _, file := range fs.Args() {
		c, err := plugin.LoadCase(file)
		if err != nil {
			unread = append(unread, fmt.Errorf("test: %w", err))
		}
		cases = append(cases, testedCase{File: file, Name: strings.TrimSuffix(filepath.Base(file), ".txtar"), loaded: c})
	}
	if unread != nil {
		return &usageError{errors.Join(unread...)}
	}
	passed := 0
	for i := range cases {
		c := &cases[i]
		if err := c.run(tools, *update); err != nil {
			unread = append(unread, fmt.Errorf("test: %w", err))
			continue
		}
		if c.OK {
			passed++
		}
		if !*asJSON {
			c.print(stdout, *verbose)
		}
	}
	if *asJSON {
		if err := printJSON(stdout, map[string]any{"cases": cases}); err != nil {
			return fmt.Errorf("test: %w", err)
		}
	} else {
		stdout.printf("%d of %d cases passed\n", passed, len(cases))
	}
	switch {
	case unread != nil:
		return &usageError{errors.Join(unread...)}
	case passed < len(cases):
		return errReported
	}
	return nil
}

// run fills in what came of a case.
func (c *testedCase) run(tools *plugin.Tools, update bool) (err error) {
	if update {
		c.Updated, c.Differences, err = tools.Update(c.loaded)
	} else {
		c.Differences, err = tools.Test(c.loaded)
	}
	if c.Differences == nil {
		c.Differences = []plugin.Difference{}
	}
	c.OK = err == nil && len(c.Differences) == 0
	return err
}

// print shows what differs, by line.
func (c *testedCase) print(w console, verbose bool) {
	switch {
	case c.Updated:
		w.printf("%s: updated\n", c.File)
	case c.OK && verbose:
		w.printf("%s: ok\n", c.File)
	}
	for _, d := range c.Differences {
		w.printf("%s: %s\n", c.File, strings.TrimSpace(d.Section+" "+d.Message))
		if d.Got == "" && d.Expected == "" {
			continue
		}
		_, lines, _ := strings.Cut(string(diff.Diff("want", []byte(d.Expected), "got", []byte(d.Got))), "\n")
		w.printf("%s", indented(lines))
	}
}

// indented sets lines off from those that begin with a file.
func indented(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		b.WriteString("    " + line)
	}
	return b.String()
}
