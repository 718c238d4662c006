package behaviors

import (
	"errors"
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// Evaluation decides about one delivery. It keeps what was decoded and the let
// values, and belongs to one goroutine.
type Evaluation struct {
	evaluation
}

type evaluation struct {
	p       *Program
	d       *Delivery
	frame   expression.Frame
	scanned bool
	scanErr error
	noting  bool      // what proves a request is evaluated
	fetched []fetched // the secrets that it asked for
	walking *walk     // whose names the frame has
}

// fetched is a secret whose value was asked for.
type fetched struct {
	secret expression.Secret
	value  string
	err    error
}

// NewEvaluation prepares a delivery. trace may be nil.
func NewEvaluation(p *Program, d *Delivery, trace *expression.Trace) *Evaluation {
	e := &Evaluation{evaluation{p: p, d: d}}
	zone := p.zone
	if zone == nil {
		zone = d.Zone
	}
	slots := make([]any, p.slots)
	request := *d.Request // a copy, as reading the body tells more of it
	if p.provider != nil && p.provider.Test != nil {
		request.Test = p.provider.Test(d.Request)
	}
	slots[slotRequest] = &request
	slots[slotInputs] = d.Inputs
	slots[slotListener] = map[string]any{"id": d.Listener.ID, "name": d.Listener.Name, "url": d.Listener.URL}
	slots[slotNow] = d.Request.ReceivedAt
	e.frame = expression.Frame{
		Slots: slots, Request: &request, ReceivedAt: d.Request.ReceivedAt, Zone: zone, DeliveryID: d.ID,
		Secrets: e.secret, Trace: trace, Clock: d.Clock,
	}
	e.freshLets()
	if trace != nil {
		trace.Payload = e.tracedPayload
		e.frame.Clock = nil // a trace takes longer, and must fail where the run did
	}
	return e
}

// freshLets makes the document's names be evaluated when they are next read.
func (e *Evaluation) freshLets() {
	lazies := make([]expression.Lazy, len(e.p.lets)) // one allocation for all
	for i, let := range e.p.lets {
		lazies[i] = expression.Lazy{Expr: let.expr.compiled, At: let.expr.at}
		e.frame.Slots[let.slot] = &lazies[i]
	}
}

// secret notes which secrets verify or a handshake asked for: a rejection says so
// where one is empty.
func (e *Evaluation) secret(s expression.Secret) (string, error) {
	if e.d.Secrets == nil {
		return "", fmt.Errorf("behaviors: no value for the %s", s)
	}
	v, err := e.d.Secrets(s)
	if e.noting {
		e.fetched = append(e.fetched, fetched{s, v, err})
	}
	return v, err
}

// note begins to note the secrets that are asked for; noted ends it.
func (e *Evaluation) note()  { e.noting = true }
func (e *Evaluation) noted() { e.noting, e.fetched = false, nil }

// scan reads the body once: validated and capped whether or not it is used.
func (e *Evaluation) scan() error {
	if !e.scanned {
		e.scanned = true
		e.frame.Body, e.scanErr = payload.Scan(e.d.Request, e.p.paths, payload.DefaultLimits)
		e.frame.Request.Problem, e.frame.Request.Files = e.frame.Body.Problem(), e.frame.Body.Files()
	}
	return e.scanErr
}

// evalError is a failure of an expression, at its place in the document.
type evalError struct {
	line, column int
	err          error
}

func (e *evalError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.line, e.column, e.err)
}

func (e *evalError) Unwrap() error { return e.err }

func (e *Evaluation) eval(x *expr) (any, error) {
	e.frame.At = x.at
	v, err := x.compiled.Eval(&e.frame)
	if err != nil {
		return nil, e.located(x, err)
	}
	return v, nil
}

func (e *Evaluation) located(x *expr, err error) error {
	at, offset := x.at, 0
	var failed *expression.Error
	if errors.As(err, &failed) {
		offset = failed.From
		if failed.At != 0 {
			at = failed.At // within a let
		}
	}
	line, column := e.p.position(at, offset)
	return &evalError{line, column, err}
}

