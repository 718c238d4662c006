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

// SplitTemplate cuts a text at its ${{ … }}. A }} inside a text or a map literal
// of the expression does not end it, and $${{ is a literal ${{.
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
			end := templateEnd(runes, i+3)
			if end < 0 {
				return parts, []Problem{{From: i, To: len(runes), Severity: SeverityError, Code: "unclosed-template",
					Message: "`${{` is not closed", Suggestion: "close it with `}}`, or write `$${{` for the characters themselves"}}
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

// templateEnd finds the }} that closes an expression, or -1.
func templateEnd(runes []rune, from int) int {
	depth := 0
	for i := from; i < len(runes); i++ {
		switch r := runes[i]; r {
		case '"', '\'', '`':
			for i++; i < len(runes) && runes[i] != r; i++ {
				if runes[i] == '\\' && r != '`' {
					i++
				}
			}
		case '{':
			depth++
		case '}':
			if depth == 0 {
				if i+1 < len(runes) && runes[i+1] == '}' {
					return i
				}
				return -1
			}
			depth--
		}
	}
	return -1
}
