package expression

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
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

// problemCases are what the compiler finds, with the exact text that it is about
// and the source as the fix mends it.
var problemCases = []struct {
	source string
	want   []string
}{
	// Names.
	{`evnt.x == nam and b == c`, []string{"unknown-name at `evnt` -> event.x == nam and b == c", "unknown-name at `nam` -> evnt.x == now and b == c", "unknown-name at `b`", "unknown-name at `c`"}},
	{`payload.x == null`, []string{"unknown-name at `null` -> payload.x == nil"}},
	{`$env.x == 1`, []string{"unknown-name at `$env`"}},
	{`"😀" == nam`, []string{"unknown-name at `nam` -> \"😀\" == now"}},
	{`any(payload.l, # > nam)`, []string{"unknown-name at `nam` -> any(payload.l, # > now)"}},
	{`any(payload.l, #acc > 1)`, []string{"unknown-name at `#acc`"}},
	{`any(payload.l, #foo > 1)`, []string{"unknown-name at `#foo`"}},
	{`let len = 1; len == 1`, []string{"shadowed-name at `len`"}},
	{`let x = 1; let x = 2; x == 1`, []string{"shadowed-name at `x`"}},
	{`let mailgun = 1; mailgun == 1`, []string{"shadowed-name at `mailgun`"}},
	// Functions.
	{`payload.end-date == "x"`, []string{"function-not-called at `date` -> payload[\"end-date\"] == \"x\""}},
	{`payload?.end-date-time == "x"`, []string{"function-not-called at `date-time` -> payload[\"end-date-time\"] == \"x\""}},
	{`request.headers.x-hub-signature == "x"`, []string{"unknown-name at `hub-signature` -> request.headers[\"x-hub-signature\"] == \"x\""}},
	{`event.delivery-status.bounce-type.x == "x"`, []string{"function-not-called at `status.bounce-type` -> event[\"delivery-status\"][\"bounce-type\"].x == \"x\""}},
	{`len == 1`, []string{"function-not-called at `len`"}},
	{`mailgun == 1`, []string{"function-not-called at `mailgun`"}},
	{`mailgun.signed and true`, []string{"function-not-called at `mailgun.signed`"}},
	{`mailgun.sined and true`, []string{"unknown-function at `mailgun.sined` -> mailgun.signed and true"}},
	{`payload.l | filter(# > 1) | len`, []string{"syntax at `len` -> payload.l | filter(# > 1) | len()"}},
	{`payload.s.upper() == "A"`, []string{"method-call at `upper`"}},
	{`last(if payload.t { 1 } else { 2 })`, []string{"type-mismatch at `if payload.t { 1 } else { 2 }`"}},
	{`first(if (payload.t) { 1 } else if (payload.t) { 2 } else { 3 })`, []string{"type-mismatch at `if (payload.t) { 1 } else if (payload.t) { 2 } else { 3 }`"}},
	{`uper("a") == "A"`, []string{"unknown-function at `uper` -> upper(\"a\") == \"A\""}},
	{`mailgun.sined(request, inputs.key)`, []string{"unknown-function at `mailgun.sined` -> mailgun.signed(request, inputs.key)"}},
	{`now() > now`, []string{"unknown-function at `now` -> now > now"}},
	{`inputs() == 1`, []string{"unknown-function at `inputs`"}},
	{`timezone("Local") == 1`, []string{"unknown-function at `timezone`"}},
	{`upper() == "A"`, []string{"argument-count at `upper()`"}},
	{`upper("a", "b") == "A"`, []string{"argument-count at `\"b\"`"}},
	{`any(payload.l)`, []string{"argument-count at `any(payload.l)`"}},
	{`any(payload.l, true, 1)`, []string{"argument-count at `1`"}},
	{`duration("5 minutes") == nil`, []string{"bad-argument at `\"5 minutes\"`"}},
	{`date("yesterday") == nil`, []string{"bad-argument at `\"yesterday\"`"}},
	{`hmac("md5", inputs.key, "x") == nil`, []string{"bad-argument at `\"md5\"`"}},
	{`sort(payload.l, "down") == nil`, []string{"bad-argument at `\"down\"`"}},
	{`sortBy(payload.l, #, "down") == nil`, []string{"bad-argument at `\"down\"`"}},
	{`payload.s matches "("`, []string{"bad-pattern at `\"(\"`"}},
	{`payload.s matches "(a|b){900}"`, []string{"bad-pattern at `\"(a|b){900}\"`"}},
	{`payload.s matches "(a*){330}"`, []string{"bad-pattern at `\"(a*){330}\"`"}},
	{`capture(payload.s, "[") == nil`, []string{"bad-pattern at `\"[\"`"}},
	// Kinds.
	{`upper(1) == "A"`, []string{"type-mismatch at `1`"}},
	{`"a" > 3`, []string{"type-mismatch at `\"a\" > 3`"}},
	{`[1] > payload.n`, []string{"type-mismatch at `[1] > payload.n`"}},
	{`true < false`, []string{"type-mismatch at `true < false`"}},
	{`payload.n >= duration("1h")`, nil},
	{`"a" + 1 == "a1"`, []string{"type-mismatch at `\"a\" + 1`"}},
	{`now + 1 == now`, []string{"type-mismatch at `now + 1`"}},
	{`duration("1h") * 2 + 1 == nil`, []string{"type-mismatch at `duration(\"1h\") * 2 + 1`"}},
	{`now * payload.n == nil`, []string{"type-mismatch at `now * payload.n`"}},
	{`payload.n * now == nil`, []string{"type-mismatch at `payload.n * now`"}},
	{`"a" - "b" == nil`, []string{"type-mismatch at `\"a\" - \"b\"`"}},
	{`now + "a" == nil`, []string{"type-mismatch at `now + \"a\"`"}},
	{`duration("1h") * duration("1h") == nil`, []string{"type-mismatch at `duration(\"1h\") * duration(\"1h\")`"}},
	{`repeat("a", 4 / 2) == ""`, []string{"type-mismatch at `4 / 2`"}},
	{`repeat("a", 2 ** 1) == ""`, []string{"type-mismatch at `2 ** 1`"}},
	{`repeat("a", 2 ^ 1) == ""`, []string{"type-mismatch at `2 ^ 1`"}},
	{`repeat("a", 1 + 0.5) == ""`, []string{"type-mismatch at `1 + 0.5`"}},
	{`repeat("a", inputs.n + 0.5) == ""`, []string{"type-mismatch at `inputs.n + 0.5`"}},
	{`repeat("a", 1 + 1) == repeat("a", 5 % 3.0) and repeat("a", inputs.n + 1) == ""`, nil},
	{`not "a"`, []string{"type-mismatch at `\"a\"`"}},
	{`-"a" == 1`, []string{"type-mismatch at `\"a\"`"}},
	{`payload.s == "a" or "b"`, []string{"type-mismatch at `\"b\"`"}},
	{`"a" in "abc"`, []string{"type-mismatch at `\"abc\"`"}},
	{`[1, 2] contains 1`, []string{"type-mismatch at `[1, 2]`"}},
	{`payload.s startsWith 1`, []string{"type-mismatch at `1`"}},
	{`any("abc", true)`, []string{"type-mismatch at `\"abc\"`"}},
	{`any(payload.l, "x")`, []string{"type-mismatch at `\"x\"`"}},
	{`inputs.n[1:2] == nil`, []string{"type-mismatch at `inputs.n`"}},
	{`"yes"`, []string{"type-mismatch at `\"yes\"`"}},
	{`  payload.a ? 1 : (2) `, []string{"type-mismatch at `payload.a ? 1 : (2`"}},
	{`[1, [2]][0:1]`, []string{"type-mismatch at `[1, [2]][0:1]`"}},
	{`map(payload.l, "x")[0] > 1`, []string{"type-mismatch at `map(payload.l, \"x\")[0] > 1`"}},
	{`now == "2026"`, []string{"warning never-equal at `now == \"2026\"`"}},
	{`not payload.a == 1`, []string{"warning never-equal at `not payload.a == 1`"}},
	{`{a: 1, a: 2}.a == 1`, []string{"duplicate-key at `a`"}},
	// Fields.
	{`inputs.chanel == "x"`, []string{"unknown-field at `chanel` -> inputs.channel == \"x\""}},
	{`inputs["chanel"] == "x"`, []string{"unknown-field at `\"chanel\"` -> inputs[\"channel\"] == \"x\""}},
	{`now.year == 2026`, []string{"warning unknown-field at `year`"}},
	{`[1].x == 2026`, []string{"warning unknown-field at `x`"}},
	// Samples warn.
	{`sample.titel == "x"`, []string{"warning unknown-field at `titel` -> sample.title == \"x\""}},
	{`sample.title > 3`, []string{"warning type-mismatch at `sample.title > 3`"}},
	{`any(sample.labels, .nam == "x")`, []string{"warning unknown-field at `nam` -> any(sample.labels, .name == \"x\")"}},
	{`sample.labels[0].nam == "x"`, []string{"warning unknown-field at `nam` -> sample.labels[0].name == \"x\""}},
	{`filter(sample.labels, true)[0]?.nam == "x"`, []string{"warning unknown-field at `nam` -> filter(sample.labels, true)[0]?.name == \"x\""}},
	{`find(sample.labels, true).nam == "x"`, []string{"warning unknown-field at `nam` -> find(sample.labels, true).name == \"x\""}},
	{`(sample.labels | sortBy(.name) | first()).nam == "x"`, []string{"warning unknown-field at `nam` -> (sample.labels | sortBy(.name) | first()).name == \"x\""}},
	{`let s = sample; s.titel == "x"`, []string{"warning unknown-field at `titel` -> let s = sample; s.title == \"x\""}},
	{`sample["titel"] == "x"`, []string{"warning unknown-field at `\"titel\"` -> sample[\"title\"] == \"x\""}},
	{`upper(sample.labels) == "x"`, []string{"warning type-mismatch at `sample.labels`"}},
	// What does not parse.
	{`payload.a = 1`, []string{"syntax at `=` -> payload.a == 1"}},
	{`let x = 1; x = 1`, []string{"syntax at `=` -> let x = 1; x == 1"}},
	{`payload.a === 1`, []string{"syntax at `===` -> payload.a == 1"}},
	{`payload.a <> 1`, []string{"syntax at `<>` -> payload.a != 1"}},
	{`payload.s =~ "a"`, []string{"syntax at `=~` -> payload.s  matches  \"a\""}},
	{`payload.a AND true`, []string{"syntax at `AND` -> payload.a and true"}},
	{`payload.a is nil`, []string{"syntax at `is` -> payload.a == nil"}},
	{`payload.a & true`, []string{"syntax at `&`"}},
	{`payload.a ==`, []string{"syntax at `==`"}},
	{`payload.a and  `, []string{"syntax at `and`"}},
	{`(payload.a`, []string{"syntax at `(`"}},
	{`any(payload.l, [1, 2`, []string{"syntax at `[`"}},
	{`any(payload.l, ) or true`, []string{"syntax at `)`"}},
	{`payload.a ? 1`, []string{"syntax at `1`"}},
	{`if payload.a { true }`, []string{"syntax at `}`"}},
	{`let x = 1`, []string{"syntax at `1`"}},
	{`payload.l.0 == 1`, []string{"syntax at `.0` -> payload.l[0] == 1"}},
	{`map(payload.l, {n: #}) == nil`, []string{"syntax at `{n: #}` -> map(payload.l, ({n: #})) == nil"}},
	{`payload.s == 'it''s'`, []string{"syntax at `''` -> payload.s == 'it\\'s'"}},
	{`payload.s == "open`, []string{"syntax at `\"open`"}},
	{`payload.s == “a”`, []string{"syntax at `“` -> payload.s == \"a”"}},
	{`payload.s matches "\d"`, []string{"syntax at `d`"}},
	{`${{ payload.s }}`, []string{"syntax at `{`"}},
	{`# == 1`, []string{"syntax at `#`"}},
	{`payload.a == 1 # why`, []string{"syntax at `#`"}},
	{`payload.a payload.b`, []string{"syntax at `payload`"}},
	{`payload.a ?? true and true`, []string{"syntax at `and`"}},
	{`99999999999999999999 == payload.a`, []string{"syntax at `99999999999999999999`"}},
	{`1e999 == payload.a`, []string{"syntax at `1e999`"}},
	{`😀`, []string{"syntax at `😀`"}},
	{`/* why`, []string{"syntax at `/*`"}},
	{``, []string{"syntax at ``"}},
	{strings.Repeat("x", 64<<10+1), []string{"too-long at `" + strings.Repeat("x", 64<<10+1) + "`"}},
	// Secrets: TestSecretsDoNotLeak has the ways; here are the places.
	{`inputs.channel == "x" and string(inputs.key) == "y"`, []string{"secret-leak at `inputs.key`"}},
	{`[inputs.key, 1] == nil`, []string{"secret-leak at `inputs.key`"}},
	{`payload[inputs["key"]] == nil`, []string{"secret-leak at `inputs[\"key\"]`"}},
	// Nothing.
	{`payload.ok`, nil},
	{`payload.a-inputs.n > 1`, nil},
	{`payload.a.b == 1 and mailgun.signed(request, [inputs.key, inputs.old])`, nil},
}

