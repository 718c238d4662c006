package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/models"
)

const (
	maxName = 200  // runes
	maxURL  = 2000 // bytes
)

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
		if !isZone(l.Timezone) {
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
