package behaviors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/behaviortest/canary"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

var canaries = canary.Secrets{"Zq7Kx2Vw9Tb4Rm3Ys8Lp5Nd6", "Hc6Gf1Jt0Wk8\"é\\+/<&Xv3Bn9Qd5Sa2", "Tg5Vr8Bk2Ns7Cw4Yx9Lm3Dz6"}

// canarySecrets are what the inputs of generated documents hold. One cannot be
// read, and why tells its value.
func canarySecrets(s expression.Secret) (string, error) {
	switch s.Name {
	case "key":
		return canaries[0], nil
	case "old":
		return canaries[1], nil
	case "hook":
		return "https://hooks.example/" + canaries[2], nil
	case "lost":
		return "", errors.New("cannot open " + canaries[0])
	}
	return "", nil
}

// canaryCatalog is the product's, with a function that panics with its secret.
func canaryCatalog(tb testing.TB) *behaviors.Catalog {
	tb.Helper()
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: actions.BuiltinSpecs(), Functions: []*expression.Function{{
		Name: "test.panics", Params: []expression.Param{{Name: "secret", Secret: true}}, Result: expression.Of(expression.Text),
		Call: func(f *expression.Frame, args []any) (any, error) {
			value, err := f.Secrets(args[0].(expression.Secret))
			panic(fmt.Sprint(value, err))
		},
	}}})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// canaryDocument is one that uses secrets wherever they may be used, and now and
// then in a way that only looks like it.
func canaryDocument(t *rapid.T, wild []carrier) string {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }
	secret := func() string {
		return pick("inputs.key", "inputs.old", "inputs.hook", "inputs.lost", "inputs.empty", "kept", "inputs.key ?? inputs.old", "payload.yes ? inputs.old : nil", "let v = inputs.key; v")
	}
	fill := func(patterns ...string) string {
		if rapid.IntRange(0, 60).Draw(t, "wild") == 0 {
			return wild[rapid.IntRange(0, len(wild)-1).Draw(t, "carrier")].expr
		}
		return strings.NewReplacer("$", secret(), "£", pick("inputs.key", "inputs.old", "kept", "inputs.lost")).Replace(pick(patterns...))
	}
	holds := func() string {
		return fill(`equal_secure(($), "guess")`, `equal_secure(payload.x, £)`, `basic_auth(request, "user", ($))`, `bearer(request, £)`, `bearer(payload, £)`, `mailgun.signed(request, [£])`, `slack.signed(payload.x, £)`,
			`github.signed(request, £)`, `not bearer(request, ($))`, `£ == nil`, `£ != nil`, `jwt("a.b.c", £) == nil`, `test.panics(£) == "a"`, `payload.x`, `true`, `true`)
	}
	value := func() string {
		return fill(`hex(hmac("sha256", ($), "text"))`, `hex(hmac("sha256", £, payload.x))`, `hex(hmac("sha1", £, payload))`, `test.panics(£)`, `test.panics(($)) + "a"`, `£ != nil ? "set" : "unset"`, `string(1 / (£ == nil ? 0 : 1))`,
			`payload.x`, `string(bearer(request, £))`, `upper(payload.x)`, `toJSON([bearer(request, £)])`, `toJSON(request)`, `jwt("a.b.c", £).sub`, `upper(jwt(payload.x, ($)).sub)`)
	}
	quoted := func(expr string) string { return "'" + strings.ReplaceAll(expr, "'", "''") + "'" }
	template := func() string { return quoted(pick("", "got ", "") + "${{ " + value() + " }}") }
	list := func() string { return quoted("[" + value() + ", " + holds() + "]") }
	whole := func() string { return quoted("${{ " + secret() + " }}") }
	step := func() string {
		switch pick("log", "respond", "http", "slack", "note", "let", "stop", "fail", "group", "each", "choose") {
		case "log":
			return "log: " + template()
		case "respond":
			return "respond: {" + pick("json: {a: ", "json: {b: [c], a: ", "text: ", "html: ", "xml: ", "headers: {X-A: ") + template()
		case "http":
			return "http.request: {url: " + pick("https://api.example.com/", "'https://api.example.com/${{ "+strings.ReplaceAll(value(), "'", "''")+" }}'") + ", headers: {Authorization: " + whole() + ", X: " + template() + "}, json: {a: [{b: " + whole() + "}], c: " + template() + "}}"
		case "slack":
			return "slack.post: {webhook: " + whole() + ", text: " + template() + "}"
		case "note":
			return "message.note: {message: '1', text: " + template() + "}"
		case "let":
			return "let: {held: " + quoted(secret()) + ", more: " + quoted(value()) + "}"
		case "each":
			return "each: {in: " + list() + ", as: item, steps: [{log: '${{ item }}'}]}"
		case "choose":
			return "choose: [{when: " + quoted(holds()) + ", steps: [{log: a}]}, {steps: [{log: " + template() + "}]}]"
		case "group":
			return "steps: [{log: " + template() + ", when: " + quoted(holds()) + "}]"
		}
		return pick("stop: ", "fail: ") + template()
	}
	var b strings.Builder
	b.WriteString("behavior: 1\ninputs: {key: {type: secret}, old: {type: secret}, hook: {type: secret}, lost: {type: secret}, empty: {type: secret}}\nlet: {kept: inputs.key, proof: " + quoted(value()) + "}\n")
	if pick("", "handshake") != "" {
		b.WriteString("handshake:\n  - when: " + quoted(pick("false", "payload.ping", holds())) + "\n    respond: {text: " + template() + "}\n    keep: {empty: payload.x}\n")
	}
	switch pick("", "", "verify", "reject") {
	case "verify":
		b.WriteString("verify: " + quoted(holds()) + "\n")
	case "reject":
		b.WriteString("verify: {check: " + quoted(holds()) + ", reject: {json: {a: " + template() + "}}}\n")
	}
	if pick("", "dedupe") != "" {
		b.WriteString("dedupe: " + quoted(value()) + "\norder_by: " + quoted(value()) + "\n")
	}
	b.WriteString("steps:\n")
	for range rapid.IntRange(1, 5).Draw(t, "steps") {
		text := step()
		if strings.HasPrefix(text, "respond") {
			text += strings.Repeat("}", strings.Count(text[:strings.IndexByte(text, '\'')], "{")) + "\n    when: payload.x != nil"
		}
		b.WriteString("  - " + text + "\n")
		if strings.HasPrefix(text, "http") || strings.HasPrefix(text, "slack") || strings.HasPrefix(text, "message") {
			b.WriteString("    as: out\n    on_error: [{log: '${{ toJSON(error) }}'}]\n")
		}
	}
	return b.String()
}

