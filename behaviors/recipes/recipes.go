// Package recipes holds ready-made behaviors. A recipe is a folder: the
// behavior, a guide for the provider's side, samples of what the provider
// sends, and cases that run against the behavior beside them.
package recipes

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed */behavior.yaml */guide.md */samples/*.http
var files embed.FS

// Recipe is a ready-made behavior with its provider's samples.
type Recipe struct {
	ID          string // folder name, the provider first: "mailgun-bounces"
	Name        string // the document's
	Provider    string // a namespace of signatures
	Description string // the document's
	Source      string
	Guide       string // set-up guide for the provider's side, Markdown
	Samples     []Sample
}

// Sample is a request file, whose signature is made new by whoever sends it.
type Sample struct {
	Name    string
	Request string
}

// All recipes, sorted by id. Their form of inputs is what behaviors.Compile
// says. It panics where an embedded recipe cannot be read, which a test rules
// out.
func All() []Recipe {
	list, err := load(files)
	if err != nil {
		panic(err)
	}
	return list
}

// Get gives one, or false.
func Get(id string) (Recipe, bool) {
	for _, r := range All() {
		if r.ID == id {
			return r, true
		}
	}
	return Recipe{}, false
}

func load(from fs.FS) ([]Recipe, error) {
	folders, err := fs.ReadDir(from, ".")
	if err != nil {
		return nil, fmt.Errorf("recipes: %w", err)
	}
	list := make([]Recipe, 0, len(folders))
	for _, f := range folders {
		r, err := read(from, f.Name())
		if err != nil {
			return nil, fmt.Errorf("recipes: %s: %w", f.Name(), err)
		}
		list = append(list, r)
	}
	return list, nil
}

func read(from fs.FS, id string) (Recipe, error) {
	r := Recipe{ID: id}
	r.Provider, _, _ = strings.Cut(id, "-")
	source, err := fs.ReadFile(from, path.Join(id, "behavior.yaml"))
	if err != nil {
		return r, err
	}
	guide, err := fs.ReadFile(from, path.Join(id, "guide.md"))
	if err != nil {
		return r, err
	}
	var head struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
	}
	if err := yaml.Load(source, &head); err != nil {
		return r, err
	}
	r.Source, r.Guide, r.Name, r.Description = string(source), string(guide), head.Name, head.Description
	samples, err := fs.Glob(from, path.Join(id, "samples", "*.http"))
	if err != nil {
		return r, err
	}
	for _, file := range samples {
		text, err := fs.ReadFile(from, file)
		if err != nil {
			return r, err
		}
		name := strings.ReplaceAll(strings.TrimSuffix(path.Base(file), ".http"), "-", " ")
		r.Samples = append(r.Samples, Sample{Name: name, Request: string(text)})
	}
	return r, nil
}
