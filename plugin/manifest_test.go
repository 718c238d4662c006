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
