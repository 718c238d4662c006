package behaviors

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// withoutCase are what no document and no request can bring about, by the test
// of package expression that does.
var withoutCase = map[string]string{
	"budget-time":    "TestDeadline: a machine that is too slow",
	"secret-missing": "TestSecretsThatAreMissing: a key that is lost",
	"secret-leak":    "TestWalkersRefuseSecrets: a mistake of ours, as the compiler refuses each way to it",
	"internal when an expression is compiled": "FuzzCompileEval: a mistake of ours, which it finds none of",
}

// Every kind of finding has a case under testdata that shows it, and codes are
// kebab-case and told once.
func TestEveryCodeHasACase(t *testing.T) {
	shown := map[string]bool{}
	for _, pattern := range []string{"testdata/check/*.txtar", "testdata/advance/*.txtar", "testdata/format/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range a.Files {
				if f.Name != "want/diagnostics.txt" {
					continue
				}
				for _, m := range regexp.MustCompile(`(?m) \[([a-z-]+)\]$`).FindAllStringSubmatch(string(f.Data), -1) {
					shown[m[1]] = true
				}
			}
		}
	}
	seen := map[string]bool{}
	for _, k := range kinds() {
		switch {
		case seen[k.code]:
			t.Errorf("the code %s is there twice", k.code)
		case !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(k.code):
			t.Errorf("the code %q is not kebab-case", k.code)
		case k.meaning == "" || k.remedy == "" || strings.HasSuffix(k.meaning+k.remedy, "."):
			t.Errorf("the meaning and the remedy of %s must be phrases: %q, %q", k.code, k.meaning, k.remedy)
		case !shown[k.code] && withoutCase[k.code] == "":
			t.Errorf("no case shows the code %s", k.code)
		}
		seen[k.code] = true
	}
	for _, problem := range expression.Problems() {
		if code := problem.Code; !shown[code] && withoutCase[code+" when an expression is compiled"] == "" {
			t.Errorf("no case shows the code %s of an expression", code)
		}
	}
	// A failure shows its message and no code, so its case is named by it.
	told := map[string]string{}
	for _, failure := range expression.Failures() {
		code := failure.Code
		if withoutCase[code] != "" {
			continue
		}
		a, err := txtar.ParseFile("testdata/advance/failure-" + code + ".txtar")
		if err != nil {
			t.Errorf("no case shows the failure %s: %v", code, err)
			continue
		}
		_, why, _ := strings.Cut(string(txtar.Format(a)), "\nbecause: ")
		why = regexp.MustCompile(`.*(line|json)[ 0-9,a-z]*: `).ReplaceAllString(strings.SplitN(why, "\n", 2)[0], "")
		if why == "" || told[why] != "" {
			t.Errorf("the failure %s says %q, as %s does", code, why, told[why])
		}
		told[why] = code
	}
	wordings := map[string]string{}
	for _, k := range kinds() {
		if other := wordings[k.wording]; other != "" && strings.Trim(k.wording, "`%s ") != "" {
			t.Errorf("%s and %s have one wording: %s", k.code, other, k.wording)
		}
		wordings[k.wording] = k.code
	}
	source, err := os.ReadFile("codes.go")
	if err != nil {
		t.Fatal(err)
	}
	if declared := strings.Count(string(source), " = kind{"); declared != len(kinds()) {
		t.Errorf("codes.go declares %d kinds, and kinds() lists %d", declared, len(kinds()))
	}
}

func TestBadCharacters(t *testing.T) {
	tests := []struct {
		name, source, want string
	}{
		{"no UTF-8", "name: \xff", "b.yaml:1:7: error: the character U+FFFD may not stand in a behavior [bad-character]"},
		{"a control character", "ä: \x00", "b.yaml:1:4: error: the character U+0000 may not stand in a behavior [bad-character]"},
		{"a byte order mark inside", "\ufeffa: \ufeff", "b.yaml:1:4: error: the character U+FEFF may not stand in a behavior [bad-character]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, found := parse(test.source)
			if got, _, _ := strings.Cut(found.diagnostics().Render("b.yaml", test.source), "\n"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
