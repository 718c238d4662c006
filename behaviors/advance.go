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
func (e *Evaluation) Advance(j Journal) Decision { return e.walk(j).begin() }

func (e *Evaluation) walk(j Journal) *walk {
	w := &walk{Evaluation: e, journal: j, answered: j.Answered}
	w.State = RunOpen
	return w
}

func (w *walk) begin() Decision {
	if err := w.scan(); err != nil {
		w.fail(err.Error())
		return w.Decision
	}
	return w.all(w.p.steps)
}

// all goes through the steps of a run.
func (w *walk) all(steps []*step) Decision {
	w.walking = w
	w.Steps = make([]Step, 0, w.p.reach)
	w.resetNames()
	w.frame.Rewind(expression.Held{})
	return w.ended(w.list(steps, false))
}

// ended is what is decided where the steps ended like this.
func (w *walk) ended(f flow) Decision {
	switch f {
	case next, stopped:
		w.commit(w.p.emptyAnswer)
		w.State = RunDone
	case failed, broken:
		if w.unsent {
			w.Response = failedResponse()
		}
		w.fail(w.ending.run)
	case waiting:
	}
	return w.Decision
}

// resetNames empties what steps of an earlier call have set.
func (e *Evaluation) resetNames() {
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
	next      flow = iota // go on
	stopped               // the run is over, well
	waiting               // for an effect, a time or a claim
	failed                // the run is over, badly: by a fail
	broken                // the step failed; the next on_error around it takes that
	unclaimed             // the item is another run's
)

// ending is why a run fails, if nothing takes that.
type ending struct {
	run  string // the run's error
	path string // of the step that failed
	step StepError
}

// walk is one way through the steps.
type walk struct {
	*Evaluation
	Decision
	journal  Journal
	answered bool
	// unsent: the empty answer is decided upon, and nothing was waited for since,
	// so that a failure may still take its place.
	unsent bool
	ending ending // of the flow failed or broken
	loops  []int  // the iterations around the step, counted from 0
	// behind counts the loops around the step in which an iteration before this
	// one waits and may still answer.
	behind int
	stop   stop   // in front of the step that waits
	rest   []rest // what is left to do around it, innermost first
}

// commit answers, if nothing has.
func (w *walk) commit(answer func() *Response) {
	if w.answered {
		return
	}
	w.answered = true
	w.Response = answer()
}

func (w *walk) fail(text string) {
	w.commit(failedResponse)
	w.State, w.Error = RunFailed, text
}

// list runs steps in order. after: a respond may still be reached behind the
// list. As soon as none can be, the empty answer goes out.
func (w *walk) list(steps []*step, after bool) flow {
	for i, s := range steps {
		if !s.responds && !s.rest && !after && !w.answered {
			w.commit(w.p.emptyAnswer)
			w.unsent = true
		}
		if f := w.step(s, s.rest || after); f != next {
			if f == waiting {
				w.thenList(steps[i+1:], after)
			}
			return f
		}
	}
	return next
}

func (w *walk) step(s *step, after bool) flow {
	index := len(w.Steps)
	before := stop{s, after, index, w.frame.Held(), w.frame.Slots[slotError]}
	w.Steps = append(w.Steps, Step{Path: s.path.at(w.loops), Line: s.line, Name: s.name, Action: s.verb, State: StepDone})
	f := w.run(s, index, after)
	if f == waiting && len(w.rest) == 0 { // it waits itself, or in its iterations
		w.stop = before
		return waiting
	}
	return w.leave(s, index, after, f)
}

// leave is what follows where the step itself ended like this.
func (w *walk) leave(s *step, index int, after bool, f flow) flow {
	switch {
	case f == broken && s.handled:
		return w.onError(s, after)
	case f == waiting:
		w.thenLeave(s, index, after)
	}
	return f
}

// stepBytes is what the record of a step takes: loops within loops make many.
const stepBytes = 512

