package behaviors

import (
	"errors"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
)

const (
	inWait = "`wait`"
	// maxWait is how long a step may wait.
	maxWait = 366 * 24 * time.Hour
)

// wait is a compiled timer.
type wait struct {
	at       span
	duration value
	until    *expr // nil: the duration says
}

// wait compiles a duration, or {until}.
func (c *compiler) wait(s *step, verb pair) {
	s.wait = &wait{at: verb.key.span}
	n := verb.value
	if n.kind == mapNode {
		for _, p := range c.keys(inWait, n, partNames["wait"]...) {
			s.wait.until = c.bare("until", p.value, expression.Any, false)
			if x := s.wait.until; x != nil {
				c.takes(p.value, "until", x.compiled.Type(), expression.Time)
			}
		}
		if len(n.pairs) == 0 {
			c.report(missingKey, verb.key.span, "until", inWait).suggest("add it, or write a duration such as `5m`")
		}
		return
	}
	if n.null() && n.tag == "" && !c.cutShort(n, "wait") {
		c.wrong(n.span, "wait", "a duration", n.describe()).suggest("write it as `5m`, `1h30m` or `48h`")
		return
	}
	s.wait.duration = c.value(n, wanted{label: "wait"})
	switch v := &s.wait.duration; {
	case v.whole != nil:
		c.takes(n, "wait", v.whole.compiled.Type(), expression.Duration, expression.Text)
	case v.isConstant() && n.kind == scalarNode && n.tag == "":
		if _, err := waitingTime(v.constant); err != nil {
			c.report(badDuration, n.span, cut(n.text)).suggest("write it as `5m`, `1h30m` or `48h`; at most a year")
		}
	case n.kind == listNode:
		c.wrong(n.span, "wait", "a duration", n.describe())
	}
}

// takes reports a value that certainly is of none of these kinds.
func (c *compiler) takes(n *node, label string, t expression.Type, kinds ...expression.Kind) {
	if t.Kind == expression.Any || t.Kind == expression.Nil || t.Sample {
		return
	}
	words := ""
	for i, k := range kinds {
		if t.Kind == k {
			return
		}
		if i > 0 {
			words += " or "
		}
		words += k.String()
	}
	c.report(wrongType, n.span, label, words, t.Kind.String())
}

// waitingTime reads a duration that a step waits for.
func waitingTime(v any) (time.Duration, error) {
	d, ok := v.(time.Duration)
	if text, isText := v.(string); isText {
		var err error
		if d, err = time.ParseDuration(text); err != nil {
			return 0, errors.New("is no duration such as 5m or 1h30m")
		}
		ok = true
	}
	switch {
	case !ok:
		return 0, fmt.Errorf("takes a duration, got %s", kindWords(valueKind(v)))
	case d <= 0:
		return 0, errors.New("must be longer than 0s")
	case d > maxWait:
		return 0, errors.New("is longer than 366 days")
	}
	return d, nil
}

// wait asks for a timer, or goes on behind one. Until nil, it does not wait.
func (w *walk) wait(s *step, index int) flow {
	timer, err := w.timer(s.wait)
	if err != nil {
		return w.failStep(s, index, err)
	}
	path := w.Steps[index].Path
	switch {
	case timer.For > 0:
		w.Steps[index].Params = map[string]any{"for": timer.For.String()}
	case timer.Until.IsZero():
		w.Steps[index].Params = map[string]any{"until": nil}
		return next
	default:
		w.Steps[index].Params = map[string]any{"until": timer.Until}
	}
	w.unsent = false
	if _, over := w.journal.Steps[path]; over {
		return next
	}
	w.Steps[index].State = StepPending
	timer.Path, timer.Line, timer.Name = path, s.line, s.name
	w.Waits = append(w.Waits, timer)
	return waiting
}

func (e *Evaluation) timer(t *wait) (Wait, error) {
	if t.until == nil {
		v, err := e.value(&t.duration, expression.NewWalker(expression.Limits{}))
		if err != nil {
			return Wait{}, err
		}
		d, err := waitingTime(v)
		return Wait{For: d}, e.unfit(t.duration.whole, err)
	}
	v, err := e.eval(t.until)
	if err != nil || v == nil {
		return Wait{}, err
	}
	moment, ok := v.(time.Time)
	if !ok {
		err := fmt.Errorf("takes a time, got %s", kindWords(valueKind(v)))
		return Wait{}, fmt.Errorf("until: %w", e.unfit(t.until, err))
	}
	return Wait{Until: moment}, nil
}
