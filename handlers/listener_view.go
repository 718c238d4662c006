package handlers

import (
	"context"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// listenerJSON is a listener as the API shows it.
type listenerJSON struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	BehaviorID     string         `json:"behavior_id"`
	Inputs         map[string]any `json:"inputs"`
	Enabled        bool           `json:"enabled"`
	Paused         bool           `json:"paused"`
	Timezone       string         `json:"timezone"`
	URLOverride    string         `json:"url_override"`
	GUID           string         `json:"guid"`
	URL            string         `json:"url"`
	Open           bool           `json:"open"`
	LastDeliveryAt *string        `json:"last_delivery_at"`
	Counts         countsJSON     `json:"counts"`
}

type countsJSON struct {
	Accepted  int64 `json:"accepted"`
	Refused   int64 `json:"refused"`
	Duplicate int64 `json:"duplicate"`
	Dead      int64 `json:"dead"`
}

// program is what a behavior's listeners run: the published version, or while
// there is none the draft. nil where it does not compile.
func (h *Handlers) program(b *models.Behavior) *behaviors.Program {
	source := b.PublishedSource
	if b.PublishedID == 0 {
		source = b.Source
	}
	p, diagnostics := behaviors.Compile(source, h.Catalog)
	if diagnostics.HasErrors() {
		return nil
	}
	return p
}

func (h *Handlers) answerListener(c *call, status int, l *models.Listener) error {
	views, err := h.listenersJSON(c.r.Context(), c.caller, []*models.Listener{l})
	if err != nil {
		return err
	}
	return c.object(status, revisionETag(l.Revision), views[0])
}

func (h *Handlers) listenersJSON(ctx context.Context, caller *Caller, rows []*models.Listener) ([]listenerJSON, error) {
	views := make([]listenerJSON, 0, len(rows))
	if len(rows) == 0 {
		return views, nil
	}
	ids := make([]int64, len(rows))
	for i, l := range rows {
		ids[i] = l.ID
	}
	stats, err := h.Store.ListenerStats(ctx, ids)
	if err != nil {
		return nil, err
	}
	type compiled struct {
		program   *behaviors.Program
		published bool
	}
	byBehavior := map[int64]compiled{}
	for _, l := range rows {
		b, ok := byBehavior[l.BehaviorID]
		if !ok {
			row, err := h.Store.Behavior(ctx, l.BehaviorID)
			if err != nil {
				return nil, err
			}
			b = compiled{h.program(row), row.PublishedID != 0}
			byBehavior[l.BehaviorID] = b
		}
		s := stats[l.ID]
		v := listenerJSON{
			ID: formatID(l.ID), Name: l.Name, BehaviorID: formatID(l.BehaviorID),
			Inputs: inputsJSON(l.Inputs, b.program), Enabled: l.Enabled, Paused: l.Paused,
			Timezone: l.Timezone, URLOverride: l.URLOverride, GUID: l.GUID, URL: h.listenerURL(l),
			Open:           b.published && b.program != nil && b.program.Open(),
			LastDeliveryAt: optionalTime(s.LastDeliveryAt),
			Counts:         countsJSON{s.Accepted, s.Refused, s.Duplicate, s.Dead},
		}
		if !caller.seesURLs() {
			v.GUID, v.URL, v.URLOverride = maskGUID(l.GUID), mask(v.URL, l.GUID), mask(v.URLOverride, l.GUID)
		}
		views = append(views, v)
	}
	return views, nil
}
