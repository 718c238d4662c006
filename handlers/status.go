package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/models"
)

// statusTimeout bounds how long a database that hangs holds the answer.
const statusTimeout = 2 * time.Second

type statusJSON struct {
	Version  string        `json:"version"`
	Database databaseJSON  `json:"database"`
	Keys     *keysJSON     `json:"keys" description:"the host's key ring; null while the database is away"`
	Warnings []warningJSON `json:"warnings" description:"under what of it accepted would not mean stored, and what needs a person"`
}

type databaseJSON struct {
	Reachable bool   `json:"reachable"`
	Product   string `json:"product"`
	Version   string `json:"version"`
}

type keysJSON struct {
	Current    int `json:"current" description:"id of the key that seals"`
	Secrets    int `json:"secrets" description:"secrets that are still sealed with an older key of the ring"`
	Unreadable int `json:"unreadable" description:"secrets that no key of the ring opens"`
	Runs       int `json:"runs" description:"open runs, of the oldest thousand, that need another key than the current one"`
}

type warningJSON struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// getStatus answers also while the database is away: that is what it is for.
func (h *Handlers) getStatus(c *call) error {
	if err := c.query(); err != nil {
		return err
	}
	s := statusJSON{Version: h.Version, Warnings: []warningJSON{}}
	s.Database.Product, s.Database.Version = h.Store.Database()
	ctx, cancel := context.WithTimeout(c.r.Context(), statusTimeout)
	defer cancel()
	err := h.health(ctx, &s)
	s.Database.Reachable = !errors.Is(err, models.ErrUnavailable)
	if err != nil && s.Database.Reachable {
		return err
	}
	return c.answer(http.StatusOK, s)
}

// health fills in what the database and the keys are like.
func (h *Handlers) health(ctx context.Context, s *statusJSON) error {
	warnings, err := h.Store.Warnings(ctx)
	if err != nil {
		return err
	}
	keys, err := h.Store.KeyHealth(ctx)
	if err != nil {
		return err
	}
	if keys.Unreadable > 0 {
		warnings = append(warnings, models.Warning{Code: "secrets-unreadable", Message: fmt.Sprintf(
			"%d secrets are sealed with a key that the host no longer has, and what needs them waits: give the key back, or set them again", keys.Unreadable)})
	}
	for _, w := range warnings {
		s.Warnings = append(s.Warnings, warningJSON(w))
	}
	s.Keys = &keysJSON{int(keys.Current), keys.Secrets, keys.Unreadable, keys.Runs}
	return nil
}
