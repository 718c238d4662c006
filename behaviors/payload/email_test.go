package payload

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// crlf writes a mail with the line ends that it travels with.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// shownMail prints what was read, a line for what is there.
func shownMail(e *Email) string {
	var b strings.Builder
	line := func(name string, v any) {
		if s := fmt.Sprint(v); s != "" && s != "[]" {
			fmt.Fprintf(&b, "%s: %s\n", name, s)
		}
	}
	line("from", e.From)
	line("to", e.To)
	line("cc", e.Cc)
	line("subject", e.Subject)
	if !e.Date.IsZero() {
		line("date", e.Date.UTC().Format(time.RFC3339))
	}
	line("id", e.MessageID)
	line("reply", e.InReplyTo)
	if e.Text != nil {
		line("text", fmt.Sprintf("%q", *e.Text))
	}
	if e.HTML != nil {
		line("html", fmt.Sprintf("%q", *e.HTML))
	}
	for _, f := range e.Files {
		line("file", fmt.Sprintf("%q %q %s %q", f.Name, f.Field, f.ContentType, f.Body))
	}
	return b.String()
}

func TestParseEmail(t *testing.T) {
	for _, test := range []struct{ name, mail, want string }{
		{"the least", "From: a@b.example\n\n", "from: [{ a@b.example}]\ntext: \"\"\n"},
		{"no body", "From: a@b.example", "from: [{ a@b.example}]\ntext: \"\"\n"},
		{
			"a plain one", `From: "Ann Example" <ann@example.com>
To: help@desk.example.com, Bob <bob@example.com>
Cc: group: c@d.example, e@f.example;
Subject: Invoice
 question
Date: Sun, 1 Mar 2026 10:00:00 +0100
Message-ID: <1@example.com>
In-Reply-To: <20260212@desk.example.com>

Hello,
it is broken.
`, `from: [{Ann Example ann@example.com}]
to: [{ help@desk.example.com} {Bob bob@example.com}]
cc: [{ c@d.example} { e@f.example}]
subject: Invoice question
date: 2026-03-01T09:00:00Z
id: 1@example.com
reply: 20260212@desk.example.com
text: "Hello,\nit is broken."
`,
		},
		{
			"encoded words", `From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <j@b.example>
To: =?iso-8859-1?q?Andr=E9?= <andre@b.example>
Subject: =?UTF-8?B?R3LDvMOfZQ==?= =?utf-8?q?_und?= mehr =?x-unknown?q?a?=

`, "from: [{Jörg Müller j@b.example}]\nto: [{André andre@b.example}]\nsubject: =?UTF-8?B?R3LDvMOfZQ==?= =?utf-8?q?_und?= mehr =?x-unknown?q?a?=\ntext: \"\"\n",
		},
		{
			"an encoded subject", "From: a@b.example\nSubject: =?UTF-8?B?R3LDvMOfZQ==?=\n =?utf-8?q?_und?= mehr\n\n",
			"from: [{ a@b.example}]\nsubject: Grüße und mehr\ntext: \"\"\n",
		},
		{
			"quoted-printable", "From: a@b.example\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: Quoted-Printable\n\ncaf=E9 is a=\n word =3D\n",
			"from: [{ a@b.example}]\ntext: \"café is a word =\"\n",
		},
		{
			"base64", "From: a@b.example\nContent-Type: text/html; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\nPGI+w6k8\nL2I+\n",
			"from: [{ a@b.example}]\nhtml: \"<b>é</b>\"\n",
		},
		{
			"what is no base64", "From: a@b.example\nContent-Transfer-Encoding: base64\n\nnot at all!\n",
			"from: [{ a@b.example}]\ntext: \"not at all!\"\n",
		},
		{
			"an encoding that nobody knows", "From: a@b.example\nContent-Transfer-Encoding: x-uuencode\n\nbegin\n",
			"from: [{ a@b.example}]\ntext: \"begin\"\n",
		},
		{
			"8 bits in the charset that is declared", "From: a@b.example\nContent-Type: text/plain; charset=latin1\n\ncaf\xe9\n",
			"from: [{ a@b.example}]\ntext: \"café\"\n",
		},
		{
			"8 bits that became UTF-8 on the way", "From: a@b.example\nContent-Type: text/plain; charset=latin1\nContent-Transfer-Encoding: 8bit\n\ncafé\n",
			"from: [{ a@b.example}]\ntext: \"café\"\n",
		},
		{
			"a charset that nobody knows", "From: a@b.example\nContent-Type: text/plain; charset=x\nContent-Transfer-Encoding: quoted-printable\n\na=FFb\n",
			"from: [{ a@b.example}]\ntext: \"a\uFFFDb\"\n",
		},
		{
			"alternatives, a picture and a file", `From: a@b.example
Content-Type: multipart/mixed; boundary=outer

preamble
--outer
Content-Type: multipart/related; boundary="in ner"

--in ner
Content-Type: multipart/alternative; boundary=alt

--alt

plain
--alt
Content-Type: text/html

<p>html</p>
--alt--
--in ner
Content-Type: image/png; name="=?utf-8?q?b=C3=B6?=.png"
Content-ID: <cid@x>
Content-Disposition: inline
Content-Transfer-Encoding: base64

iVBO
--in ner--

--outer
Content-Type: text/csv
Content-Disposition: attachment; filename*=utf-8''r%C3%A4te.csv

1,2
--outer
Content-Type: text/plain
Content-Disposition: attachment

attached
--outer
Content-Type: message/rfc822

From: c@d.example

within
--outer--
epilogue
`, `from: [{ a@b.example}]
text: "plain"
html: "<p>html</p>"
file: "bö.png" "cid@x" image/png "\x89PN"
file: "räte.csv" "" text/csv "1,2"
file: "" "" text/plain "attached"
file: "" "" message/rfc822 "From: c@d.example\r\n\r\nwithin"
`,
		},
		{
			"texts around a picture", "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\nContent-Type: image/png\n\nP\n--x\n\ntwo\n--x--\n",
			"from: [{ a@b.example}]\ntext: \"one\\ntwo\"\nfile: \"\" \"\" image/png \"P\"\n",
		},
		{
			"a digest", "From: a@b.example\nContent-Type: multipart/digest; boundary=x\n\n--x\n\nFrom: c@d.example\n\n1\n--x--\n",
			"from: [{ a@b.example}]\nfile: \"\" \"\" message/rfc822 \"From: c@d.example\\r\\n\\r\\n1\"\n",
		},
		{
			"cut short", "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\nContent-Type: text/html\n\n<p>tw",
			"from: [{ a@b.example}]\ntext: \"one\"\nhtml: \"<p>tw\"\n",
		},
		{
			"a boundary that is not there", "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--y\n\none\n--y--\n",
			"from: [{ a@b.example}]\n",
		},
		{
			"no boundary at all", "From: a@b.example\nContent-Type: multipart/mixed\n\none\n",
			"from: [{ a@b.example}]\nfile: \"\" \"\" multipart/mixed \"one\\r\\n\"\n",
		},
		{
			"a part without a header", "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nno header here\n--x--\n",
			"from: [{ a@b.example}]\ntext: \"no header here\"\n",
		},
		{"an address that is none", "From: somebody without an address\nTo: <a@b.example\nDate: yesterday\n\n", "from: [{somebody without an address }]\nto: [{<a@b.example }]\ntext: \"\"\n"},
		{
			"a name that would climb", "From: a@b.example\nContent-Type: application/pdf; name=\"../../etc/x\"\n\nP\n",
			"from: [{ a@b.example}]\nfile: \"x\" \"\" application/pdf \"P\\r\\n\"\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, err := ParseEmail([]byte(crlf(test.mail)))
			if err != nil {
				t.Fatal(err)
			}
			if got := shownMail(e); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
			lf, err := ParseEmail([]byte(test.mail))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.ReplaceAll(shownMail(lf), `\n`, ""); got != strings.ReplaceAll(strings.ReplaceAll(test.want, `\r\n`, ""), `\n`, "") {
				t.Errorf("with LF alone: got\n%swant\n%s", got, test.want)
			}
		})
	}
}

