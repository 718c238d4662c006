package behaviors

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// handshake is how one kind of set-up call is answered.
type handshake struct {
	when    *expr
	keep    []kept
	respond *respond // nil: the empty answer
	steps   []*step
}

// kept is a secret input that a handshake fills.
type kept struct {
	input string
	value *expr
}

const inHandshake = "a handshake"

// handshakes compiles the list. What its steps name is theirs alone.
func (c *compiler) handshakes(n *node) {
	if n.kind != listNode {
		if !c.cutAway(n, "handshake") {
			c.wrong(n.span, "handshake", "a list", n.describe()).suggest("begin each handshake with `- when:`")
		}
		return
	}
	names, before := c.scope.names, c.past
	for i, item := range n.items {
		c.scope.names, c.past = maps.Clone(names), past{}
		c.p.handshakes = append(c.p.handshakes, c.handshake(item, fmt.Sprintf("handshake[%d]", i)))
	}
	c.scope.names, c.past = names, before
}

func (c *compiler) handshake(n *node, path string) (h handshake) {
	given := false
	for _, p := range c.keys(inHandshake, n, partNames["handshake"]...) {
		switch p.key.text {
		case "when":
			given = true
			h.when = c.bare("when", p.value, expression.Bool, false)
		case "keep":
			if !c.lacks("handshake.keep", p.key.span) {
				h.keep = c.keeps(p.value)
			}
		case "respond":
			h.respond = c.respond(p.value)
		case "steps":
			if !c.lacks("handshake.steps", p.key.span) {
				c.handshakeSteps(p.value)
				h.steps = c.steps("steps", p.value, path+".")
			}
		}
	}
	if !given && n.kind == mapNode {
		c.report(missingKey, first(n), "when", inHandshake).suggest("say which requests it answers: without, it would answer all")
	}
	return h
}

// keeps compiles {input: expression}.
func (c *compiler) keeps(n *node) (list []kept) {
	if n.kind != mapNode {
		c.wrong(n.span, "keep", "a map of inputs to expressions", n.describe())
		return nil
	}
	c.keeping = true
	defer func() { c.keeping = false }()
	for _, p := range n.pairs {
		if !slices.ContainsFunc(c.p.inputs, func(in Input) bool { return in.Name == p.key.text && in.Type == "secret" }) {
			var secrets []string
			for _, in := range c.p.inputs {
				if in.Type == "secret" {
					secrets = append(secrets, in.Name)
				}
			}
			c.report(keepNotSecret, p.key.span, cut(p.key.text)).suggest(orElse(meant(p.key.text, secrets), "declare it as an input of type secret"))
		}
		if x := c.bare(p.key.text, p.value, expression.Any, false); x != nil {
			if t := x.compiled.Type(); !assignable(expression.Text, t.Kind) {
				c.report(wrongType, p.value.span, p.key.text, kindWords(expression.Text), kindWords(t.Kind))
			}
			list = append(list, kept{p.key.text, x})
		}
	}
	return list
}

// handshakeSteps reports the steps that nobody may have done who has proved
// nothing: all but log, and http.request in the name of an account.
func (c *compiler) handshakeSteps(n *node) {
	for _, item := range n.items {
		for _, p := range item.pairs {
			switch key := p.key.text; {
			case key == "on_error":
				c.handshakeSteps(p.value)
			case key == "log" || slices.Contains(modifierNames, key):
			case key == "http.request":
				if p.value.kind == mapNode && p.value.get("account") == nil {
					c.report(handshakeStep, p.key.span, key+"` without `account").suggest("name the account in whose name it asks")
				}
			case slices.Contains(verbNames, key) || c.catalog.Actions[key] != nil:
				c.report(handshakeStep, p.key.span, key).suggest("the steps of a handshake are `http.request` with an `account`, and `log`")
			}
		}
	}
}

// HandshakeMatch is a handshake whose when holds for a request.
type HandshakeMatch struct {
	Response *Response
	// Keep gives values for secret inputs that are empty. The first wins.
	Keep map[string]string
	// Stored: the request is kept like a delivery, as there is something to keep
	// or to do. Otherwise it is answered, and that is all.
	Stored bool

	evaluation *Evaluation
	steps      []*step
	secrets    []string // values that the stored request must not show
}

// Handshake finds the first handshake whose when holds, or nil. Errors are a
// behavior's mistakes.
func (e *Evaluation) Handshake() (*HandshakeMatch, error) {
	if len(e.p.handshakes) == 0 || e.scan() != nil {
		return nil, nil // what cannot be scanned is refused next
	}
	for i, h := range e.p.handshakes {
		holds, err := e.holds(h.when)
		if err == nil && holds {
			m := &HandshakeMatch{evaluation: e, steps: h.steps, Stored: len(h.keep)+len(h.steps) > 0}
			err = m.fill(&h)
			if err == nil {
				return m, nil
			}
		}
		if err != nil {
			return nil, fmt.Errorf("handshake[%d]: %w", i, err)
		}
	}
	return nil, nil
}

// fill evaluates what a handshake answers and keeps.
func (m *HandshakeMatch) fill(h *handshake) (err error) {
	e := m.evaluation
	m.Response = e.p.emptyAnswer()
	if h.respond != nil {
		if m.Response, _, err = e.answer(h.respond); err != nil {
			return fmt.Errorf("respond: %w", err)
		}
	}
	for _, k := range h.keep {
		v, err := e.eval(k.value)
		if err != nil {
			return fmt.Errorf("keep: %w", err)
		}
		text, isText := v.(string)
		switch {
		case v == nil || isText && text == "":
			continue
		case !isText:
			return fmt.Errorf("keep: %s takes text, got %s", k.input, kindWords(valueKind(v)))
		case len(text) > maxKept:
			return fmt.Errorf("keep: the value for %s is larger than 64 KiB", k.input)
		}
		m.secrets = append(m.secrets, text)
		empty, err := e.empty(k.input)
		if err != nil {
			return fmt.Errorf("keep: %w", err)
		}
		if empty {
			if m.Keep == nil {
				m.Keep = map[string]string{}
			}
			m.Keep[k.input] = text
		}
	}
	return nil
}

// maxKept is how large a value may be that a handshake keeps, in bytes.
const maxKept = 64 << 10

// empty tells whether a secret input has no value.
func (e *Evaluation) empty(input string) (bool, error) {
	secret, isSet := e.d.Inputs[input].(expression.Secret)
	if !isSet {
		return true, nil
	}
	value, err := e.frame.Secrets(secret)
	if err != nil {
		return false, errors.New(secret.String() + " cannot be read")
	}
	return value == "", nil
}

// Advance decides what to do next of the handshake's own steps. Its answer is
// given already.
func (m *HandshakeMatch) Advance(j Journal) Decision {
	e := m.evaluation
	w := &walk{Evaluation: e, journal: j, answered: true}
	w.State = RunOpen
	return w.all(m.steps)
}

// Strike gives the request as it may be kept: without the values that were secrets.
func (m *HandshakeMatch) Strike(r *payload.Request) *payload.Request { return r.Strike(m.secrets) }
