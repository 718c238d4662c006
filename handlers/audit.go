package handlers

import (
	"net/http"

	"github.com/deskhook/deskhook/models"
)

// auditJSON says who changed what.
type auditJSON struct {
	ID     string `json:"id"`
	At     string `json:"at"`
	By     string `json:"by" description:"the worker's id"`
	Name   string `json:"name" description:"the worker's, at that time"`
	Token  string `json:"token" description:"the bearer token's id; empty: a session"`
	Action string `json:"action" description:"the call, such as PATCH /listeners/{id}"`
	Object string `json:"object" description:"what was changed, such as listener 7"`
	Detail string `json:"detail"`
}

func (h *Handlers) listAudit(c *call) error {
	p, err := c.page()
	if err != nil {
		return err
	}
	rows, next, err := fetch(p, func(r *models.AuditRow) int64 { return r.ID },
		func(p models.Page) ([]*models.AuditRow, error) { return h.Store.Audit(c.r.Context(), p) })
	if err != nil {
		return err
	}
	items := make([]auditJSON, 0, len(rows))
	for _, r := range rows {
		items = append(items, auditJSON{formatID(r.ID), formatTime(r.At), r.By, r.Name, r.Token, r.Action, r.Object, r.Detail})
	}
	return c.answer(http.StatusOK, list[auditJSON]{items, next})
}

// newTrail begins what a call leaves in the audit trail.
func newTrail(caller *Caller, action string) *models.Trail {
	return models.NewTrail(caller.ID, caller.Name, caller.Token, action)
}