func TestProblems(t *testing.T) {
	condition := testConfig(nil)
	condition.Want = Bool
	for _, r := range problemCases {
		t.Run(clip(r.source), func(t *testing.T) {
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

var (
	reported = regexp.MustCompile(`(?:report\([^"]*?|fault\{\d, |Code: |Code(?:, p\.Message)? = |code := )"([a-z-]+)"`)
	failing  = regexp.MustCompile(`fail\("([a-z-]+)"`)
)

// codes finds the codes that the package's own source has.
func codes(t *testing.T, pattern *regexp.Regexp) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pattern.FindAllSubmatch(source, -1) {
			found[string(m[1])] = true
		}
	}
	return found
}

func TestNoProblemWithoutACase(t *testing.T) {
	want := codes(t, reported)
	for _, code := range []string{"internal", "function", "type"} {
		delete(want, code) // of a run: machine_test.go has them
	}
	delete(want, "unclosed-template") // TestSplitTemplate
	if len(want) < 15 {
		t.Fatalf("only %v were found in the source", want)
	}
	for _, c := range problemCases {
		for _, p := range c.want {
			code, _, _ := strings.Cut(strings.TrimPrefix(p, "warning "), " ")
			delete(want, code)
		}
	}
	for code := range want {
		t.Errorf("no case shows %s", code)
	}
}

// What can be told is said: how the value becomes what is wanted.
func TestSuggestions(t *testing.T) {
	condition := testConfig(nil)
	condition.Want = Bool
	for source, want := range map[string]string{
		`"a" > 3`:                       "read the text as a number with int(…) or float(…)",
		`3 < "a"`:                       "read the text as a number with int(…) or float(…)",
		`"a" + 1 == nil`:                "make a text of it with string(…)",
		`upper(1) == nil`:               "make a text of it with string(…)",
		`upper(sha256("a")) == nil`:     "make a text of the bytes with hex(…) or base64(…)",
		`sha256("a") == "b"`:            "make a text of the bytes with hex(…) or base64(…)",
		`now > "2026-01-01"`:            "read the text as a time with date(…)",
		`now + 5 == now`:                "write a duration as duration(\"5m\")",
		`first({a: 1}) == 1`:            "take its values with values(…)",
		`any("a,b", true)`:              "cut the text into a list with split(…)",
		`"yes"`:                         "compare it with something, as in `… == …` or `… != nil`",
		`payload.s == "a" or "b"`:       "compare it with something, as in `… == …` or `… != nil`",
		`[1] contains 1`:                "write `1 in [1]`",
		`"a" in "abc"`:                  "write `\"abc\" contains \"a\"`",
		`not payload.a == 1`:            "`not` is about the left side alone; put parentheses around all of it",
		`evnt.x`:                        "did you mean `event`?",
		`mailgun.signed`:                "write `mailgun.signed(…)`",
		`payload.a ? 1`:                 "write `:` and the value for the other case",
		`payload.a payload.b`:           "an operator such as `and`, `==` or `+` is missing before it",
		`payload.s matches "\d"`:        "write two backslashes for one, or put the text in backquotes",
		`request.headers.x-y == inputs`: "write `[\"x-y\"]`",
	} {
		condition.Paths = new(payload.Paths)
		_, problems := Compile(source, condition)
		if len(problems) == 0 || problems[0].Suggestion != want {
			t.Errorf("%s: got %+v, want the suggestion %q", source, problems, want)
		}
	}
}
