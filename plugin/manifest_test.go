package plugin

import (
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook"
)

func TestManifest(t *testing.T) {
	m, err := readManifest(deskhook.ManifestYAML)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{m.ID, m.Name, m.License}
	if want := []string{"webhooks", "Webhooks", "MIT"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestManifestThatDoesNotFit(t *testing.T) {
	whole := string(deskhook.ManifestYAML)
	replace := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("plugin.yaml has no %q any more", old)
		}
		return strings.Replace(whole, old, new, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "read plugin.yaml: it is empty"},
		{"no YAML", "id: [", "read plugin.yaml: "},
		{"unknown key", whole + "\nicon: hook.svg\n", "icon"},
		{"two documents", whole + "\n---\nid: other\n", "read plugin.yaml: it must be one document"},
		{"no name", replace("name: Webhooks", "name: ''"), "read plugin.yaml: name: must not be empty"},
		{"other route", replace("path: /webhooks", "path: /hooks"), "read plugin.yaml: extends.routes: must be the groups"},
		{"permission that the code does not check", replace("id: payloads", "id: bodies"), "read plugin.yaml: permissions: must be [view payloads edit manage]"},
		{"menu for an unknown permission", replace("permission: view", "permission: look"), `extends.menu[0].permission: must be one of permissions, got "look"`},
		{"setting that the code does not know", replace("name: timezone", "name: zone"), `settings[1]: must be timezone of the type text, got zone of "text"`},
		{"setting of another type", replace("type: text", "type: boolean"), `settings[1]: must be timezone of the type text, got timezone of "boolean"`},
		{"setting without a help", replace("    help: How many runs each node works on at once in the background.\n", ""), "settings[2]: concurrency needs a label and a help"},
		{"default of the wrong type", replace("default: 64", "default: many"), "settings[2]: the default of concurrency must be a whole number, got many"},
		{"default out of range", replace("default: 64", "default: 0"), "settings[2]: the default of concurrency must be from 1 to 256, got 0"},
		{"no default", replace("    default: 64\n", ""), "settings[2]: concurrency needs a default"},
		{"maximum that the code does not take", replace("maximum: 33554432", "maximum: 33554433"), "settings[0]: max_body must have a minimum from 1 and a maximum up to 33554432, got 1024 and 33554433"},
		{"setting missing", whole[:strings.Index(whole, "  - name: concurrency")], "settings: must be max_body, timezone and concurrency, as the code has them, got 2"},
		{"menu outside of the pages", replace("- label: Webhooks\n      path: /admin/webhooks", "- label: Webhooks\n      path: /admin"), `extends.menu[0].path: must be below /admin/webhooks, got "/admin"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := readManifest([]byte(c.text))
			if err == nil {
				t.Fatalf("got %+v, want an error", m)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want it to say %q", err, c.want)
			}
		})
	}
}
