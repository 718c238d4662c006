package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

const maxNote = 2000 // runes

// versionJSON is a published version as the API shows it.
type versionJSON struct {
	Version     int    `json:"version"`
	Source      string `json:"source"`
	Note        string `json:"note"`
	PublishedAt string `json:"published_at"`
	PublishedBy string `json:"published_by"`
}

type publishIn struct {
	Note string `json:"note,omitempty"`
}

type publishOut struct {
	Version int `json:"version"`
}

// publish makes the draft the version that listeners run from now on.
func (h *Handlers) publish(c *call) error {
	var in publishIn
	if err := c.decode(&in, true); err != nil {
		return err
	}
	if utf8.RuneCountInString(in.Note) > maxNote {
		return invalid(FieldError{"note", "too_long", "must be at most 2000 characters"})
	}
	ctx := c.r.Context()
	b, err := h.behavior(c)
	if err != nil {
		return err
	}
	conditional, err := c.ifMatch(revisionETag(b.Revision))
	if err != nil {
		return err
	}
	p, diagnostics := h.compileDraft(b, b.Source)
	manages := c.caller.may(Manage)
	switch {
	case p != nil && !manages && (diagnostics.HasErrors() || h.widens(b, p)):
		return forbidden(Manage) // not within the policy
	case diagnostics.HasErrors():
		return &Problem{Status: http.StatusUnprocessableEntity, Title: errorCount(diagnostics), Diagnostics: listed(diagnostics)}
	}
	lacking, err := h.lackingInputs(ctx, b.ID, p)
	if err != nil {
		return err
	}
	if lacking != nil {
		return &Problem{Status: http.StatusUnprocessableEntity, Title: "Listeners lack inputs that the behavior now needs.", Errors: lacking}
	}
	// The revision is of the draft that was compiled: nothing else is published.
	v, err := h.Store.Publish(ctx, b.ID, b.Source, in.Note, c.caller.ID, b.Revision)
	if errors.Is(err, models.ErrConflict) {
		if conditional {
			return preconditionFailed()
		}
		return conflict("the draft changed meanwhile")
	}
	if err != nil {
		return err
	}
	h.refresh(c.r)
	return c.answer(http.StatusOK, publishOut{v.Version})
}

// lackingInputs names what the listeners of a behavior lack to run a program.
func (h *Handlers) lackingInputs(ctx context.Context, behaviorID int64, p *behaviors.Program) ([]FieldError, error) {
	var errs []FieldError
	err := h.eachListener(ctx, func(l *models.Listener) {
		if l.BehaviorID != behaviorID {
			return
		}
		for _, e := range bindErrors(p, l.Inputs) {
			if e.Code == "unknown" { // left from another version
				continue
			}
			errs = append(errs, FieldError{
				Field:   "listeners." + formatID(l.ID) + ".inputs." + e.Name,
				Code:    e.Code,
				Message: l.Name + ": " + e.Message,
			})
		}
	})
	return errs, err
}

func bindErrors(p *behaviors.Program, stored map[string]any) []behaviors.InputError {
	values := make(map[string]any, len(stored))
	for name, v := range stored {
		if _, secret := v.(models.SecretInput); secret {
			v = expression.Secret{Name: name}
		}
		values[name] = v
	}
	_, errs := p.BindInputs(values)
	return errs
}

func (h *Handlers) eachListener(ctx context.Context, visit func(*models.Listener)) error {
	page := models.Page{Limit: maxLimit}
	for {
		rows, err := h.Store.Listeners(ctx, page)
		if err != nil {
			return err
		}
		for _, l := range rows {
			visit(l)
			page.After = l.ID
		}
		if len(rows) < page.Limit {
			return nil
		}
	}
}

func (h *Handlers) listVersions(c *call) error {
	p, err := c.page()
	if err != nil {
		return err
	}
	b, err := h.behavior(c)
	if err != nil {
		return err
	}
	rows, next, err := fetch(p, func(v *models.Version) int64 { return v.ID },
		func(p models.Page) ([]*models.Version, error) { return h.Store.Versions(c.r.Context(), b.ID, p) })
	if err != nil {
		return err
	}
	items := make([]versionJSON, 0, len(rows))
	for _, v := range rows {
		items = append(items, showVersion(v))
	}
	return c.answer(http.StatusOK, list[versionJSON]{items, next})
}

func (h *Handlers) getVersion(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.param("n"))
	if err != nil || n < 1 || strconv.Itoa(n) != c.param("n") {
		return notFound()
	}
	v, err := h.Store.VersionByNumber(c.r.Context(), id, n)
	if err != nil {
		return err
	}
	return c.cached(showVersion(v))
}

func showVersion(v *models.Version) versionJSON {
	return versionJSON{v.Version, v.Source, v.Note, formatTime(v.PublishedAt), v.PublishedBy}
}
