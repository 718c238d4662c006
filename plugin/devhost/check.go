package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/deskhook/deskhook/plugin"
)

const maxFindings = 100 // of a file

// newFlags are the flags of a subcommand, and its usage.
func newFlags(name, synopsis string, stderr io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprintf(stderr, "usage: devhost %s %s\n", name, synopsis)
		fs.PrintDefaults()
	}
	return fs
}

// check says what is wrong with behaviors, file by file.
func check(_ context.Context, args []string, stdout, stderr io.Writer) error {
	fs := newFlags("check", "FILE…", stderr)
	if err := fs.Parse(args); err != nil {
		return &usageError{err}
	}
	if fs.NArg() == 0 {
		return &usageError{errors.New("check: name at least one file")}
	}
	tools, err := plugin.NewTools()
	if err != nil {
		return err
	}
	wrong := false
	for _, name := range fs.Args() {
		source, err := os.ReadFile(name)
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
func printFindings(w io.Writer, name, source string, found []plugin.Diagnostic) {
	lines := strings.Split(source, "\n")
	for i, d := range found {
		if i == maxFindings {
			fmt.Fprintf(w, "%s: %d more\n", name, len(found)-maxFindings)
			return
		}
		fmt.Fprintf(w, "%s:%d:%d: %s: %s [%s]\n", name, d.Line, d.Column, d.Severity, d.Message, d.Code)
		if d.Line >= 1 && d.Line <= len(lines) {
			printCaret(w, strings.TrimSuffix(lines[d.Line-1], "\r"), d)
		}
		if d.Suggestion != "" {
			fmt.Fprintf(w, "    %s\n", d.Suggestion)
		}
	}
}

// printCaret shows a line and marks the finding below it; tabs stay tabs, so
// that the marks stand where they belong.
func printCaret(w io.Writer, line string, d plugin.Diagnostic) {
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
	fmt.Fprintf(w, "    %s\n    %s%s\n", line, indent, strings.Repeat("^", max(to-from, 1)))
}
