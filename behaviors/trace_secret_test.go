package behaviors_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// tracedSecrets are two values of one secret.
var tracedSecrets = [2]string{"canary-that-sings-by-day", "canary-that-sings-at-night"}

// A trace is the same whatever the value of a secret is: nothing in it is the
// secret's, however it was made. Programs are random, over whatever the language
// lets one do with what is made of a secret; none asks a question of it whose
// answer hangs on the value.
func TestTraceTellsNothingOfASecret(t *testing.T) {
	c := signingCatalog(t)
	derived := 0
	rapid.Check(t, func(rt *rapid.T) {
		g := &derivation{t: rt}
		source := g.document()
		p, found := behaviors.Compile(source, c)
		if p == nil {
			rt.Fatalf("%s\n%s", found.Render("behavior.yaml", source), source)
		}
		var texts [2]string
		for i, canary := range tracedSecrets {
			texts[i] = tracedWith(rt, p, canary)
			if found := encodingOf(canary, texts[i]); found != "" {
				rt.Fatalf("%s\nthe trace has the canary as %s\n%s", source, found, texts[i])
			}
		}
		if texts[0] != texts[1] {
			rt.Fatalf("%s\ntwo values of a secret have two traces\n%s\n%s", source, texts[0], texts[1])
		}
		derived += strings.Count(texts[0], `"value":"secret"`)
	})
	if derived < 500 {
		t.Errorf("only %d values were hidden", derived)
	}
}

