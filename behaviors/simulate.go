package behaviors

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Simulation is a dry run: nothing is touched.
type Simulation struct {
	Diagnostics Diagnostics     `json:"diagnostics"`
	Outcome     Outcome         `json:"outcome"`
	Cause       string          `json:"cause"`
	Response    *Response       `json:"response"`
	Steps       []SimulatedStep `json:"steps"`
	Trace       []TraceValue    `json:"trace"`
	// TraceProblem is why the trace is not whole.
	TraceProblem string `json:"trace_problem,omitempty"`
	// Detail of a refusal, or the error that ended the run.
	Detail string `json:"-"`
	// State of the run; empty where the request was refused.
	State RunState `json:"-"`
	// Key is the dedupe key, where HasKey.
	Key    string `json:"-"`
	HasKey bool   `json:"-"`
	// Order is the key of order_by, where HasOrder.
	Order    string `json:"-"`
	HasOrder bool   `json:"-"`
}

// SimulatedStep is a step with its parameters as they would be, secrets masked.
// The values of Params are json.RawMessage, printed within a budget.
type SimulatedStep struct {
	Path    string         `json:"path"`
	Line    int            `json:"line"`
	Action  string         `json:"action"`
	State   StepState      `json:"state"`
	Params  map[string]any `json:"params"`
	Assumed bool           `json:"assumed"` // the output was the action's example
	// Inline: done while the caller waits.
	Inline bool `json:"-"`
	// Error of a step that failed; it shows no value of the delivery.
	Error string `json:"error,omitempty"`
}

// Simulate compiles and runs a behavior against one delivery. outputs gives a
// step's output by its `as` name or its path, a value or {error: text,
// status, attempts}; a missing one is the action's example. Inputs may be unbound: a secret given as
// text is used as such, and a value that does not fit is a warning. The policy is
// the null policy.
func Simulate(source string, c *Catalog, d *Delivery, outputs map[string]any) *Simulation {
	return SimulateWith(source, c, d, outputs, Options{})
}

// SimulateWith simulates a behavior of which more is known. A step that its
// policy denies fails with that.
func SimulateWith(source string, c *Catalog, d *Delivery, outputs map[string]any, o Options) *Simulation {
	p, found := compileSource(source, c, o)
	s := &Simulation{Steps: []SimulatedStep{}, Trace: []TraceValue{}}
	if p == nil {
		_, s.Diagnostics = CompileWith(source, c, o)
		return s
	}
	d = p.simulated(d, found)
	s.Diagnostics = found.diagnostics()

	e := NewEvaluation(p, d, nil)
	admission := e.Admit()
	s.Outcome, s.Cause, s.Detail = admission.Outcome, admission.Cause, admission.Detail
	s.Response, s.Key, s.HasKey = admission.Response, admission.Key, admission.HasKey
	s.Order, s.HasOrder = admission.Order, admission.HasOrder
	journal := Journal{Steps: map[string]Entry{}}
	assumed, inline := map[string]bool{}, map[string]bool{}
	if admission.runs() {
		decision := e.simulateRun(admission, o.Policy, outputs, journal, assumed, inline)
		s.State, s.Detail = decision.State, decision.Error
		if admission.Outcome == Accepted {
			s.Response = decision.Response
		}
		for _, step := range decision.Steps {
			s.Steps = append(s.Steps, SimulatedStep{
				Path: step.Path, Line: step.Line, Action: step.Action, State: step.State, Params: shown(step.Params),
				Assumed: assumed[step.Path], Inline: inline[step.Path], Error: step.Error,
			})
		}
	}
	if s.Response = e.WithCORS(s.Response); s.Outcome == Preflight {
		s.Outcome, s.Detail = Handshake, "a preflight of cors" // as the outside calls what is answered and not kept
	}
	// The journal is complete: once more, for a trace that sees everything once.
	trace := &expression.Trace{}
	e = NewEvaluation(p, d, trace)
	var decision Decision
	if a := e.Admit(); a.runs() {
		decision = e.advance(a, journal)
	}
	s.Trace = e.TraceDenials(p.TraceValues(trace), o.Policy, decision, e.simulatedSecret)
	if trace.Cut {
		s.TraceProblem = TraceCut
	}
	return s
}