func TestHeadersOfEmail(t *testing.T) {
	e, err := ParseEmail([]byte("Received: from b\n\tby c\nFrom: a@b.example\nX-A :  1\nReceived: d\nSubject: =?utf-8?q?=C3=A9?=\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Header{{"Received", "from b by c"}, {"From", "a@b.example"}, {"X-A", "1"}, {"Received", "d"}, {"Subject", "é"}}
	if !reflect.DeepEqual(e.Header, want) {
		t.Errorf("got %q, want %q", e.Header, want)
	}
}

func TestWhatIsNoEmail(t *testing.T) {
	nested := "From: a@b.example\nContent-Type: multipart/mixed; boundary=b0\n\n"
	for i := range 12 {
		nested += fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	multipart := "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n"
	for _, test := range []struct {
		name, text string
		limit      bool
	}{
		{"nothing", "", false}, {"a text", "Hello there", false}, {"JSON", `{"from": "a@b.example"}`, false}, {"HTML", "<p>From: a</p>", false},
		{"no From", "Subject: a\n\nFrom: b", false}, {"From in the body", "\nFrom: a@b.example\n", false}, {"an mbox line", "From a@b.example Sun Mar 1\nTo: b\n", false},
		{"a blank first", " From: a@b.example\n\n", false}, {"a name that is none", "From: a@b.example\nX Y: 1\n\n", false}, {"a name that is empty", ": a\nFrom: a@b.example\n\n", false},
		{"many headers", "From: a@b.example\n" + strings.Repeat("X: 1\n", 1000) + "\n", true}, {"long headers", "From: a@b.example\nX: " + strings.Repeat("x", 300<<10), true},
		{"many addresses", "From: a@b.example\nTo: a@b.example" + strings.Repeat(",a@b.example", 1000), true},
		{"deep", nested, true}, {"many parts", multipart + strings.Repeat("--x\n\na\n", 201), true},
		{"many files", multipart + strings.Repeat("--x\nContent-Type: image/png\n\na\n", 101), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, err := ParseEmail([]byte(test.text))
			if e != nil || err == nil {
				t.Fatalf("got %+v, want none", e)
			}
			if limit := new(LimitError); errors.As(err, &limit) != test.limit {
				t.Errorf("got %v, want a limit: %v", err, test.limit)
			}
		})
	}
}

// FuzzParseEmail: any text is read or refused, within the caps; what is read is
// UTF-8, and files are no larger than what they came in.
func FuzzParseEmail(f *testing.F) {
	f.Add("From: a@b.example\nSubject: =?utf-8?q?x?=\n\nbody")
	f.Add("From: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nYQ==\n--x--")
	f.Add("From: a\nContent-Type: text/plain; charset=latin1; name=\"=?a?b?c?=\"\nContent-Transfer-Encoding: quoted-printable\n\n=E9=\n")
	f.Add("From: \"a\" (b(c)) <@d:e@f>, g:;\nDate: Mon, 2 Jan 2006 15:04:05 MST\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseEmail([]byte(text))
		if err != nil {
			return
		}
		size := 0
		for _, file := range e.Files {
			size += len(file.Body)
		}
		if size > len(text) {
			t.Errorf("%d bytes of files in %d bytes of mail", size, len(text))
		}
		if shown := shownMail(e); strings.ToValidUTF8(shown, "") != shown {
			t.Errorf("no UTF-8 in %q", shown)
		}
		if again, err := ParseEmail([]byte(text)); err != nil || !reflect.DeepEqual(e, again) {
			t.Errorf("read twice, it differs: %v", err)
		}
	})
}
