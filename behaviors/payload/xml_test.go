package payload

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseXML(t *testing.T) {
	type m = map[string]any
	for _, c := range []struct {
		text    string
		want    any
		problem string
	}{
		{text: `<a/>`, want: m{"a": ""}},
		{text: `<a></a>`, want: m{"a": ""}},
		{text: `<a>hi</a>`, want: m{"a": "hi"}},
		{text: "<a> \n hi </a>", want: m{"a": " \n hi "}},
		{text: `<a> </a>`, want: m{"a": " "}},
		{text: `<a id="1"/>`, want: m{"a": m{"@id": "1"}}},
		{text: `<a id = '1' b="">x</a>`, want: m{"a": m{"@id": "1", "@b": "", "#text": "x"}}},
		{text: "<a id='1'>\n</a>", want: m{"a": m{"@id": "1"}}},
		{text: `<a id="1" id="2"/>`, want: m{"a": m{"@id": "2"}}},
		{text: `<a><b>1</b></a>`, want: m{"a": m{"b": "1"}}},
		{text: `<a><b>1</b><c/><b>2</b></a>`, want: m{"a": m{"b": []any{"1", "2"}, "c": ""}}},
		{text: `<a><b/><b/><b x="1"/></a>`, want: m{"a": m{"b": []any{"", "", m{"@x": "1"}}}}},
		{text: `<a><b><c/></b><b><c/><c/></b></a>`, want: m{"a": m{"b": []any{m{"c": ""}, m{"c": []any{"", ""}}}}}},
		{text: "<a>\n <b>1</b>\n</a>", want: m{"a": m{"b": "1"}}},
		{text: `<p>one <b>two</b> three</p>`, want: m{"p": m{"#text": "one  three", "b": "two"}}},
		{text: `<a/><b/><a>2</a>`, want: m{"a": []any{"", "2"}, "b": ""}},
		{text: "\xef\xbb\xbf\n<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!-- x -->\n<a/>\n<?x y?>", want: m{"a": ""}},
		{text: `<a>x<!-- no -->y<?no no?>z</a>`, want: m{"a": "xyz"}},
		{text: `<a><![CDATA[<b>&amp;</b>]]></a>`, want: m{"a": "<b>&amp;</b>"}},
		{text: "<a>1<![CDATA[2\r\n]]>&lt;3\r4</a>", want: m{"a": "12\n<3\n4"}},
		{text: `<a b="&quot;&apos;&#x41;]]>">&lt;&gt;&amp;&#65;&#x1F600;&#13;&#xD800;</a>`, want: m{"a": m{"@b": `"'A]]>`, "#text": "<>&A😀\r\uFFFD"}}},
		{text: `<soap:Envelope xmlns:soap="urn:s"><soap:Body xmlns="urn:b"/></soap:Envelope>`,
			want: m{"soap:Envelope": m{"@xmlns:soap": "urn:s", "soap:Body": m{"@xmlns": "urn:b"}}}},
		{text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Say voice=\"alice\">Thanks</Say><Dial><Number>+15550001</Number><Number>+15550002</Number></Dial></Response>",
			want: m{"Response": m{"Say": m{"@voice": "alice", "#text": "Thanks"}, "Dial": m{"Number": []any{"+15550001", "+15550002"}}}}},
		{text: "<name>Anna</name>\n<age>42</age>\n", want: m{"name": "Anna", "age": "42"}},
		{text: `<größe></größe>`, want: m{"größe": ""}},
		{text: `<a />`, want: m{"a": ""}},
		{text: `<a></a >`, want: m{"a": ""}},

		{text: ``, problem: "expected an element at byte 0"},
		{text: ` <!-- --> `, problem: "expected an element at byte 10"},
		{text: `hi`, problem: "text outside of an element at byte 0"},
		{text: `<a/>&amp;`, problem: "text outside of an element at byte 4"},
		{text: `<![CDATA[x]]><a/>`, problem: "text outside of an element at byte 0"},
		{text: `{"a":1}`, problem: "text outside of an element at byte 0"},
		{text: `<a>`, problem: `the element "a" has no end at byte 3`},
		{text: `<a><b></a></b>`, problem: `the end of "a", which is not open here at byte 6`},
		{text: `</a>`, problem: `the end of "a", which is not open here at byte 0`},
		{text: `<a></a`, problem: "expected `>` at byte 6"},
		{text: `< a/>`, problem: "expected the name of an element at byte 1"},
		{text: `<1/>`, problem: "expected the name of an element at byte 1"},
		{text: `<a:b:c/>`, problem: "expected the name of an element at byte 1"},
		{text: `<×/>`, problem: "expected the name of an element at byte 1"},
		{text: `<a`, problem: "expected an attribute, `>` or `/>` at byte 2"},
		{text: `<a / >`, problem: "expected an attribute, `>` or `/>` at byte 3"},
		{text: `<a b>`, problem: "expected `=` at byte 4"},
		{text: `<a b=1>`, problem: "expected a value in quotes at byte 5"},
		{text: `<a b="<">`, problem: "`<` in the value of an attribute at byte 6"},
		{text: `<a b="1>`, problem: "value without its closing quote at byte 8"},
		{text: `<a>a & b</a>`, problem: "unknown entity; a plain `&` is written `&amp;` at byte 5"},
		{text: `<a>&nbsp;</a>`, problem: "unknown entity; a plain `&` is written `&amp;` at byte 3"},
		{text: `<a>&#0;</a>`, problem: "unknown entity; a plain `&` is written `&amp;` at byte 3"},
		{text: `<a>&#x110000;</a>`, problem: "unknown entity; a plain `&` is written `&amp;` at byte 3"},
		{text: "<a>\x00</a>", problem: "a character that XML does not allow at byte 3"},
		{text: "<a><![CDATA[ \uFFFE]]></a>", problem: "a character that XML does not allow at byte 13"},
		{text: "<a>\xff</a>", problem: "invalid UTF-8 at byte 3"},
		{text: `<a>]]></a>`, problem: "`]]>` in a text at byte 3"},
		{text: `<a><![CDATA[x</a>`, problem: "CDATA without its end at byte 12"},
		{text: `<!-- -- --><a/>`, problem: "`--` in a comment at byte 5"},
		{text: `<!-- <a/>`, problem: "comment without its end at byte 4"},
		{text: `<?x <a/>`, problem: "instruction without its end at byte 3"},
	} {
		got, err := ParseXML(c.text, DefaultLimits)
		problem := ""
		if err != nil {
			problem = err.Error()
		}
		if !reflect.DeepEqual(got, c.want) || problem != c.problem {
			t.Errorf("%.60q: got %#v, %q, want %#v, %q", c.text, got, problem, c.want, c.problem)
		}
	}
}

