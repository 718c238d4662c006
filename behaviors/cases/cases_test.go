package cases

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
)

func catalog(t *testing.T) *behaviors.Catalog {
	t.Helper()
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "case.txtar")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const behavior = "-- behavior.yaml --\nbehavior: 1\nsteps:\n  - respond: {text: \"${{ request.body }}\"}\n"

func TestLoadRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"an unknown section", behavior + "-- want/step.yaml --\n", "unknown section want/step.yaml"},
		{"a section twice", behavior + "-- want/outcome.txt --\n-- want/outcome.txt --\n", "section want/outcome.txt is there twice"},
		{"no behavior", "-- want/outcome.txt --\n", "no section behavior.yaml"},
		{"a moment that is none", "now: soon\n" + behavior, "now: parsing time"},
		{"another body", "body: as-is\n" + behavior, "only keep-newline is known"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Load(write(t, test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	const request = "-- request.http --\nPOST / HTTP/1.1\n\nhello\n"
	const answer = "HTTP/1.1 200 OK\nContent-Type: text/plain; charset=utf-8\n\nhello\n"
	tests := []struct {
		name, text string
		want       []Difference
	}{
		{"it is as expected", behavior + request + "-- want/response.http --\n" + answer, []Difference{}},
		{"nothing is expected", behavior + request, []Difference{{Message: "the case expects nothing: write a section under want/, or update it"}}},
		{
			"another answer", behavior + request + "-- want/response.http --\nHTTP/1.1 204 No Content\n",
			[]Difference{{"want/response.http", "differs", "HTTP/1.1 204 No Content\n", answer}},
		},
		{
			"steps without a request", behavior + "-- want/steps.yaml --\n",
			[]Difference{{Section: "want/steps.yaml", Message: "is expected, and the case gives none"}},
		},
		{
			"a finding that nobody expects", "-- behavior.yaml --\nbehavior: 2\n" + request + "-- want/outcome.txt --\naccepted\n",
			[]Difference{
				{Section: "want/outcome.txt", Message: "is expected, and the case gives none", Expected: "accepted\n"},
				{Section: "want/diagnostics.txt", Message: "is not expected, and there are findings", Got: "behavior.yaml:1:11: error: this is version 1 of the language, got `2` [language-version]\n" +
					"    behavior: 2\n              ^\n    write `behavior: 1`\n"},
			},
		},
		{
			"a newline that is kept",
			"body: keep-newline\n" + strings.Replace(behavior, "request.body", "len(request.body)", 1) + request +
				"-- want/response.http --\n" + strings.Replace(answer, "hello", "6", 1),
			[]Difference{},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Load(write(t, test.text))
			if err != nil {
				t.Fatal(err)
			}
			results, err := c.Results(catalog(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Compare(results); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Updating rewrites what is expected and nothing else.
func TestUpdate(t *testing.T) {
	const top = "A comment.\n" + behavior + "-- request.http --\nPOST / HTTP/1.1\n\nhello\n"
	const outcome = "-- want/outcome.txt --\naccepted\nrun: done\n"
	file := write(t, top+"-- want/outcome.txt --\nsomething else\n")
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	results, err := c.Results(catalog(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} {
		if changed, err := c.Update(results); err != nil || changed != want {
			t.Fatalf("got %v, %v, want %v", changed, err, want)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != top+outcome {
		t.Errorf("got %q, %v, want %q", got, err, top+outcome)
	}
}
