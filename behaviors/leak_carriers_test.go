package behaviors_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/expr-lang/expr/parser/operator"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// verdict is what becomes of a secret that an expression carries.
type verdict string

const (
	leaks    verdict = "a secret-leak wherever it stands"
	one      verdict = "a secret, which may stand where a secret may"
	several  verdict = "a list of secrets, which a let may have"
	refused  verdict = "an error, whatever it is called"
	harmless verdict = "what comes back has nothing of the secret in it, for the reason that is given"
)

// carrier is an expression with a secret in it.
type carrier struct {
	expr   string
	is     verdict
	reason string // of what is allowed
}

// references are the ways to name a secret. Those behind the first six are names
// of steps.
var references = []string{
	`inputs.key`, `inputs["key"]`, `inputs?.key`, `inputs?.["key"]`, `kept`, `once_more`, `held`, `rebound`, `again`,
}

const stepReferences = 6

// takesSecret are the parameters of functions that take a secret, with why what
// comes back may go anywhere. A function is here or in takesNone, or the test
// fails: whoever adds one decides.
var takesSecret = map[string]struct {
	params []string
	reason string
}{
	"hmac":           {[]string{"key"}, "a proof is made with the secret, which cannot be had from it; signing-oracle is about what else it may be"},
	"equal_secure":   {[]string{"a", "b"}, "a yes or no about all of it"},
	"basic_auth":     {[]string{"password"}, "a yes or no about all of it"},
	"bearer":         {[]string{"token"}, "a yes or no about all of it"},
	"jwt":            {[]string{"key"}, "the claims are their sender's"},
	"github.signed":  {[]string{"secret"}, "a yes or no about a proof"},
	"mailgun.signed": {[]string{"secret"}, "a yes or no about a proof"},
	"slack.signed":   {[]string{"secret"}, "a yes or no about a proof"},
}

// takesNone are the functions that take no secret in any parameter.
var takesNone = strings.Fields(`
	abs all any base64 base64url bitand bitnand bitnot bitor bitshl bitshr bitushr bitxor capture ceil concat count date duration
	escape_html escape_slack escape_url escape_xml filter find findIndex findLast findLastIndex first flatten float floor format_date
	fromBase64 fromJSON fromPairs get groupBy hasPrefix hasSuffix hex html_to_text indexOf int ip_in join json keys last lastIndexOf
	len list lower map max mean median min none one parse_email parse_xml raw reduce repeat replace reverse round sha256 sort sortBy
	split splitAfter string sum take toBase64 toJSON toPairs trim trimPrefix trimSuffix truncate type uniq upper uuid values`)

// operatorsApart are those of expr that may have a secret beside them; in any
// other one it is a leak.
var operatorsApart = map[string]string{
	"|":  "calls what stands behind it, which functionCarriers do",
	"??": "gives a secret or another one",
}

