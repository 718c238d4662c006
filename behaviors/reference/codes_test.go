package reference

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

func limits() section {
	var rows [][]string
	for _, l := range behaviors.Limits() {
		rows = append(rows, []string{l.What, l.Value, l.Past})
	}
	return section{title: "Limits", intro: "What is counted is the same on every machine, but for the time. The largest body of a delivery is a setting of the plugin's, or `accept.max_body`.\n" +
		table([]string{"of", "at most", "beyond it"}, rows)}
}

func diagnostics(t *testing.T) section {
	s := section{title: "Diagnostics", intro: "What a check finds, by the code that stands behind each message. The examples are of the project's own cases.\n"}
	found := findings(t)
	for _, c := range behaviors.Codes() {
		text := sentence(c.Meaning) + " **" + sentence(c.Remedy) + "**\n"
		if c.Severity == expression.SeverityWarning {
			text = "*Warning.* " + text
		}
		if example := found[c.Code]; example != "" {
			text += block("text", example)
		}
		s.entries = append(s.entries, entry{"code-" + c.Code, c.Code, text})
	}
	for _, f := range expression.Failures() {
		s.failure(f)
	}
	return s
}

// failure adds what can only fail when an expression runs. What can be both is
// told already.
func (s *section) failure(f expression.Code) {
	for _, e := range s.entries {
		if e.title == f.Code {
			return
		}
	}
	s.entries = append(s.entries, entry{"code-" + f.Code, f.Code, "*While it runs.* " + sentence(f.Meaning) + " **" + sentence(f.Remedy) + "**\n"})
}

func sentence(phrase string) string {
	return strings.ToUpper(phrase[:1]) + phrase[1:] + "."
}

var rendered = regexp.MustCompile(`(?m)^behavior\.yaml:\d+:\d+: (?:error|warning): .* \[([a-z-]+)\]\n(?:    .*\n)*`)

// findings are the shortest finding of each code among the cases, without its
// place.
func findings(t *testing.T) map[string]string {
	shortest := map[string]string{}
	for _, pattern := range []string{"../testdata/check/*.txtar", "../testdata/advance/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range a.Files {
				if f.Name != "want/diagnostics.txt" {
					continue
				}
				for _, m := range rendered.FindAllStringSubmatch(string(f.Data), -1) {
					_, text, _ := strings.Cut(m[0], ": ")
					if old, ok := shortest[m[1]]; !ok || better(text, old) {
						shortest[m[1]] = text
					}
				}
			}
		}
	}
	return shortest
}

// better prefers what suggests something, then what is shorter, then a fixed
// order.
func better(a, b string) bool {
	if x, y := strings.Count(a, "\n"), strings.Count(b, "\n"); x != y {
		return x > y
	}
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
