package reference

import (
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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
		s.code(c.Code, c.Meaning, c.Remedy, found[c.Code])
	}
	return s
}

func failures(t *testing.T) section {
	s := section{title: "Failures", intro: "How an expression fails while it runs. The log shows the message and its place. The run is failed, and a caller who still waits gets 500; a changed behavior serves the deliveries that come next.\n"}
	for _, f := range expression.Failures() {
		s.code(f.Code, f.Meaning, f.Remedy, failed(t, f.Code))
	}
	return s
}

func (s *section) code(name, meaning, remedy, example string) {
	text := "- Means: " + meaning + ".\n- To do: " + remedy + ".\n"
	if example != "" {
		text += block("text", example)
	}
	id := strings.ToLower(s.title) + "-" + name
	s.entries = append(s.entries, entry{id, name, text})
}

// withoutExample are the codes that no case of text can show: see codes_test.go
// of package behaviors.
var withoutExample = []string{"too-large", "internal", "budget-time", "function", "secret-missing", "secret-leak"}

// Every code has an example that a case proves.
func TestCodeExamples(t *testing.T) {
	for _, s := range []section{diagnostics(t), failures(t)} {
		for _, e := range s.entries {
			if !strings.Contains(e.text, "```") && !slices.Contains(withoutExample, e.title) {
				t.Errorf("%s: no example of %s", s.title, e.title)
			}
		}
	}
}

// failed is the line of a case's behavior that fails, with why.
func failed(t *testing.T, code string) string {
	a, err := txtar.ParseFile("../testdata/advance/failure-" + code + ".txtar")
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range a.Files {
		files[f.Name] = string(f.Data)
	}
	m := regexp.MustCompile(`(?m)^because: .*?\(line (\d+)\): (?:.*column \d+: |.*json: )?(.*)$`).FindStringSubmatch(files["want/outcome.txt"])
	if m == nil {
		t.Fatalf("failure-%s.txtar does not say why it fails", code)
	}
	n, _ := strconv.Atoi(m[1])
	return narrow(strings.Split(files["behavior.yaml"], "\n")[n-1] + "\nerror: " + m[2])
}

// narrow cuts lines that no page has room for.
func narrow(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if runes := []rune(line); len(runes) > 100 {
			lines[i] = string(runes[:99]) + "…"
		}
	}
	return strings.Join(lines, "\n")
}

var rendered = regexp.MustCompile(`(?m)^behavior\.yaml:\d+:\d+: (?:error|warning): .* \[([a-z-]+)\]\n(?:    .*\n)*`)

// findings are the shortest finding of each code among the cases, without its
// place.
func findings(t *testing.T) map[string]string {
	shortest := map[string]string{}
	for _, pattern := range []string{"../testdata/check/*.txtar", "../testdata/advance/*.txtar", "../testdata/format/*.txtar"} {
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
					text = narrow(text)
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
