//go:build deskhook_no_ui

package assets

import "embed"

// dist stays empty: the host has no use for the user interface.
var dist embed.FS
