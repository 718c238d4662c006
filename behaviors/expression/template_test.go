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
		{text: `${{ a`, code: "unclosed-template"}, {text: `${{ a } }`, code: "unclosed-template"},
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
