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

// withoutCase are covered elsewhere: what would make a case of 64 KiB, what no
// case can bring about.
var withoutCase = map[string]string{
	"too-large": "TestTooLarge", "internal": "a mistake of ours",
	"budget-time":    "expression: needs a clock",
	"function":       "expression: needs a host's function that fails",
	"secret-missing": "expression: needs a key that is lost",
	"secret-leak":    "expression: the compiler refuses it",
}

// Every kind of finding has a case under testdata that shows it, and codes are
// kebab-case and told once.
func TestEveryCodeHasACase(t *testing.T) {
	shown := map[string]bool{}
	for _, pattern := range []string{"testdata/check/*.txtar", "testdata/advance/*.txtar"} {
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
		if !shown[problem.Code] && withoutCase[problem.Code] == "" {
			t.Errorf("no case shows the code %s of an expression", problem.Code)
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

func TestTooLarge(t *testing.T) {
	_, found := parse("behavior: 1\n# " + strings.Repeat("x", maxSource))
	want := "b.yaml:1:1: error: the document has 65550 bytes; at most 65536 are allowed [too-large]\n"
	if got := found.diagnostics().Render("b.yaml", "behavior: 1\n"); !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want it to begin with %q", got, want)
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
