package behaviors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

const (
	maxRules       = 500
	maxPolicyDepth = 8
)

// PolicyError is what is wrong with a policy, and where.
type PolicyError struct {
	Place   string // "[0].where.webhook.host", "" for the whole
	Code    string // "required", "type", "unknown", "conflict", "format", "too_long"
	Message string
}

func (e PolicyError) Error() string {
	if e.Place == "" {
		return "the policy " + e.Message
	}
	return e.Place + ": " + e.Message
}

// ParsePolicy reads a policy from JSON, and names everything that is wrong with
// it. With a catalog, actions, parameters and what they are compared with must be
// its; what was stored is read without one, since a catalog may have changed.
func ParsePolicy(text []byte, c *Catalog) (Policy, []PolicyError) {
	r := policyReader{catalog: c}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := r.json(d, "", 0)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("something follows the list")
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, []PolicyError{{"", "format", fmt.Sprintf("is no JSON: %s", err)}}
	}
	p := r.policy(v)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return p, nil
}

// StoredPolicy reads a policy that was parsed before it was stored; nil is null.
// What cannot be read denies everything.
func StoredPolicy(text []byte) Policy {
	if text == nil {
		return nil
	}
	p, problems := ParsePolicy(text, nil)
	if len(problems) > 0 {
		return Policy{}
	}
	return p
}

type policyReader struct {
	catalog  *Catalog
	problems []PolicyError
}

func (r *policyReader) wrong(place, code, format string, args ...any) {
	r.problems = append(r.problems, PolicyError{place, code, fmt.Sprintf(format, args...)})
}

// json reads one value. Unlike encoding/json it sees a name that is there twice:
// of two rules in one, nobody could tell which was meant.
func (r *policyReader) json(d *json.Decoder, place string, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth == maxPolicyDepth {
		return nil, errors.New("it is nested too deep")
	}
	switch t {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := r.json(d, fmt.Sprintf("%s[%d]", place, len(list)), depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			at := within(place, name.(string))
			if _, twice := object[name.(string)]; twice {
				r.wrong(at, "conflict", "is there twice")
			}
			if object[name.(string)], err = r.json(d, at, depth+1); err != nil {
				return nil, err
			}
		}
		_, err := d.Token()
		return object, err
	}
	if n, ok := t.(json.Number); ok {
		return policyNumber(n), nil
	}
	return t, nil
}

// within is the place of a name in an object.
func within(place, name string) string { return strings.TrimPrefix(place+"."+name, ".") }

// policyNumber keeps an integer of any size exact.
func policyNumber(n json.Number) any {
	if i, ok := new(big.Int).SetString(n.String(), 10); ok {
		if i.IsInt64() {
			return i.Int64()
		}
		return i
	}
	f, err := n.Float64()
	if err != nil {
		return n // beyond a float: no value that is compared
	}
	return f
}

func (r *policyReader) policy(v any) Policy {
	list, isList := v.([]any)
	switch {
	case v == nil:
		return nil
	case !isList:
		r.wrong("", "type", "must be null or a list of rules")
		return nil
	case len(list) > maxRules:
		r.wrong("", "too_long", "has %d rules; at most %d are allowed", len(list), maxRules)
		return nil
	}
	p := make(Policy, len(list))
	for i, item := range list {
		p[i] = r.rule(item, fmt.Sprintf("[%d]", i))
	}
	return p
}

func (r *policyReader) rule(v any, place string) Rule {
	var rule Rule
	fields, ok := v.(map[string]any)
	if !ok {
		r.wrong(place, "type", `must be an object such as {"allow": "slack.post"}`)
		return rule
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains([]string{"allow", "deny", "where"}, name) {
			r.wrong(within(place, name), "unknown", "is no key of a rule: they are `allow`, `deny` and `where`")
		}
	}
	_, allows := fields["allow"]
	verb := "allow"
	if _, rule.Deny = fields["deny"]; rule.Deny {
		verb = "deny"
	}
	at := within(place, verb)
	switch {
	case allows && rule.Deny:
		r.wrong(place, "conflict", "a rule has `allow` or `deny`, not both")
		return rule
	case !allows && !rule.Deny:
		r.wrong(place, "required", "a rule needs `allow` or `deny`, and the action")
		return rule
	}
	var isText bool
	if rule.Action, isText = fields[verb].(string); !isText {
		r.wrong(at, "type", "must be the name of an action, such as `slack.post`")
		return rule
	}
	spec, known := r.action(rule.Action, at)
	if !known {
		return rule
	}
	where, given := fields["where"]
	conditions, isObject := where.(map[string]any)
	if given && !isObject {
		r.wrong(within(place, "where"), "type", `must be an object such as {"url": {"host": "api.example.com"}}`)
	}
	for _, name := range slices.Sorted(maps.Keys(conditions)) {
		rule.Where = append(rule.Where, r.condition(rule, spec, name, conditions[name], within(place, "where."+name)))
	}
	return rule
}

