package handlers

import "net/http"

type statusJSON struct {
	Version  string       `json:"version"`
	Database databaseJSON `json:"database"`
}

type databaseJSON struct {
	Reachable bool    `json:"reachable"`
	Time      *string `json:"time"` // by its own clock
}

// getStatus answers also while the database is away: that is what it is for.
func (h *Handlers) getStatus(c *call) error {
	s := statusJSON{Version: h.Version}
	if now, err := h.Store.Now(c.r.Context()); err == nil {
		s.Database = databaseJSON{Reachable: true, Time: optionalTime(now)}
	}
	return c.answer(http.StatusOK, s)
}
