package plugin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Manifest is plugin.yaml: what the plugin is and what it contributes.
type Manifest struct {
	ID          string      `yaml:"id"`
	Name        string      `yaml:"name"`
	Version     string      `yaml:"version"`
	Description string      `yaml:"description"`
	Homepage    string      `yaml:"homepage"`
	License     string      `yaml:"license"`
	Extends     Extends     `yaml:"extends"`
	Permissions []Permitted `yaml:"permissions"`
	// Settings that the host's page of plugins draws a form of.
	Settings []Setting `yaml:"settings"`
}

// Extends is what the plugin contributes to a host.
type Extends struct {
	Routes []ManifestRoute `yaml:"routes"`
	Menu   []ManifestMenu  `yaml:"menu"`
}

// ManifestRoute names a group of routes and its usual path. A host may mount it
// elsewhere.
type ManifestRoute struct {
	Group string `yaml:"group"` // public, pages or api
	Path  string `yaml:"path"`
}

// ManifestMenu is an entry of the admin menu, at its usual path.
type ManifestMenu struct {
	Label      string     `yaml:"label"`
	Path       string     `yaml:"path"`
	Permission Permission `yaml:"permission"`
}

// Permitted is a permission and what it is called where roles are set up.
type Permitted struct {
	ID    Permission `yaml:"id"`
	Label string     `yaml:"label"`
}

// pagesPath is the usual path of the admin pages.
const pagesPath = "/admin/webhooks"

// readManifest reads plugin.yaml and holds it to what the code does.
func readManifest(text []byte) (*Manifest, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var m Manifest
	err := d.Decode(&m)
	if err == nil {
		if err = d.Decode(new(any)); errors.Is(err, io.EOF) {
			err = nil
		} else {
			err = errors.Join(errors.New("it must be one document"), err)
		}
	} else if errors.Is(err, io.EOF) {
		err = errors.New("it is empty")
	}
	if err == nil {
		err = m.check()
	}
	if err != nil {
		return nil, fmt.Errorf("read plugin.yaml: %w", err)
	}
	return &m, nil
}

// check finds all that does not fit the code.
func (m *Manifest) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, f := range []struct{ name, value string }{{"id", m.ID}, {"name", m.Name}, {"version", m.Version}, {"description", m.Description}} {
		if strings.TrimSpace(f.value) == "" {
			wrong("%s: must not be empty", f.name)
		}
	}
	want := []ManifestRoute{{"public", "/webhooks"}, {"pages", pagesPath}, {"api", "/api/webhooks/v1"}}
	if !slices.Equal(m.Extends.Routes, want) {
		wrong("extends.routes: must be the groups %v, as the code has them, got %v", want, m.Extends.Routes)
	}
	var ids []Permission
	for i, p := range m.Permissions {
		ids = append(ids, p.ID)
		if strings.TrimSpace(p.Label) == "" {
			wrong("permissions[%d].label: must not be empty", i)
		}
	}
	if known := []Permission{View, Payloads, Edit, Manage}; !slices.Equal(ids, known) {
		wrong("permissions: must be %v, as the code checks them, got %v", known, ids)
	}
	for i, e := range m.Extends.Menu {
		if e.Path != pagesPath && !strings.HasPrefix(e.Path, pagesPath+"/") {
			wrong("extends.menu[%d].path: must be below %s, got %q", i, pagesPath, e.Path)
		}
		if !slices.Contains(ids, e.Permission) {
			wrong("extends.menu[%d].permission: must be one of permissions, got %q", i, e.Permission)
		}
		if strings.TrimSpace(e.Label) == "" {
			wrong("extends.menu[%d].label: must not be empty", i)
		}
	}
	checkSettings(m.Settings, wrong)
	return errors.Join(errs...)
}
