package handlers

import (
	"context"
	"errors"
	"net/http"

	"github.com/deskhook/deskhook/models"
)

// updateTries bounds how often a merge patch without If-Match is merged anew
// because somebody else was faster.
const updateTries = 3

func (h *Handlers) listListeners(c *call) error {
	p, err := c.page()
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	rows, next, err := fetch(p, func(l *models.Listener) int64 { return l.ID },
		func(p models.Page) ([]*models.Listener, error) { return h.Store.Listeners(ctx, p) })
	if err != nil {
		return err
	}
	items, err := h.listenersJSON(ctx, c.caller, rows)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, list[listenerJSON]{items, next})
}

func (h *Handlers) getListener(c *call) error {
	l, err := h.listener(c)
	if err != nil {
		return err
	}
	return h.answerListener(c, http.StatusOK, l)
}

func (h *Handlers) createListener(c *call) error {
	var in listenerPatch
	if err := c.decode(&in, false); err != nil {
		return err
	}
	ctx := c.r.Context()
	l := &models.Listener{Enabled: true}
	if !in.Name.Sent {
		in.Name = optional[string]{Sent: true, Null: true}
	}
	if !in.BehaviorID.Sent {
		in.BehaviorID = optional[string]{Sent: true, Null: true}
	}
	plan, err := h.merge(ctx, l, &in)
	if err != nil {
		return err
	}
	if err := h.saveListener(ctx, c.caller, l, plan, h.Store.CreateListener); err != nil {
		return err
	}
	h.refresh(c.r)
	return h.answerListener(c, http.StatusCreated, l)
}

// saveListener stores a listener and its secrets, whose ids it holds, in one
// transaction.
func (h *Handlers) saveListener(ctx context.Context, caller *Caller, l *models.Listener, plan *inputPlan, save func(context.Context, *models.Listener) error) error {
	var made models.Listener
	err := h.Store.Together(ctx, func(ctx context.Context) (err error) {
		made = *l
		if made.Inputs, err = h.saveSecrets(ctx, caller, plan); err != nil {
			return err
		}
		return save(ctx, &made)
	})
	if err == nil {
		*l = made
	}
	return err
}

func (h *Handlers) patchListener(c *call) error {
	var in listenerPatch
	if err := c.decode(&in, false); err != nil {
		return err
	}
	ctx := c.r.Context()
	for try := 1; ; try++ {
		l, err := h.listener(c)
		if err != nil {
			return err
		}
		conditional, err := c.ifMatch(revisionETag(l.Revision))
		if err != nil {
			return err
		}
		plan, err := h.merge(ctx, l, &in)
		if err != nil {
			return err
		}
		err = h.saveListener(ctx, c.caller, l, plan, h.Store.UpdateListener)
		switch {
		case errors.Is(err, models.ErrConflict) && conditional:
			return preconditionFailed()
		case errors.Is(err, models.ErrConflict) && try < updateTries:
			continue
		case err != nil:
			return err
		}
		h.refresh(c.r)
		return h.answerListener(c, http.StatusOK, l)
	}
}

func (h *Handlers) deleteListener(c *call) error {
	l, err := h.listener(c)
	if err != nil {
		return err
	}
	if _, err := c.ifMatch(revisionETag(l.Revision)); err != nil {
		return err
	}
	ctx := c.r.Context()
	if err := h.Store.DeleteListener(ctx, l.ID); err != nil {
		return err
	}
	h.refresh(c.r)
	return c.noContent()
}

// listener is the one that the path names.
func (h *Handlers) listener(c *call) (*models.Listener, error) { return named(c, h.Store.Listener) }

// refresh lets this node's receivers follow a change at once. They follow it
// within a second anyway, so a failure is only worth a line in the log.
func (h *Handlers) refresh(r *http.Request) {
	h.refreshNow(r.Context())
}

func (h *Handlers) refreshNow(ctx context.Context) {
	if err := h.Runner.Refresh(context.WithoutCancel(ctx)); err != nil && h.trouble.Allow() {
		h.Logger.WarnContext(ctx, "refresh after a change", "error", err)
	}
}
