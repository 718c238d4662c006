package expression

import (
	"math"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// leaks are ways in which a secret could get out.
var leaks = []string{
	`string(inputs.key)`, `toJSON(inputs.key)`, `toJSON(inputs)`, `inputs.key + ""`, `"" + inputs.key`, `[inputs.key, 1]`, `{a: inputs.key}`, `upper(inputs.key)`,
	`map([inputs.key], #)`, `map([1], inputs.key)`, `filter([inputs.key], true)`, `reduce([1], inputs.key, 0)`, `first([inputs.key])`, `join([inputs.key])`, `concat([inputs.key])`,
	`groupBy([1], inputs.key)`, `sortBy([inputs.key], 1)`, `uniq([inputs.key])`, `flatten([inputs.key])`, `len(inputs.key)`, `type(inputs.key)`, `inputs.key == "x"`, `inputs.key != inputs.old`,
	`inputs.key in ["x"]`, `inputs.key matches "x"`, `inputs.key contains "x"`, `"x" contains inputs.key`, `inputs.key < "x"`, `inputs.key[0:1]`, `inputs.key[0]`, `inputs.key.value`, `keys(inputs)`, `values(inputs)`,
	`toPairs(inputs)`, `inputs["ke" + "y"]`, `get(inputs, "key")`, `let s = inputs.key; s + ""`, `let s = inputs; s`, `kept_secret + ""`, `string(true ? inputs.key : "")`, `string(inputs.key ?? "")`, `string(nil ?? inputs.key)`,
	`not inputs.key`, `-inputs.key`, `inputs.key and true`, `inputs.key ? 1 : 2`, `list(inputs.key)`, `base64(inputs.key)`, `hex(inputs.key)`, `sha256(inputs.key)`, `escape_html(inputs.key)`, `payload[inputs.key]`, `{(inputs.key): 1}`,
	`inputs.key; 1`, `mailgun.signed(inputs.key, inputs.key)`, `hmac("sha256", "k", inputs.key)`, `hmac("sha256", [inputs.key], "t")`, `inputs`, `inputs.key | string()`, `max(inputs.key)`, `1..inputs.key`, `json(inputs.key)`, `parse_xml(inputs.key)`, `truncate(inputs.key, 1)`,
	`any([1], inputs.key)`, `[[inputs.key]]`, `inputs.key ?? "x"`,
	`payload.t ? inputs.key : [inputs.key]`, `string(payload.t ? inputs.key : [inputs.key])`, `string(payload.t ? inputs : nil)`, `string(payload.t ? inputs : payload)`, `string(payload.x ?? inputs)`,
	`[inputs][0]`, `[inputs][0].key`, `let s = [inputs.key]; s[0]`, `let s = [inputs.key]; string(s)`, `let s = inputs; string(s.key)`, `let s = inputs; s | toJSON()`, `if true { inputs.key } else { "" }`,
	`inputs?.key + ""`, `inputs?.["key"]`, `inputs.key | upper()`, `(inputs.key) + ""`, `[1, 2] | map(inputs.key)`, `find([1], true) ?? inputs.key`, `string([inputs.key, inputs.old])`,
	`payload.l[inputs.key]`, `payload.l[0:inputs.key]`, `inputs[payload.s]`, `inputs[inputs.channel]`, `{(inputs.channel): inputs.key}`, `{a: {b: inputs.key}}`, `{a: inputs}`, `reduce([1], #acc, inputs.key)`, `sortBy([1], #, inputs.key)`,
	`format_date(now, inputs.key)`, `capture(inputs.key, "(.*)")`, `capture("x", inputs.key)`, `split(inputs.key, "")`, `escape_url(inputs.key)`, `equal_secure(inputs.key, inputs.old) ? inputs.key : ""`, `bearer(inputs, "x")`,
	`basic_auth(request, inputs.key, inputs.old)`, `ip_in(inputs.key, "0.0.0.0/0")`, `"a" + (inputs.key ?? "")`, `inputs.key..1`, `inputs.key startsWith "a"`, `"abc" endsWith inputs.key`, `not (inputs.key == "x")`, `kept_secret`, `kept_secret == "x"`,
}

// properUses are what secrets are for.
var properUses = []string{
	`mailgun.signed(request, inputs.key)`, `mailgun.signed(request, [inputs.key, inputs.old])`, `hmac("sha256", inputs.key, request.body) == nil`, `equal_secure(request.body, inputs.key)`,
	`basic_auth(request, "u", inputs.key)`, `bearer(request, true ? inputs.key : inputs.old)`, `inputs.key == nil`, `nil != inputs["key"]`, `let s = inputs.key; bearer(request, s)`, `bearer(request, inputs.key ?? inputs.old)`, `bearer(request, kept_secret)`,
	`bearer(request, payload.t ? inputs.key : nil)`, `let s = [inputs.key, inputs.old]; mailgun.signed(request, s)`, `let s = payload.t ? inputs.key : inputs.old; s != nil`, `mailgun.signed(request, payload.t ? inputs.key : [inputs.old])`,
	`hex(hmac("sha256", payload.t ? inputs.key : inputs.old, request.body)) == "x"`,
}

func TestSecretsDoNotLeak(t *testing.T) {
	for _, source := range leaks {
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
	for _, source := range properUses {
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

func TestWalkersRefuse(t *testing.T) {
	for _, v := range []any{Secret{"k"}, []any{Secret{"k"}}, map[string]any{"a": Secret{"k"}}} {
		if text, err := NewWalker(Limits{}).Text(v); err == nil {
			t.Errorf("text of a secret is %q", text)
		}
	}
	for _, v := range []any{math.Inf(1), math.Inf(-1), math.NaN(), struct{}{}} {
		if text, err := NewWalker(Limits{}).JSON([]any{v}); err == nil || asError(err).Code != "not-json" {
			t.Errorf("JSON of %v is %s, %v", v, text, err)
		}
	}
	got, err := NewWalker(Limits{}).JSON(map[string]any{"a": Secret{"k"}})
	if want := `{"a":{"secret":"k"}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// A text in JSON, and that it is charged as long as it is.
func TestTextsInJSON(t *testing.T) {
	for text, want := range map[string]string{
		"": `""`, "é/<>": `"é/<>"`, `a"\b`: `"a\"\\b"`, "a\n\r\t": `"a\n\r\t"`, "\x00\b\x1f\x7f": `"\u0000\u0008\u001f` + "\x7f" + `"`,
		"a\u2028b\u2029\u202a": `"a\u2028b\u2029` + "\u202a" + `"`, "a\xffb\xe9": `"a\ufffdb\ufffd"`, "\ufffd": "\"\ufffd\"",
	} {
		w := NewWalker(Limits{})
		got, err := w.JSON(text)
		if err != nil || string(got) != want || w.Used() != 8+len(want) {
			t.Errorf("%q: got %s, %v and %d bytes, want %s and %d", text, got, err, w.Used(), want, 8+len(want))
		}
	}
}
