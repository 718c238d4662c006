package expression

import (
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// textOfHTML gives the text, or the code of an error.
func textOfHTML(t testing.TB, source string) (text, code string) {
	t.Helper()
	paths := new(payload.Paths)
	c, problems := Compile(`html_to_text(plain)`, testConfig(paths))
	if c == nil {
		t.Fatal(problems)
	}
	f := testFrame(t, paths, `{}`)
	f.Slots[slotLazy] = source
	v, err := c.Eval(f)
	if err != nil {
		return "", asError(err).Code
	}
	return v.(string), ""
}

func TestHTMLToText(t *testing.T) {
	for _, test := range []struct{ name, html, want string }{
		{"a text", "Hello", "Hello"},
		{"nothing", "", ""},
		{"white space", "  a \n\t b&nbsp;c  ", "a b c"},
		{"entities", "a &lt;b&gt; &amp; &eacute; &#x1F600; &#39; &copy &unknown;", "a <b> & é 😀 ' © &unknown;"},
		{"paragraphs", "<p>one</p><p>two</p>three", "one\n\ntwo\n\nthree"},
		{"empty paragraphs", "<p>one</p><p></p><p> </p><div></div><p>two", "one\n\ntwo"},
		{"lines", "a<br>b<br/>c<br><br>d<br><br><br><br>e", "a\nb\nc\n\nd\n\ne"},
		{"blocks", "<div>a</div><div>b</div><section>c<div>d</div></section>", "a\nb\nc\nd"},
		{"words within words", "w<b>or</b>d <i>and</i> <u> more</u>", "word and more"},
		{"a heading", "<h1>Title</h1>text<hr>below", "Title\n\ntext\n\n---\n\nbelow"},
		{"a script", "a<script>alert('<p>x</p>')</script>b<SCRIPT src=x></SCRIPT >c", "abc"},
		{"a script that ends at once", "a<script/>alert(1)</script>b", "ab"},
		{"a script that does not end", "a<script>alert(1)", "a"},
		{"styles, comments, head", "<!doctype html><html><head><title>T</title><style>p{}</style></head><body><!-- c --><p>x</p></body></html>", "x"},
		{"what is not shown", "a<template>b</template><noscript>c</noscript><iframe>d</iframe><svg><text>e</text></svg><svg/>f<textarea>g</textarea>", "af"},
		{"a link", `See <a href="https://a.example/b?c=1&amp;d=2">the page</a>.`, "See the page (https://a.example/b?c=1&d=2)."},
		{"a link that shows where it leads", `<a href="https://a.example/">https://a.example</a> <a href="https://a.example/">a.example</a>`, "https://a.example a.example"},
		{"a link to another place than it shows", `<a href="https://evil.example">https://bank.example</a>`, "https://bank.example (https://evil.example)"},
		{"links without a target", `<a href="#top">a</a> <a>b</a> <a href="javascript:alert(1)">c</a> <a href="data:text/html,x">d</a> <a href="/x">e</a>`, "a b c d e"},
		{"a link of a picture", `<a href="https://a.example"><img src="x" alt="Logo"></a> <a href="https://b.example"><img src="y"></a>`, "Logo (https://a.example) https://b.example"},
		{"a link to mail", `<a href="mailto:a@b.example">write</a> <a href="mailto:a@b.example">a@b.example</a>`, "write (a@b.example) a@b.example"},
		{"a link around a block", `<a href="https://a.example"><p>x</p></a>y`, "x (https://a.example)\n\ny"},
		{"a link that does not end", `<a href="https://a.example">x <a href="https://b.example">y</a>`, "x (https://a.example) y (https://b.example)"},
		{"a list", "<ul><li>a</li><li>b<br>c</li></ul>d", "- a\n- b\n  c\n\nd"},
		{"a numbered list", "<ol><li>a<li>b<ul><li>c</li></ul></li><li>d</ol>", "1. a\n2. b\n  - c\n3. d"},
		{"items without a list", "<li>a<li>b", "- a\n- b"},
		{"a table", "<table><tr><th>Name</th><th>No.</th></tr><tr><td>a</td><td>1</td></tr></table>", "Name No.\na 1"},
		{"a quotation", "<blockquote><p>a</p><p>b</p><blockquote>c</blockquote></blockquote>d", "> a\n\n> b\n\n> > c\n\nd"},
		{"as it is written", "<pre>\n  a\n\n  b  c</pre>d", "  a\n\n  b  c\n\nd"},
		{"what takes no place", "a\u200b\u00ad\u034fb\x00\x07c", "abc"},
		{"a word of what takes no place", "a <b>\u200c\ufeff</b> b\u0085\x7fc", "a bc"},
		{"tags in what is not shown", "a<svg><br><pre></svg>b<svg></pre><br></svg>c  d", "abc d"},
		{"empty lines as they are written", "<pre>a\n\n\n\nb <b>c</b></pre>d  e", "a\n\nb c\n\nd e"},
		{"an empty item", "<ul><li></li></ul>a", "a"},
		{"a list, then a paragraph of more lines", "<ol><li>a</ol><p>b<br>c", "1. a\n\nb\nc"},
		{"links of other kinds", `<a href="http://a.example">a</a> <a href="tel:+49123">call</a>`, "a (http://a.example) call (+49123)"},
		{"what is no tag", "1 < 2 and a <b", "1 < 2 and a"},
		{"tags that do not fit", "</p></ul></pre></blockquote></script>a<b><i>b</b></i>", "ab"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, code := textOfHTML(t, test.html); got != test.want || code != "" {
				t.Errorf("got %q %s, want %q", got, code, test.want)
			}
		})
	}
}

// Whatever stands in a text costs what it is worth, and never more than there is.
func TestHTMLToTextIsBounded(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, 100_000) }
	for _, test := range []struct{ name, html, code string }{
		{"blockquotes", many("<blockquote>") + "a", ""},
		{"quoted lines", many("<blockquote>") + strings.Repeat("<br>a", 400_000), "budget-memory"},
		{"lists", many("<ul>"), "budget-depth"},
		{"open links", many(`<a href="https://a.example/x">`), ""},
		{"attributes", "<p " + many("a=b ") + ">", ""},
		{"a tag that does not end", "<" + many("a"), ""},
		{"comments", many("<!--"), ""},
		{"entities", many("&amp"), ""},
		{"ends", many("</p>"), ""},
		{"pre", many("<pre>\n"), ""},
		{"large", strings.Repeat("a", 5<<20), "budget-memory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, code := textOfHTML(t, test.html); code != test.code {
				t.Errorf("got code %q, want %q", code, test.code)
			}
		})
	}
}

// FuzzHTMLToText: any text has an end; of a script nothing is left; and plain
// words without a mark stay.
func FuzzHTMLToText(f *testing.F) {
	for _, seed := range []string{"<p>a</p>", "<a href=x>b</a>", "<ul><li>a", "<pre>\n a", "<blockquote>x", "<script>y</script>", "&amp;&#0;", "<svg/><script/>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text, code := textOfHTML(t, "<script>canary</script>"+source)
		if code != "" && !strings.HasPrefix(code, "budget-") {
			t.Fatalf("code %s", code)
		}
		if strings.Contains(text, "canary") && !strings.Contains(source, "canary") {
			t.Errorf("the script is in %q", text)
		}
		if strings.HasSuffix(text, "\n") || strings.Contains(text, "\n\n\n") {
			t.Errorf("empty lines in %q", text)
		}
	})
}
