package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

// simulate prints what a behavior decides about a request, as the API's JSON.
func simulate(_ context.Context, args []string, stdout, stderr console) error {
	fs := newFlags("simulate", "-behavior FILE -request FILE [flags]", stderr)
	behavior := fs.String("behavior", "", "`file` of the behavior")
	request := fs.String("request", "", "`file` of the request, an HTTP/1.1 message")
	inputs := fs.String("inputs", "", "JSON `file` of the listener's inputs, secrets as texts")
	outputs := fs.String("outputs", "", "JSON `file` of what steps give, by their as or path")
	policy := fs.String("policy", "", "JSON `file` of the policy; empty: null")
	now := fs.String("now", "", "`time` of receipt, such as 2026-03-01T09:00:00Z; empty: the present")
	baseURL := fs.String("base-url", "http://127.0.0.1:8025", "public `URL` of the helpdesk")
	if err := fs.Parse(args); err != nil {
		return &usageError{err}
	}
	if *behavior == "" || *request == "" || fs.NArg() > 0 {
		return &usageError{errors.New("simulate: needs -behavior and -request, and nothing else but flags")}
	}
	s := plugin.Simulation{BaseURL: strings.TrimRight(*baseURL, "/") + "/webhooks"}
	source, err := readFile(*behavior)
	if err != nil {
		return &usageError{fmt.Errorf("simulate: %w", err)}
	}
	s.Source = string(source)
	text, err := readFile(*request)
	if err != nil {
		return &usageError{fmt.Errorf("simulate: %w", err)}
	}
	if s.Request, err = plugin.ReadRequest(text); err != nil {
		return &usageError{fmt.Errorf("simulate: read %s: %w", *request, err)}
	}
	s.Request.ReceivedAt = time.Now().UTC()
	if *now != "" {
		if s.Request.ReceivedAt, err = time.Parse(time.RFC3339Nano, *now); err != nil {
			return &usageError{fmt.Errorf("simulate: -now must be a time such as 2026-03-01T09:00:00Z, got %q", *now)}
		}
		s.Request.ReceivedAt = s.Request.ReceivedAt.UTC()
	}
	if s.Inputs, err = readObject(*inputs); err != nil {
		return &usageError{fmt.Errorf("simulate: %w", err)}
	}
	if s.Outputs, err = readObject(*outputs); err != nil {
		return &usageError{fmt.Errorf("simulate: %w", err)}
	}
	tools, err := plugin.NewTools(own(nil)...)
	if err != nil {
		return err
	}
	if s.Policy, err = policyFlag(tools, *policy); err != nil {
		return &usageError{fmt.Errorf("simulate: %w", err)}
	}
	answer, compiles, err := tools.Simulate(s)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, answer, "", "  "); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	stdout.printf("%s\n", pretty.String())
	if !compiles {
		return errReported
	}
	return nil
}

// readObject reads a JSON object by its names, or gives none for no file.
func readObject(path string) (map[string]json.RawMessage, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, fmt.Errorf("%s must hold a JSON object: %w", path, err)
	}
	return object, nil
}
