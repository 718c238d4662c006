package cases

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
)

// diagnosed is what the compiler finds, rendered.
const diagnosed = "want/diagnostics.txt"

// expectations that a case may have.
var expectations = []string{
	diagnosed,
	"want/outcome.txt",   // accepted or refused, why, the keys of dedupe and order_by, how the run ended
	"want/response.http", // the answer
	"want/steps.yaml",    // the steps that were reached, with final parameters
	"want/trace.txt",     // the values of sub-expressions
}

// Results runs a case and gives what it may expect, by section.
func (c *Case) Results(catalog *behaviors.Catalog) (map[string]string, error) {
	d, err := c.delivery()
	if err != nil {
		return nil, err
	}
	options, err := c.options(catalog)
	if err != nil {
		return nil, err
	}
	if d == nil {
		_, diagnostics := behaviors.CompileWith(c.source, catalog, options)
		return map[string]string{diagnosed: diagnostics.Render("behavior.yaml", c.source)}, nil
	}
	outputs, err := c.values("outputs.yaml")
	if err != nil {
		return nil, err
	}
	s := behaviors.SimulateWith(c.source, catalog, d, outputs, options)
	results := map[string]string{diagnosed: s.Diagnostics.Render("behavior.yaml", c.source)}
	if s.Outcome == "" {
		return results, nil
	}
	results["want/outcome.txt"] = outcome(s)
	results["want/response.http"] = response(s.Response)
	results["want/steps.yaml"] = steps(s.Steps)
	results["want/trace.txt"] = trace(s.Trace)
	return results, nil
}

func outcome(s *behaviors.Simulation) string {
	var b strings.Builder
	b.WriteString(string(s.Outcome))
	if s.Cause != "" {
		b.WriteString(": " + s.Cause)
	}
	b.WriteString("\n")
	if s.HasKey {
		fmt.Fprintf(&b, "key: %s\n", s.Key)
	}
	if s.HasOrder {
		fmt.Fprintf(&b, "order: %s\n", s.Order)
	}
	if s.State != "" {
		fmt.Fprintf(&b, "run: %s\n", s.State)
	}
	if s.Detail != "" {
		fmt.Fprintf(&b, "because: %s\n", s.Detail)
	}
	return b.String()
}

func response(r *behaviors.Response) string {
	if r == nil {
		return "none\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", r.Status, http.StatusText(r.Status))
	for _, f := range r.Header {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	if len(r.Body) > 0 {
		b.WriteString("\n" + strings.TrimSuffix(string(r.Body), "\n") + "\n")
	}
	return b.String()
}

// steps lists what was reached, as YAML: `- action: params`, in the order of
// the walk, and how it ended where it was not simply done.
func steps(list []behaviors.SimulatedStep) string {
	var b strings.Builder
	for _, s := range list {
		// A branch of a choose is no line of its own.
		indent := strings.Repeat("  ", strings.Count(s.Path, ".")-strings.Count(s.Path, ".choose["))
		fmt.Fprintf(&b, "%s- %s:", indent, s.Action)
		if len(s.Params) > 0 {
			fmt.Fprintf(&b, " %s", params(s.Params))
		}
		var notes []string
		if s.State != behaviors.StepDone {
			notes = append(notes, string(s.State))
		}
		if s.Inline {
			notes = append(notes, "before the answer")
		}
		if s.Assumed {
			notes = append(notes, "output assumed")
		}
		if s.Error != "" {
			notes = append(notes, s.Error)
		}
		if len(notes) > 0 {
			fmt.Fprintf(&b, " # %s", strings.Join(notes, ", "))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func params(m map[string]any) string {
	parts := make([]string, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, name+": "+printed(m[name]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func trace(list []behaviors.TraceValue) string {
	var b strings.Builder
	for _, v := range list {
		fmt.Fprintf(&b, "%d:%d %s = %s", v.Line, v.Column, v.Kind, printed(v.Value))
		if v.N > 1 {
			fmt.Fprintf(&b, " (of %d)", v.N)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func printed(v any) string {
	if raw, ok := v.(json.RawMessage); ok {
		return string(raw)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
