// Package assets holds the browser side of the plugin: its source, and in dist
// what Vite built of it. dist is committed and embedded, so a host needs Go
// only. EDITOR.md in the project's documentation describes the source.
package assets

import (
	"net/http"
	"sync"
)

// load reads what is embedded once; the files never change in a process.
var load = sync.OnceValues(func() (*site, error) { return newSite(dist) })

// Entry is the file name of the module script that defines <deskhook-app>, such
// as "deskhook-DPpOpXCn.js". With the build tag deskhook_no_ui, and where dist
// is not what Vite builds, it is an error.
func Entry() (string, error) {
	s, err := load()
	if err != nil {
		return "", err
	}
	return s.entry, nil
}

// Handler serves the files of dist by their exact name, which is the last
// element of the request's path, whatever it is mounted at. The names carry a
// hash of the content, so a browser may keep them for ever. Everything else,
// and everything with the build tag deskhook_no_ui, is 404.
func Handler() http.Handler {
	s, err := load()
	if err != nil {
		return http.NotFoundHandler()
	}
	return s
}
