package expression

import (
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// found is a problem as the tests compare it: its code and the text it is at.
func found(source string, config Config) []string {
	config.Paths = new(payload.Paths)
	_, problems := Compile(source, config)
	var all []string
	runes := []rune(source)
	for _, p := range problems {
		s := p.Code + " at `" + string(runes[p.From:p.To]) + "`"
		if p.Severity == SeverityWarning {
			s = "warning " + s
		}
		if len(p.Fixes) == 1 {
			f := p.Fixes[0]
			s += " -> " + string(runes[:f.From]) + f.Text + string(runes[f.To:])
		}
		all = append(all, s)
	}
	return all
}

func TestProblems(t *testing.T) {
	condition := testConfig(nil)
	condition.Want = Bool
	for _, r := range []struct {
		source string
		want   []string
	}{
		{`evnt.x == nam and b == c`, []string{"unknown-name at `evnt` -> event.x == nam and b == c", "unknown-name at `nam` -> evnt.x == now and b == c", "unknown-name at `b`", "unknown-name at `c`"}},
		{`payload.end-date == "x"`, []string{"function-not-called at `date` -> payload[\"end-date\"] == \"x\""}},
		{`len == 1`, []string{"function-not-called at `len`"}},
		{`payload.s.upper() == "A"`, []string{"method-call at `upper`"}},
		{`uper("a") == "A"`, []string{"unknown-function at `uper` -> upper(\"a\") == \"A\""}},
		{`mailgun.sined(request, inputs.key)`, []string{"unknown-function at `mailgun.sined` -> mailgun.signed(request, inputs.key)"}},
		{`now() > now`, []string{"unknown-function at `now` -> now > now"}},
		{`upper() == "A"`, []string{"argument-count at `upper()`"}},
		{`upper("a", "b") == "A"`, []string{"argument-count at `\"b\"`"}},
		{`upper(1) == "A"`, []string{"type-mismatch at `1`"}},
		{`"a" > 3`, []string{"type-mismatch at `\"a\" > 3`"}},
		{`"a" + 1 == "a1"`, []string{"type-mismatch at `\"a\" + 1`"}},
		{`inputs.chanel == "x"`, []string{"unknown-field at `chanel` -> inputs.channel == \"x\""}},
		{`sample.titel == "x"`, []string{"warning unknown-field at `titel` -> sample.title == \"x\""}},
		{`sample.title > 3`, []string{"warning type-mismatch at `sample.title > 3`"}},
		{`"yes"`, []string{"type-mismatch at `\"yes\"`"}},
		{`payload.a = 1`, []string{"syntax at `=` -> payload.a == 1"}},
		{`payload.a ==`, []string{"syntax at `==`"}},
		{`any(payload.l, ) or true`, []string{"syntax at `)`"}},
		{`$env.x == 1`, []string{"unknown-name at `$env`"}},
		{`payload.s matches "("`, []string{"bad-pattern at `\"(\"`"}},
		{`let len = 1; len == 1`, []string{"shadowed-name at `len`"}},
		{`{a: 1, a: 2}.a == 1`, []string{"duplicate-key at `a`"}},
		{`😀`, []string{"syntax at `😀`"}},
		{`"😀" == nam`, []string{"unknown-name at `nam` -> \"😀\" == now"}},
		{`any(payload.l, # > nam)`, []string{"unknown-name at `nam` -> any(payload.l, # > now)"}},
		{`# == 1`, []string{"syntax at `#`"}},
		{``, []string{"syntax at ``"}},
		{`payload.ok`, nil},
		{`payload.a.b == 1 and mailgun.signed(request, [inputs.key, inputs.old])`, nil},
	} {
		t.Run(r.source, func(t *testing.T) {
			got := found(r.source, condition)
			if len(got) != len(r.want) {
				t.Fatalf("got %q, want %q", got, r.want)
			}
			for i := range got {
				if got[i] != r.want[i] {
					t.Errorf("got %q, want %q", got[i], r.want[i])
				}
			}
		})
	}
}

func TestSecretsDoNotLeak(t *testing.T) {
	for _, source := range []string{
		`string(inputs.key)`, `toJSON(inputs.key)`, `toJSON(inputs)`, `inputs.key + ""`, `"" + inputs.key`, `[inputs.key, 1]`, `{a: inputs.key}`, `upper(inputs.key)`,
		`map([inputs.key], #)`, `map([1], inputs.key)`, `filter([inputs.key], true)`, `reduce([1], inputs.key, 0)`, `first([inputs.key])`, `join([inputs.key])`, `concat([inputs.key])`,
		`groupBy([1], inputs.key)`, `sortBy([inputs.key], 1)`, `uniq([inputs.key])`, `flatten([inputs.key])`, `len(inputs.key)`, `type(inputs.key)`, `inputs.key == "x"`, `inputs.key != inputs.old`,
		`inputs.key in ["x"]`, `inputs.key matches "x"`, `inputs.key contains "x"`, `"x" contains inputs.key`, `inputs.key < "x"`, `inputs.key[0:1]`, `inputs.key[0]`, `inputs.key.value`, `keys(inputs)`, `values(inputs)`,
		`toPairs(inputs)`, `inputs["ke" + "y"]`, `get(inputs, "key")`, `let s = inputs.key; s + ""`, `let s = inputs; s`, `kept_secret + ""`, `string(true ? inputs.key : "")`, `string(inputs.key ?? "")`, `string(nil ?? inputs.key)`,
		`not inputs.key`, `-inputs.key`, `inputs.key and true`, `inputs.key ? 1 : 2`, `list(inputs.key)`, `base64(inputs.key)`, `hex(inputs.key)`, `sha256(inputs.key)`, `escape_html(inputs.key)`, `payload[inputs.key]`, `{(inputs.key): 1}`,
		`inputs.key; 1`, `mailgun.signed(inputs.key, inputs.key)`, `hmac("sha256", "k", inputs.key)`, `hmac("sha256", [inputs.key], "t")`, `inputs`, `inputs.key | string()`, `max(inputs.key)`, `1..inputs.key`, `json(inputs.key)`, `truncate(inputs.key, 1)`,
		`any([1], inputs.key)`, `[[inputs.key]]`, `inputs.key ?? "x"`,
	} {
		t.Run(source, func(t *testing.T) {
			config := testConfig(new(payload.Paths))
			c, problems := Compile(source, config)
			if c != nil {
				t.Fatal("it compiled")
			}
			for _, p := range problems {
				if p.Code == "secret-leak" {
					return
				}
			}
			t.Errorf("got %+v, want a secret-leak", problems)
		})
	}
	for _, source := range []string{
		`mailgun.signed(request, inputs.key)`, `mailgun.signed(request, [inputs.key, inputs.old])`, `hmac("sha256", inputs.key, request.body) == nil`, `equal_secure(request.body, inputs.key)`,
		`basic_auth(request, "u", inputs.key)`, `bearer(request, true ? inputs.key : inputs.old)`, `inputs.key == nil`, `nil != inputs["key"]`, `let s = inputs.key; bearer(request, s)`, `bearer(request, inputs.key ?? inputs.old)`, `bearer(request, kept_secret)`,
	} {
		t.Run(source, func(t *testing.T) {
			if c, problems := Compile(source, testConfig(new(payload.Paths))); c == nil {
				t.Errorf("got %+v, want none", problems)
			}
		})
	}
}

func TestASecretAsAWhole(t *testing.T) {
	for _, source := range []string{`inputs.key`, `payload.x ? inputs.key : inputs.old`, `inputs.key ?? inputs.old`} {
		config := testConfig(new(payload.Paths))
		config.AllowSecret = true
		c, problems := Compile(source, config)
		if c == nil {
			t.Fatalf("%s: %+v", source, problems)
		}
		if c.Type().Kind != SecretValue {
			t.Errorf("%s is %s, want a secret", source, c.Type().Kind)
		}
	}
}

func TestWalkersRefuseSecrets(t *testing.T) {
	for _, v := range []any{Secret{"k"}, []any{Secret{"k"}}, map[string]any{"a": Secret{"k"}}} {
		if text, err := NewWalker(Limits{}).Text(v); err == nil {
			t.Errorf("text of a secret is %q", text)
		}
	}
	got, err := NewWalker(Limits{}).JSON(map[string]any{"a": Secret{"k"}})
	if want := `{"a":{"secret":"k"}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestSplitTemplate(t *testing.T) {
	for _, r := range []struct {
		text string
		want []TemplatePart
		code string
	}{
		{text: ``}, {text: `plain`, want: []TemplatePart{{Literal: "plain", To: 5}}},
		{text: `${{ a }}`, want: []TemplatePart{{IsExpr: true, Expr: " a ", To: 8, ExprFrom: 3}}},
		{text: `é ${{ a }}!`, want: []TemplatePart{{Literal: "é ", To: 2}, {IsExpr: true, Expr: " a ", From: 2, To: 10, ExprFrom: 5}, {Literal: "!", From: 10, To: 11}}},
		{text: `${{ map(x, {{a: 1}}) }}`, want: []TemplatePart{{IsExpr: true, Expr: " map(x, {{a: 1}}) ", To: 23, ExprFrom: 3}}},
		{text: `${{ "}}" }}`, want: []TemplatePart{{IsExpr: true, Expr: ` "}}" `, To: 11, ExprFrom: 3}}},
		{text: `${{ "\"}}" }}`, want: []TemplatePart{{IsExpr: true, Expr: ` "\"}}" `, To: 13, ExprFrom: 3}}},
		{text: `$${{ a }}`, want: []TemplatePart{{Literal: "${{ a }}", To: 9}}},
		{text: `${{ a`, code: "unclosed-template"}, {text: `${{ a } }`, code: "unclosed-template"},
	} {
		t.Run(r.text, func(t *testing.T) {
			parts, problems := SplitTemplate(r.text)
			if r.code != "" {
				if len(problems) != 1 || problems[0].Code != r.code {
					t.Fatalf("got %+v, want %s", problems, r.code)
				}
				return
			}
			if len(problems) != 0 || len(parts) != len(r.want) {
				t.Fatalf("got %+v %+v, want %+v", parts, problems, r.want)
			}
			for i := range parts {
				if parts[i] != r.want[i] {
					t.Errorf("got %+v, want %+v", parts[i], r.want[i])
				}
			}
		})
	}
}
