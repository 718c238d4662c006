//go:build !deskhook_no_ui

package assets

import "embed"

//go:embed all:dist
var dist embed.FS