// What is decided of a delivery, what is told of it, and what a simulation and a
// trace show, have nothing of a secret's value, whatever goes wrong.
func TestNoDecisionTellsASecret(t *testing.T) {
	c := canaryCatalog(t)
	var wild []carrier
	for _, x := range slices.Concat(carriers("inputs.key", "inputs.old"), operatorCarriers("inputs.key", "inputs.old"), functionCarriers(c, "inputs.key", "inputs.old")) {
		if !strings.Contains(x.expr, "channel") && !strings.Contains(x.expr, "both") {
			wild = append(wild, x)
		}
	}
	drawn, ran, effects := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		source := canaryDocument(t, wild)
		drawn++
		d := delivery(rapid.SampledFrom([]string{`{"yes": true, "x": "a"}`, `{"x": [1]}`, `{"ping": true, "x": {"a": null}}`, `[`}).Draw(t, "body"))
		d.Inputs = map[string]any{}
		for _, name := range []string{"key", "old", "hook", "lost", "empty"} {
			d.Inputs[name] = expression.Secret{Name: name}
		}
		d.Secrets = canarySecrets
		var told strings.Builder
		tell := func(what string, v any) {
			text, err := json.Marshal(v)
			fmt.Fprintf(&told, "%s: %s %v %+v\n", what, text, err, v)
		}
		tell("simulation", behaviors.Simulate(source, c, d, nil))
		p, diagnostics := behaviors.Compile(source, c)
		tell("diagnostics", diagnostics)
		if p != nil {
			ran++
			trace := &expression.Trace{}
			e := behaviors.NewEvaluation(p, d, trace)
			a := e.Admit()
			tell("admission", a.Response)
			fmt.Fprintf(&told, "%s %s %s %s %s\n", a.Outcome, a.Cause, a.Detail, a.Key, a.Order)
			if a.Handshake != nil {
				tell("request that is kept", a.Handshake.Strike(&payload.Request{Body: []byte(`{}`)}))
			}
			j := behaviors.Journal{Steps: map[string]behaviors.Entry{}}
			for {
				decision := e.Advance(j)
				for _, s := range decision.Steps {
					fmt.Fprintf(&told, "%+v\n", s)
				}
				fmt.Fprintf(&told, "%+v\n", decision)
				if decision.Response != nil {
					fmt.Fprintf(&told, "%s %v\n", decision.Response.Body, decision.Response.Header)
				}
				if decision.State != behaviors.RunOpen || len(decision.Effects) == 0 {
					break
				}
				for _, effect := range decision.Effects {
					effects++
					entry := behaviors.Entry{Output: map[string]any{"id": "1", "status": int64(200), "body": "b"}}
					if rapid.Bool().Draw(t, "fails") {
						entry = behaviors.Entry{Failed: &behaviors.StepError{Message: "answered 500", Status: 500, Attempts: 1}}
					}
					j.Steps[effect.Path] = entry
				}
			}
			tell("trace", p.TraceValues(trace))
		}
		if found := canaries.In(told.String()); found != "" {
			t.Fatalf("%s\n%s\n%s", found, source, told.String())
		}
	})
	t.Logf("%d of %d documents ran, with %d effects", ran, drawn, effects)
	if ran < drawn/4 || effects == 0 {
		t.Errorf("only %d of %d documents ran, with %d effects", ran, drawn, effects)
	}
}
