package behaviors_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// generator makes documents and the model of each.
type generator struct {
	t       *rapid.T
	b       strings.Builder
	line    int
	on      bool     // the document is for an event, and has no request
	names   []string // that steps have bound so far
	steps   int
	fails   bool // within an on_error
	taken   bool // there is an on_error around
	tail    bool // no respond may be generated any more
	shaking bool // the steps are a handshake's
}

// generatedBody is the payload of every generated document.
const generatedBody = `{"yes": true, "no": false, "level": "warn", "list": [true, 2, "c"], "text": "t", "one": 1, "half": 0.5,
 "map": {"h": 1, "g": 2, "f": 3, "e": 4, "d": 5, "c": 6, "b": 7, "a": 8, "i": 9, "j": 10},
 "token": "sesame", "low": "low", "status": 203, "bad": 99, "moved": 301, "lines": "a\nb", "script": "text/javascript", "bytes": "aGk =", "dots": "..",
 "url": "https://b.example", "away": "//evil.example", "user": "https://a@b.example/", "odd": "<a&b> \"'+ ü", "empty": ""}`

var generatedPayload = map[string]any{
	"yes": true, "no": false, "level": "warn", "list": []any{true, int64(2), "c"}, "text": "t", "one": int64(1), "half": 0.5,
	"map": map[string]any{
		"h": int64(1), "g": int64(2), "f": int64(3), "e": int64(4), "d": int64(5),
		"c": int64(6), "b": int64(7), "a": int64(8), "i": int64(9), "j": int64(10),
	},
	"token": "sesame", "low": "low", "status": int64(203), "bad": int64(99), "moved": int64(301), "lines": "a\nb", "script": "text/javascript",
	"bytes": "aGk =", "dots": "..", "url": "https://b.example", "away": "//evil.example", "user": "https://a@b.example/",
	"odd": "<a&b> \"'+ ü", "empty": "",
}

func (g *generator) pick(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(g.t, label)
}

func (g *generator) number(label string, from, to int) int {
	return rapid.IntRange(from, to).Draw(g.t, label)
}

// once in n times.
func (g *generator) once(label string, n int) bool { return g.number(label, 1, n) == n }

// write adds lines to the document. What its expressions call payload is below a
// name of let where the payload is an event's record.
func (g *generator) write(indent, format string, args ...any) {
	text := indent + fmt.Sprintf(format, args...) + "\n"
	if g.on {
		text = strings.ReplaceAll(text, "payload", "data")
	}
	g.b.WriteString(text)
	g.line += strings.Count(text, "\n")
}

// quoted writes an expression into a scalar in single quotes.
func quoted(source string) string { return "'" + strings.ReplaceAll(source, "'", "''") + "'" }

func whole(x *meaning) (string, written) {
	return quoted("${{ " + x.source + " }}"), written{whole: x}
}

// wholeIn is a whole text that is escaped.
func wholeIn(at spot, x *meaning) (string, written) {
	source, w := whole(x)
	w.spot = at
	return source, w
}

func sentence(before string, x *meaning, after string) (string, written) {
	return joined(before, placed{x, nowhere}, after)
}

// joined is a text of literals and expressions.
func joined(parts ...any) (string, written) {
	source := ""
	for _, p := range parts {
		if x, ok := p.(placed); ok {
			source += "${{ " + x.source + " }}"
		} else {
			source += p.(string)
		}
	}
	return quoted(source), written{parts: parts}
}
