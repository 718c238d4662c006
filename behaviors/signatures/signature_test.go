package signatures

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// want says what a verifier should have answered: "" is yes.
func want(t *testing.T, p *Provider, r *payload.Request, message string, secrets ...string) {
	t.Helper()
	got := ""
	if err := p.Verify(r, secrets); err != nil {
		got = err.Error()
	}
	if got != message {
		t.Errorf("got %q, want %q", got, message)
	}
}

const mismatch = "signature does not match: another key, or the body was changed"

// mutations of a text that is signed or that is a signature: no verifier may
// take one of them for the text.
func mutations(s string) map[string]string {
	all := map[string]string{
		"empty":         "",
		"space before":  " " + s,
		"newline after": s + "\n",
		"one more":      s + "0",
		"twice":         s + s,
		"twice, list":   s + "," + s,
		"reversed":      reverse(s),
	}
	for i := 1; i < len(s); i++ {
		all[fmt.Sprintf("prefix of %d", i)] = s[:i]
		all[fmt.Sprintf("suffix from %d", i)] = s[i:]
	}
	for i := range len(s) * 8 {
		flipped := []byte(s)
		flipped[i/8] ^= 1 << (i % 8)
		all[fmt.Sprintf("bit %d", i)] = string(flipped)
	}
	for _, other := range []string{strings.ToUpper(s), strings.ToLower(s)} {
		if other != s {
			all["case "+other] = other
		}
	}
	return all
}

func reverse(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func TestProvidersAreSortedAndWhole(t *testing.T) {
	providers := Providers()
	sorted := slices.IsSortedFunc(providers, func(a, b *Provider) int { return strings.Compare(a.Name, b.Name) })
	if !sorted || len(providers) == 0 {
		t.Error("providers are not sorted by name, or there are none")
	}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, p := range providers {
		t.Run(p.Name, func(t *testing.T) {
			if p.Doc == "" || !strings.Contains(p.Doc, "https://") || p.Verify == nil || p.Sign == nil || p.Renew == nil {
				t.Error("incomplete")
			}
			if p.Rejection.Status < 400 || p.Rejection.Status > 499 || p.Empty.Status/100 != 2 {
				t.Errorf("rejection %d, empty answer %d", p.Rejection.Status, p.Empty.Status)
			}
			sign := func(at time.Time) *payload.Request {
				r := &payload.Request{
					Method: "POST", ReceivedAt: now,
					Header: payload.Header{{Name: "Content-Type", Value: "application/json"}},
					Body:   []byte(`{"a":1}`),
				}
				if err := p.Sign(r, "right", at); err != nil {
					t.Fatal(err)
				}
				return r
			}
			r := sign(now)
			want(t, p, r, "", "right")
			want(t, p, r, "", "old", "right")
			want(t, p, r, "", "", "right")
			want(t, p, r, mismatch, "wrong")
			want(t, p, r, mismatch, "wrong", "Right", "righ", "rightt", "")
			want(t, p, r, "the secret is empty")
			want(t, p, r, "the secret is empty", "", "")
			if err := p.Sign(r, "", now); err == nil {
				t.Error("signed with an empty secret")
			}
			for _, other := range providers {
				if other.Name != p.Name {
					r := sign(now)
					if err := other.Verify(r, []string{"right"}); err == nil {
						t.Errorf("%s takes it for its own", other.Name)
					}
				}
			}
		})
	}
}

// A comparison of secrets or signatures that ends at the first difference tells
// how much of a guess was right. So hmac.Equal is the only one, in one place,
// and == is for what is written in the source.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	fset := token.NewFileSet()
	compared := 0
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if (n.Op == token.EQL || n.Op == token.NEQ) && !written(n.X) && !written(n.Y) {
					t.Errorf("%s: compares two values with %s", fset.Position(n.Pos()), n.Op)
				}
			case *ast.SelectorExpr:
				pkg, ok := n.X.(*ast.Ident)
				if !ok {
					break
				}
				switch pkg.Name + "." + n.Sel.Name {
				case "hmac.Equal":
					compared++
				case "bytes.Equal", "bytes.EqualFold", "bytes.Compare", "strings.EqualFold", "strings.Compare",
					"slices.Equal", "slices.Contains", "slices.Index", "cmp.Compare", "reflect.DeepEqual",
					"subtle.ConstantTimeCompare", "maps.Equal":
					t.Errorf("%s: %s.%s", fset.Position(n.Pos()), pkg.Name, n.Sel.Name)
				}
			}
			return true
		})
	}
	if compared != 1 {
		t.Errorf("hmac.Equal is called in %d places, want 1", compared)
	}
}

// written tells whether an operand stands in the source: a literal, nil, or a
// constant of a package.
func written(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "nil"
	case *ast.SelectorExpr:
		pkg, ok := e.X.(*ast.Ident)
		return ok && pkg.Name == "payload" && e.Sel.IsExported()
	}
	return false
}
