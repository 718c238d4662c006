package handlers

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// grants are what the source of a behavior with a null policy may use: the
// actions and hosts that it names.
type grants map[string]bool

var literalHost = regexp.MustCompile(`(?i)https?://[^/?#\s"'\\]*`)

// widens tells whether publishing the draft would grant what the published
// version does not have, which is for those who manage. A policy that somebody
// wrote is not judged here: only they publish under it.
func (h *Handlers) widens(b *models.Behavior) bool {
	if b.Policy != nil {
		return true
	}
	had := grantsOf(b.PublishedSource, h.Catalog)
	for g := range grantsOf(b.Source, h.Catalog) {
		if !had[g] {
			return true
		}
	}
	return false
}

// grantsOf finds them without compiling, since a version that was published
// long ago may not compile any more. What only looks like an action or a host
// counts as one, so it errs towards asking for more permission.
func grantsOf(source string, c *behaviors.Catalog) grants {
	g := grants{}
	var doc yaml.Node
	if source == "" || yaml.Unmarshal([]byte(source), &doc) != nil {
		return g
	}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			if c.Actions[n.Value] != nil {
				g["action "+n.Value] = true
			}
			for _, host := range literalHost.FindAllString(n.Value, -1) {
				g["host "+strings.ToLower(host)] = true
			}
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(&doc)
	return g
}
