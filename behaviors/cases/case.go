package cases

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// Case is one situation: a behavior, what arrives, and what is expected.
type Case struct {
	File    string // path of the archive
	archive *txtar.Archive
	source  string
	now     time.Time
	keepEnd bool // the body keeps its last newline
}

// sections that a case may have besides want/.
var sections = []string{"behavior.yaml", "inputs.yaml", "request.http", "request.body.b64", "outputs.yaml", "policy.json"}

// defaultNow is the moment of receipt where a case names none.
var defaultNow = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Load reads a case and checks its form: unknown sections, sections twice and
// unknown expectations are errors.
func Load(file string) (*Case, error) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	c := &Case{File: file, archive: a, now: defaultNow}
	if err := c.header(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, f := range a.Files {
		switch {
		case seen[f.Name]:
			return nil, fmt.Errorf("%s: section %s is there twice", file, f.Name)
		case !isSample(f.Name) && !slices.Contains(sections, f.Name) && !slices.Contains(expectations, f.Name):
			return nil, fmt.Errorf("%s: unknown section %s; there are %s", file, f.Name,
				strings.Join(slices.Concat(sections, expectations), ", "))
		}
		seen[f.Name] = true
	}
	source, ok := c.section("behavior.yaml")
	if !ok {
		beside, err := os.ReadFile(filepath.Join(filepath.Dir(file), "behavior.yaml"))
		if err != nil {
			return nil, fmt.Errorf("%s: no section behavior.yaml: %w", file, err)
		}
		source = string(beside)
	}
	c.source = source
	return c, nil
}

// header reads the lines `now: TIME` and `body: keep-newline` of the comment.
func (c *Case) header() error {
	for line := range strings.Lines(string(c.archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "now":
			now, err := time.Parse(time.RFC3339, value)
			if err != nil {
				return fmt.Errorf("%s: now: %w", c.File, err)
			}
			c.now = now
		case "body":
			if value != "keep-newline" {
				return fmt.Errorf("%s: body: only keep-newline is known, got %q", c.File, value)
			}
			c.keepEnd = true
		}
	}
	return nil
}

func (c *Case) section(name string) (string, bool) {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// delivery is nil where nothing arrives: the case is about diagnostics only.
func (c *Case) delivery() (*behaviors.Delivery, error) {
	text, ok := c.section("request.http")
	if !ok {
		return nil, nil
	}
	if !c.keepEnd {
		text = strings.TrimSuffix(text, "\n")
	}
	r, err := payload.ReadRequest([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("%s: request.http: %w", c.File, err)
	}
	if encoded, ok := c.section("request.body.b64"); ok {
		if r.Body, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(strings.TrimSpace(encoded), "\n", "")); err != nil {
			return nil, fmt.Errorf("%s: request.body.b64: %w", c.File, err)
		}
	}
	r.ReceivedAt = c.now
	r.URL = "https://desk.example.com/webhooks/test" + strings.TrimSuffix(r.Path, "/")
	if r.RawQuery != "" {
		r.URL += "?" + r.RawQuery
	}
	inputs, err := c.values("inputs.yaml")
	if err != nil {
		return nil, err
	}
	return &behaviors.Delivery{
		ID: "delivery-1", Request: r, Inputs: inputs,
		Listener: behaviors.Listener{ID: "1", Name: "test", URL: "https://desk.example.com/webhooks/test"},
	}, nil
}

// options are what else is known of the behavior: its policy, and samples.
func (c *Case) options(catalog *behaviors.Catalog) (behaviors.Options, error) {
	samples, err := c.samples()
	options := behaviors.Options{Samples: samples}
	text, ok := c.section("policy.json")
	if !ok || err != nil {
		return options, err
	}
	policy, problems := behaviors.ParsePolicy([]byte(text), catalog)
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = fmt.Errorf("%s: policy.json: %w", c.File, p)
	}
	options.Policy = policy
	return options, errors.Join(errs...)
}

func isSample(section string) bool {
	ok, _ := path.Match("samples/*.http", section)
	return ok
}

// samples are the requests in the sections samples/NAME.http.
func (c *Case) samples() ([]*payload.Request, error) {
	var samples []*payload.Request
	for _, f := range c.archive.Files {
		if !isSample(f.Name) {
			continue
		}
		r, err := payload.ReadRequest(bytes.TrimSuffix(f.Data, []byte("\n")))
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", c.File, f.Name, err)
		}
		samples = append(samples, r)
	}
	return samples, nil
}

// values reads a section that is a map in YAML.
func (c *Case) values(name string) (map[string]any, error) {
	text, ok := c.section(name)
	if !ok || strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var v any
	if err := yaml.Load([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", c.File, name, err)
	}
	m, ok := plain(v).(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: %w", c.File, errors.New(name+" must be a map"))
	}
	return m, nil
}

// plain makes of YAML's values those of a payload.
func plain(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}
