package behaviors

import "github.com/deskhook/deskhook/behaviors/expression"

// Run is a run that is kept while its journal grows. It goes on where it stopped,
// so that n effects in a row cost n steps and not n².
type Run struct {
	evaluation *Evaluation
	entries    map[string]Entry
	walk       *walk
}

// Run begins to advance. Entries may be added to the journal's between the calls
// of [Run.Advance]; those that are there stay as they are.
func (e *Evaluation) Run(entries map[string]Entry) *Run { return &Run{evaluation: e, entries: entries} }

// Advance decides what [Evaluation.Advance] decides about a journal of the entries
// that there are now. The next call overwrites the decision's Steps.
func (r *Run) Advance(answered bool) Decision {
	w := r.walk
	if w != nil && w.State == RunOpen && r.evaluation.walking == w && (answered || !w.journal.Answered) {
		w.journal.Answered = answered
		return w.resume()
	}
	r.walk = r.evaluation.walk(Journal{Steps: r.entries, Answered: answered})
	return r.walk.begin()
}

// stop is the state of a walk in front of the step outside of loops that waits,
// itself or in its iterations: it is done again, and nothing before it.
type stop struct {
	step  *step
	after bool
	steps int // that were reached
	held  expression.Held
	err   any // what `error` stands for
}

// resume goes on at the stop. Names are as they were there: steps that wait bind
// none, and an each takes back what its iterations have bound. An answer that came
// of the iterations since will come of them again.
func (w *walk) resume() Decision {
	s := w.stop
	w.Steps, w.Effects, w.Waits, w.Claims = w.Steps[:s.steps], nil, nil, nil
	if w.journal.Answered { // from the start, for all that is to be seen
		w.Response, w.answered = nil, true
	}
	w.frame.Rewind(s.held)
	w.frame.Slots[slotError] = s.err
	rest := w.rest
	w.rest = nil
	f := w.step(s.step, s.after)
	for i, then := range rest {
		if f == waiting {
			w.rest = append(w.rest, rest[i:]...)
			break
		}
		f = then(f)
	}
	return w.ended(f)
}

// rest is what there is to do where what waits within a step has ended like this.
type rest func(flow) flow

// then notes it. An each has none: its iterations are gone through anew.
func (w *walk) then(r rest) {
	if len(w.loops) == 0 {
		w.rest = append(w.rest, r)
	}
}

func (w *walk) thenList(steps []*step, after bool) {
	w.then(func(f flow) flow {
		if f != next {
			return f
		}
		return w.list(steps, after)
	})
}

func (w *walk) thenLeave(s *step, index int, after bool) {
	w.then(func(f flow) flow {
		w.Steps[index].State = StepDone
		return w.leave(s, index, after, w.left(index, f))
	})
}

// thenError takes `error` back to what it was around the on_error.
func (w *walk) thenError(outer any) {
	w.then(func(f flow) flow {
		w.frame.Slots[slotError] = outer
		return f
	})
}
