package expression

import (
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// The functions are an explicit list: what expr adds is not admitted by itself.
// Of expr's own, now() is the name `now`, and timezone() is not there.
func TestTheListOfFunctions(t *testing.T) {
	want := strings.Fields(`abs all any base64 base64url basic_auth bearer bitand bitnand bitnot bitor bitshl bitshr bitushr bitxor capture ceil
		concat count date duration equal_secure escape_html escape_slack escape_url escape_xml filter find findIndex findLast findLastIndex
		first flatten float floor format_date fromBase64 fromJSON fromPairs get groupBy hasPrefix hasSuffix hex hmac html_to_text indexOf int ip_in join json jwt
		keys last lastIndexOf len list lower map max mean median min none one parse_email parse_xml raw reduce repeat replace reverse round sha256 sort sortBy split
		splitAfter string sum take toBase64 toJSON toPairs trim trimPrefix trimSuffix truncate type uniq upper uuid values`)
	var got []string
	for _, f := range Builtins() {
		got = append(got, f.Name)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, " "), strings.Join(want, " "))
	}
}

// Every function says what it does, and its example runs without a problem,
// against a payload that has nothing of it.
func TestExamples(t *testing.T) {
	for _, f := range Builtins() {
		t.Run(f.Name, func(t *testing.T) {
			if f.Doc == "" || !strings.Contains(f.Example, f.Name+"(") {
				t.Errorf("doc %q, example %q", f.Doc, f.Example)
			}
			paths := new(payload.Paths)
			config := testConfig(paths)
			request := config.Scope.(names)["request"]
			request.Type = Type{Kind: Map, Open: true}
			config.Scope.(names)["request"] = request
			inputs := config.Scope.(names)["inputs"]
			inputs.Type.Fields["token"], inputs.Type.Fields["password"] = Of(SecretValue), Of(SecretValue)
			c, problems := Compile(f.Example, config)
			if c == nil || len(problems) > 0 {
				t.Fatalf("%s: %+v", f.Example, problems)
			}
			if _, err := c.Eval(testFrame(t, paths, `{}`)); err != nil {
				t.Errorf("%s: %v", f.Example, err)
			}
		})
	}
}

// A nil argument gives nil, but for the functions that say so.
func TestNilArguments(t *testing.T) {
	notNil := map[string]string{
		"all": "false", "any": "false", "none": "true", "one": "false", "count": "0", "sum": "0", "filter": "[]", "map": "[]", "groupBy": "{}", "sortBy": "[]",
		"len": "0", "type": `"nil"`, "list": "[]", "equal_secure": "false", "ip_in": "false",
	}
	paths := new(payload.Paths)
	for _, f := range Builtins() {
		if f.Name == "uuid" || f.Name == "basic_auth" || f.Name == "bearer" {
			continue // no argument, or the request
		}
		var args []string
		for _, p := range f.Params {
			switch {
			case p.Name == "predicate":
				args = append(args, "true")
			case !p.Optional:
				args = append(args, "payload.x")
			}
		}
		source := f.Name + "(" + strings.Join(args, ", ") + ")"
		c, problems := Compile(source, testConfig(paths))
		if c == nil {
			t.Fatalf("%s: %+v", source, problems)
		}
		v, err := c.Eval(testFrame(t, paths, `{}`))
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		want := notNil[f.Name]
		if want == "" {
			want = "null"
		}
		if got := show(t, v); got != want {
			t.Errorf("%s gives %s, want %s", source, got, want)
		}
	}
}
