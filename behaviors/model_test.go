package behaviors_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
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
	each             *modelEach
	wait             any // a time.Duration, or the meaning of until
	as               string
	retry            behaviors.RetryPolicy
	handled, around  bool // there is an on_error here, or around the step
	onError          []*modelStep
}

// modelEach is a loop over a list, or over what counts as one.
type modelEach struct {
	in        meaning
	as, index string
	once      *meaning
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
	journal  behaviors.Journal
	names    map[string]any
	failure  any // `error`, in an on_error
	answered bool
	silent   bool // the empty answer stands, and nothing has been asked for since
	loops    []int
	blocked  bool // an earlier iteration around this place may still answer
	decision behaviors.Decision
}

// A way to leave a step early, from wherever it is. Nothing but an on_error and
// an each takes one up.
type (
	waits struct{}                // for the journal
	stops struct{}                // a stop
	gives struct{ reason string } // a fail
	fails struct {                // a step that failed
		reason, path string
		behaviors.StepError
	}
)

// leaving runs something and tells how it was left early; nil: it was not.
func leaving(run func()) (how any) {
	defer func() {
		how = recover()
		switch how.(type) {
		case nil, waits, stops, gives, fails:
		default:
			panic(how)
		}
	}()
	run()
	return nil
}

// decide is Advance, by the model.
func (m *model) decide(steps []*modelStep) behaviors.Decision {
	m.answered, m.names = m.journal.Answered, map[string]any{}
	d := &m.decision
	switch how := leaving(func() { m.list(steps, false) }).(type) {
	case nil, stops:
		m.answer(&behaviors.Response{Status: 200})
		d.State = behaviors.RunDone
	case waits:
		d.State = behaviors.RunOpen
		return *d
	case gives:
		if m.silent {
			d.Response = badAnswer()
		}
		m.answer(badAnswer())
		d.State, d.Error = behaviors.RunFailed, how.reason
	case fails:
		m.answer(badAnswer())
		d.State, d.Error = behaviors.RunFailed, how.reason
	}
	d.Effects, d.Waits, d.Claims = nil, nil, nil
	return *d
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
	m.decision.Steps = append(m.decision.Steps, behaviors.Step{Path: m.path(s), Line: s.line, Name: s.name, Action: s.verb, State: behaviors.StepDone})
	if !s.handled {
		m.do(s, at, later)
		return
	}
	how := leaving(func() { m.do(s, at, later) })
	failure, failed := how.(fails)
	if !failed {
		if how != nil {
			panic(how)
		}
		return
	}
	outer := m.failure
	m.failure = map[string]any{
		"message": failure.Message, "step": failure.path, "attempts": int64(failure.Attempts), "status": int64(failure.Status),
	}
	defer func() { m.failure = outer }()
	m.list(s.onError, later)
}

// path names a step and the iterations around it.
func (m *model) path(s *modelStep) string {
	path := s.path
	for _, i := range m.loops {
		path = strings.Replace(path, "each[]", fmt.Sprintf("each[%d]", i), 1)
	}
	return path
}

func (m *model) do(s *modelStep, at int, later bool) {
	step := func() *behaviors.Step { return &m.decision.Steps[at] }
	taken, err := m.holds(s.when)
	if err != nil {
		m.fails(s, at, behaviors.StepError{Message: err.Error()})
	}
	if !taken {
		step().State = behaviors.StepSkipped
		return
	}
	inner := later || answers(s.onError)
	switch s.verb {
	case "steps":
		m.within(at, func() { m.list(s.steps, inner) })
	case "choose":
		m.choose(s, at, inner)
	case "each":
		m.within(at, func() { m.each(s, at, inner) })
	case "let":
		for _, let := range s.lets {
			v, err := let.of(m)
			if err != nil {
				m.fails(s, at, behaviors.StepError{Message: err.Error()})
			}
			m.names[let.name] = v
		}
	case "wait":
		m.wait(s, at)
	case "respond":
		if m.blocked && !m.answered {
			step().State = behaviors.StepPending
			panic(waits{})
		}
		m.answer(responseOf(m.params(s, at)))
	case "log":
		m.params(s, at)
	case "stop":
		m.params(s, at)
		panic(stops{})
	case "fail":
		how := leaving(func() { m.params(s, at) })
		step().State = behaviors.StepFailed
		if how != nil {
			panic(gives{how.(fails).reason})
		}
		panic(gives{fmt.Sprintf("fail (line %d)", s.line)})
	default:
		m.acts(s, at)
	}
}

// within marks a step by how what is in it was left.
func (m *model) within(at int, run func()) {
	how := leaving(run)
	switch how.(type) {
	case waits:
		m.decision.Steps[at].State = behaviors.StepPending
	case gives, fails:
		m.decision.Steps[at].State = behaviors.StepFailed
	}
	if how != nil {
		panic(how)
	}
}