// action finds what a rule speaks of; nil without a catalog.
func (r *policyReader) action(name, place string) (spec *ActionSpec, known bool) {
	if r.catalog == nil {
		return nil, true
	}
	if spec = cmp.Or(r.catalog.Actions[name], r.catalog.Absent[name]); spec != nil {
		return spec, true
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(r.catalog.Actions)), maps.Keys(r.catalog.Absent))
	slices.Sort(names)
	r.wrong(place, "unknown", "no action has the name `%s`; %s", cut(name), orElse(meant(name, names), "the actions are "+quoted(names)))
	return nil, false
}

func (r *policyReader) condition(rule Rule, spec *ActionSpec, name string, v any, place string) Condition {
	c := Condition{Param: name}
	tests, ok := v.(map[string]any)
	if !ok || len(tests) != 1 {
		r.wrong(place, "type", "must be an object with one of `equals`, `in`, `host` and `prefix`")
		return c
	}
	var param *ParamSpec
	if spec != nil {
		p, ok := spec.Param(name)
		if !ok {
			names := make([]string, len(spec.Params))
			for i, p := range spec.Params {
				names[i] = p.Name
			}
			r.wrong(place, "unknown", "`%s` has no parameter `%s`; %s", spec.Name, cut(name), orElse(meant(name, names), "its parameters are "+quoted(names)))
			return c
		}
		param = &p
	}
	for test, value := range tests {
		c.Test, v = Test(test), value
	}
	place = within(place, string(c.Test))
	switch c.Test {
	case Equals, In, Host, Prefix:
	default:
		r.wrong(place, "unknown", "is no comparison: they are `equals`, `in`, `host` and `prefix`")
		return c
	}
	if param == nil || r.fits(rule, *param, c.Test, place) {
		c.Values = r.values(c.Test, param, v, place)
	}
	return c
}

// fits tells whether a parameter can be compared so.
func (r *policyReader) fits(rule Rule, p ParamSpec, t Test, place string) bool {
	switch {
	case t.comparable(p) && (p.Format != URL || !rule.Deny || t == Host || t == Prefix):
		return true
	case p.Secret:
		r.wrong(place, "conflict", "`%s` is a secret: of it only the `host` is compared", p.Name)
	case p.Format == URL:
		r.wrong(place, "conflict", "a URL can be written in many ways, so `%s` denies none for sure: use `host` or `prefix`", t)
	case t == Host:
		r.wrong(place, "conflict", "`%s` is no URL", p.Name)
	default:
		r.wrong(place, "conflict", "`%s` is %s, which `%s` does not compare", p.Name, kindWords(p.Type.Kind), t)
	}
	return false
}

// values reads what a condition compares with.
func (r *policyReader) values(t Test, p *ParamSpec, v any, place string) []any {
	switch t {
	case In:
		list, isList := v.([]any)
		if !isList || len(list) == 0 {
			r.wrong(place, "type", "must be a list of values, and not empty")
			return nil
		}
		for i, item := range list {
			r.scalar(p, item, fmt.Sprintf("%s[%d]", place, i))
		}
		return list
	case Equals:
		r.scalar(p, v, place)
	case Host:
		text, isText := v.(string)
		if !isText {
			r.wrong(place, "type", "must be a host, such as `api.example.com`")
		} else if err := CheckHost(text); err != nil {
			r.wrong(place, "format", "`%s` %s", cut(text), err)
		}
	case Prefix:
		text, _ := v.(string)
		switch {
		case text == "":
			r.wrong(place, "type", "must be a text that is not empty")
		case p != nil && p.Format == URL:
			r.urlPrefix(text, place)
		}
	}
	return []any{v}
}

// urlPrefix must be a URL itself: what is compared is its host and its path.
func (r *policyReader) urlPrefix(text, place string) {
	if _, err := parseURLHost(text); err != nil {
		r.wrong(place, "format", "must be a whole URL, such as `https://api.example.com/v1/`: %s", err)
	} else if !isPlainURL(text) {
		r.wrong(place, "format", "must end with a path that has no `..`, no empty name, nothing escaped, no `?` and no `#`")
	}
}

// scalar refuses what can never be a value of the parameter.
func (r *policyReader) scalar(p *ParamSpec, v any, place string) {
	kind := valueKind(v)
	f, isFloat := v.(float64)
	switch {
	case kind == expression.List || kind == expression.Map || kind == expression.Any:
		r.wrong(place, "type", "must be a text, a number, true, false or null")
	case p != nil && v != nil && (kind == expression.Text) != (p.Type.Kind == expression.Text) && p.Type.Kind != expression.Any,
		p != nil && isFloat && p.Type.Kind == expression.Int && f != math.Trunc(f),
		p != nil && v != nil && !assignable(p.Type.Kind, kind):
		r.wrong(place, "type", "must be %s, as `%s` is", kindWords(p.Type.Kind), p.Name)
	case p != nil && len(p.Options) > 0 && v != nil && !slices.Contains(p.Options, fmt.Sprint(v)):
		r.wrong(place, "unknown", "`%s` is none of %s", cut(fmt.Sprint(v)), quoted(p.Options))
	}
}
