package handlers

import "net/http"

type statusJSON struct {
	Version  string       `json:"version"`
	Database databaseJSON `json:"database"`
}

type databaseJSON struct {
	Reachable bool `json:"reachable"`
}

// getStatus answers also while the database is away: that is what it is for.
func (h *Handlers) getStatus(c *call) error {
	s := statusJSON{Version: h.Version}
	if _, err := h.Store.ChangeNumber(c.r.Context()); err == nil {
		s.Database.Reachable = true
	}
	return c.answer(http.StatusOK, s)
}