// An entity that is declared is refused before it is read, however it would end.
func TestDocumentTypeIsRefused(t *testing.T) {
	const want = "the XML cannot be read: a document type or another declaration is refused (its entities could grow without end, or be files) at byte "
	for _, c := range []struct{ name, text, at string }{
		{"a billion laughs", `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>`, "21"},
		{"an external entity", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`, "0"},
		{"a parameter entity", `<!DOCTYPE a [<!ENTITY % x SYSTEM "http://example.com/x">%x;]><a/>`, "0"},
		{"a document type alone", `<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>`, "0"},
		{"within an element", `<a><!ENTITY x "y"></a>`, "3"},
	} {
		b, err := Scan(typed("text/xml", c.text), nil, DefaultLimits)
		if err != nil || b.Problem() != want+c.at || b.All() != nil {
			t.Errorf("%s: got %v, %q, %v", c.name, err, b.Problem(), b.All())
		}
	}
}

func TestXMLLimits(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	depth, values := &LimitError{"depth", 100}, &LimitError{"values", 100_000}
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"depth 100", nested(100), nil},
		{"depth 101", nested(101), depth},
		{"depth 50 in lists", strings.Repeat("<a><b/><b>", 25) + strings.Repeat("</b></a>", 25), nil},
		{"depth 52 in lists", strings.Repeat("<a><a/>", 52) + strings.Repeat("</a>", 52), depth},
		{"depth 100 and an attribute", strings.Repeat("<a>", 99) + `<a b=""/>` + strings.Repeat("</a>", 99), depth},
		{"1 MiB of <a>", strings.Repeat("<a>", 1<<20/3), depth},
		{"100,000 elements", "<r>" + strings.Repeat("<a/>", 99_999) + "</r>", nil},
		{"100,001 elements", "<r>" + strings.Repeat("<a/>", 100_000) + "</r>", values},
		{"262,000 elements on top", strings.Repeat("<a/>", 262_000), values},
		{"99,999 attributes", "<r" + strings.Repeat(` a=""`, 99_999) + "/>", nil},
		{"209,000 attributes", "<r" + strings.Repeat(` a=""`, 209_000) + "/>", values},
		{"1 MiB of one attribute", `<r a="` + strings.Repeat("x", 1<<20) + `"/>`, nil},
		{"1 MiB of one name", "<" + strings.Repeat("x", 1<<20) + "/>", nil},
		{"1 MiB of entities", "<r>" + strings.Repeat("&lt;", 1<<18) + "</r>", nil},
		{"1 MiB of comments", "<r>" + strings.Repeat("<!---->", 1<<20/7) + "</r>", nil},
		{"1 MiB of text in pieces", "<r>" + strings.Repeat("a<!---->", 1<<17) + "</r>", nil},
	} {
		if _, err := Scan(typed("text/xml", c.text), nil, DefaultLimits); !reflect.DeepEqual(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// What a hostile body costs is counted: it is refused before much of it is kept.
func TestHostileXMLIsNotKept(t *testing.T) {
	for name, text := range map[string]string{
		"deep":          strings.Repeat("<a>", 1<<20/3),
		"elements":      strings.Repeat("<a/>", 1<<18),
		"attributes":    "<r" + strings.Repeat(` a=""`, 1<<20/5) + "/>",
		"one attribute": `<r a="` + strings.Repeat("x", 1<<20) + `"/>`,
		"entities":      "<r>" + strings.Repeat("&lt;", 1<<18) + "</r>",
		"pieces":        "<r>" + strings.Repeat("a<!---->", 1<<17) + "</r>",
	} {
		r := typed("text/xml", text)
		if n := testing.AllocsPerRun(1, func() { _, _ = Scan(r, nil, DefaultLimits) }); n > 40 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestXMLBody(t *testing.T) {
	order := map[string]any{"order": map[string]any{"@id": "7", "item": []any{"a", "b"}, "note": "café €"}}
	const head, tail = `<order id="7"><item>a</item><item>b</item><note>`, `</note></order>`
	latin := head + "caf\xe9 \x80" + tail
	for _, c := range []struct {
		name, contentType, body string
		want                    any
		problem                 string
	}{
		{"UTF-8", "application/xml", head + "café €" + tail, order, ""},
		{"another type", "application/vnd.example+xml; charset=utf-8", head + "café €" + tail, order, ""},
		{"Latin-1 by its type", "text/xml; charset=ISO-8859-1", latin, order, ""},
		{"Latin-1 by its declaration", "text/xml", `<?xml version="1.0" encoding='iso-8859-1' ?>` + latin, order, ""},
		{"the type counts for more", "text/xml; charset=utf-8", `<?xml version="1.0" encoding="iso-8859-1"?>` + head + "café €" + tail, order, ""},
		{"a byte order mark for most", "text/xml; charset=iso-8859-1", "\xef\xbb\xbf" + head + "café €" + tail, order, ""},
		{"Latin-1 that says nothing", "text/xml", latin, nil, "the XML cannot be read: invalid UTF-8 at byte 51"},
		{"UTF-16", "text/xml", "\xff\xfe<\x00a\x00/\x00>\x00", nil, "the XML cannot be read: UTF-16 is not read; send UTF-8"},
		{"UTF-16 that it is not", "text/xml", `<?xml version="1.0" encoding="utf-16"?><a/>`, nil, `the XML cannot be read: the charset "utf-16" is not read; send UTF-8`},
		{"an unknown charset", "text/xml; charset=x-mine", "<a/>", nil, `the XML cannot be read: the charset "x-mine" is not read; send UTF-8`},
		{"no such character", "text/xml; charset=iso-8859-7", "<a>\xff</a>", nil, "the XML cannot be read: no character of iso-8859-7 at byte 3"},
		{"JSON", "text/xml", `{"a":1}`, nil, "the XML cannot be read: text outside of an element at byte 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := typed(c.contentType, c.body)
			var p Paths
			second, id := p.Add([]Key{name("order"), name("item"), item(1)}), p.Add([]Key{name("order"), name("@id")})
			absent := p.Add([]Key{name("order"), name("item"), name("x")})
			b, err := Scan(r, &p, DefaultLimits)
			if err != nil || b.Kind() != XML || b.Problem() != c.problem {
				t.Fatalf("got %v, %s, %q, want %q", err, b.Kind(), b.Problem(), c.problem)
			}
			got := []any{b.Value(second), b.Value(id), b.Value(absent), b.All()}
			want := []any{"b", "7", nil, c.want}
			if c.want == nil {
				want = []any{nil, nil, nil, nil}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %#v, want %#v", got, want)
			}
			if _, _, ok := b.Span(second); ok {
				t.Error("XML has a span")
			}
			if string(r.Body) != c.body {
				t.Error("the raw bytes were changed")
			}
		})
	}
}
