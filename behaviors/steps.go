package behaviors

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// step is a compiled step: one verb or action, and its modifiers.
type step struct {
	path string // "steps[2].steps[0]"
	line int
	at   int // of the step in the source
	name string
	verb string // one of Verbs, or an action's name
	when *expr

	respond  *respond
	text     value // of a stop, a fail or a log
	level    value // of a log
	lets     []letName
	steps    []*step
	branches []branch // of a choose
	action   *ActionSpec
	params   []param

	as      string
	slot    int // of as; meaningless without it
	retry   RetryPolicy
	timeout time.Duration
	handled bool    // there is an on_error
	onError []*step // none: continue

	// responds: a respond stands in this step; rest: in one behind it in its list.
	responds, rest bool
}

// param is a parameter of an action as the document gives it.
type param struct {
	spec  ParamSpec
	value value
}

// steps compiles a list of steps.
func (c *compiler) steps(key string, n *node, prefix string) []*step {
	if n.kind != listNode {
		if !c.cutShort(n, key) {
			c.wrong(n.span, key, "a list of steps", n.describe())
		}
		return nil
	}
	list := make([]*step, 0, len(n.items))
	for i, item := range n.items {
		if s := c.step(item, fmt.Sprintf("%s%s[%d]", prefix, key, i)); s != nil {
			list = append(list, s)
		}
	}
	for i := len(list) - 2; i >= 0; i-- {
		list[i].rest = list[i+1].rest || list[i+1].responds
	}
	return list
}

// responding tells whether a respond stands in a list.
func responding(list []*step) bool { return len(list) > 0 && (list[0].responds || list[0].rest) }

func (c *compiler) step(n *node, path string) *step {
	if n.kind != mapNode {
		if !c.cutShort(n, path) {
			c.wrong(n.span, path, "a map", n.describe())
		}
		return nil
	}
	s := &step{path: path, at: n.from}
	s.line, _ = c.src.position(n.from)
	verb, rest := c.verb(n)
	s.when = c.when(rest)
	before := c.past
	if verb.key != nil {
		s.verb = verb.key.text
		c.run(s, verb, rest)
	}
	if rest["when"].key != nil {
		c.past = before
	}
	c.modifiers(s, rest)
	return s
}

func (c *compiler) when(modifiers map[string]pair) *expr {
	if p, ok := modifiers["when"]; ok {
		return c.bare("when", p.value, expression.Bool, false)
	}
	return nil
}

// verb finds what a step does. The other keys are its modifiers.
func (c *compiler) verb(n *node) (verb pair, rest map[string]pair) {
	rest = map[string]pair{}
	var unknown []pair
	for _, p := range n.pairs {
		switch key := p.key.text; {
		case slices.Contains(modifierNames, key):
			rest[key] = p
		case slices.Contains(verbNames, key) || c.catalog.Actions[key] != nil:
			if verb.key != nil {
				c.report(severalVerbs, p.key.span, verb.key.text, key).suggest("make it a step of its own")
				continue
			}
			c.lacks(key, p.key.span)
			verb = p
		default:
			unknown = append(unknown, p)
		}
	}
	for _, p := range unknown {
		c.unknownInStep(p.key, verb.key != nil)
		if strings.Contains(p.key.text, ".") {
			c.unjudged(p)
		}
	}
	if verb.key == nil && len(unknown) == 0 {
		c.report(missingVerb, n.span).suggest("add an action, or one of " + quoted(verbNames))
	}
	return verb, rest
}

func (c *compiler) unknownInStep(key *node, hasVerb bool) {
	var actions []string
	for name := range c.catalog.Actions {
		actions = append(actions, name)
	}
	slices.Sort(actions)
	name := key.text
	switch {
	case c.catalog.Absent[name] != nil:
		c.report(absentAction, key.span, name, c.catalog.Absent[name].Needs).suggest("the actions are " + quoted(actions))
	case slices.Contains(later[inStep], name) || slices.Contains(laterActions, name):
		c.report(notYet, key.span, name).suggest("leave the step out for now")
	case strings.Contains(name, "."):
		c.report(unknownAction, key.span, cut(name)).suggest(orElse(meant(name, actions), "the actions are "+quoted(actions)))
	case hasVerb:
		c.unknown(key, inStep, modifierNames)
	default:
		all := slices.Concat(verbNames, modifierNames, actions)
		c.report(unknownVerb, key.span, cut(name)).suggest(orElse(meant(name, all), "the verbs are "+quoted(verbNames)))
	}
}

// run compiles what a step does.
func (c *compiler) run(s *step, verb pair, rest map[string]pair) {
	switch s.verb {
	case "respond":
		s.responds = true
		s.respond = c.respond(verb.value)
		c.answers(verb)
	case "stop":
		s.text = c.value(verb.value, wanted{label: "stop", kind: expression.Text})
		c.past.ended = true
	case "fail":
		s.text = c.phrase("fail", verb.value)
		c.past.ended = true
	case "log":
		c.log(s, verb)
	case "let":
		c.letStep(s, verb.value)
	case "steps":
		s.steps = c.steps("steps", verb.value, s.path+".")
		s.responds = responding(s.steps)
	case "choose":
		c.choose(s, verb)
	default:
		s.action = c.catalog.Actions[s.verb]
		c.params(s, verb)
	}
	if p, ok := rest["on_error"]; ok && s.action != nil {
		s.handled = true
		c.onError(s, p.value)
		s.responds = s.responds || responding(s.onError)
	}
}

