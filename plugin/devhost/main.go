// Command devhost is the reference host: a small, real helpdesk that embeds the
// webhooks plugin, for trying it, for its tests, and as the example to read. Of
// this module it uses package plugin and nothing else.
//
// Start with host.go, which is the helpdesk as the plugin sees it, records.go,
// its records, registry.go, what the plugin extends it by, and own.go, what it
// adds to the language of behaviors. The rest is the helpdesk: one file a thing
// that it knows.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `devhost is a small helpdesk with the webhooks plugin.

  devhost [flags]                 serve it
  devhost check [flags] FILE…     say what is wrong with behaviors
  devhost simulate -behavior FILE -request FILE [flags]
                                  what a behavior decides about a request
  devhost test [flags] FILE.txtar…
                                  run cases of behaviors
  devhost send -url URL -provider NAME -key KEY FILE
                                  sign a body as the provider would, and post it
  devhost rotate-key [flags]      add an encryption key, and encrypt with it
  devhost uninstall [flags]       drop what the plugin keeps, after saying what

Flags of the server:
`

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], console{os.Stdout}, console{os.Stderr}))
}

// console is where the program talks to people. What cannot be written there is
// lost: nobody is left to tell.
type console struct{ io.Writer }

func (c console) printf(format string, args ...any) { _, _ = fmt.Fprintf(c.Writer, format, args...) }

// usageError is a call that makes no sense.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// run is the whole program, and gives its exit code.
func run(ctx context.Context, args []string, stdout, stderr console) int {
	command := serve
	if len(args) > 0 {
		commands := map[string]func(context.Context, []string, console, console) error{
			"check": check, "simulate": simulate, "test": testCases, "send": send, "rotate-key": rotateKey, "uninstall": uninstall,
		}
		if c, ok := commands[args[0]]; ok {
			command, args = c, args[1:]
		}
	}
	err := command(ctx, args, stdout, stderr)
	var u *usageError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errReported):
		return exitError
	}
	stderr.printf("devhost: %v\n", err)
	if errors.As(err, &u) {
		return exitUsage
	}
	return exitError
}

// errReported is a failure that has been said already.
var errReported = errors.New("reported")

// serve runs the helpdesk until it is told to end.
func serve(ctx context.Context, args []string, stdout, stderr console) error {
	c, err := parseConfig(args, stderr)
	if err != nil {
		return &usageError{err}
	}
	s, err := start(ctx, c, stderr)
	if err != nil {
		return err
	}
	stdout.printf("the helpdesk is ready: %s/\n", s.helpdesk.baseURL())
	if s.password != "" {
		stdout.printf("log in as admin with the password %s (it is shown only this once)\n", s.password)
	}
	if c.demo {
		if err := s.playDemo(ctx, c, stdout); err != nil {
			stderr.printf("devhost: the demo did not play: %v\n", err)
		}
	}
	select {
	case <-ctx.Done():
	case err = <-s.failed:
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	return errors.Join(err, s.stop(ctx))
}
