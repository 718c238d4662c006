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
