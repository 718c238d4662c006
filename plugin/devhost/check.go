package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/deskhook/deskhook/plugin"
)

const maxFindings = 100 // of a file

// newFlags are the flags of a subcommand, and its usage.
func newFlags(name, synopsis string, stderr console) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		stderr.printf("usage: devhost %s %s\n", name, synopsis)
		fs.PrintDefaults()
	}
	return fs
}

// readFile reads what the person who calls names.
func readFile(path string) ([]byte, error) {
	return os.ReadFile(path) //nolint:gosec // any file that the person may read
}

// check says what is wrong with behaviors, file by file.
func check(_ context.Context, args []string, stdout, stderr console) error {
	fs := newFlags("check", "FILE…", stderr)
	if err := fs.Parse(args); err != nil {
		return &usageError{err}
	}
	if fs.NArg() == 0 {
		return &usageError{errors.New("check: name at least one file")}
	}
	tools, err := plugin.NewTools(own(nil)...)
	if err != nil {
		return err
	}
	wrong := false
	for _, name := range fs.Args() {
		source, err := readFile(name)
		if err != nil {
			return &usageError{fmt.Errorf("check: %w", err)}
		}
		found, failed := tools.Check(string(source))
		wrong = wrong || failed
		printFindings(stdout, name, string(source), found)
	}
	if wrong {
		return errReported
	}
	return nil
}

// printFindings writes them as compilers do: place, message, line and caret.
func printFindings(w console, name, source string, found []plugin.Diagnostic) {
	lines := strings.Split(source, "\n")
	for i, d := range found {
		if i == maxFindings {
			w.printf("%s: %d more\n", name, len(found)-maxFindings)
			return
		}
		w.printf("%s:%d:%d: %s: %s [%s]\n", name, d.Line, d.Column, d.Severity, d.Message, d.Code)
		if d.Line >= 1 && d.Line <= len(lines) {
			printCaret(w, strings.TrimSuffix(lines[d.Line-1], "\r"), d)
		}
		if d.Suggestion != "" {
			w.printf("    %s\n", d.Suggestion)
		}
	}
}

// printCaret shows a line and marks the finding below it; tabs stay tabs, so
// that the marks stand where they belong.
func printCaret(w console, line string, d plugin.Diagnostic) {
	runes := []rune(line)
	from := min(max(d.Column-1, 0), len(runes))
	to := len(runes)
	if d.EndLine == d.Line {
		to = min(max(d.EndColumn-1, from), len(runes))
	}
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(runes[:from]))
	w.printf("    %s\n    %s%s\n", line, indent, strings.Repeat("^", max(to-from, 1)))
}
