package expression

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// mailValue evaluates an expression over a mail, in a zone.
func mailValue(t testing.TB, source, mail string, zone *time.Location) (any, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"mail": mail})
	if err != nil {
		t.Fatal(err)
	}
	paths := new(payload.Paths)
	c, problems := Compile(source, testConfig(paths))
	if c == nil {
		t.Fatal(problems)
	}
	f := testFrame(t, paths, string(body))
	f.Zone = zone
	v, err := c.Eval(f)
	if err != nil {
		return nil, asError(err).Code
	}
	return v, ""
}

func TestParseEmail(t *testing.T) {
	const mail = `From: Ann <ann@example.com>
To: help@desk.example.com
Subject: Invoice
Date: Sun, 1 Mar 2026 10:00:00 +0000
Message-ID: <1@example.com>
Received: b
Received: a
Content-Type: multipart/mixed; boundary=x

--x

Hello
--x
Content-Type: text/csv; name=a.csv

1,2
--x--
`
	zone := time.FixedZone("", 3600)
	for _, test := range []struct{ source, want string }{
		{`parse_email(payload.mail)`, `{"cc":[],"date":"2026-03-01T11:00:00+01:00","files":[{"content_type":"text/csv","field":"","name":"a.csv","size":3}],"from":{"email":"ann@example.com","name":"Ann"},` +
			`"headers":{"content-type":"multipart/mixed; boundary=x","date":"Sun, 1 Mar 2026 10:00:00 +0000","from":"Ann <ann@example.com>","message-id":"<1@example.com>","received":"b, a","subject":"Invoice","to":"help@desk.example.com"},` +
			`"html":null,"in_reply_to":null,"message_id":"1@example.com","subject":"Invoice","text":"Hello","to":[{"email":"help@desk.example.com","name":null}]}`},
		{`parse_email(payload.mail).from.email`, `"ann@example.com"`},
		{`parse_email(fromBase64(toBase64(payload.mail))).to[0].email`, `"help@desk.example.com"`},
		{`parse_email(payload.mail).date < now`, `false`},
		{`parse_email("none")`, `null`}, {`parse_email(payload.x)`, `null`}, {`parse_email(1)`, `null`}, {`parse_email([payload.mail])`, `null`},
		{`parse_email("none").from.email`, `null`},
		{`parse_email("From: none of it\n\n").from`, `{"email":null,"name":"none of it"}`},
		{`parse_email("From:\n\n").from`, `null`},
		{`parse_email("From: a@b.example\nContent-Type: text/html\n\n<p>x</p>") | toPairs() | filter(#[0] in ["date", "html", "text"])`, `[["date",null],["html","<p>x</p>"],["text",null]]`},
	} {
		t.Run(test.source, func(t *testing.T) {
			v, code := mailValue(t, test.source, mail, zone)
			if code != "" {
				t.Fatal(code)
			}
			if got := show(t, v); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if _, code := mailValue(t, `parse_email(payload.mail)`, "From: a@b.example\n\n"+strings.Repeat("x", 2<<20), zone); code != "budget-memory" {
		t.Errorf("a mail of 2 MiB gives code %q", code)
	}
	_, problems := Compile(`parse_email(payload.mail).form`, testConfig(new(payload.Paths)))
	if len(problems) != 1 || problems[0].Suggestion != "did you mean `from`?" {
		t.Errorf("got %+v", problems)
	}
}