func (m *model) choose(s *modelStep, at int, later bool) {
	for i, b := range s.branches {
		taken, err := m.holds(b.when)
		if err != nil {
			m.fails(s, at, behaviors.StepError{Message: err.Error()})
		}
		if taken {
			m.decision.Steps[at].Params = map[string]any{"branch": int64(i)}
			m.within(at, func() { m.list(b.steps, later) })
			return
		}
	}
	m.decision.Steps[at].State = behaviors.StepSkipped
}

// each lets every iteration come as far as it can. All have to end before the
// first of them that ended early decides.
func (m *model) each(s *modelStep, at int, later bool) {
	v, err := s.each.in.of(m)
	if err != nil {
		m.fails(s, at, behaviors.StepError{Message: err.Error()})
	}
	items, isList := v.([]any)
	if !isList && v != nil {
		items = []any{v}
	}
	m.decision.Steps[at].Params = map[string]any{"items": int64(len(items))}
	answer, waiting := answers(s.steps), false
	outer, blocked := m.names, m.blocked
	var first any
	for i, item := range items {
		m.names = maps.Clone(outer)
		if s.each.as != "" {
			m.names[s.each.as] = item
		}
		if s.each.index != "" {
			m.names[s.each.index] = int64(i)
		}
		m.blocked = blocked || waiting && answer
		m.loops = append(m.loops, i)
		more := later || answer && (waiting || i+1 < len(items))
		how := leaving(func() {
			if m.owns(s) {
				m.list(s.steps, more)
			}
		})
		m.loops = m.loops[:len(m.loops)-1]
		if _, waits := how.(waits); waits {
			waiting = true
		} else if first == nil {
			first = how
		}
	}
	m.names, m.blocked = outer, blocked
	if waiting {
		panic(waits{})
	}
	if first != nil {
		panic(first)
	}
}

// owns asks whether the item is this run's.
func (m *model) owns(s *modelStep) bool {
	if s.each.once == nil {
		return true
	}
	once := &modelStep{verb: "once", line: s.line, path: s.path + ".each[].once"}
	at := len(m.decision.Steps)
	path := m.path(once)
	m.decision.Steps = append(m.decision.Steps, behaviors.Step{Path: path, Line: s.line, Action: "once", State: behaviors.StepDone})
	v, err := s.each.once.of(m)
	if err != nil {
		m.fails(once, at, behaviors.StepError{Message: err.Error()})
	}
	if v == nil {
		return true
	}
	key := string(compact(v))
	m.decision.Steps[at].Params = map[string]any{"key": key}
	m.silent = false
	entry, known := m.journal.Steps[path]
	if !known {
		m.decision.Steps[at].State = behaviors.StepPending
		m.decision.Claims = append(m.decision.Claims, behaviors.Claim{Path: path, Line: s.line, Key: key})
		panic(waits{})
	}
	m.decision.Steps[at].Output = entry.Output
	return entry.Output != false
}

func (m *model) wait(s *modelStep, at int) {
	path := m.decision.Steps[at].Path
	timer := behaviors.Wait{Path: path, Line: s.line, Name: s.name}
	switch until := s.wait.(type) {
	case time.Duration:
		timer.For = until
		m.decision.Steps[at].Params = map[string]any{"for": until.String()}
	case *meaning:
		v, err := until.of(m)
		if err != nil {
			m.fails(s, at, behaviors.StepError{Message: err.Error()})
		}
		m.decision.Steps[at].Params = map[string]any{"until": v}
		if v == nil {
			return
		}
		timer.Until = v.(time.Time)
	}
	m.silent = false
	if _, over := m.journal.Steps[path]; over {
		return
	}
	m.decision.Steps[at].State = behaviors.StepPending
	m.decision.Waits = append(m.decision.Waits, timer)
	panic(waits{})
}

// fails is a step's final failure.
func (m *model) fails(s *modelStep, at int, e behaviors.StepError) {
	m.decision.Steps[at].State, m.decision.Steps[at].Error = behaviors.StepFailed, e.Message
	panic(fails{fmt.Sprintf("%s (line %d): %s", s.verb, s.line, e.Message), m.decision.Steps[at].Path, e})
}

// acts asks for an effect, or goes on with what the journal has of it.
func (m *model) acts(s *modelStep, at int) {
	m.silent = false
	params := m.params(s, at)
	path := m.decision.Steps[at].Path
	entry, known := m.journal.Steps[path]
	switch {
	case !known:
		m.decision.Steps[at].State = behaviors.StepPending
		m.decision.Effects = append(m.decision.Effects, behaviors.Effect{
			Path: path, Line: s.line, Name: s.name, Action: s.verb, Params: params, Retry: s.retry, Inline: !m.answered, Handled: s.handled || s.around,
		})
		panic(waits{})
	case entry.Failed != nil:
		m.fails(s, at, *entry.Failed)
	}
	m.decision.Steps[at].Output = entry.Output
	if s.as != "" {
		m.names[s.as] = entry.Output
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
func (m *model) params(s *modelStep, at int) map[string]any {
	params, err := m.valuesOf(s)
	if err != nil {
		m.fails(s, at, behaviors.StepError{Message: err.Error()})
	}
	m.decision.Steps[at].Params = params
	return params
}

func (m *model) valuesOf(s *modelStep) (map[string]any, error) {
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
