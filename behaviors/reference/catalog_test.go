package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

func signatures(t *testing.T, c *behaviors.Catalog) section {
	s := section{title: "Signatures", intro: "A provider's namespace knows how it signs, how it wants a refusal, and what answer is an empty one to it. The secret may be a list, while it is changed. " +
		"Time is taken from `request.received_at`, so that a stored delivery still verifies. An empty secret is a refusal.\n"}
	for _, name := range slices.Sorted(maps.Keys(c.Providers)) {
		p, f := c.Providers[name], c.Functions[name+".signed"]
		text := code(signature(f)) + "\n\n" + p.Doc + "\n" + block("yaml", "verify: "+f.Examples()[0].Expression) +
			fmt.Sprintf("\nA wrong signature is answered %d", p.Rejection.Status)
		for _, h := range p.Rejection.Header {
			if h.Name != "Content-Type" {
				text += " with " + code(h.Name+": "+h.Value)
			}
		}
		text += fmt.Sprintf(", and the empty answer is %d. ", p.Empty.Status)
		text += map[bool]string{true: "`request.test` tells its pings.\n", false: "It has no pings that `request.test` could tell.\n"}[p.Test != nil]
		s.entries = append(s.entries, entry{"signature-" + name, f.Name, text})
	}
	return s
}

// The example of each provider is true of what the provider signs, and false of
// what nobody did.
func TestSignatureExamples(t *testing.T) {
	c := product(t)
	for name, p := range c.Providers {
		example := c.Functions[name+".signed"].Examples()[0].Expression
		signed := request(t)
		if err := p.Sign(signed, token, receivedAt); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, why := evaluate(t, c, signed, example); got != "true" {
			t.Errorf("%s of a signed request gives %s %s", example, got, why)
		}
		if got, why := evaluate(t, c, request(t), example); got != "false" {
			t.Errorf("%s of any request gives %s %s", example, got, why)
		}
	}
}

// promises say how an action is repeated, by what it reaches.
var promises = map[behaviors.Reach]string{
	behaviors.ReachHost:    "exactly once: the effect and the note that it was done are one transaction",
	behaviors.ReachStore:   "exactly once: the effect and the note that it was done are one transaction",
	behaviors.ReachOutside: "at least once, with the same `Idempotency-Key` at each attempt",
}

func actionPages(c *behaviors.Catalog) section {
	s := section{title: "Actions", intro: "An action that fails is tried again, as its [`retry`](#modifier-retry) says, unless it has failed for good. Before the answer it has one attempt. " +
		"What then is left goes to [`on_error`](#modifier-on_error); without one, the run is dead and can be retried by a person, or the caller who waits gets 500. " +
		"In the background, a run whose secret is not set or cannot be read waits until it can.\n\n" +
		"What is interpolated in a parameter is escaped by the [format](#values) of the parameter. A secret is given whole, as `${{ inputs.NAME }}`. Nil is as not given.\n"}
	all := maps.Clone(c.Actions)
	maps.Copy(all, c.Absent)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s.entries = append(s.entries, entry{"action-" + strings.ReplaceAll(name, ".", "-"), name, action(all[name])})
	}
	return s
}

func action(a *behaviors.ActionSpec) string {
	text := a.Summary + "\n" + block("yaml", a.Usage)
	var rows [][]string
	for _, p := range a.Params {
		rows = append(rows, []string{code(p.Name), parameterType(p), parameterNotes(p), p.Help})
	}
	text += table([]string{"parameter", "type", "is", "meaning"}, rows) + "\n"
	if a.Output.Kind == expression.Nil {
		text += "- Gives nothing.\n"
	} else {
		text += "- Gives a " + typeText(a.Output) + ", for example " + code(compact(a.Example)) + "\n"
	}
	text += "- Fails for good: " + a.Fails + "\n"
	text += "- Is done " + promises[a.Reach]
	if a.Ask {
		text += "; where a crash leaves open whether it was done, a person is asked"
	}
	text += ".\n"
	if len(a.Hosts) > 0 {
		text += "- Reaches " + strings.Join(a.Hosts, ", ") + ", without a policy that says so.\n"
	}
	if a.Needs != "" {
		text += "- Needs the ability " + code(a.Needs) + " of the helpdesk.\n"
	}
	return text
}

func parameterType(p behaviors.ParamSpec) string {
	word := typeText(p.Type)
	if p.Format != "" && p.Format != behaviors.Plain {
		word += " (" + string(p.Format) + ")"
	}
	return word
}

func parameterNotes(p behaviors.ParamSpec) string {
	var notes []string
	if p.Required {
		notes = append(notes, "required")
	}
	if p.SecretFields {
		notes = append(notes, "fields may be secrets")
	}
	if p.Default != nil {
		notes = append(notes, "default "+code(compact(p.Default)))
	}
	if len(p.Options) > 0 {
		notes = append(notes, "one of "+strings.Join(p.Options, ", "))
	}
	return strings.Join(notes, "; ")
}

func compact(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// The steps that show an action compile, and use it with its required
// parameters.
func TestActionExamples(t *testing.T) {
	c := product(t)
	for name, a := range c.Actions {
		if !strings.Contains(a.Usage, name+":") || a.Fails == "" {
			t.Errorf("%s needs steps that show it, and when it fails for good: %q, %q", name, a.Usage, a.Fails)
		}
		compiles(t, name, a.Usage, false)
		for _, p := range a.Params {
			if p.Help == "" {
				t.Errorf("%s: the parameter %s has no help", name, p.Name)
			}
		}
	}
}
