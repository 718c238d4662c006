package behaviors_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// The model is the language once more, as plainly as it can be said and without
// a thought for speed. A generated document carries what each of its expressions
// means as a Go function, so the model shares no code with what it judges.

// meaning is an expression, and what it gives by other means than ours.
type meaning struct {
	source string
	of     func(m *model) (any, error)
}

// errEvaluation stands for every failure of an expression: which one is the
// business of the cases.
var errEvaluation = errors.New("an expression that fails")

// anyUUID stands for what uuid() gives, which the model does not predict.
const anyUUID = "00000000-0000-4000-8000-000000000000"

// written is a value of the document: literal, one expression, a text with
// expressions in it, a list or a map.
type written struct {
	constant any
	whole    *meaning
	parts    []any // of a text: string or *meaning
	items    []written
	fields   map[string]written
}

// modelStep is a step of a generated document.
type modelStep struct {
	path, name, verb string
	line             int
	when             *meaning
	values           map[string]written // of an action, a respond, a log, a stop, a fail
	lets             []modelLet
	steps            []*modelStep
	branches         []modelBranch
	as               string
	retry            behaviors.RetryPolicy
	handled          bool
	onError          []*modelStep
}

type modelLet struct {
	name string
	meaning
}

type modelBranch struct {
	when  *meaning
	steps []*modelStep
}

// model is one call of advance.
type model struct {
	payload  map[string]any
	lets     map[string]meaning // of the document
	journal  behaviors.Journal
	names    map[string]any
	failure  any // `error`, in an on_error
	answered bool
	silent   bool // the empty answer stands, and nothing has been asked for since
	decision behaviors.Decision
}

// halt ends the run, or this call, from wherever it is.
type halt struct{ state behaviors.RunState }

func (m *model) halt(state behaviors.RunState) { panic(halt{state}) }

// decide is Advance, by the model.
func (m *model) decide(steps []*modelStep) (d behaviors.Decision) {
	m.answered, m.names = m.journal.Answered, map[string]any{}
	defer func() {
		if r := recover(); r != nil {
			h, ok := r.(halt)
			if !ok {
				panic(r)
			}
			m.decision.State = h.state
		}
		if m.decision.State == behaviors.RunDone {
			m.answer(&behaviors.Response{Status: 200})
		}
		d = m.decision
	}()
	m.list(steps, false)
	m.decision.State = behaviors.RunDone
	return m.decision
}

func (m *model) answer(r *behaviors.Response) {
	if !m.answered {
		m.answered, m.decision.Response = true, r
	}
}

// answers tells whether a respond stands somewhere in these steps.
func answers(steps []*modelStep) bool {
	for _, s := range steps {
		if s.verb == "respond" || answers(s.steps) || answers(s.onError) {
			return true
		}
		for _, b := range s.branches {
			if answers(b.steps) {
				return true
			}
		}
	}
	return false
}

func (m *model) list(steps []*modelStep, later bool) {
	for i, s := range steps {
		if !later && !m.answered && !answers(steps[i:]) {
			m.answer(&behaviors.Response{Status: 200})
			m.silent = true
		}
		m.step(s, later || answers(steps[i+1:]))
	}
}

func (m *model) step(s *modelStep, later bool) {
	at := len(m.decision.Steps)
	m.decision.Steps = append(m.decision.Steps, behaviors.Step{Path: s.path, Line: s.line, Name: s.name, Action: s.verb, State: behaviors.StepDone})
	set := func(state behaviors.StepState) { m.decision.Steps[at].State = state }
	taken, err := m.holds(s.when)
	switch {
	case err != nil:
		m.fails(s, at, behaviors.StepError{Message: err.Error()}, later)
		return
	case !taken:
		set(behaviors.StepSkipped)
		return
	}
	switch s.verb {
	case "steps":
		m.within(at, s.steps, later)
	case "choose":
		m.choose(s, at, later)
	case "let":
		for _, let := range s.lets {
			v, err := let.of(m)
			if err != nil {
				m.fails(s, at, behaviors.StepError{Message: err.Error()}, later)
				return
			}
			m.names[let.name] = v
		}
	case "stop", "fail":
		m.ends(s, at, later)
	default:
		params, err := m.params(s)
		if err != nil {
			if s.verb != "respond" && s.verb != "log" {
				m.silent = false
			}
			m.fails(s, at, behaviors.StepError{Message: err.Error()}, later)
			return
		}
		m.decision.Steps[at].Params = params
		switch s.verb {
		case "log":
		case "respond":
			m.answer(responseOf(params))
		default:
			m.acts(s, at, params, later)
		}
	}
}

// within runs steps of a step; how they leave it is how it is left.
func (m *model) within(at int, steps []*modelStep, later bool) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		switch h, _ := r.(halt); h.state {
		case behaviors.RunOpen:
			m.decision.Steps[at].State = behaviors.StepPending
		case behaviors.RunFailed:
			m.decision.Steps[at].State = behaviors.StepFailed
		}
		panic(r)
	}()
	m.list(steps, later)
}

func (m *model) choose(s *modelStep, at int, later bool) {
	for i, b := range s.branches {
		taken, err := m.holds(b.when)
		if err != nil {
			m.fails(s, at, behaviors.StepError{Message: err.Error()}, later)
			return
		}
		if taken {
			m.decision.Steps[at].Params = map[string]any{"branch": int64(i)}
			m.within(at, b.steps, later)
			return
		}
	}
	m.decision.Steps[at].State = behaviors.StepSkipped
}