func (c *compiler) letStep(s *step, n *node) {
	if n.kind != mapNode {
		c.wrong(n.span, "let", "a map", n.describe())
		return
	}
	for _, p := range n.pairs {
		x := c.bare(p.key.text, p.value, expression.Any, true)
		if !c.checkName(p.key) {
			continue
		}
		var t expression.Type
		if x != nil {
			t = x.compiled.Type()
		}
		s.lets = append(s.lets, letName{p.key.text, c.bind(p.key.text, t), x})
		c.scope.sample(p.key.text, x)
	}
}

// bind makes a name of a step visible from here on.
func (c *compiler) bind(name string, t expression.Type) int {
	slot, seed := c.scope.bind(name, t)
	if !slices.ContainsFunc(c.p.stepSlots, func(s stepSlot) bool { return s.slot == slot }) {
		c.p.stepSlots = append(c.p.stepSlots, stepSlot{slot, seed})
	}
	return slot
}

func (c *compiler) params(s *step, verb pair) {
	names := make([]string, len(s.action.Params))
	for i, p := range s.action.Params {
		names[i] = p.Name
	}
	given := map[string]bool{}
	n := verb.value
	if n.kind != mapNode && !n.null() {
		c.wrong(n.span, s.verb, "a map of parameters", n.describe())
		return
	}
	if n.missing() && c.cutShort(n, s.verb) {
		return
	}
	c.sent = nil
	for _, p := range n.pairs {
		spec, ok := s.action.Param(p.key.text)
		if !ok && slices.Contains(laterParameters[s.verb], p.key.text) {
			c.report(notYet, p.key.span, p.key.text).suggest("do without it for now")
			continue
		}
		if !ok {
			d := c.report(unknownParameter, p.key.span, s.verb, cut(p.key.text)).
				suggest(orElse(meant(p.key.text, names), "its parameters are "+quoted(names)))
			if n.style == '{' && p.value.missing() {
				d.suggest("put the value before it in quotes, if the comma belongs to it")
			}
			c.unjudged(p)
			continue
		}
		given[spec.Name] = !p.value.null() || p.value.tag != ""
		w := wanted{label: spec.Name, kind: spec.Type.Kind, format: spec.Format, secret: spec.Secret, options: spec.Options, secretFields: spec.SecretFields}
		if spec.Type.Kind == expression.Map && spec.Type.Elem != nil {
			w.fields = spec.Type.Elem.Kind
		}
		s.params = append(s.params, param{spec, c.value(p.value, w)})
	}
	c.secretHosts(s)
	c.grantAction(s)
	for _, spec := range s.action.Params {
		if spec.Required && !given[spec.Name] {
			c.report(missingParameter, verb.key.span, s.verb, spec.Name).suggest("add it")
		} else if !given[spec.Name] && spec.Default != nil {
			s.params = append(s.params, param{spec, value{constant: spec.Default}})
		}
	}
	c.permitted(s, verb)
}

func (c *compiler) onError(s *step, n *node) {
	if n.kind == scalarNode && n.tag == "" && n.text == "continue" {
		return
	}
	if n.kind != listNode {
		c.wrong(n.span, "on_error", "`continue` or a list of steps", n.describe())
		return
	}
	before := c.past
	c.scope.inError++
	s.onError = c.steps("on_error", n, s.path+".")
	c.scope.inError--
	c.past = before
}

// modifiers compiles what is said beside the verb. An as is bound last: the
// step itself does not see it.
func (c *compiler) modifiers(s *step, rest map[string]pair) {
	if p, ok := rest["name"]; ok {
		s.name, _ = c.literal("name", p.value)
	}
	for _, key := range []string{"as", "retry", "timeout", "on_error"} {
		p, ok := rest[key]
		switch {
		case !ok:
			continue
		case s.verb == "":
		case s.action == nil && key == "on_error" && s.verb != "fail":
			c.report(notYet, p.key.span, "on_error at "+s.verb).suggest("put it at the action that may fail")
		case s.action == nil:
			c.report(misplaced, p.key.span, key, "`"+s.verb+"`").suggest("it belongs to actions")
		case key == "retry":
			continue
		case key == "timeout":
			s.timeout = c.duration("timeout", p.value)
		case key == "as" && c.checkName(p.value):
			s.as, s.slot = p.value.text, c.bind(p.value.text, s.action.Output)
		}
	}
	if s.action != nil {
		s.retry = defaultRetry(s.action, s.handled)
		if p, ok := rest["retry"]; ok {
			c.retry(s, p.value)
		}
	}
}

// defaultRetry is the language's: 18 attempts over 18 to 35 hours, or three
// within a minute where the behavior takes care of the failure itself.
func defaultRetry(a *ActionSpec, handled bool) RetryPolicy {
	if handled {
		return RetryPolicy{Attempts: 3, Backoff: 5 * time.Second, Max: 20 * time.Second, Ask: a.Ask}
	}
	return RetryPolicy{Attempts: 18, Backoff: 5 * time.Second, Max: 6 * time.Hour, Ask: a.Ask}
}

const maxAttempts = 100

func (c *compiler) retry(s *step, n *node) {
	for _, p := range c.keys("`retry`", n, "attempts", "backoff", "max", "ask") {
		switch p.key.text {
		case "attempts":
			s.retry.Attempts = c.count("attempts", p.value, 1, maxAttempts)
		case "backoff":
			s.retry.Backoff = c.duration("backoff", p.value)
			s.retry.Max = max(s.retry.Max, s.retry.Backoff)
		case "max":
			s.retry.Max = c.duration("max", p.value)
		case "ask":
			s.retry.Ask = c.flag("ask", p.value)
		}
	}
}
