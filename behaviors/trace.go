package behaviors

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// TraceValue is a value of a sub-expression. Line and column are those of its
// token: the name of a member, an operator, a bracket, a `?`. Kind is the kind of
// its node in expr's tree, but for Index (a member in brackets) and Call (of
// builtins, too), or Policy.
type TraceValue struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Kind   string `json:"kind"`
	Value  any    `json:"value"`
	// Error is why there is no value, or why the value does not serve. It shows no
	// value of the delivery.
	Error string `json:"error,omitempty"`
	// N is how many values the node had, on the first of them: at most 20 are here.
	N int `json:"n"`
}

// TraceCut is the problem of a trace that has more values than are shown.
const TraceCut = "more was evaluated than a trace shows: values are missing"

// TraceValues gives what a trace collected, with places in the document, in
// their order. Secrets, and what is made of them, come as the word, large values
// cut. Values are json.RawMessage.
func (p *Program) TraceValues(t *expression.Trace) []TraceValue {
	values := make([]TraceValue, 0, len(t.Entries))
	for _, e := range t.Entries {
		line, column := p.position(e.At, e.Offset)
		values = append(values, TraceValue{line, column, e.Kind, json.RawMessage(e.Value), e.Error, e.N})
	}
	sortTrace(values)
	return values
}

func sortTrace(values []TraceValue) {
	slices.SortStableFunc(values, func(a, b TraceValue) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}

// tracedPayload is the whole payload: a program's own paths read no more of it
// than it needs.
func (e *evaluation) tracedPayload() any {
	paths := &payload.Paths{}
	at := paths.Add(nil)
	body, err := payload.Scan(e.d.Request, paths, payload.DefaultLimits)
	if err != nil {
		return nil
	}
	return body.Value(at)
}

// TraceDenials adds to a trace which of a decision's steps a policy denies, as
// values of the kind Policy at the places of the steps. What is done is not asked
// again, and neither is what hangs on a secret that cannot be had.
func (e *Evaluation) TraceDenials(values []TraceValue, p Policy, d Decision, secret func(expression.Secret) (string, error)) []TraceValue {
	for _, s := range d.Steps {
		if e.p.actions[s.Action] == nil || s.Params == nil || s.State == StepDone {
			continue
		}
		var denied *DeniedError
		if errors.As(e.Permit(p, Effect{Action: s.Action, Params: s.Params}, secret), &denied) {
			text, _ := json.Marshal(denied.Error())
			at := TraceValue{Line: s.Line, Column: 1, Kind: "Policy", Value: json.RawMessage(text), N: 1}
			if step := e.p.step(s.Path); step != nil {
				at.Column = step.column
			}
			values = append(values, at)
		}
	}
	sortTrace(values)
	return values
}
