package handlers

import (
	"strings"

	"github.com/deskhook/deskhook/models"
)

// A GUID is the only thing that a sender without a signature must know, so
// those who may not configure listeners see enough of it to tell two apart.
func maskGUID(guid string) string {
	if len(guid) < 4 {
		return "…"
	}
	return guid[:4] + "…"
}

// mask hides a listener's GUID in a URL.
func mask(url, guid string) string {
	if guid == "" {
		return url
	}
	return strings.ReplaceAll(url, guid, maskGUID(guid))
}

// listenerURL is what the sender is given.
func (h *Handlers) listenerURL(l *models.Listener) string {
	if l.URLOverride != "" {
		return l.URLOverride
	}
	return h.BaseURL() + "/" + l.GUID
}
