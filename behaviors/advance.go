package behaviors

import (
	"fmt"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Advance starts over, as resuming does.
func Advance(p *Program, d *Delivery, j Journal) Decision {
	return NewEvaluation(p, d, nil).Advance(j)
}

// Advance decides what to do next. It is a pure function of the program, the
// delivery and the journal; calling it on a used Evaluation gives the same.
func (e *Evaluation) Advance(j Journal) Decision {
	w := &walk{Evaluation: e, journal: j, answered: j.Answered}
	w.State = RunOpen
	if err := e.scan(); err != nil {
		w.fail(err)
		return w.Decision
	}
	e.resetNames()
	switch w.list(e.p.steps, false) {
	case next, stopped:
		w.commit(e.p.emptyAnswer)
		w.State = RunDone
	case failed:
	case waiting:
	}
	return w.Decision
}

// resetNames empties what steps of an earlier call have set.
func (e *Evaluation) resetNames() {
	e.frame.Slots[slotError] = nil
	for _, s := range e.p.stepSlots {
		e.frame.Slots[s.slot] = nil
		if s.seed != nil {
			e.frame.Slots[s.slot] = &expression.Lazy{Expr: s.seed.compiled, At: s.seed.at}
		}
	}
}

// flow is how a step ended.
type flow uint8

const (
	next    flow = iota // go on
	stopped             // the run is over, well
	waiting             // for an effect
	failed              // the run is over, badly
)

// walk is one way through the steps.
type walk struct {
	*Evaluation
	Decision
	journal  Journal
	answered bool
	// unsent: the empty answer is decided upon, and nothing was waited for since,
	// so that a fail may still take its place.
	unsent bool
}

// commit answers, if nothing has.
func (w *walk) commit(answer func() *Response) {
	if w.answered {
		return
	}
	w.answered = true
	w.Response = answer()
}

func (w *walk) fail(err error) flow {
	w.commit(failedResponse)
	w.State, w.Error = RunFailed, err.Error()
	return failed
}

// list runs steps in order. after: a respond may still be reached behind the
// list. As soon as none can be, the empty answer goes out.
func (w *walk) list(steps []*step, after bool) flow {
	for _, s := range steps {
		if !s.responds && !s.rest && !after && !w.answered {
			w.commit(w.p.emptyAnswer)
			w.unsent = true
		}
		if f := w.step(s, s.rest || after); f != next {
			return f
		}
	}
	return next
}

func (w *walk) step(s *step, after bool) flow {
	index := len(w.Steps)
	w.Steps = append(w.Steps, Step{Path: s.path, Line: s.line, Name: s.name, Action: s.verb, State: StepDone})
	run := true
	var err error
	if s.when != nil {
		if run, err = w.holds(s.when); err != nil {
			return w.failStep(s, index, fmt.Errorf("when: %w", err), after)
		}
	}
	if !run {
		w.Steps[index].State = StepSkipped
		return next
	}
	if s.action != nil {
		return w.act(s, index, after)
	}
	switch s.verb {
	case "respond":
		return w.answerStep(s, index, after)
	case "stop", "fail":
		return w.end(s, index, after)
	case "log":
		if w.Steps[index].Params, err = w.log(s); err != nil {
			return w.failStep(s, index, err, after)
		}
		return next
	case "let":
		return w.bindLets(s, index, after)
	case "choose":
		return w.choose(s, index, after)
	}
	return w.group(index, s.steps, after)
}

// group runs the steps within a step, whose state follows theirs.
func (w *walk) group(index int, steps []*step, after bool) flow {
	f := w.list(steps, after)
	switch f {
	case waiting:
		w.Steps[index].State = StepPending
	case failed:
		w.Steps[index].State = StepFailed
	}
	return f
}

// end is a stop, or a fail: then the text is why the run failed, and the caller
// gets 500 unless an answer has left.
func (w *walk) end(s *step, index int, after bool) flow {
	if s.verb == "fail" && w.unsent {
		w.Response = failedResponse()
	}
	reason, err := w.phrase(&s.text, expression.NewWalker(expression.Limits{}))
	if err != nil {
		return w.failStep(s, index, err, after)
	}
	w.Steps[index].Params = map[string]any{"reason": reason}
	if s.verb == "stop" {
		return stopped
	}
	w.Steps[index].State = StepFailed
	err = fmt.Errorf("%s (line %d)", s.verb, s.line)
	if s.text.isConstant() {
		w.Steps[index].Error, err = reason, fmt.Errorf("%w: %s", err, reason)
	}
	return w.fail(err)
}

// failStep ends a step badly: its on_error takes it, or the run is over.
func (w *walk) failStep(s *step, index int, err error, after bool) flow {
	return w.failed(s, index, StepError{Message: err.Error()}, after)
}

func (w *walk) failed(s *step, index int, e StepError, after bool) flow {
	w.Steps[index].State, w.Steps[index].Error = StepFailed, e.Message
	if !s.handled {
		return w.fail(fmt.Errorf("%s (line %d): %s", s.verb, s.line, e.Message))
	}
	outer := w.frame.Slots[slotError]
	w.frame.Slots[slotError] = map[string]any{
		"message": e.Message, "step": s.path, "attempts": int64(e.Attempts), "status": int64(e.Status),
	}
	f := w.list(s.onError, after)
	w.frame.Slots[slotError] = outer
	return f
}

// bindLets shows no values in the log, where they would repeat parts of the
// payload: a trace has them.
func (w *walk) bindLets(s *step, index int, after bool) flow {
	for _, let := range s.lets {
		v, err := w.eval(let.expr)
		if err != nil {
			return w.failStep(s, index, fmt.Errorf("%s: %w", let.name, err), after)
		}
		w.frame.Slots[let.slot] = v
	}
	return next
}

func (w *walk) answerStep(s *step, index int, after bool) flow {
	response, params, err := w.answer(s.respond)
	w.Steps[index].Params = params
	if err != nil {
		return w.failStep(s, index, err, after)
	}
	w.commit(func() *Response { return response })
	return next
}

// act takes an action's output from the journal, or asks for its effect.
func (w *walk) act(s *step, index int, after bool) flow {
	w.unsent = false
	params, err := w.params(s)
	if err != nil {
		return w.failStep(s, index, err, after)
	}
	w.Steps[index].Params = params
	entry, known := w.journal.Steps[s.path]
	switch {
	case !known:
		w.Steps[index].State = StepPending
		w.Effects = append(w.Effects, Effect{
			Path: s.path, Line: s.line, Name: s.name, Action: s.verb, Params: params, Retry: s.retry, Timeout: s.timeout,
			Inline: !w.answered, Handled: s.handled,
		})
		return waiting
	case entry.Failed != nil:
		return w.failed(s, index, *entry.Failed, after)
	}
	w.Steps[index].Output = entry.Output
	if s.as != "" {
		w.frame.Slots[s.slot] = entry.Output
	}
	return next
}
