package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/deskhook/deskhook/plugin"
)

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

// policyFlag reads the file of a policy; without one the policy is null.
func policyFlag(tools *plugin.Tools, path string) (plugin.Policy, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	policy, err := tools.Policy(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return policy, nil
}

// printJSON writes one document, as people can read it, too.
func printJSON(w console, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		w.printf("%s\n", text)
	}
	return err
}

// checkedFile is a file as check -json shows it.
type checkedFile struct {
	File        string             `json:"file"`
	Diagnostics plugin.Diagnostics `json:"diagnostics"`
	source      string
}

// check says what is wrong with behaviors, file by file in the order in which
// they are named. Where one cannot be read, none is checked.
func check(_ context.Context, args []string, stdout, stderr console) error {
	fs := newFlags("check", "[flags] FILE…", stderr)
	asJSON := fs.Bool("json", false, "print one JSON document: {files: [{file, diagnostics}]}")
	policyFile := fs.String("policy", "", "JSON `file` of the policy that they are checked under; empty: null")
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
	policy, err := policyFlag(tools, *policyFile)
	if err != nil {
		return &usageError{fmt.Errorf("check: %w", err)}
	}
	var files []checkedFile
	var unread []error
	for _, name := range fs.Args() {
		source, err := readFile(name)
		if err != nil {
			unread = append(unread, fmt.Errorf("check: %w", err))
		}
		files = append(files, checkedFile{File: name, source: string(source)})
	}
	if unread != nil {
		return &usageError{errors.Join(unread...)}
	}
	wrong := false
	for i := range files {
		f := &files[i]
		var failed bool
		f.Diagnostics, failed = tools.Check(f.source, policy)
		wrong = wrong || failed
		if !*asJSON {
			stdout.printf("%s", f.Diagnostics.Render(f.File, f.source))
		}
	}
	if *asJSON {
		if err := printJSON(stdout, map[string]any{"files": files}); err != nil {
			return fmt.Errorf("check: %w", err)
		}
	}
	if wrong {
		return errReported
	}
	return nil
}