// carriers are the ways in which an expression may have the secret s in it, and
// another one, t, but for those by an operator or a function.
func carriers(s, t string) []carrier {
	fill := func(is verdict, patterns ...string) (list []carrier) {
		for _, p := range patterns {
			list = append(list, carrier{expr: strings.NewReplacer("$s", s, "$t", t).Replace(p), is: is})
		}
		return list
	}
	return slices.Concat(
		fill(one, `$s`, `($s)`, `payload.x ? $s : $t`, `payload.x ? $s : nil`, `payload.x ? nil : $s`, `payload.x ? $s : "x"`, `payload.x ? payload.y : $s`,
			`$s ?? $t`, `$s ?? nil`, `nil ?? $s`, `$s ?? payload.x`, `payload.x ?? $s`, `if payload.x { $s } else { $t }`, `let v = $s; v`, `let v = $s; let w = v; w`,
			`let v = payload.x ? $s : $t; v`, `payload.x; $s`, `payload.x ? (payload.y ? $s : $t) : nil`, `let v = inputs; v.key`),
		fill(several, `[$s]`, `[$s, $t]`, `[$s, payload.x ? $s : $t]`, `payload.x ? $s : [$t]`, `payload.x ? [$s] : nil`, `[$s] ?? [$t]`, `let v = [$s]; v`, `both`),
		fill(leaks,
			// lists and maps
			`[$s, 1]`, `[1, $s]`, `[$s, nil]`, `[[$s]]`, `[[$s], [$t]]`, `[$s, [$t]]`, `[{a: $s}]`, `{a: $s}`, `{($s): 1}`, `{a: {b: $s}}`, `{a: [$s]}`, `{a: payload.x ? $s : 1}`,
			`[inputs]`, `{a: inputs}`, `inputs`, `[both]`, `{a: both}`,
			// parts
			`$s[0]`, `$s["a"]`, `$s.value`, `$s?.value`, `$s[0:1]`, `$s[:1]`, `$s[1:]`, `payload[$s]`, `payload.l[$s:]`, `payload.l[0:$s]`, `payload?.[$s]`,
			`[$s][0]`, `[$s][0:1]`, `[$s][payload.n]`, `both[0]`, `both[0:1]`, `{a: $s}.a`, `{a: $s}["a"]`, `{a: $s}[payload.x]`, `[inputs][0].key`, `(payload.x ? $s : $t)[0]`,
			`inputs[payload.x]`, `inputs[inputs.channel]`, `inputs["k" + "ey"]`, `inputs?.[payload.x]`,
			// conditions, and what is put in place of nil
			`$s ? 1 : 2`, `both ? 1 : 2`, `[$s] ? 1 : 2`, `if $s { 1 } else { 2 }`, `(payload.x ? $s : nil) ? 1 : 2`, `$s ?? "x"`, `"x" ?? $s`, `$s ?? 1`, `$s ?? {a: 1}`,
			`inputs ?? payload`, `payload.x ?? inputs`, `payload.x ? inputs : nil`, `payload.x ? inputs : inputs`, `payload.x ? {a: $s} : nil`,
			// names of its own
			`$s; 1`, `both; 1`, `let v = $s; v + ""`, `let v = $s; v == "x"`, `let v = $s; [v, 1]`, `let v = $s; v[0]`, `let v = [$s]; v[0]`, `let v = both; v[0] + ""`,
			`let v = inputs; v`, `let v = inputs; v[payload.x]`, `let v = payload.x ? $s : "x"; v + ""`, `let v = [$s]; let w = v; w[0]`, `let v = {a: $s}; v.a`, `let v = $s; payload.x ? v + "" : ""`,
			// what a predicate sees
			`map([1], $s)`, `[1] | map($s)`, `map([$s], #)`, `map(both, #)`, `let v = $s; map([1], v)`, `map([1], map([2], $s))`, `map([1], {{a: $s}})`, `map([1], [$s])`, `filter([$s], # != nil)`,
			`reduce([1], #acc, $s)`, `reduce([$s], #acc)`, `reduce([1], $s, 0)`, `find([$s], true)`, `map([1], let v = $s; v)`, `map([{k: $s}], .k)`, `any([1], # == $s)`, `sortBy([1], #, $s)`,
			`map([1], $s ?? "x")`, `all([1], payload.x ? $s : true)`,
			// on the way to a function, and from one
			`string(payload.x ? $s : "x")`, `string($s ?? $t)`, `string(let v = $s; v)`, `string([$s, $t])`, `toJSON({a: 1, b: inputs})`, `equal_secure($s, $t) ? $s + "" : ""`,
			`hex(hmac("sha256", $s, $t))`, `hmac("sha256", [$s], "x")`, `bearer(request, [$s])`, `mailgun.signed(request, [$s, "x"])`, `mailgun.signed(request, [[$s]])`, `jwt($s, $t)`,
		),
		// An error that is not about secrets comes first.
		fill(refused, `$s.trim()`, `$s()`, `$env.inputs.key`, `$env["inputs"]`, `payload | $s`),
		[]carrier{
			{s + " == nil", harmless, "LANGUAGE: `== nil`"}, {"nil != " + s, harmless, "LANGUAGE: `== nil`"}, {"both == nil", harmless, "LANGUAGE: `== nil`"},
			{fmt.Sprintf(`%s == nil ? "unset" : "set"`, s), harmless, "whether it is set is no part of it"},
			{fmt.Sprintf(`equal_secure(payload.x, %s) ? "right" : "wrong"`, s), harmless, "a yes or no about all of it"},
			{fmt.Sprintf(`hex(hmac("sha256", %s ?? %s, request.url))`, s, t), harmless, "a proof"},
		},
	)
}

