package behaviors_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
)

// styles write an expression, or a text with ${{ }}, as a scalar behind `key:` in
// each way that YAML has. Words are where the writing may break a line.
var styles = map[string]func(r *rapid.T, words []string, indent string) string{
	"plain": func(r *rapid.T, words []string, indent string) string {
		return " " + strings.Join(words, " ")
	},
	"plain over lines": func(r *rapid.T, words []string, indent string) string {
		return " " + broken(r, words, indent, false)
	},
	"single quoted": func(r *rapid.T, words []string, indent string) string {
		return " '" + strings.ReplaceAll(broken(r, words, indent, false), "'", "''") + "'"
	},
	"double quoted": func(r *rapid.T, words []string, indent string) string {
		return ` "` + escaped(r, broken(r, words, indent, true)) + `"`
	},
	"literal": func(r *rapid.T, words []string, indent string) string {
		return block(r, "|", words, indent)
	},
	"folded": func(r *rapid.T, words []string, indent string) string {
		return block(r, ">", words, indent)
	},
}

func broken(r *rapid.T, words []string, indent string, escape bool) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			gaps := []string{" ", "  ", "\n" + indent, "\n\n" + indent + "  ", " \t\n" + indent}
			if escape {
				gaps = append(gaps, "\\\n"+indent+"\\ ", " \\\n"+indent)
			}
			b.WriteString(rapid.SampledFrom(gaps).Draw(r, "gap"))
		}
		b.WriteString(w)
	}
	return b.String()
}

// escaped escapes what it must, and now and then what it may. The wrong token
// stays as it is, so that it is found in the source.
func escaped(r *rapid.T, text string) string {
	var b strings.Builder
	for i, c := range text {
		switch {
		case c == '"' || c == '\\' && text[i+1] != '\n' && text[i+1] != ' ':
			b.WriteString(`\` + string(c))
		case c > 0x7f && rapid.Bool().Draw(r, "escape"):
			fmt.Fprintf(&b, `\U%08X`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

func block(r *rapid.T, mark string, words []string, indent string) string {
	var b strings.Builder
	extra := ""
	if rapid.Bool().Draw(r, "indicator") {
		mark += fmt.Sprint(2)
		extra = rapid.SampledFrom([]string{"", "  "}).Draw(r, "more indented")
	}
	mark += rapid.SampledFrom([]string{"", "-", "+"}).Draw(r, "chomping")
	b.WriteString(" " + mark + rapid.SampledFrom([]string{"", "  ", " # why"}).Draw(r, "header") + "\n" + indent + extra + words[0])
	for _, w := range words[1:] {
		b.WriteString(rapid.SampledFrom([]string{" ", "\n" + indent, "\n\n" + indent, "\n" + indent + "  ", "\t"}).Draw(r, "gap") + w)
	}
	return b.String() + rapid.SampledFrom([]string{"", "\n", "\n\n"}).Draw(r, "end")
}

// Wherever a wrong name stands, in whatever style of scalar, behind whatever
// characters: the finding is exactly at it.
func TestPositionsAreExact(t *testing.T) {
	c := catalog(t)
	const wrong = "wrongname"
	for style, write := range styles {
		t.Run(style, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				plain := strings.HasPrefix(style, "plain")
				texts := []string{`"a"`, `"größe"`, `"😀"`, `"e` + "\u0301" + `"`, `"it's"`, `"👩‍👩‍👧"`, "payload.x", `payload["ä-b"]`, `"a\tb"`}
				operand := func() string { return rapid.SampledFrom(texts).Draw(r, "operand") }
				var words []string
				before, after := rapid.IntRange(0, 4).Draw(r, "before"), rapid.IntRange(0, 4).Draw(r, "after")
				for range before {
					words = append(words, operand()+" ==", "payload.x", "and")
				}
				words = append(words, wrong, "==", operand())
				for range after {
					words = append(words, "and", "payload.y", "!=", operand())
				}
				if plain && strings.ContainsAny(words[0][:1], `"`) {
					words = append([]string{"payload.z", "and"}, words...)
				}
				template := rapid.Bool().Draw(r, "template")
				line := "  - stop: a\n    when:"
				if template {
					words = append([]string{"größe", "${{"}, append(words, "}}", "end")...)
					line = "  - test.all:\n      any:"
				}
				source := "behavior: 1\ndescription: 'ä 😀'\nsteps:\n" + line + write(r, words, "        ") + "\n  - stop: b\n"
				source = strings.TrimSuffix(source, "\n") + "\n"
				ending := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(r, "ending")
				mark := rapid.SampledFrom([]string{"", "\ufeff"}).Draw(r, "mark")
				source = mark + strings.ReplaceAll(source, "\n", ending)
				_, found := behaviors.Compile(source, c)
				for _, d := range found {
					if d.Code == "unknown-name" {
						if got := sliced(strings.TrimPrefix(source, "\ufeff"), d); got != wrong {
							r.Fatalf("got %q at %d:%d of\n%s", got, d.Line, d.Column, source)
						}
						if len(found) == 1 {
							return
						}
					}
				}
				r.Fatalf("got %v of\n%s", found, source)
			})
		})
	}
}

// sliced is what stands at a finding, which is within a line.
func sliced(source string, d behaviors.Diagnostic) string {
	lines := strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n")
	if d.Line != d.EndLine || d.Line > len(lines) {
		return ""
	}
	runes := []rune(lines[d.Line-1])
	if d.EndColumn-1 > len(runes) {
		return ""
	}
	return string(runes[d.Column-1 : d.EndColumn-1])
}
