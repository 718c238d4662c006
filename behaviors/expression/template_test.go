package expression

import "testing"

func TestSplitTemplate(t *testing.T) {
	for _, r := range []struct {
		text string
		want []TemplatePart
		code string
	}{
		{text: ``}, {text: `plain`, want: []TemplatePart{{Literal: "plain", To: 5}}},
		{text: `${{ a }}`, want: []TemplatePart{{IsExpr: true, Expr: " a ", To: 8, ExprFrom: 3}}},
		{text: `é ${{ a }}!`, want: []TemplatePart{{Literal: "é ", To: 2}, {IsExpr: true, Expr: " a ", From: 2, To: 10, ExprFrom: 5}, {Literal: "!", From: 10, To: 11}}},
		{text: `${{ map(x, {{a: 1}}) }}`, want: []TemplatePart{{IsExpr: true, Expr: " map(x, {{a: 1}}) ", To: 23, ExprFrom: 3}}},
		{text: `${{ "}}" }}`, want: []TemplatePart{{IsExpr: true, Expr: ` "}}" `, To: 11, ExprFrom: 3}}},
		{text: `${{ "\"}}" }}`, want: []TemplatePart{{IsExpr: true, Expr: ` "\"}}" `, To: 13, ExprFrom: 3}}},
		{text: `$${{ a }}`, want: []TemplatePart{{Literal: "${{ a }}", To: 9}}},
		{text: `${{ a /* }} it's */ }}!`, want: []TemplatePart{{IsExpr: true, Expr: ` a /* }} it's */ `, To: 22, ExprFrom: 3}, {Literal: "!", From: 22, To: 23}}},
		{text: "${{ `\\` }}", want: []TemplatePart{{IsExpr: true, Expr: " `\\` ", To: 10, ExprFrom: 3}}},
		{text: `a } $ {{ b }}`, want: []TemplatePart{{Literal: `a } $ {{ b }}`, To: 13}}},
		{text: `{{ a }} ${{ b * c }} $`, want: []TemplatePart{{Literal: "{{ a }} ", To: 8}, {IsExpr: true, Expr: " b * c ", From: 8, To: 20, ExprFrom: 11}, {Literal: " $", From: 20, To: 22}}},
		{text: `${{}}${{b}}`, want: []TemplatePart{{IsExpr: true, To: 5, ExprFrom: 3}, {IsExpr: true, Expr: "b", From: 5, To: 11, ExprFrom: 8}}},
		{text: `${{ "a }}`, code: "unclosed-template"}, {text: `${{ a /* }}`, code: "unclosed-template"}, {text: `${{ {a: 1 }}`, code: "unclosed-template"},
		{text: `${{ a`, code: "unclosed-template"}, {text: `${{ a } }`, code: "unclosed-template"}, {text: `${{ a /`, code: "unclosed-template"},
	} {
		t.Run(r.text, func(t *testing.T) {
			parts, problems := SplitTemplate(r.text)
			if r.code != "" {
				if len(problems) != 1 || problems[0].Code != r.code {
					t.Fatalf("got %+v, want %s", problems, r.code)
				}
				return
			}
			if len(problems) != 0 || len(parts) != len(r.want) {
				t.Fatalf("got %+v %+v, want %+v", parts, problems, r.want)
			}
			for i := range parts {
				if parts[i] != r.want[i] {
					t.Errorf("got %+v, want %+v", parts[i], r.want[i])
				}
			}
		})
	}
}

// A text that does not end is what is wrong, not the braces.
func TestAnUnclosedTextInATemplate(t *testing.T) {
	_, problems := SplitTemplate(`é ${{ a == "b }}`)
	if len(problems) != 1 || problems[0].From != 11 || problems[0].To != 16 {
		t.Errorf("got %+v, want the text from 11 to 16", problems)
	}
	_, problems = SplitTemplate(`é ${{ a == b`)
	if len(problems) != 1 || problems[0].From != 2 || problems[0].To != 12 {
		t.Errorf("got %+v, want the braces from 2 to 12", problems)
	}
}