// operatorCarriers are expr's own operators with a secret on either side.
func operatorCarriers(s, t string) (list []carrier) {
	for _, op := range slices.Sorted(maps.Keys(operator.Unary)) {
		list = append(list, carrier{expr: op + " " + s, is: leaks}, carrier{expr: op + " both", is: leaks})
	}
	for _, op := range slices.Sorted(maps.Keys(operator.Binary)) {
		if operatorsApart[op] != "" {
			continue
		}
		for _, sides := range [][2]string{{s, `"x"`}, {`"x"`, s}, {s, "payload.x"}, {"payload.x", s}, {s, t}, {"both", "payload.l"}, {"payload.l", "both"}, {"inputs", "payload"}, {"payload.x", "inputs"}} {
			list = append(list, carrier{expr: sides[0] + " " + op + " " + sides[1], is: leaks})
		}
		if operator.AllowedNegateSuffix(op) {
			list = append(list, carrier{expr: s + " not " + op + ` "x"`, is: leaks}, carrier{expr: `"x" not ` + op + " " + s, is: leaks})
		}
	}
	return list
}

// functionCarriers call each function of the catalog with a secret in each place.
func functionCarriers(c *behaviors.Catalog, s, t string) (list []carrier) {
	for _, name := range slices.Sorted(maps.Keys(c.Functions)) {
		f := c.Functions[name]
		params := f.Params
		if n := len(params); n > 0 && params[n-1].Variadic {
			params = append(slices.Clone(params), params[n-1])
		}
		for i, p := range params {
			call := func(secret string) string {
				args := make([]string, 0, len(params))
				for j, q := range params {
					switch {
					case j == i:
						args = append(args, secret)
					case j > i && (q.Optional || q.Variadic):
					default:
						args = append(args, argument(name, q))
					}
				}
				return name + "(" + strings.Join(args, ", ") + ")"
			}
			takes := takesSecret[name]
			accepts := func(list bool) carrier {
				if slices.Contains(takes.params, p.Name) && (!list || p.Type.Kind == expression.SecretList) {
					return carrier{is: harmless, reason: takes.reason}
				}
				return carrier{is: leaks}
			}
			add := func(expr string, as carrier) {
				as.expr = expr
				list = append(list, as)
			}
			add(call(s), accepts(false))
			add(call("payload.x ? "+s+" : "+t), accepts(false))
			add(call("["+s+", "+t+"]"), accepts(true))
			add(call("both"), accepts(true))
			add(call("inputs"), carrier{is: leaks})
			add(call("({a: "+s+"})"), carrier{is: leaks})
			if i == 0 && !strings.Contains(name, ".") { // a pipe
				_, rest, _ := strings.Cut(call("#"), "#")
				add(s+" | "+name+"("+strings.TrimPrefix(rest, ", "), accepts(false))
			}
		}
	}
	return list
}

// argument is something without secrets that a parameter takes.
func argument(function string, p expression.Param) string {
	switch p.Name {
	case "request":
		return "request"
	case "algorithm":
		return `"sha256"`
	case "pattern":
		return `"(a)"`
	case "predicate":
		return "# != nil"
	case "order":
		return `"desc"`
	}
	switch p.Type.Kind {
	case expression.Int, expression.Float, expression.Number:
		return "1"
	case expression.List:
		return "payload.l"
	case expression.Map:
		return "payload.m"
	case expression.Time:
		return "now"
	}
	return `payload.x`
}

// Each function and each operator has a decision.
func TestWhatTakesASecretIsDecided(t *testing.T) {
	c := product(t)
	for name, f := range c.Functions {
		takes, decided := takesSecret[name]
		if decided == slices.Contains(takesNone, name) {
			t.Errorf("%s: write it in takesSecret, with the reason, or in takesNone", name)
		}
		var params []string
		for _, p := range f.Params {
			if p.Secret {
				params = append(params, p.Name)
			}
		}
		if !slices.Equal(params, takes.params) {
			t.Errorf("%s takes a secret in %q, want %q", name, params, takes.params)
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(takesSecret)), takesNone) {
		if c.Functions[name] == nil {
			t.Errorf("%s is decided, and there is none", name)
		}
	}
	for op := range operatorsApart {
		if _, ok := operator.Binary[op]; !ok {
			t.Errorf("the operator %s is decided, and there is none", op)
		}
	}
}
