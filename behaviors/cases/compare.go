package cases

import (
	"bytes"
	"os"
	"strings"

	"golang.org/x/tools/txtar"
)

// Difference is one between what a case expects and what comes of it.
type Difference struct {
	Section  string `json:"section"` // "want/response.http", or "" for the whole case
	Message  string `json:"message"` // "differs"
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// String tells of it in full.
func (d Difference) String() string {
	text := strings.TrimSpace(d.Section + " " + d.Message)
	if d.Got != "" || d.Expected != "" {
		text += "\n--- got\n" + d.Got + "--- want\n" + d.Expected
	}
	return text
}

// Compare tells where results and expectations differ. What is expected and does
// not result is a difference; so is a diagnostic that nobody expects, and a case
// that expects nothing.
func (c *Case) Compare(results map[string]string) []Difference {
	ds := []Difference{}
	wants := 0
	for _, f := range c.archive.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			continue
		}
		wants++
		got, ok := results[f.Name]
		switch want := string(f.Data); {
		case !ok:
			ds = append(ds, Difference{Section: f.Name, Message: "is expected, and the case gives none", Expected: want})
		case got != want:
			ds = append(ds, Difference{f.Name, "differs", want, got})
		}
	}
	if wants == 0 {
		ds = append(ds, Difference{Message: "the case expects nothing: write a section under want/, or update it"})
	}
	if _, expected := c.section(diagnosed); !expected && results[diagnosed] != "" {
		ds = append(ds, Difference{Section: diagnosed, Message: "is not expected, and there are findings", Got: results[diagnosed]})
	}
	return ds
}

// Update writes the results over the expectations, where they differ. A case that
// has none yet gets those that say most. What is expected and does not result
// stays: Compare tells of it.
func (c *Case) Update(results map[string]string) (changed bool, err error) {
	before := txtar.Format(c.archive)
	wants := 0
	for i, f := range c.archive.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			continue
		}
		if got, ok := results[f.Name]; ok {
			c.archive.Files[i].Data = []byte(got)
		}
		wants++
	}
	if wants == 0 {
		for _, name := range expectations {
			skipped := name == "want/trace.txt" || name == diagnosed && results[name] == ""
			if _, ok := results[name]; ok && !skipped {
				c.archive.Files = append(c.archive.Files, txtar.File{Name: name, Data: []byte(results[name])})
			}
		}
	}
	after := txtar.Format(c.archive)
	if bytes.Equal(before, after) {
		return false, nil
	}
	return true, os.WriteFile(c.File, after, 0o644) //nolint:gosec // a file of a repository, as it was
}
