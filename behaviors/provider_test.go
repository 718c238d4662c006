package behaviors_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
)

func TestSignature(t *testing.T) {
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{})
	if err != nil {
		t.Fatal(err)
	}
	doubled := "let:\n  n0: inputs.a == nil\n"
	for i := 1; i <= 60; i++ {
		doubled += fmt.Sprintf("  n%d: n%d or n%d\n", i, i-1, i-1)
	}
	for _, tt := range []struct {
		name, document, provider string
		secrets                  []string
	}{
		{"nothing is verified", "", "", nil},
		{"one secret", "verify: github.signed(request, inputs.a)", "github", []string{"a"}},
		{"in brackets", `verify: 'slack.signed(request, inputs["a"])'`, "slack", []string{"a"}},
		{"a list, in its order", "verify: mailgun.signed(request, [inputs.b, inputs.a, inputs.b])", "mailgun", []string{"b", "a"}},
		{"the first that is set", "verify: github.signed(request, inputs.b ?? inputs.a)", "github", []string{"b", "a"}},
		{"behind a name", "let:\n  key: inputs.b\n  both: '[key, inputs.a]'\nverify: github.signed(request, both)", "github", []string{"b", "a"}},
		{"with another condition", "verify: basic_auth(request, \"u\", inputs.b) and github.signed(request, inputs.a)", "github", []string{"a"}},
		{"twice the same", "verify: github.signed(request, inputs.a) or github.signed(request, inputs.b)", "github", []string{"a", "b"}},
		{"the check behind a name", "let:\n  ok: github.signed(request, inputs.a)\nverify: ok and payload.b == 1", "github", []string{"a"}},
		{"two providers, one behind a name", "let:\n  ok: github.signed(request, inputs.a)\nverify: ok or slack.signed(request, inputs.b)", "", nil},
		{"two providers", "verify: github.signed(request, inputs.a) or slack.signed(request, inputs.b)", "", nil},
		{"no provider", "verify: bearer(request, inputs.a)", "", nil},
		{"a check with a rejection", "verify: {check: 'slack.signed(request, inputs.a)', reject: {status: 403}}", "slack", []string{"a"}},
		{"names that would double", doubled + "verify: 'github.signed(request, n60 ? inputs.b : inputs.a)'", "github", []string{"a", "b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := "behavior: 1\ninputs:\n  a: {type: secret, label: A}\n  b: {type: secret, label: B}\n" + tt.document + "\nsteps:\n  - stop: done\n"
			p, found := behaviors.Compile(source, c)
			if p == nil {
				t.Fatal(found.Render("behavior.yaml", source))
			}
			provider, secrets := p.Signature()
			name := ""
			if provider != nil {
				name = provider.Name
			}
			if name != tt.provider || strings.Join(secrets, ",") != strings.Join(tt.secrets, ",") {
				t.Errorf("got %q, %q, want %q, %q", name, secrets, tt.provider, tt.secrets)
			}
			if len(secrets) > 0 {
				kept := append([]string{}, secrets...)
				secrets[0] = "changed"
				if _, again := p.Signature(); !reflect.DeepEqual(again, kept) {
					t.Error("the program can be changed from outside")
				}
			}
		})
	}
}