// run does what a step says.
func (w *walk) run(s *step, index int, after bool) flow {
	if err := w.frame.Hold(stepBytes); err != nil {
		return w.failStep(s, index, err)
	}
	if s.when != nil {
		holds, err := w.holds(s.when)
		switch {
		case err != nil:
			return w.failStep(s, index, fmt.Errorf("when: %w", err))
		case !holds:
			w.Steps[index].State = StepSkipped
			return next
		}
	}
	if s.action != nil {
		return w.act(s, index)
	}
	// What is within a step may be followed by an answer of its on_error.
	after = after || responding(s.onError)
	switch s.verb {
	case "respond":
		return w.answerStep(s, index)
	case "stop", "fail":
		return w.end(s, index)
	case "log":
		var err error
		if w.Steps[index].Params, err = w.log(s); err != nil {
			return w.failStep(s, index, err)
		}
		return next
	case "let":
		return w.bindLets(s, index)
	case "choose":
		return w.choose(s, index, after)
	case "each":
		return w.each(s, index, after)
	case "wait":
		return w.wait(s, index)
	}
	return w.left(index, w.list(s.steps, after))
}

// left notes how the steps within a step were left.
func (w *walk) left(index int, f flow) flow {
	switch f {
	case waiting:
		w.Steps[index].State = StepPending
	case failed, broken:
		w.Steps[index].State = StepFailed
	case next, stopped, unclaimed:
	}
	return f
}

// end is a stop, or a fail: then the text is why the run failed, and the caller
// gets 500 unless an answer has left.
func (w *walk) end(s *step, index int) flow {
	reason, err := w.phrase(&s.text, expression.NewWalker(expression.Limits{}))
	if err != nil {
		f := w.failStep(s, index, err)
		if s.verb == "fail" {
			return failed
		}
		return f
	}
	w.Steps[index].Params = map[string]any{"reason": reason}
	if s.verb == "stop" {
		return stopped
	}
	w.Steps[index].State = StepFailed
	w.ending = ending{run: fmt.Sprintf("%s (line %d)", s.verb, s.line)}
	if s.text.isConstant() {
		w.Steps[index].Error = reason
		w.ending.run += ": " + reason
	}
	return failed
}

func (w *walk) failStep(s *step, index int, err error) flow {
	return w.broken(s, index, StepError{Message: err.Error()})
}

// broken is a step's final failure.
func (w *walk) broken(s *step, index int, e StepError) flow {
	w.Steps[index].State, w.Steps[index].Error = StepFailed, e.Message
	w.ending = ending{run: fmt.Sprintf("%s (line %d): %s", s.verb, s.line, e.Message), path: w.Steps[index].Path, step: e}
	return broken
}

// onError runs the steps that take a failure, which they see as error.
func (w *walk) onError(s *step, after bool) flow {
	outer := w.frame.Slots[slotError]
	w.frame.Slots[slotError] = map[string]any{
		"message": w.ending.step.Message, "step": w.ending.path,
		"attempts": int64(w.ending.step.Attempts), "status": int64(w.ending.step.Status),
	}
	f := w.list(s.onError, after)
	if f == waiting {
		w.thenError(outer)
	}
	w.frame.Slots[slotError] = outer
	return f
}

// bindLets shows no values in the log, where they would repeat parts of the
// payload: a trace has them.
func (w *walk) bindLets(s *step, index int) flow {
	for _, let := range s.lets {
		v, err := w.eval(let.expr)
		if err != nil {
			return w.failStep(s, index, fmt.Errorf("%s: %w", let.name, err))
		}
		w.frame.Slots[let.slot] = v
	}
	return next
}

// answerStep answers. Of the iterations of an each the first one that answers
// does so, in their order: one behind those that may still do waits for them.
func (w *walk) answerStep(s *step, index int) flow {
	if w.behind > 0 && !w.answered {
		w.Steps[index].State = StepPending
		return waiting
	}
	response, params, err := w.answer(s.respond)
	w.Steps[index].Params = params
	if err != nil {
		return w.failStep(s, index, err)
	}
	w.commit(func() *Response { return response })
	return next
}

// act takes an action's output from the journal, or asks for its effect.
func (w *walk) act(s *step, index int) flow {
	params, err := w.params(s)
	if err != nil {
		return w.failStep(s, index, err)
	}
	w.unsent = false
	path := w.Steps[index].Path
	w.Steps[index].Params = params
	entry, known := w.journal.Steps[path]
	switch {
	case !known:
		w.Steps[index].State = StepPending
		w.Effects = append(w.Effects, Effect{
			Path: path, Line: s.line, Name: s.name, Action: s.verb, Params: params, Retry: s.retry, Timeout: s.timeout,
			Inline: !w.answered, Handled: s.taken,
		})
		return waiting
	case entry.Failed != nil:
		return w.broken(s, index, *entry.Failed)
	}
	w.Steps[index].Output = entry.Output
	if s.as != "" {
		w.frame.Slots[s.slot] = entry.Output
	}
	return next
}
