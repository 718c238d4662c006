package expression

import (
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

func FuzzCompileEval(f *testing.F) {
	for _, s := range []string{`payload.a.b == 1 and any(payload.items, .id > 1)`, `let x = payload.l; x[0] ?? inputs.n`, `map(1..3, {{a: #}})`, `"a" matches "("`, `reduce(1..60, [#acc, #acc], [1])`, `payload.end-date`, `a = b`, `if a {1} else {2}`, `"é"[0:1] + 'x'`, `-1 ** 2`} {
		f.Add(s)
	}
	for _, c := range problemCases {
		f.Add(c.source)
	}
	for _, s := range slices.Concat(leaks, properUses) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		paths := new(payload.Paths)
		c, problems := Compile(source, testConfig(paths))
		n := len([]rune(source))
		for _, p := range problems {
			if p.Code == "internal" || p.From < 0 || p.To > max(n, 1) || p.From > p.To || p.Code == "" || p.Message == "" {
				t.Fatalf("%q: problem %+v", source, p)
			}
		}
		if c == nil {
			if len(problems) == 0 {
				t.Fatalf("%q: no program and no problem", source)
			}
			return
		}
		frame := testFrame(t, paths, testBody)
		v, err := c.Eval(frame)
		if err != nil {
			if e := asError(err); e.Code == "internal" || e.From > e.To || e.To > n {
				t.Fatalf("%q: %+v", source, e)
			}
			return
		}
		again, err := c.Eval(frame)
		if err != nil {
			t.Fatalf("%q: %v the second time", source, err)
		}
		first, err1 := NewWalker(Limits{}).JSON(v)
		second, err2 := NewWalker(Limits{}).JSON(again)
		if strings.Contains(string(first), `{"secret":`) || strings.Contains(string(first), "value of ") {
			t.Fatalf("%q gives away a secret: %s", source, first)
		}
		if string(first) != string(second) || (err1 == nil) != (err2 == nil) {
			t.Fatalf("%q gives %s, then %s", source, first, second)
		}
	})
}

func FuzzSplitTemplate(f *testing.F) {
	for _, s := range []string{"a ${{ b }} c", "${{ map(x, {{a: 1}}) }}", "$${{", "${{ \"}}\" }}", "${{", "é${{é}}é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts, problems := SplitTemplate(text)
		n := len([]rune(text))
		end := 0
		for _, p := range parts {
			if p.From < end || p.To > n || p.To < p.From {
				t.Fatalf("%q: part %+v", text, p)
			}
			end = p.To
		}
		if len(problems) == 0 && n > 0 && end != n {
			t.Fatalf("%q: the parts end at %d of %d", text, end, n)
		}
	})
}