// simulateRun feeds outputs until the run is over, and notes in the journal
// what it took.
func (e *Evaluation) simulateRun(a Admission, policy Policy, outputs map[string]any, journal Journal, assumed, inline map[string]bool) Decision {
	for {
		decision := e.advance(a, journal)
		if decision.State != RunOpen {
			return decision
		}
		for _, w := range decision.Waits { // the time has passed
			journal.Steps[w.Path] = Entry{}
		}
		for _, claim := range decision.Claims {
			output, given := outputs[claim.Path]
			if !given {
				output, assumed[claim.Path] = true, true
			}
			journal.Steps[claim.Path] = Entry{Output: output}
		}
		for _, effect := range decision.Effects {
			entry, given := e.p.simulatedOutput(effect.Path, outputs)
			if denied := e.simulatedDenial(policy, effect); denied != nil {
				entry, given = Entry{Failed: denied}, true
			}
			journal.Steps[effect.Path] = entry
			assumed[effect.Path] = !given
			inline[effect.Path] = effect.Inline
		}
	}
}

// simulatedDenial is how a step fails that a policy denies. What hangs on a
// secret that has no value here is not denied.
func (e *Evaluation) simulatedDenial(policy Policy, effect Effect) *StepError {
	err := e.Permit(policy, effect, e.simulatedSecret)
	var denied *DeniedError
	if !errors.As(err, &denied) {
		return nil
	}
	return &StepError{Message: denied.Error(), Attempts: 1}
}

func (e *Evaluation) simulatedSecret(s expression.Secret) (string, error) {
	value, err := e.d.Secrets(s)
	if value == "" && err == nil {
		err = errNoURL
	}
	return value, err
}

func (p *Program) simulatedOutput(path string, outputs map[string]any) (Entry, bool) {
	s := p.step(path)
	output, given := outputs[path]
	if !given && s.as != "" {
		output, given = outputs[s.as]
	}
	if !given {
		return Entry{Output: plain(s.action.Example)}, false
	}
	if failure := simulatedFailure(output); failure != nil {
		return Entry{Failed: failure}, true
	}
	return Entry{Output: plain(output)}, true
}

// simulatedFailure reads {error: text}, with a status and attempts if given. A
// map that says more is an output.
func simulatedFailure(output any) *StepError {
	m, _ := output.(map[string]any)
	message, ok := m["error"].(string)
	if !ok {
		return nil
	}
	failure := &StepError{Message: message, Attempts: 1}
	for name, v := range m {
		n, isInteger := number(v).(int64)
		switch {
		case name == "error" || name == "blame":
		case name == "status" && isInteger:
			failure.Status = int(n)
		case name == "attempts" && isInteger:
			failure.Attempts = int(n)
		default:
			return nil
		}
	}
	return failure
}

// simulated binds the inputs as far as they fit.
func (p *Program) simulated(d *Delivery, found *findings) *Delivery {
	values := make(map[string]any, len(d.Inputs))
	texts := map[expression.Secret]string{}
	for name, v := range d.Inputs {
		text, isText := v.(string)
		if isText && slices.ContainsFunc(p.inputs, func(in Input) bool { return in.Name == name && in.Type == "secret" }) {
			secret := expression.Secret{Name: name}
			texts[secret] = text
			v = secret
		}
		values[name] = v
	}
	bound, problems := p.BindInputs(values)
	for _, problem := range problems {
		at := span{}
		for i, in := range p.inputs {
			if in.Name == problem.Name {
				at = p.inputLines[i]
			}
		}
		found.report(badInput, at, problem.Name, problem.Message)
	}
	copied := *d
	copied.Inputs = bound
	copied.Secrets = func(s expression.Secret) (string, error) {
		if text, ok := texts[s]; ok {
			return text, nil
		}
		if d.Secrets != nil {
			return d.Secrets(s)
		}
		return "", nil
	}
	return &copied
}

// shown prints values for people: secrets by name, within a budget each.
func shown(params map[string]any) map[string]any {
	if params == nil {
		return map[string]any{}
	}
	out := make(map[string]any, len(params))
	for name, v := range params {
		text, err := expression.NewWalker(expression.Limits{}).JSON(v)
		if err != nil {
			text, _ = json.Marshal(summary(v))
		}
		out[name] = json.RawMessage(text)
	}
	return out
}

// summary names what is too large to print.
func summary(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("text of %d bytes", len(v))
	case []any:
		return fmt.Sprintf("list of %d items", len(v))
	case map[string]any:
		return fmt.Sprintf("map of %d keys", len(v))
	}
	return "a value that cannot be printed"
}

// cutBytes shortens a text without splitting a character.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