func signingCatalog(t *testing.T) *behaviors.Catalog {
	t.Helper()
	text := expression.Of(expression.Text)
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: specs(), Functions: []*expression.Function{{
		Name: "desk.sign", Result: text,
		Params: []expression.Param{{Name: "key", Secret: true}, {Name: "text", Type: text}},
		Call: func(f *expression.Frame, args []any) (any, error) {
			key, isSecret := args[0].(expression.Secret)
			if !isSecret {
				return nil, errors.New("takes a secret")
			}
			value, err := f.Secrets(key)
			return "signed " + args[1].(string) + " by " + value, err
		},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tracedWith(t interface{ Fatal(...any) }, p *behaviors.Program, canary string) string {
	d := delivery(`{"yes": true, "text": "t", "list": ["a", "b"], "signature": "none"}`)
	d.Inputs = map[string]any{"key": expression.Secret{Name: "key"}}
	d.Secrets = func(expression.Secret) (string, error) { return canary, nil }
	trace := &expression.Trace{}
	e := behaviors.NewEvaluation(p, d, trace)
	e.Admit()
	e.Advance(behaviors.Journal{})
	text, err := json.Marshal(p.TraceValues(trace))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// encodingOf finds a secret, or the proofs that programs begin with, in a text.
func encodingOf(canary, text string) string {
	values := []string{canary}
	for _, signed := range []string{"a", "t"} {
		mac := hmac.New(sha256.New, []byte(canary))
		mac.Write([]byte(signed))
		values = append(values, string(mac.Sum(nil)))
	}
	text = strings.ToLower(text)
	for _, v := range values {
		hashed := sha256.Sum256([]byte(v))
		for _, form := range []string{
			v, hex.EncodeToString([]byte(v)), base64.StdEncoding.EncodeToString([]byte(v)), base64.RawURLEncoding.EncodeToString([]byte(v)),
			hex.EncodeToString(hashed[:]), base64.StdEncoding.EncodeToString(hashed[:]),
		} {
			if form = strings.ToLower(form); strings.Contains(text, form) || strings.Contains(text, form[:12]) {
				return form
			}
		}
	}
	return ""
}

// derivation makes documents over what is made of a secret.
type derivation struct {
	t     *rapid.T
	names []string // of texts that are made of it
	owned int      // names that expressions have made
}

// own is a name that no expression has made yet.
func (g *derivation) own() string {
	g.owned++
	return fmt.Sprint("v", g.owned)
}

func (g *derivation) pick(of ...string) string { return rapid.SampledFrom(of).Draw(g.t, "form") }

func (g *derivation) document() string {
	var b strings.Builder
	b.WriteString("behavior: 1\ninputs: {key: {type: secret}}\nlet:\n")
	for _, name := range []string{"proof_a", "proof_b"} {
		fmt.Fprintf(&b, "  %s: '%s'\n", name, g.derived(3))
		g.names = append(g.names, name)
	}
	// What ends with an x is never JSON; hexadecimal digits alone sometimes are.
	fmt.Fprintf(&b, "  either: 'json(%s + \"x\") ?? payload'\n", g.derived(1))
	fmt.Fprintf(&b, "verify: '%s == payload.signature or either.yes != nil or true'\nsteps:\n", g.derived(2))
	for i := range rapid.IntRange(1, 4).Draw(g.t, "steps") {
		switch g.pick("let", "each", "again") {
		case "let":
			fmt.Fprintf(&b, "  - let: {n%d: '%s'}\n", i, g.derived(3))
			g.names = append(g.names, fmt.Sprint("n", i))
		case "each":
			fmt.Fprintf(&b, "  - each:\n      in: '[%s, %s]'\n      as: item%d\n      steps:\n        - let: {inner%d: 'item%d + \"x\"', other%d: '%s'}\n",
				g.derived(2), g.derived(1), i, i, i, i, g.derived(2))
		case "again": // a name that was a plain one
			fmt.Fprintf(&b, "  - let: {m%d: payload.text}\n  - let: {m%d: '%s'}\n", i, i, g.derived(2))
			g.names = append(g.names, fmt.Sprint("m", i))
		}
	}
	fmt.Fprintf(&b, "  - stop: \"made ${{ %s }}\"\n    when: '%s == payload.signature'\n", strings.ReplaceAll(g.derived(1), `"`, `\"`), g.derived(2))
	return b.String()
}

// derived is a text that is made of the secret.
func (g *derivation) derived(depth int) string {
	if depth == 0 {
		base := []string{`hex(hmac("sha256", inputs.key, "a"))`, `base64(hmac("sha256", inputs.key, payload.text))`, `desk.sign(inputs.key, "a")`}
		return g.pick(append(base, g.names...)...)
	}
	d := func() string { return g.derived(depth - 1) }
	switch g.pick("encode", "text", "list", "predicate", "map", "name", "choose", "proof", "less") {
	case "encode":
		return g.pick("hex", "base64", "base64url", "upper", "trim") + "(" + d() + ")"
	case "text":
		return g.pick(`(`+d()+` + "x")`, `("x" + `+d()+` + payload.text)`, `replace(`+d()+`, "-", "b")`, d()+`[0:9]`, `join(split(`+d()+`, ""), "-")`)
	case "list":
		return g.pick(`[`+d()+`, `+d()+`][1]`, `join(["a", `+d()+`], ",")`, `last(concat([`+d()+`], ["b", `+d()+`]))`)
	case "predicate":
		v := g.own()
		return g.pick(
			`join(map(payload.list, # + `+d()+`), "")`, `map([`+d()+`], # + "x")[0]`, `filter([`+d()+`], # != nil)[0]`,
			`find([`+d()+`], len(#) > 0)`, `reduce(payload.list, #acc + # + `+d()+`, "")`, `reduce(["a", `+d()+`, "b"], #acc + #)`,
			`(let `+v+` = `+d()+`; reduce(["a", "b"], #acc + `+v+`, ""))`,
			`join(map([`+d()+`], {let `+v+` = #; `+v+` + "y"}), "")`, `keys(groupBy([`+d()+`], # + "z"))[0]`,
			`join(map([`+d()+`], join(map([#], # + "q"), "")), "")`,
		)
	case "map":
		return g.pick(`{a: `+d()+`}.a`, `({a: 1, b: `+d()+`})["b"]`, `keys({(`+d()+`): 1})[0]`, `toJSON({a: `+d()+`})`, `string(fromJSON(toJSON([`+d()+`])))`)
	case "name":
		v := g.own()
		return `(let ` + v + ` = ` + d() + `; ` + v + ` + ` + v + `)`
	case "choose":
		return g.pick(`(payload.yes ? `+d()+` : "z")`, `(payload.none ?? `+d()+`)`, `(`+d()+` ?? payload.text)`, `(if payload.yes {`+d()+`} else {"z"})`)
	case "proof":
		return `hex(hmac("sha256", inputs.key, ` + d() + `))`
	}
	return `string(len(` + d() + `))`
}
