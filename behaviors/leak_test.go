package behaviors_test

import (
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
)

var everyPair = flag.Bool("every-pair", false, "try each expression with a secret in it at each place of a document; takes a minute")

// Every way for an expression to have a secret in it, and every place where what
// it gives could leave: it is a secret-leak there, or written as allowed.
//
// What is a leak by itself, as by far the most are, is tried at a few places: an
// expression knows of its place only what kind of value it must be, and whether
// that may be a secret, and the few have each of both.
func TestEveryWayOut(t *testing.T) {
	c := product(t)
	all := places(c)
	few := documents(fewPlaces(t, all))
	everywhere := documents(all)
	allowed := map[verdict]int{}
	pairs := 0
	try := func(x carrier, documents [][]place) {
		for _, at := range documents {
			for _, got := range waysOut(t, c, x, at) {
				allowed[got]++
				pairs++
			}
		}
	}
	const s, other = `inputs.key`, `inputs.old`
	for i, x := range slices.Concat(carriers(s, other), operatorCarriers(s, other), functionCarriers(c, s, other)) {
		if *everyPair || x.is == one || x.is == several || i%50 == 0 {
			try(x, everywhere)
		} else {
			try(x, few)
		}
	}
	for i, s := range references[1:] {
		at := few[0]
		if i+1 >= stepReferences {
			at = slices.DeleteFunc(slices.Clone(at), func(p place) bool { return p.key != "steps" })
		}
		for _, x := range carriers(s, other) {
			try(x, [][]place{at})
		}
	}
	for _, v := range []verdict{leaks, refused, one, several, harmless} {
		t.Logf("%5d of %d: %s", allowed[v], pairs, v)
		if allowed[v] == 0 {
			t.Errorf("nothing is %s", v)
		}
	}
}

// fewPlaces are one of each kind.
func fewPlaces(t *testing.T, all []place) (few []place) {
	t.Helper()
	for _, text := range []string{
		` '§1'`, `  - let: {more: '§1'}`, `  - {log: a, when: '§1'}`, `  - log: "${{ §2 }}"`, `  - log: 'a ${{ §1 }} b'`, `  - respond: {json: {a: "${{ §2 }}"}}`, `  - slack.post: {webhook: "${{ §2 }}"}`,
		`  - http.request: {headers: {a: "${{ §2 }}"}, url: https://api.example.com/}`, `  - http.request: {json: {a: ["${{ §2 }}"]}, url: https://api.example.com/}`,
	} {
		i := slices.IndexFunc(all, func(p place) bool { return p.text == text })
		if i < 0 {
			t.Fatalf("there is no place %s", text)
		}
		few = append(few, all[i])
	}
	return few
}

var plainest = regexp.MustCompile(`^[a-z_.]+$`)

// waysOut compiles an expression at places of one document, and gives what
// became of it at each.
func waysOut(t *testing.T, c *behaviors.Catalog, x carrier, at []place) (got []verdict) {
	t.Helper()
	if !plainest.MatchString(x.expr) {
		at = slices.DeleteFunc(slices.Clone(at), func(p place) bool { return p.plain })
	}
	d := write(x.expr, at)
	_, diagnostics := behaviors.Compile(d.source, c)
	for i, p := range at {
		var here, leaked behaviors.Diagnostics
		for _, found := range diagnostics {
			if found.Line < d.lines[i].from || found.Line >= d.lines[i].to || found.Severity != "error" {
				continue
			}
			here = append(here, found)
			if found.Code == "secret-leak" {
				leaked = append(leaked, found)
			}
		}
		want := verdictAt(x, p)
		wrong := ""
		switch {
		case want == leaks && len(leaked) == 0:
			wrong = "no secret-leak"
		case want == leaks:
			for _, found := range leaked {
				if text := spanned(d.source, found); text == "" || !strings.Contains(x.expr, text) {
					wrong = fmt.Sprintf("the secret-leak is at %q", text)
				}
			}
		case want == refused && len(here) == 0:
			wrong = "no error"
		case want == harmless && len(leaked) > 0, (want == one || want == several) && len(here) > 0:
			wrong = "an error"
		}
		if wrong != "" {
			t.Errorf("%s\n  at %s\n  %s, want %s\n%s", x.expr, p.name(), wrong, want, here.Render("behavior.yaml", d.source))
		}
		got = append(got, want)
	}
	return got
}

// verdictAt is what should become of an expression at a place.
func verdictAt(x carrier, p place) verdict {
	switch {
	case p.accepts == noTemplate, x.is == refused:
		return refused
	case x.is == harmless:
		return harmless
	case x.is == one && (p.accepts == oneSecret || p.accepts == anySecret), x.is == several && p.accepts == anySecret:
		return x.is
	case x.is == several && p.accepts == oneSecret:
		return refused // as a value of the wrong kind
	}
	return leaks
}

var unquoted = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `''`, `'`)

// spanned is the text of an expression that a finding is about.
func spanned(source string, d behaviors.Diagnostic) string {
	if d.Line != d.EndLine {
		return ""
	}
	line := []rune(strings.Split(source, "\n")[d.Line-1])
	return unquoted.Replace(string(line[d.Column-1 : d.EndColumn-1]))
}
