package expression

import "strings"

// TemplatePart is a literal, or an expression, of a text with ${{ … }} in it.
type TemplatePart struct {
	Literal  string
	Expr     string
	IsExpr   bool
	From, To int // runes of the whole ${{ … }}, or of the literal, in the text
	ExprFrom int // rune where the expression's source begins
}

// SplitTemplate cuts a text at its ${{ … }}. A }} inside a text, a comment or a
// map literal of the expression does not end it, and $${{ is a literal ${{.
func SplitTemplate(text string) ([]TemplatePart, []Problem) {
	if !strings.Contains(text, "${{") {
		if text == "" {
			return nil, nil
		}
		return []TemplatePart{{Literal: text, To: len([]rune(text))}}, nil
	}
	runes := []rune(text)
	var parts []TemplatePart
	var literal []rune
	start := 0
	flush := func(end int) {
		if len(literal) > 0 {
			parts = append(parts, TemplatePart{Literal: string(literal), From: start, To: end})
			literal = nil
		}
	}
	opens := func(i int) bool {
		return i+2 < len(runes) && runes[i] == '$' && runes[i+1] == '{' && runes[i+2] == '{'
	}
	for i := 0; i < len(runes); {
		switch {
		case runes[i] == '$' && opens(i+1):
			literal = append(literal, '$', '{', '{')
			i += 4
		case opens(i):
			flush(i)
			end, inText := templateEnd(runes, i+3)
			if end < 0 {
				return parts, []Problem{unclosed(i, len(runes), inText)}
			}
			parts = append(parts, TemplatePart{IsExpr: true, Expr: string(runes[i+3 : end]), From: i, To: end + 2, ExprFrom: i + 3})
			i = end + 2
			start = i
		default:
			literal = append(literal, runes[i])
			i++
		}
	}
	flush(len(runes))
	return parts, nil
}

// unclosed is about a ${{ that has no end, perhaps because of a text that has
// none.
func unclosed(from, to, inText int) Problem {
	p := Problem{From: from, To: to, Severity: SeverityError, Code: "unclosed-template",
		Message: "`${{` is not closed", Suggestion: "close it with `}}`, or write `$${{` for the characters themselves"}
	if inText >= 0 {
		p.From = inText
		p.Message = "a text begins here and does not end, so `${{` is not closed"
		p.Suggestion = "close the text with the quotation mark that it begins with"
	}
	return p
}

// templateEnd finds the }} that closes an expression. Where there is none it
// gives -1, and where a text begins that does not end, or -1.
func templateEnd(runes []rune, from int) (end, inText int) {
	depth := 0
	for i := from; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '"' || r == '\'' || r == '`':
			end := textEnd(runes, i)
			if end < 0 {
				return -1, i
			}
			i = end - 1
		case r == '/' && i+1 < len(runes) && runes[i+1] == '*':
			end := commentEnd(runes, i)
			if end < 0 {
				return -1, -1
			}
			i = end - 1
		case r == '{':
			depth++
		case r == '}' && depth > 0:
			depth--
		case r == '}':
			if i+1 < len(runes) && runes[i+1] == '}' {
				return i, -1
			}
			return -1, -1
		}
	}
	return -1, -1
}
