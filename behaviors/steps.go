package behaviors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// step is a compiled step: one verb or action, and its modifiers.
type step struct {
	path   stepPath
	line   int
	column int
	at     int // of the step in the source
	name   string
	verb   string // one of Verbs, or an action's name
	when   *expr

	respond  *respond
	text     value // of a stop, a fail or a log
	level    value // of a log
	lets     []letName
	steps    []*step
	branches []branch // of a choose
	each     *each
	wait     *wait
	action   *ActionSpec
	params   []param

	as      string
	slot    int // of as; meaningless without it
	retry   RetryPolicy
	timeout time.Duration
	handled bool    // there is an on_error
	taken   bool    // there is one here or around the step
	onError []*step // none: continue

	// responds: a respond stands in this step; rest: in one behind it in its list.
	responds, rest bool
}

// stepPath is a step's path, in which the iterations of each are still open.
type stepPath struct {
	text   string   // "steps[2].each[].steps[1]"
	pieces []string // of text, cut at the iterations; nil without one
}

func newStepPath(text string) stepPath {
	if !strings.Contains(text, "[]") {
		return stepPath{text: text}
	}
	return stepPath{text, strings.Split(text, "[]")}
}

// at is the path in these iterations.
func (p stepPath) at(loops []int) string {
	if p.pieces == nil {
		return p.text
	}
	b := make([]byte, 0, len(p.text)+4*len(loops))
	for i, piece := range p.pieces {
		if i > 0 {
			b = strconv.AppendInt(append(b, '['), int64(loops[i-1]), 10)
			b = append(b, ']')
		}
		b = append(b, piece...)
	}
	return string(b)
}

// param is a parameter of an action as the document gives it.
type param struct {
	spec  ParamSpec
	value value
}

// steps compiles a list of steps.
func (c *compiler) steps(key string, n *node, prefix string) []*step {
	if n.kind != listNode {
		if !c.cutAway(n, key) {
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
		if !c.cutAway(n, path) {
			c.wrong(n.span, inStep, "a map", n.describe()).suggest("begin it with a verb or an action, as in `- stop: why`")
		}
		return nil
	}
	c.p.reach++
	s := &step{path: newStepPath(path), at: n.from, taken: c.handled > 0}
	s.line, s.column = c.src.position(n.from)
	verb, rest := c.verb(n)
	s.when = c.when(rest)
	before := c.past
	onError, handled := rest["on_error"]
	if verb.key != nil {
		s.verb = verb.key.text
		if handled && s.verb != "fail" {
			s.taken = true
			c.handled++
		}
		c.run(s, verb)
		if handled && s.verb != "fail" {
			c.handled--
			if s.action == nil { // it may break anywhere within
				c.past = before
			}
			c.handle(s, onError.value)
		}
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
		c.unknownInStep(n, p.key, verb.key != nil)
		if strings.Contains(p.key.text, ".") {
			c.unjudged(p)
		}
	}
	if verb.key == nil && len(unknown) == 0 {
		c.report(missingVerb, n.span).suggest("add an action, or one of " + quoted(verbNames))
	}
	return verb, rest
}

func (c *compiler) unknownInStep(in, key *node, hasVerb bool) {
	var actions []string
	for name := range c.catalog.Actions {
		actions = append(actions, name)
	}
	slices.Sort(actions)
	name := key.text
	switch {
	case c.catalog.Absent[name] != nil:
		c.report(absentAction, key.span, name, c.catalog.Absent[name].Needs).suggest("do without it, or ask whoever runs this helpdesk")
	case slices.Contains(later[inStep], name) || slices.Contains(laterActions, name):
		c.report(notYet, key.span, name).suggest("leave the step out for now")
	case strings.Contains(name, "."):
		c.report(unknownAction, key.span, cut(name)).mean(key, actions, "the actions are "+quoted(actions))
	case hasVerb:
		c.unknown(in, key, inStep, modifierNames)
	default:
		all := slices.Concat(verbNames, modifierNames, actions)
		c.report(unknownVerb, key.span, cut(name)).mean(key, in.lacking(all), "the verbs are "+quoted(verbNames))
	}
}

// run compiles what a step does.
func (c *compiler) run(s *step, verb pair) {
	switch s.verb {
	case "respond":
		c.ofRequests("respond", verb.key.span)
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
		s.steps = c.steps("steps", verb.value, s.path.text+".")
		s.responds = responding(s.steps)
	case "choose":
		c.choose(s, verb)
	case "each":
		c.each(s, verb)
	case "wait":
		c.wait(s, verb)
	default:
		s.action = c.catalog.Actions[s.verb]
		c.params(s, verb)
	}
}

// handle compiles a step's on_error.
func (c *compiler) handle(s *step, n *node) {
	s.handled = true
	c.onError(s, n)
	s.responds = s.responds || responding(s.onError)
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
		var t, sampled expression.Type
		if x != nil {
			t, sampled = x.compiled.Type(), x.sampled
		}
		s.lets = append(s.lets, letName{p.key.text, c.bind(p.key.text, t, sampled), x})
		c.carryOn(p.key.text, x)
	}
}

// bind makes a name of a step visible from here on.
func (c *compiler) bind(name string, t, sampled expression.Type) int {
	slot, seed := c.scope.bind(name, t, sampled)
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
	if n.missing() && c.cutAway(n, s.verb) {
		return
	}
	s.params = make([]param, 0, len(s.action.Params))
	c.sent = nil
	if s.action.Reach == ReachOutside {
		defer c.revealing("sent to another service")()
	}
	for _, p := range n.pairs {
		spec, ok := s.action.Param(p.key.text)
		if !ok && slices.Contains(laterParameters[s.verb], p.key.text) {
			c.report(notYet, p.key.span, p.key.text).suggest("do without it for now")
			continue
		}
		if !ok {
			d := c.report(unknownParameter, p.key.span, s.verb, cut(p.key.text)).
				mean(p.key, n.lacking(names), "its parameters are "+quoted(names))
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
	s.onError = c.steps("on_error", n, s.path.text+".")
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
		case key == "on_error" && s.verb == "fail":
			c.report(misplaced, p.key.span, key, "`fail`").suggest("a `fail` ends the run, whatever stands around it")
		case key == "on_error":
		case s.action == nil:
			c.report(misplaced, p.key.span, key, "`"+s.verb+"`").suggest("it belongs to actions")
		case key == "retry":
			continue
		case key == "timeout":
			s.timeout = c.duration("timeout", p.value)
		case key == "as" && c.checkName(p.value):
			s.as, s.slot = p.value.text, c.bind(p.value.text, s.action.Output, s.action.Output)
		}
	}
	if s.action != nil {
		s.retry = defaultRetry(s.action, s.taken)
		if p, ok := rest["retry"]; ok {
			c.retry(s, p.value)
		}
	}
}

// How an action is tried again where the document says nothing: over 18 to 35
// hours, or within a minute where the behavior takes care of the failure itself.
var (
	retryAlone   = RetryPolicy{Attempts: 18, Backoff: 5 * time.Second, Max: 6 * time.Hour}
	retryHandled = RetryPolicy{Attempts: 3, Backoff: 5 * time.Second, Max: 20 * time.Second}
)

func defaultRetry(a *ActionSpec, handled bool) RetryPolicy {
	p := retryAlone
	if handled {
		p = retryHandled
	}
	p.Ask = a.Ask
	return p
}

const maxAttempts = 100

func (c *compiler) retry(s *step, n *node) {
	for _, p := range c.keys("`retry`", n, partNames["retry"]...) {
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