// holds evaluates a condition: nil is false, and so is nothing else but false.
func (e *Evaluation) holds(x *expr) (bool, error) {
	v, err := e.eval(x)
	if err != nil {
		return false, err
	}
	b, err := expression.Truth(v)
	if err != nil {
		return false, e.located(x, e.unfit(x, err))
	}
	return b, nil
}

// unfit tells a trace why a value does not serve where it stands, if it does not.
func (e *Evaluation) unfit(x *expr, err error) error {
	if err != nil && x != nil {
		e.frame.Trace.Fail(x.compiled, x.at, err.Error())
	}
	return err
}

// value evaluates a literal with its interpolations.
func (e *Evaluation) value(v *value, w *expression.Walker) (any, error) {
	switch {
	case v.whole != nil:
		x, err := e.eval(v.whole)
		if text, ok := x.(string); ok && err == nil {
			return v.escapeWhole(text)
		}
		return x, err
	case v.parts != nil:
		return e.text(v, w)
	case v.items != nil:
		list := make([]any, len(v.items))
		for i := range v.items {
			item, err := e.value(&v.items[i], w)
			if err != nil {
				return nil, err
			}
			list[i] = item
		}
		return list, nil
	case v.fields != nil:
		m := make(map[string]any, len(v.fields))
		for i := range v.fields {
			item, err := e.value(&v.fields[i].value, w)
			if err != nil {
				return nil, err
			}
			m[v.fields[i].name] = item
		}
		return m, nil
	}
	return v.constant, nil
}

// escapeWhole escapes a text that stands alone.
func (v *value) escapeWhole(text string) (string, error) {
	switch {
	case v.raw:
		return text, nil
	case v.html != nil:
		return v.html.fill([]string{text})
	}
	return v.format.escape(text, "")
}

// maxURL bounds a URL that is put together, in bytes: each part of it is escaped
// by what stands before.
const maxURL = 64 << 10

var errURLSize = errors.New("the url is larger than 64 KiB")

// text joins the parts of a template. Only what is interpolated is escaped.
func (e *Evaluation) text(v *value, w *expression.Walker) (string, error) {
	var b strings.Builder
	limit, tooLarge := expression.DefaultLimits.Memory, errTextSize
	if v.format == URL {
		limit, tooLarge = maxURL, errURLSize
	}
	var values []string // for HTML, which is put together behind
	for _, p := range v.parts {
		if p.expr == nil {
			b.WriteString(p.literal)
			continue
		}
		x, err := e.eval(p.expr)
		if err != nil {
			return "", err
		}
		text, err := w.Text(x)
		if err == nil && v.html == nil && !p.raw {
			text, err = v.format.escape(text, b.String())
		}
		if err != nil {
			return "", e.located(p.expr, e.unfit(p.expr, tooMuch(err, errTextSize)))
		}
		if v.html != nil {
			values = append(values, text)
			continue
		}
		b.WriteString(text)
		if b.Len() > limit {
			return "", e.located(p.expr, tooLarge)
		}
	}
	if v.html != nil {
		return v.html.fill(values)
	}
	if v.format == URL {
		if err := checkURL(b.String()); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// params evaluates an action's parameters and converts them to their types.
func (e *Evaluation) params(s *step) (map[string]any, error) {
	w := expression.NewWalker(expression.Limits{})
	params := make(map[string]any, len(s.params))
	texts := 0 // bytes of them, which the log repeats
	for i := range s.params {
		p := &s.params[i]
		v, err := e.value(&p.value, w)
		if err == nil {
			v, err = p.spec.convert(v, w)
			err = e.unfit(p.value.whole, err)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.spec.Name, err)
		}
		params[p.spec.Name] = v
		if text, ok := v.(string); ok {
			texts += len(text)
		}
	}
	return params, e.frame.Hold(w.Used() + texts)
}
