package expression

import (
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// What the language's own functions give, as its page has them.
func TestOwnFunctions(t *testing.T) {
	const jefe = `"Jefe", "what do ya want for nothing?"` // RFC 2202 and 4231, case 2
	check(t, []row{
		{`list(nil)`, `[]`, ""}, {`list([1])`, `[1]`, ""}, {`list("a")`, `["a"]`, ""}, {`list({a: 1})`, `[{"a":1}]`, ""}, {`list(payload.items)[1].id`, `2`, ""},
		{`hex(hmac("sha1", ` + jefe + `))`, `"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"`, ""},
		{`hex(hmac("sha256", ` + jefe + `))`, `"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"`, ""},
		{`hex(hmac("sha384", ` + jefe + `))`, `"af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"`, ""},
		{`hex(hmac("sha512", ` + jefe + `))`, `"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"`, ""},
		{`hmac("sha256", inputs.key, "") == hmac("sha256", "value of key", "")`, `true`, ""}, {`hmac("sha256", "", "a")`, `null`, ""}, {`hmac("sha256", nil, "a")`, `null`, ""}, {`hmac("sha256", "k", nil)`, `null`, ""},
		{`hmac("md5", "k", "a")`, ``, "bad-argument"}, {`hmac(payload.s, "k", "a")`, ``, "type"}, {`hmac("sha256", "k", payload.a)`, ``, "type"},
		{`hex(sha256("abc"))`, `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`, ""}, {`sha256(nil)`, `null`, ""}, {`len(sha256(sha256("a")))`, `32`, ""},
		{`hex("é")`, `"c3a9"`, ""}, {`hex(nil)`, `null`, ""}, {`base64("a?>")`, `"YT8+"`, ""}, {`base64url("a?>")`, `"YT8-"`, ""}, {`base64url("a")`, `"YQ"`, ""}, {`base64(b"\xff")`, `"/w=="`, ""}, {`hex(1)`, ``, "type"},
		{`equal_secure("a", "a")`, `true`, ""}, {`equal_secure("a", "b")`, `false`, ""}, {`equal_secure("", "")`, `false`, ""}, {`equal_secure(nil, nil)`, `false`, ""}, {`equal_secure("a", nil)`, `false`, ""},
		{`equal_secure("value of key", inputs.key)`, `true`, ""}, {`equal_secure(hmac("sha1", "k", "a"), hmac("sha1", "k", "a"))`, `true`, ""}, {`equal_secure(1, 1)`, ``, "type"},
		{`ip_in("192.0.2.7", "192.0.2.0/24")`, `true`, ""}, {`ip_in("192.0.3.7", ["192.0.2.0/24", "192.0.3.7"])`, `true`, ""}, {`ip_in("192.0.2.70", "192.0.2.7")`, `false`, ""},
		{`ip_in("::ffff:192.0.2.7", "192.0.2.0/24")`, `true`, ""}, {`ip_in("192.0.2.7", "::ffff:192.0.2.0/120")`, `true`, ""}, {`ip_in("192.0.2.7", "::ffff:192.0.2.7")`, `true`, ""}, {`ip_in("192.0.2.7", "::ffff:0:0/90")`, `false`, ""},
		{`ip_in("2001:db8::1", "2001:db8::/32")`, `true`, ""}, {`ip_in("2001:db8::1", "2001:db8::1")`, `true`, ""}, {`ip_in("2001:db8::2", "2001:db8::1")`, `false`, ""}, {`ip_in("2001:db8::2", "2001:db8::/127")`, `false`, ""}, {`ip_in("192.0.2.7", "2001:db8::/32")`, `false`, ""}, {`ip_in("192.0.2.7", "0.0.0.0/0")`, `true`, ""}, {`ip_in("::1", "0.0.0.0/0")`, `false`, ""},
		{`ip_in(nil, "0.0.0.0/0")`, `false`, ""}, {`ip_in("192.0.2.7", nil)`, `false`, ""}, {`ip_in("192.0.2.7", [])`, `false`, ""}, {`ip_in("192.0.2.7", [nil])`, `false`, ""}, {`ip_in("no address", "0.0.0.0/0")`, `false`, ""},
		{`ip_in("192.0.2.7", "192.0.2")`, ``, "type"}, {`ip_in("no address", "192.0.2")`, `false`, ""}, {`ip_in(payload.a, "0.0.0.0/0")`, `false`, ""}, {`ip_in("0300.0.2.7", "192.0.2.0/24")`, `false`, ""}, {`ip_in("fe80::1%eth0", "fe80::/10")`, `false`, ""},
		{`capture("re: #12", "#(\\d+)")`, `["12"]`, ""}, {`capture("a", "(b)")`, `null`, ""}, {`capture("a", "(a)|(b)")`, `["a",null]`, ""}, {`capture("a", "a")`, `[]`, ""}, {`capture(nil, "a")`, `null`, ""}, {`capture("ab", "a" + "(.)")`, `["b"]`, ""}, {`capture("a", "(")`, ``, "bad-pattern"},
		{`json("{\"a\": 1}").a`, `1`, ""}, {`json("none")`, `null`, ""}, {`json("1 2")`, `null`, ""}, {`json(nil)`, `null`, ""}, {`json(5)`, `null`, ""}, {`json("12345678901234567890123")`, `12345678901234567890123`, ""},
		{`parse_xml("<a b='1'>c</a>").a`, `{"#text":"c","@b":"1"}`, ""}, {`parse_xml("a")`, `null`, ""}, {`parse_xml(nil)`, `null`, ""}, {`parse_xml("<a><!DOCTYPE x></a>")`, `null`, ""},
		{`truncate("äöü", 3)`, `"äöü"`, ""}, {`truncate("äöüß", 3)`, `"äö…"`, ""}, {`truncate("ab", 1)`, `"…"`, ""}, {`truncate("ab", 0)`, `""`, ""}, {`truncate("ab", -1)`, ``, "type"}, {`truncate(nil, 1)`, `null`, ""},
		{`escape_html("<a href=\"x\">'&")`, `"&lt;a href=&#34;x&#34;&gt;&#39;&amp;"`, ""}, {`escape_xml("<a b=\"c\">'&")`, `"&lt;a b=&quot;c&quot;&gt;&apos;&amp;"`, ""}, {`escape_xml("\u0001a\t\n\r\ufffe\uffff") == "\ufffda\t\n\r\ufffd\ufffd"`, `true`, ""}, {`escape_url("a b/?&=é")`, `"a+b%2F%3F%26%3D%C3%A9"`, ""}, {`escape_slack("<!channel> & \"")`, `"&lt;!channel&gt; &amp; \""`, ""},
		{`escape_html(nil)`, `null`, ""}, {`escape_xml(nil)`, `null`, ""}, {`escape_url(nil)`, `null`, ""}, {`escape_slack(nil)`, `null`, ""},
		{`duration("1h30m")`, `"1h30m0s"`, ""}, {`duration("an hour")`, ``, "bad-argument"}, {`duration(payload.s)`, ``, "type"}, {`duration(nil)`, `null`, ""},
		{`date("2026-03-01")`, `"2026-03-01T00:00:00Z"`, ""}, {`date("2026-03-01T09:00:00+02:00")`, `"2026-03-01T07:00:00Z"`, ""}, {`date("tomorrow")`, ``, "bad-argument"}, {`date(nil)`, `null`, ""}, {`date("01.03.2026", "02.01.2006")`, `"2026-03-01T00:00:00Z"`, ""},
		{`format_date(now, "02.01.2006 15:04")`, `"01.03.2026 09:00"`, ""}, {`format_date(nil, "2006")`, `null`, ""}, {`format_date("2026", "2006")`, ``, "type-mismatch"}, {`format_date(payload.s, "2006")`, ``, "type"},
		{`html_to_text(nil)`, `null`, ""}, {`html_to_text("<p>a<p>b")`, `"a\n\nb"`, ""}, {`html_to_text(payload.a)`, ``, "type"},
		{`jwt(nil, inputs.key)`, `null`, ""}, {`jwt("a.b.c", nil)`, `null`, ""}, {`jwt("a.b.c", inputs.key)`, `null`, ""}, {`jwt(1, inputs.key)`, ``, "type-mismatch"},
		{`uuid() == uuid()`, `false`, ""}, {`len(uuid())`, `36`, ""},
		{`basic_auth(request, "u", inputs.key)`, `false`, ""}, {`bearer(request, "abc")`, `true`, ""}, {`bearer(request, "abd")`, `false`, ""}, {`bearer(payload.a, "abc")`, ``, "type"}, {`bearer(request, nil)`, `false`, ""}, {`bearer(request, "")`, `false`, ""},
	})
}

// basic_auth and bearer take one header, in its one form.
func TestAuthorization(t *testing.T) {
	for _, test := range []struct {
		header []string
		source string
		want   bool
	}{
		{[]string{"Basic dTp2YWx1ZSBvZiBrZXk="}, `basic_auth(request, "u", inputs.key)`, true},
		{[]string{"basic dTp2YWx1ZSBvZiBrZXk="}, `basic_auth(request, "u", inputs.key)`, true},
		{[]string{"Basic dTp2YWx1ZSBvZiBrZXk="}, `basic_auth(request, "v", inputs.key)`, false},
		{[]string{"Basic dTp2YWx1ZSBvZiBrZXk="}, `basic_auth(request, "u", inputs.old)`, false},
		{[]string{"Basic dTo="}, `basic_auth(request, "u", nil)`, false},
		{[]string{"Basic dTo="}, `basic_auth(request, "u", "")`, false},
		{[]string{"Basic dTp2YWx1ZSBvZiBrZXk"}, `basic_auth(request, "u", inputs.key)`, false},
		{[]string{"Bearer dTp2YWx1ZSBvZiBrZXk="}, `basic_auth(request, "u", inputs.key)`, false},
		{[]string{"Basic dTp2YWx1ZSBvZiBrZXk=", "Basic dTp2YWx1ZSBvZiBrZXk="}, `basic_auth(request, "u", inputs.key)`, false},
		{nil, `basic_auth(request, "u", inputs.key)`, false},
		{[]string{"Bearer value of key"}, `bearer(request, inputs.key)`, true}, {[]string{"BEARER value of key"}, `bearer(request, inputs.key)`, true},
		{[]string{"Bearer value of key "}, `bearer(request, inputs.key)`, false}, {[]string{"Basic value of key"}, `bearer(request, inputs.key)`, false},
		{[]string{"Bearer"}, `bearer(request, inputs.key)`, false}, {[]string{"Bearer "}, `bearer(request, "")`, false},
	} {
		t.Run(strings.Join(test.header, "|")+" "+test.source, func(t *testing.T) {
			paths := new(payload.Paths)
			c, problems := Compile(test.source, testConfig(paths))
			if c == nil {
				t.Fatal(problems)
			}
			f := testFrame(t, paths, `{}`)
			r := *f.Request
			r.Header = nil
			for _, line := range test.header {
				r.Header = append(r.Header, payload.Field{Name: "Authorization", Value: line})
			}
			f.Slots[slotRequest] = &r
			if got, err := c.Eval(f); got != test.want || err != nil {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}
