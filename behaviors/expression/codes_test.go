package expression

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Codes lists what the sources name, and nothing else.
func TestCodes(t *testing.T) {
	problems, failures := codesOf(t, Problems()), codesOf(t, Failures())
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	failure := regexp.MustCompile(`\.fail\("([a-z-]+)"`)
	problem := regexp.MustCompile(`\.report\([^\n]*?, "([a-z-]+)", `)
	named := regexp.MustCompile(`(?:Code:|\.Code =|code =|code :=[^\n]*?,) "([a-z-]+)"`)
	fault := regexp.MustCompile(`fault\{[^\n]*?, "([a-z-]+)"`)
	seen := map[string]bool{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") || file == "codes.go" {
			continue
		}
		check := func(codes *regexp.Regexp, of ...string) {
			for _, m := range codes.FindAllStringSubmatch(string(source), -1) {
				seen[m[1]] = true
				if !slices.Contains(of, m[1]) {
					t.Errorf("%s: the code %s is not listed", file, m[1])
				}
			}
		}
		check(failure, failures...)
		check(problem, problems...)
		check(fault, problems...)
		check(named, slices.Concat(problems, failures)...)
	}
	for _, code := range slices.Concat(problems, failures) {
		if !seen[code] {
			t.Errorf("the code %s is listed, and nothing has it", code)
		}
	}
}

func codesOf(t *testing.T, list []Code) []string {
	var codes []string
	for _, c := range list {
		if c.Meaning == "" || c.Remedy == "" || strings.HasSuffix(c.Meaning+c.Remedy, ".") {
			t.Errorf("the code %s needs phrases that say what it means and what to do: %q, %q", c.Code, c.Meaning, c.Remedy)
		}
		codes = append(codes, c.Code)
	}
	return codes
}
