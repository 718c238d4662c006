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

// Every function and every notation says what it does and shows it. That the
// examples give what they say is proven by package reference, on a delivery.
func TestExamplesAreThere(t *testing.T) {
	for _, f := range Builtins() {
		list := f.Examples()
		if f.Doc == "" || strings.HasSuffix(f.Doc, ".") || len(list) == 0 {
			t.Errorf("%s: doc %q, examples %q", f.Name, f.Doc, list)
		}
		for _, x := range list {
			if !strings.Contains(x.Expression, f.Name+"(") || x.Value == "" {
				t.Errorf("%s: the example %q gives %q", f.Name, x.Expression, x.Value)
			}
		}
	}
	for _, n := range Notations() {
		if n.Doc == "" || strings.HasSuffix(n.Doc, ".") || len(n.Examples()) == 0 {
			t.Errorf("%s: doc %q, examples %q", n.Form, n.Doc, n.Examples())
		}
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
