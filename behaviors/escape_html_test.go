package behaviors

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// htmlPlaces are where a value may stand in HTML. The value is ${{ }}.
var htmlPlaces = []string{
	"${{ }}",
	"<p>${{ }}</p>",
	"<p>a${{ }}b${{ }}</p>",
	"<title>${{ }}</title>",
	"<textarea>\n${{ }}</textarea>",
	"<p title=\"${{ }}\">x</p>",
	"<p title='a ${{ }} b'>x</p>",
	"<p class=${{ }}>x</p>",
	"<p class=a${{ }} id=b>x</p>",
	"<input value=\"${{ }}\" disabled>",
	"<a href=\"${{ }}\">x</a>",
	"<a href=\"/a/${{ }}/b\">x</a>",
	"<a href='https://a.example/?q=${{ }}&amp;r=${{ }}#${{ }}'>x</a>",
	"<a href=${{ }}>x</a>",
	"<img src=\"${{ }}\" alt='${{ }}'>",
	"<img srcset='${{ }} 2x, /b 3x'>",
	"<form action='${{ }}'><button formaction=\"${{ }}\">x</button></form>",
	"<svg><a xlink:href='${{ }}'><text>${{ }}</text></a></svg>",
	"<math><mi>${{ }}</mi></math>",
	"<table><tr><td>${{ }}</table>",
	"<select><option>${{ }}</select>",
	"<noscript>${{ }}</noscript><iframe>${{ }}</iframe>",
	"<!doctype html><!-- a --><html><head><style>p {}</style><script>let a = 1</script></head><body>${{ }}</body></html>",
	"<meta http-equiv=refresh content='0; url=${{ }}'>",
}

// htmlOf compiles one of them.
func htmlOf(t testing.TB, place string) *htmlText {
	t.Helper()
	var parts []part
	for i, literal := range strings.Split(place, "${{ }}") {
		if i > 0 {
			parts = append(parts, part{})
		}
		if literal != "" {
			parts = append(parts, part{literal: literal})
		}
	}
	h, problems := newHTML(parts)
	if len(problems) > 0 {
		t.Fatalf("%s: %+v", place, problems)
	}
	return h
}

func (h *htmlText) with(t testing.TB, place, value string) string {
	t.Helper()
	values := make([]string, strings.Count(place, "${{ }}"))
	for i := range values {
		values[i] = value
	}
	text, err := h.fill(values)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// htmlShape lists the tokens of HTML, with their names and attributes but
// without their texts, and the schemes of its links.
func htmlShape(text string) (shape string, schemes []string) {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(text))
	inText := false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String(), schemes
		}
		token := z.Token()
		if kind == html.TextToken {
			if !inText {
				b.WriteString("text ")
			}
			inText = true
			continue
		}
		inText = false
		fmt.Fprintf(&b, "%s %s", kind, token.Data)
		for _, a := range token.Attr {
			fmt.Fprintf(&b, " %s", a.Key)
			switch a.Key {
			case "href", "src", "action", "formaction", "xlink:href":
				scheme, _, _ := strings.Cut(strings.TrimSpace(a.Val), ":")
				schemes = append(schemes, strings.ToLower(scheme))
			}
		}
		b.WriteString(" ")
	}
}

// Whatever is interpolated in HTML, the document keeps its shape: no tag and no
// attribute comes to be, and no link runs anything.
func FuzzHTML(f *testing.F) {
	for i := range htmlPlaces {
		for _, text := range []string{
			"<script>alert(1)</script>", "\"'><img onerror=x>", "javascript:alert(1)", "java\tscript:x", " JaVaScRiPt&colon;x",
			"vbscript:x", "data:text/html,<script>", "-->", "]]>", "</title></textarea><b>", "` onload=x", "a b c=d", "&#60;b>", "\x00<\xff>", "</",
			"=", "//evil.example", "{{.}}", "${{ x }}", "\u2028<", "x, javascript:y 2x",
		} {
			f.Add(uint8(i), text)
		}
	}
	f.Fuzz(func(t *testing.T, place uint8, text string) {
		written := htmlPlaces[int(place)%len(htmlPlaces)]
		h := htmlOf(t, written)
		want, _ := htmlShape(h.with(t, written, "x"))
		for _, value := range []string{"x" + text, text + "x"} {
			if got, _ := htmlShape(h.with(t, written, value)); got != want {
				t.Errorf("%q in %s: got %s, want %s", value, written, got, want)
			}
		}
		filled := h.with(t, written, text)
		_, schemes := htmlShape(filled)
		for _, scheme := range schemes {
			switch strings.Map(func(r rune) rune {
				if r <= ' ' {
					return -1
				}
				return r
			}, scheme) {
			case "javascript", "vbscript", "data":
				t.Errorf("%q in %s leads to %s", text, written, filled)
			}
		}
	})
}

// FuzzURL: behind a prefix a text stays in the segment or the value in which it
// stands.
func FuzzURL(f *testing.F) {
	for _, text := range []string{"", "a/b", "..", "?a=b", "#a", "a&b=c", "@evil.example", "//x", "%2f", "%", "a b+c", "\\", "é\x00", ":8080"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path, err := URL.escape(text, "https://a.example/b/")
		if err != nil {
			t.Fatal(err)
		}
		query, err := URL.escape(text, "https://a.example/b/?c=")
		if err != nil {
			t.Fatal(err)
		}
		if text == "." || text == ".." {
			if checkURL("https://a.example/b/"+path) == nil {
				t.Errorf("%q climbs out of its path", text)
			}
			return
		}
		u, err := url.Parse("https://a.example/b/" + path + "/d?c=" + query + "&e=f")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(u.EscapedPath(), "/"); u.Host != "a.example" || u.Path != "/b/"+text+"/d" || len(got) != 4 || u.Fragment != "" {
			t.Errorf("%q: got host %s, path %q, fragment %q", text, u.Host, u.EscapedPath(), u.Fragment)
		}
		if q := u.Query(); len(q) != 2 || q.Get("c") != text || q.Get("e") != "f" {
			t.Errorf("%q: got the query %q", text, q)
		}
		if host, err := URL.escape(text, "https://a."); err == nil && strings.ContainsAny(host, "/?#@:\\") {
			t.Errorf("%q is no part of a host", host)
		}
	})
}