func (m *model) ends(s *modelStep, at int, later bool) {
	if s.verb == "fail" && m.silent {
		m.decision.Response = badAnswer()
	}
	params, err := m.params(s)
	if err != nil {
		m.fails(s, at, behaviors.StepError{Message: err.Error()}, later)
		return
	}
	m.decision.Steps[at].Params = params
	if s.verb == "stop" {
		m.halt(behaviors.RunDone)
	}
	m.decision.Steps[at].State = behaviors.StepFailed
	m.runFails(fmt.Sprintf("fail (line %d)", s.line))
}

func (m *model) runFails(text string) {
	m.answer(badAnswer())
	m.decision.Error = text
	m.halt(behaviors.RunFailed)
}

// fails is a step's final failure.
func (m *model) fails(s *modelStep, at int, e behaviors.StepError, later bool) {
	m.decision.Steps[at].State, m.decision.Steps[at].Error = behaviors.StepFailed, e.Message
	if !s.handled {
		m.runFails(fmt.Sprintf("%s (line %d): %s", s.verb, s.line, e.Message))
	}
	outer := m.failure
	m.failure = map[string]any{"message": e.Message, "step": s.path, "attempts": int64(e.Attempts), "status": int64(e.Status)}
	m.list(s.onError, later)
	m.failure = outer
}

// acts asks for an effect, or goes on with what the journal has of it.
func (m *model) acts(s *modelStep, at int, params map[string]any, later bool) {
	m.silent = false
	entry, known := m.journal.Steps[s.path]
	switch {
	case !known:
		m.decision.Steps[at].State = behaviors.StepPending
		m.decision.Effects = append(m.decision.Effects, behaviors.Effect{
			Path: s.path, Line: s.line, Name: s.name, Action: s.verb, Params: params, Retry: s.retry, Inline: !m.answered, Handled: s.handled,
		})
		m.halt(behaviors.RunOpen)
	case entry.Failed != nil:
		m.fails(s, at, *entry.Failed, later)
	default:
		m.decision.Steps[at].Output = entry.Output
		if s.as != "" {
			m.names[s.as] = entry.Output
		}
	}
}

// holds is a `when`: nil is false, and what is no truth value is an error.
func (m *model) holds(when *meaning) (bool, error) {
	if when == nil {
		return true, nil
	}
	v, err := when.of(m)
	if err != nil {
		return false, err
	}
	return truth(v)
}

func truth(v any) (bool, error) {
	switch v := v.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	}
	return false, errEvaluation
}

// params are a step's values as the log has them.
func (m *model) params(s *modelStep) (map[string]any, error) {
	values := map[string]any{}
	for name, w := range s.values {
		v, err := m.value(w)
		if err != nil {
			return nil, err
		}
		values[name] = v
	}
	switch s.verb {
	case "log":
		level, text := values["level"], phrase(values["text"])
		switch level {
		case nil:
			level = "info"
		case "debug", "info", "warn", "error":
		default:
			return nil, errEvaluation
		}
		return map[string]any{"level": level, "text": text}, nil
	case "stop", "fail":
		return map[string]any{"reason": phrase(values["reason"])}, nil
	case "respond":
		if values["headers"] != nil {
			headers := map[string]any{}
			for name, v := range values["headers"].(map[string]any) {
				if v != nil {
					headers[name] = printed(v)
				}
			}
			values["headers"] = headers
		}
		return values, nil
	case "test.all":
		return values, converted(values)
	}
	return values, nil
}

// converted checks the parameters of test.all that have a type.
func converted(values map[string]any) error {
	switch values["count"].(type) {
	case nil, int64:
	default:
		return errEvaluation
	}
	return nil
}

// phrase is a text that is kept up to 4 KiB.
func phrase(v any) string {
	text := printed(v)
	if len(text) <= 4096 {
		return text
	}
	kept := text[:4096-len("…")]
	for !utf8.ValidString(kept) {
		kept = kept[:len(kept)-1]
	}
	return kept + "…"
}

// value evaluates what the document has written.
func (m *model) value(w written) (any, error) {
	switch {
	case w.whole != nil:
		return w.whole.of(m)
	case w.parts != nil:
		text := ""
		for _, p := range w.parts {
			if literal, ok := p.(string); ok {
				text += literal
				continue
			}
			v, err := p.(*meaning).of(m)
			if err != nil {
				return nil, err
			}
			text += printed(v)
		}
		return text, nil
	case w.items != nil:
		list := []any{}
		for _, item := range w.items {
			v, err := m.value(item)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case w.fields != nil:
		all := map[string]any{}
		for name, field := range w.fields {
			v, err := m.value(field)
			if err != nil {
				return nil, err
			}
			all[name] = v
		}
		return all, nil
	}
	return w.constant, nil
}

// printed is a value within a text.
func printed(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return string(compact(v))
}

// compact is JSON in the order of keys.
func compact(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// responseOf is the answer of a respond with a body in JSON.
func responseOf(params map[string]any) *behaviors.Response {
	r := &behaviors.Response{Status: int(params["status"].(int64)), Body: compact(params["json"])}
	for name, v := range params["headers"].(map[string]any) {
		r.Header = append(r.Header, payload.Field{Name: name, Value: v.(string)})
	}
	r.Header = append(r.Header, payload.Field{Name: "Content-Type", Value: "application/json"})
	return r
}

func badAnswer() *behaviors.Response {
	return &behaviors.Response{
		Status: 500, Header: payload.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}},
		Body: []byte("the request could not be processed\n"),
	}
}
