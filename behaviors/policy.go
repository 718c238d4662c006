package behaviors

import (
	"encoding/json"
	"fmt"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Policy is what a behavior may use. The first rule that an effect fits decides
// about it, and what fits none is denied. nil is the null policy: it allows what
// the published source names (see Grants).
type Policy []Rule

// Rule allows an action, or denies it, where its parameters are so.
type Rule struct {
	Action string
	Deny   bool
	Where  []Condition // all of them hold; in the order of their parameters
}

// Condition is on the final value of a parameter.
type Condition struct {
	Param string
	Test  Test
	// Values of equals, host and prefix are one; nil, bool, int64, float64,
	// *big.Int or text.
	Values []any
}

// Test is how a condition looks at a value.
type Test string

// Tests. Host reads the value as a URL and compares the host that it leads to;
// without a port any port is meant. Prefix of a URL is a URL too, and means it
// and what lies below its path: scheme, host and port are the same then. Prefix
// of any other text is how it begins.
const (
	Equals Test = "equals"
	In     Test = "in"
	Host   Test = "host"
	Prefix Test = "prefix"
)

// DeniedError is an effect that a policy denies. It shows no value of the
// delivery.
type DeniedError struct {
	Rule   int    // from 1; 0: no rule allows it
	Reason string // of the null policy
}

func (e *DeniedError) Error() string {
	switch {
	case e.Reason != "":
		return "denied: " + e.Reason
	case e.Rule == 0:
		return "denied: no rule of the policy allows it"
	}
	return fmt.Sprintf("denied by rule %d", e.Rule)
}

// Permit tells whether an effect may happen under a policy: nil or a
// *DeniedError. secret gives the values that conditions on hosts ask for; its
// errors are returned as they are.
func (e *Evaluation) Permit(p Policy, effect Effect, secret func(expression.Secret) (string, error)) error {
	spec := e.p.actions[effect.Action]
	if spec == nil {
		return fmt.Errorf("behaviors: %s is no action of the program", effect.Action)
	}
	if p == nil {
		return e.granted(spec, effect.Params)
	}
	var failed error
	denied := p.decide(spec, func(param ParamSpec) given {
		v := effect.Params[param.Name]
		if ref, ok := v.(expression.Secret); ok {
			value, err := secret(ref)
			if err != nil && failed == nil {
				failed = err
			}
			v = value
		}
		return given{value: v, known: true}
	})
	switch {
	case failed != nil:
		return failed
	case denied != nil:
		return denied
	}
	return nil
}

// decide finds the first rule that fits. What cannot be compared for sure is not
// allowed by a rule that allows, and is denied by one that denies.
func (p Policy) decide(spec *ActionSpec, value func(ParamSpec) given) *DeniedError {
	for i, r := range p {
		fits := r.fits(spec, value)
		switch {
		case r.Deny && fits != no:
			return &DeniedError{Rule: i + 1}
		case !r.Deny && fits == yes:
			return nil
		}
	}
	return &DeniedError{}
}

// fits tells whether an effect is one that a rule speaks of.
func (r Rule) fits(spec *ActionSpec, value func(ParamSpec) given) verdict {
	if r.Action != spec.Name {
		return no
	}
	all := yes
	for _, c := range r.Where {
		param, ok := spec.Param(c.Param)
		if !ok {
			return unsure // a policy that was written for another version of the action
		}
		if all = min(all, c.holds(param, value(param))); all == no {
			break
		}
	}
	return all
}

// MarshalJSON writes a rule as it is read: {"allow": name, "where": {…}}.
func (r Rule) MarshalJSON() ([]byte, error) {
	var out struct {
		Allow string                  `json:"allow,omitempty"`
		Deny  string                  `json:"deny,omitempty"`
		Where map[string]map[Test]any `json:"where,omitempty"`
	}
	out.Allow = r.Action
	if r.Deny {
		out.Allow, out.Deny = "", r.Action
	}
	if len(r.Where) > 0 {
		out.Where = map[string]map[Test]any{}
	}
	for _, c := range r.Where {
		var v any = c.Values
		if c.Test != In {
			v = c.Values[0]
		}
		out.Where[c.Param] = map[Test]any{c.Test: v}
	}
	return json.Marshal(out)
}
