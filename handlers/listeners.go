package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

const (
	maxName = 200  // runes
	maxURL  = 2000 // bytes
	// updateTries bounds how often a merge patch without If-Match is merged anew
	// because somebody else was faster.
	updateTries = 3
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

// listenerPatch is what POST and PATCH take.
type listenerPatch struct {
	Name        optional[string]                     `json:"name"`
	BehaviorID  optional[string]                     `json:"behavior_id"`
	Inputs      optional[map[string]json.RawMessage] `json:"inputs"`
	Enabled     optional[bool]                       `json:"enabled"`
	Paused      optional[bool]                       `json:"paused"`
	Timezone    optional[string]                     `json:"timezone"`
	URLOverride optional[string]                     `json:"url_override"`
}

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
	if err := h.insertListener(ctx, c.caller, l, plan); err != nil {
		return err
	}
	h.refresh(c.r)
	return h.answerListener(c, http.StatusCreated, l)
}

// insertListener writes a listener after its secrets, whose ids it holds.
func (h *Handlers) insertListener(ctx context.Context, caller *Caller, l *models.Listener, plan *inputPlan) error {
	written, err := h.writeNewSecrets(ctx, caller, plan)
	if err == nil {
		l.Inputs = plan.values
		err = h.Store.CreateListener(ctx, l)
	}
	if err != nil {
		return errors.Join(err, h.deleteSecrets(ctx, written))
	}
	return nil
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
		err = h.updateListener(ctx, c.caller, l, plan)
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

// updateListener writes in such an order that a conflict leaves nothing changed.
func (h *Handlers) updateListener(ctx context.Context, caller *Caller, l *models.Listener, plan *inputPlan) error {
	written, err := h.writeNewSecrets(ctx, caller, plan)
	if err == nil {
		l.Inputs = plan.values
		err = h.Store.UpdateListener(ctx, l)
	}
	if err != nil {
		return errors.Join(err, h.deleteSecrets(ctx, written))
	}
	return h.replaceSecrets(ctx, caller, plan)
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
func (h *Handlers) listener(c *call) (*models.Listener, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return h.Store.Listener(c.r.Context(), id)
}

// merge checks a patch as a whole, reporting all that is wrong with it, and
// puts it into l; what becomes of the inputs is the plan. Nothing is written.
func (h *Handlers) merge(ctx context.Context, l *models.Listener, in *listenerPatch) (*inputPlan, error) {
	errs := mergeName(l, in.Name)
	if in.Enabled.Sent {
		l.Enabled = in.Enabled.Value
		errs = append(errs, notNull("enabled", in.Enabled.Null)...)
	}
	if in.Paused.Sent {
		l.Paused = in.Paused.Value
		errs = append(errs, notNull("paused", in.Paused.Null)...)
	}
	if in.Timezone.Sent {
		l.Timezone = in.Timezone.Value
		if _, err := time.LoadLocation(l.Timezone); err != nil || l.Timezone == "Local" {
			errs = append(errs, FieldError{"timezone", "unknown", "must be a name such as Europe/Berlin, or empty for the host's"})
		}
	}
	if in.URLOverride.Sent {
		l.URLOverride = in.URLOverride.Value
		if !validOverride(l.URLOverride) {
			errs = append(errs, FieldError{"url_override", "format", "must be an http or https URL without query and fragment, or empty"})
		}
	}

	moved := false
	if in.BehaviorID.Sent {
		id, ok := parseID(in.BehaviorID.Value)
		switch {
		case in.BehaviorID.Null:
			errs = append(errs, FieldError{"behavior_id", "required", "a listener needs a behavior"})
		case !ok:
			errs = append(errs, noBehavior())
		}
		moved = id != l.BehaviorID
		l.BehaviorID = id
	}
	plan := keepInputs(l.Inputs)
	if l.BehaviorID != 0 && (moved || in.Inputs.Sent) {
		b, err := h.Store.Behavior(ctx, l.BehaviorID)
		switch {
		case errors.Is(err, models.ErrNotFound):
			errs = append(errs, noBehavior())
		case err != nil:
			return nil, err
		default:
			more, err := h.planInputs(ctx, plan, h.program(b), in.Inputs.Value, moved)
			if err != nil {
				return nil, err
			}
			errs = append(errs, more...)
		}
	}
	if in.Inputs.Null {
		errs = append(errs, notNull("inputs", true)...)
	}
	if errs != nil {
		return nil, invalid(errs...)
	}
	return plan, nil
}

func mergeName(l *models.Listener, name optional[string]) []FieldError {
	if !name.Sent {
		return nil
	}
	l.Name = strings.TrimSpace(name.Value)
	switch {
	case l.Name == "":
		return []FieldError{{"name", "required", "a listener needs a name"}}
	case utf8.RuneCountInString(l.Name) > maxName:
		return []FieldError{{"name", "too_long", "must be at most 200 characters"}}
	}
	return nil
}

func notNull(field string, null bool) []FieldError {
	if !null {
		return nil
	}
	return []FieldError{{field, "type", "must not be null"}}
}

func noBehavior() FieldError {
	return FieldError{"behavior_id", "unknown", "there is no such behavior"}
}

func validOverride(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && len(text) <= maxURL && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" &&
		u.User == nil && !strings.ContainsAny(text, "?#")
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

// refresh lets this node's receivers follow a change at once. They follow it
// within a second anyway, so a failure is only worth a line in the log.
func (h *Handlers) refresh(r *http.Request) {
	if err := h.Runner.Refresh(context.WithoutCancel(r.Context())); err != nil {
		h.logTrouble(r, "refresh after a change", err)
	}
}
