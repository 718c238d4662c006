package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

// TestMain lets scripts call the program as devhost, and looks for goroutines
// that outlive the tests.
func TestMain(m *testing.M) {
	testscript.Main(leakCheck{m}, map[string]func(){
		"devhost": func() { os.Exit(run(context.Background(), os.Args[1:], console{os.Stdout}, console{os.Stderr})) },
	})
}

type leakCheck struct{ m *testing.M }

func (l leakCheck) Run() int {
	code := l.m.Run()
	if err := goleak.Find(); code == 0 && err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		return 1
	}
	return code
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}
