package plugin

import (
	"context"
	"errors"
	"fmt"

	"github.com/deskhook/deskhook/handlers"
)

// Setting is one of the plugin's settings, from which a host draws a form.
type Setting = handlers.Setting

// SettingType is the type of a setting's values.
type SettingType = handlers.SettingType

// Types of settings.
const (
	IntegerSetting = handlers.IntegerSetting
	TextSetting    = handlers.TextSetting
)

// SettingsError says what is wrong with settings, by their names.
type SettingsError = handlers.SettingsError

// ErrDisabled says that the plugin is off.
var ErrDisabled = errors.New("the plugin is disabled")

// Configuration reads and changes the plugin's settings from the host's own page
// of plugins, which is drawn from [Manifest].Settings. The host decides who may.
type Configuration interface {
	// Settings gives all settings by name, as they are in effect: an int64 or a
	// string. ErrDisabled while the plugin is off.
	Settings(ctx context.Context) (map[string]any, error)
	// Configure changes some, on every node within a second. nil is back to the
	// default. caller is for the audit trail. An error of type *SettingsError
	// names what is wrong, and nothing was changed then. ErrDisabled.
	Configure(ctx context.Context, caller *Caller, changes map[string]any) error
}

var _ Configuration = (*Plugin)(nil)

// Settings implements Configuration.
func (p *Plugin) Settings(ctx context.Context) (map[string]any, error) {
	if !p.gate.enter() {
		return nil, ErrDisabled
	}
	defer p.gate.leave()
	return p.handlers.CurrentSettings(ctx)
}

// Configure implements Configuration.
func (p *Plugin) Configure(ctx context.Context, caller *Caller, changes map[string]any) error {
	if !p.gate.enter() {
		return ErrDisabled
	}
	defer p.gate.leave()
	return p.handlers.Configure(ctx, caller, changes)
}

// Settings that the code knows.
const (
	maxBodySetting     = "max_body"
	timezoneSetting    = "timezone"
	concurrencySetting = "concurrency"
)

// checkSettings holds the manifest's settings to the code.
func checkSettings(settings []Setting, wrong func(format string, args ...any)) {
	known := []struct {
		name    string
		kind    SettingType
		maximum int64
	}{{maxBodySetting, IntegerSetting, handlers.HardMaxBody}, {timezoneSetting, TextSetting, 0}, {concurrencySetting, IntegerSetting, 1 << 16}}
	if len(settings) != len(known) {
		wrong("settings: must be max_body, timezone and concurrency, as the code has them, got %d", len(settings))
		return
	}
	for i, k := range known {
		s := &settings[i]
		at := fmt.Sprintf("settings[%d]", i)
		if s.Name != k.name || s.Type != k.kind {
			wrong("%s: must be %s of the type %s, got %s of %q", at, k.name, k.kind, s.Name, s.Type)
			continue
		}
		if s.Label == "" || s.Help == "" {
			wrong("%s: %s needs a label and a help", at, s.Name)
		}
		if k.kind == IntegerSetting && (s.Minimum < 1 || s.Maximum < s.Minimum || s.Maximum > k.maximum) {
			wrong("%s: %s must have a minimum from 1 and a maximum up to %d, got %d and %d", at, s.Name, k.maximum, s.Minimum, s.Maximum)
			continue
		}
		if k.kind == TextSetting && (s.Minimum != 0 || s.Maximum != 0) {
			wrong("%s: %s is a text, which has no minimum and maximum", at, s.Name)
		}
		v, err := s.Check(s.Default)
		switch {
		case err != nil:
			wrong("%s: the default of %s %w", at, s.Name, err)
		case v == nil:
			wrong("%s: %s needs a default", at, s.Name)
		default:
			s.Default = v
		}
	}
}

// setting of the manifest by name.
func (m *Manifest) setting(name string) *Setting {
	for i := range m.Settings {
		if m.Settings[i].Name == name {
			return &m.Settings[i]
		}
	}
	return nil
}

// integer is the default of a setting that checkSettings found to be one.
func (m *Manifest) integer(name string) int64 {
	n, _ := m.setting(name).Default.(int64)
	return n
}

// overrideSettings lets the host's options be the defaults.
func (p *Plugin) overrideSettings() error {
	if p.options.maxBody == 0 {
		return nil
	}
	s := p.manifest.setting(maxBodySetting)
	v, err := s.Check(p.options.maxBody)
	if err != nil {
		return fmt.Errorf("WithMaxBody: %w", err)
	}
	s.Default = v
	return nil
}
