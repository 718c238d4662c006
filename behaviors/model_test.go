package behaviors_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors"
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

// modelStep is a step of a generated document.
type modelStep struct {
	path, name, verb string
	line             int
	when             *meaning
	values           map[string]written // of an action, a log, a stop, a fail
	respond          *modelRespond
	lets             []modelLet
	steps            []*modelStep
	branches         []modelBranch
	each             *modelEach
	wait             any // a time.Duration, or the meaning of the duration or of until
	until            bool
	as               string
	retry            behaviors.RetryPolicy
	timeout          time.Duration
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

// model is one call of advance, or of what comes before.
type model struct {
	doc      *modelDocument
	fetched  []fetched // the secrets that were asked for
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
func (m *model) decide(steps []*modelStep, answered bool) behaviors.Decision {
	m.answered, m.names = answered || m.journal.Answered, map[string]any{}
	d := &m.decision
	if m.doc.complex {
		m.answer(badAnswer())
		d.State, d.Error = behaviors.RunFailed, "complex"
		return *d
	}
	switch how := leaving(func() { m.list(steps, false) }).(type) {
	case nil, stops:
		m.answer(m.doc.silence())
		d.State = behaviors.RunDone
	case waits:
		d.State = behaviors.RunOpen
		return *d
	case gives:
		m.failed(how.reason)
	case fails:
		m.failed(how.reason)
	}
	d.Effects, d.Waits, d.Claims = nil, nil, nil
	return *d
}

// failed ends the run. The empty answer that stands is taken back while nothing
// has been asked for.
func (m *model) failed(reason string) {
	if m.silent {
		m.decision.Response = badAnswer()
	}
	m.answer(badAnswer())
	m.decision.State, m.decision.Error = behaviors.RunFailed, reason
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
			m.answer(m.doc.silence())
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
		response, params, err := m.respond(s.respond)
		step().Params = params
		if err != nil {
			m.fails(s, at, behaviors.StepError{Message: err.Error()})
		}
		m.answer(response)
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
		reason := fmt.Sprintf("fail (line %d)", s.line)
		if text, ok := s.values["reason"].constant.(string); ok {
			step().Error = text
			reason += ": " + text
		}
		panic(gives{reason})
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
	if len(items) > 1000 {
		m.fails(s, at, behaviors.StepError{Message: "too many"})
	}
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
	v := s.wait
	if x, ok := v.(*meaning); ok {
		var err error
		if v, err = x.of(m); err != nil {
			m.fails(s, at, behaviors.StepError{Message: err.Error()})
		}
	}
	moment, isTime := v.(time.Time)
	d, isDuration := v.(time.Duration)
	switch {
	case s.until && v == nil:
		m.decision.Steps[at].Params = map[string]any{"until": nil}
		return
	case s.until && isTime:
		timer.Until = moment
		m.decision.Steps[at].Params = map[string]any{"until": moment}
	case !s.until && isDuration && d > 0 && d <= 366*24*time.Hour:
		timer.For = d
		m.decision.Steps[at].Params = map[string]any{"for": d.String()}
	default:
		m.fails(s, at, behaviors.StepError{Message: "no time to wait"})
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
	params := m.params(s, at)
	m.silent = false
	path := m.decision.Steps[at].Path
	entry, known := m.journal.Steps[path]
	switch {
	case !known:
		m.decision.Steps[at].State = behaviors.StepPending
		m.decision.Effects = append(m.decision.Effects, behaviors.Effect{
			Path: path, Line: s.line, Name: s.name, Action: s.verb, Params: params, Retry: s.retry, Timeout: s.timeout, Inline: !m.answered, Handled: s.handled || s.around,
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
