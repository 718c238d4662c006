// Package deskhook is the webhooks plugin of a helpdesk application.
//
// A listener has an unguessable URL. A service posts to it; the listener's
// behavior, written in the browser, verifies the request, decides what to do,
// does it in the helpdesk and elsewhere, and shapes the answer.
//
// A host embeds package plugin, whose documentation is the place to start. This
// package only carries plugin.yaml, as go:embed cannot reach up from plugin/.
package deskhook

import _ "embed"

// ManifestYAML is plugin.yaml: id, version, permissions, settings and what the
// plugin extends. Package plugin gives it as a typed value.
//
//go:embed plugin.yaml
var ManifestYAML []byte
