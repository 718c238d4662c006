package handlers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/models"
)

// Setting is one of the plugin's settings, as plugin.yaml declares it.
type Setting struct {
	Name  string      `yaml:"name"`
	Type  SettingType `yaml:"type"`
	Label string      `yaml:"label"`
	Help  string      `yaml:"help"`
	// Default is what is in effect where nothing is set: an int64 or a string.
	Default any `yaml:"default"`
	// Minimum and Maximum of an integer; both 0: any.
	Minimum int64 `yaml:"minimum"`
	Maximum int64 `yaml:"maximum"`
}

// SettingType is the type of a setting's values.
type SettingType string

// Types of settings.
const (
	IntegerSetting SettingType = "integer" // int64
	TextSetting    SettingType = "text"    // string
)

// SettingsError says what is wrong with settings. Nothing was changed.
type SettingsError struct {
	Fields map[string]string // what is wrong, by the setting's name
}

func (e *SettingsError) Error() string {
	texts := make([]string, 0, len(e.Fields))
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		texts = append(texts, name+": "+e.Fields[name])
	}
	return strings.Join(texts, "; ")
}

// settingsJSON are the settings in effect: a field for each of the manifest.
type settingsJSON struct {
	MaxBody     int64  `json:"max_body" description:"bytes of a delivery's body, where its behavior says nothing"`
	Timezone    string `json:"timezone" description:"of dates, where behavior and listener name none; empty: the host's"`
	Concurrency int64  `json:"concurrency" description:"runs that a node works on at once"`
}

// settingsPatch changes some; null is back to the default.
type settingsPatch struct {
	MaxBody     optional[int64]  `json:"max_body"`
	Timezone    optional[string] `json:"timezone"`
	Concurrency optional[int64]  `json:"concurrency"`
}

func (h *Handlers) getSettings(c *call) error {
	if err := c.query(); err != nil {
		return err
	}
	stored, err := h.Store.Settings(c.r.Context())
	if err != nil {
		return err
	}
	return h.answerSettings(c, stored)
}

func (h *Handlers) patchSettings(c *call) error {
	var in settingsPatch
	if err := c.decode(&in, false); err != nil {
		return err
	}
	changes := map[string]any{}
	put(changes, "max_body", in.MaxBody)
	put(changes, "timezone", in.Timezone)
	put(changes, "concurrency", in.Concurrency)
	ctx := c.r.Context()
	stored, err := h.Store.Settings(ctx)
	if err != nil {
		return err
	}
	conditional, err := c.ifMatch(revisionETag(stored.Revision))
	if err != nil {
		return err
	}
	revision := int64(0)
	if conditional {
		revision = stored.Revision
	}
	stored, err = h.changeSettings(ctx, c.caller, changes, revision)
	var wrong *SettingsError
	switch {
	case errors.As(err, &wrong):
		var errs []FieldError
		for _, name := range slices.Sorted(maps.Keys(wrong.Fields)) {
			errs = append(errs, FieldError{name, "value", wrong.Fields[name]})
		}
		return invalid(errs...)
	case errors.Is(err, models.ErrConflict):
		return preconditionFailed()
	case err != nil:
		return err
	}
	return h.answerSettings(c, stored)
}

func put[T any](changes map[string]any, name string, field optional[T]) {
	switch {
	case field.Null:
		changes[name] = nil
	case field.Sent:
		changes[name] = field.Value
	}
}

func (h *Handlers) answerSettings(c *call, stored *models.Settings) error {
	v := h.inEffect(stored)
	maxBody, _ := v["max_body"].(int64)
	timezone, _ := v["timezone"].(string)
	concurrency, _ := v["concurrency"].(int64)
	return c.object(http.StatusOK, revisionETag(stored.Revision), settingsJSON{maxBody, timezone, concurrency})
}

// CurrentSettings gives all settings as they are in effect.
func (h *Handlers) CurrentSettings(ctx context.Context) (map[string]any, error) {
	stored, err := h.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return h.inEffect(stored), nil
}

// inEffect are all settings of the manifest: what is stored, where it fits.
func (h *Handlers) inEffect(stored *models.Settings) map[string]any {
	values := make(map[string]any, len(h.Settings))
	for _, s := range h.Settings {
		values[s.Name] = s.Default
		if v, err := s.Check(stored.Values[s.Name]); err == nil && v != nil {
			values[s.Name] = v
		}
	}
	return values
}

// Configure changes settings for the host's own page: nil is back to the
// default. Errors are a *SettingsError, or the store's.
func (h *Handlers) Configure(ctx context.Context, caller *Caller, changes map[string]any) error {
	if caller == nil {
		caller = &Caller{Name: "the host"}
	}
	ctx = models.WithTrail(ctx, newTrail(caller, "Configure"))
	_, err := h.changeSettings(ctx, caller, changes, 0)
	return err
}

// changeSettings checks changes as a whole and stores them.
func (h *Handlers) changeSettings(ctx context.Context, caller *Caller, changes map[string]any, revision int64) (*models.Settings, error) {
	wrong := map[string]string{}
	checked := make(map[string]any, len(changes))
	for name, value := range changes {
		i := slices.IndexFunc(h.Settings, func(s Setting) bool { return s.Name == name })
		if i < 0 {
			wrong[name] = "there is no such setting"
			continue
		}
		v, err := h.Settings[i].Check(value)
		if err != nil {
			wrong[name] = err.Error()
		}
		checked[name] = v
	}
	if len(wrong) > 0 {
		return nil, &SettingsError{wrong}
	}
	stored, err := h.Store.ChangeSettings(ctx, checked, revision, caller.ID)
	if err != nil {
		return nil, err
	}
	h.refreshNow(ctx)
	return stored, nil
}

// Check gives a value as it is stored, nil for nil. An integer may come as any
// of Go's integers, or as a float64 that is whole.
func (s *Setting) Check(value any) (any, error) {
	if value == nil {
		return nil, nil
	}
	if s.Type == TextSetting {
		text, ok := value.(string)
		switch {
		case !ok:
			return nil, fmt.Errorf("must be a text, got %T", value)
		case s.Name == "timezone" && !isZone(text):
			return nil, errors.New("must be a name such as Europe/Berlin, or empty for the host's")
		}
		return text, nil
	}
	n, ok := integer(value)
	switch {
	case !ok:
		return nil, fmt.Errorf("must be a whole number, got %v", value)
	case (s.Minimum != 0 || s.Maximum != 0) && (n < s.Minimum || n > s.Maximum):
		return nil, fmt.Errorf("must be from %d to %d, got %d", s.Minimum, s.Maximum, n)
	}
	return n, nil
}

func integer(value any) (int64, bool) {
	switch v := value.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	return 0, false
}

// isZone tells whether a text names a time zone, or none.
func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}
