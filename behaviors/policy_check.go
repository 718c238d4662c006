package behaviors

import (
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// permitted reports a step that the policy denies, as far as it can be told
// before anything runs. Whatever else it denies, it denies when the step is
// about to happen.
func (c *compiler) permitted(s *step, verb pair) {
	if c.options.Policy == nil {
		c.computedHost(s, verb)
		return
	}
	denied, by := c.denied(s)
	if denied == nil {
		return
	}
	const ask = "do without it, or ask somebody who may manage to change the policy"
	for _, condition := range by.Where {
		if param, _ := s.action.Param(condition.Param); condition.onPlace(param) {
			if to, err := parseURLHost(originOf(c.givenParam(s, param).start(), true)); err == nil {
				c.report(deniedHost, valueSpan(verb, param.Name), param.Name, to, denied).suggest(ask)
				return
			}
		}
	}
	c.report(deniedAction, verb.key.span, s.verb, denied).suggest(ask)
}

// denied goes through the rules as the runner will, with what is known by now. by
// is the rule that denies the step; or, where no rule allows it, the first one
// that would for another place.
func (c *compiler) denied(s *step) (denied *DeniedError, by Rule) {
	value := func(p ParamSpec) given { return c.givenParam(s, p) }
	for i, r := range c.options.Policy {
		fits := r.fits(s.action, value)
		switch {
		case r.Deny && fits == yes:
			return &DeniedError{Rule: i + 1}, r
		case !r.Deny && fits != no:
			return nil, by
		case !r.Deny && by.Action == "" && r.elsewhere(s.action).fits(s.action, value) != no:
			by = r
		}
	}
	return &DeniedError{}, by
}

// elsewhere is a rule without its conditions on places.
func (r Rule) elsewhere(spec *ActionSpec) Rule {
	others := Rule{Action: r.Action}
	for _, c := range r.Where {
		if p, _ := spec.Param(c.Param); !c.onPlace(p) {
			others.Where = append(others.Where, c)
		}
	}
	return others
}

// onPlace tells whether a condition is on where a call goes.
func (c Condition) onPlace(p ParamSpec) bool {
	return c.Test == Host || c.Test == Prefix && p.Format == URL
}

func (c *compiler) givenParam(s *step, p ParamSpec) given {
	i := slices.IndexFunc(s.params, func(given param) bool { return given.spec.Name == p.Name })
	if i < 0 {
		return given{known: true}
	}
	return givenValue(&s.params[i].value)
}

// start is what is known of a text.
func (g given) start() string {
	text, _ := g.text()
	return text
}

func valueSpan(verb pair, param string) span {
	for _, p := range verb.value.pairs {
		if p.key.text == param {
			return p.value.span
		}
	}
	return verb.key.span
}

// computedHost warns where the null policy will deny a call, unless by chance:
// its host comes from what arrived, or begins in the text and does not end there.
func (c *compiler) computedHost(s *step, verb pair) {
	url, ok := s.action.url()
	i := slices.IndexFunc(s.params, func(p param) bool { return p.spec.Name == url.Name })
	if !ok || i < 0 || s.action.Reach != ReachOutside || len(s.action.Hosts) > 0 {
		return
	}
	v := &s.params[i].value
	computed := false
	switch {
	case v.whole != nil:
		computed = c.arrived(v.whole, 0)
	case len(v.parts) > 0 && v.parts[0].expr != nil:
		computed = c.arrived(v.parts[0].expr, 0)
	case len(v.parts) > 0:
		computed = originOf(v.parts[0].literal, false) == "" && originOf(v.parts[0].literal, true) != ""
	}
	if computed {
		c.report(deniedHost, valueSpan(verb, url.Name), url.Name, "a computed host", &DeniedError{Reason: "there is no policy that allows it"}).
			suggest("write the host out, or take the URL from an input of type url; else somebody who may manage has to allow it in a policy").
			severity = warn
	}
}

// arrived tells whether an expression is a part of the request.
func (c *compiler) arrived(x *expr, depth int) bool {
	if x == nil || depth > maxLets {
		return false
	}
	tree, err := parser.Parse(x.compiled.Source())
	return err == nil && c.partOfRequest(tree.Node, depth)
}

// maxLets is how far a name is followed.
const maxLets = 20

func (c *compiler) partOfRequest(n ast.Node, depth int) bool {
	switch n := n.(type) {
	case *ast.ChainNode:
		return c.partOfRequest(n.Node, depth)
	case *ast.MemberNode:
		return c.partOfRequest(n.Node, depth)
	case *ast.IdentifierNode:
		if let, ok := c.scope.lets[n.Value]; ok && c.scope.names[n.Value].Slot == let.slot {
			return c.arrived(let.expr, depth+1)
		}
		return n.Value == "payload" || n.Value == "request"
	}
	return false
}

// ofPolicy tells whether a finding is about what a policy denies. Then there is
// a program all the same.
func (d *finding) ofPolicy() bool { return d.code == deniedAction.code || d.code == deniedHost.code }
