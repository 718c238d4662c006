package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/deskhook/deskhook/plugin"
)

type pluginContent struct {
	ID, Name, Version, Description, Homepage string
	Enabled                                  bool
	Settings                                 []field
	Problems                                 problems
}

func (h *helpdesk) pluginsPage(c echo.Context, s *session) error {
	return h.drawPlugins(c, s, nil, nil, nil)
}

// drawPlugins draws all plugins; of one of them perhaps with what was entered
// into the form of its settings, and what is wrong with that.
func (h *helpdesk) drawPlugins(c echo.Context, s *session, of *registered, entered map[string]string, wrong problems) error {
	var content []pluginContent
	for _, p := range h.registry.plugins {
		m := p.manifest
		v := pluginContent{ID: m.ID, Name: m.Name, Version: m.Version, Description: m.Description, Homepage: m.Homepage, Enabled: p.sw.Enabled()}
		values, err := p.settings(c.Request().Context())
		if err != nil {
			return err
		}
		for i := range m.Settings {
			v.Settings = append(v.Settings, settingField(p, &m.Settings[i], values))
		}
		if p == of {
			v.Problems = wrong
			for i := range v.Settings {
				f := &v.Settings[i]
				name := strings.TrimPrefix(f.Name, m.ID+".")
				f.Value, f.Problem = entered[name], wrong[name]
			}
		}
		content = append(content, v)
	}
	return h.draw(c.Response(), c.Request(), s, wrong.status(), "plugins", "Plugins", content)
}

// settings gives those in effect, or nil while the plugin is off: they are kept
// with its data.
func (p *registered) settings(ctx context.Context) (map[string]any, error) {
	values, err := p.config.Settings(ctx)
	if errors.Is(err, plugin.ErrDisabled) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the settings of the plugin %s: %w", p.manifest.ID, err)
	}
	return values, nil
}

// settingField draws what the manifest declares.
func settingField(p *registered, s *plugin.Setting, values map[string]any) field {
	f := field{
		Name: p.manifest.ID + "." + s.Name, Label: s.Label, Help: s.Help, Type: "text", MaxLength: 255,
		Autocomplete: "off", Disabled: values == nil,
	}
	if values != nil {
		f.Value = fmt.Sprint(values[s.Name])
	}
	if s.Type == plugin.IntegerSetting {
		f.Type, f.MaxLength = "number", 0
		if s.Minimum != 0 || s.Maximum != 0 {
			f.Min, f.Max = strconv.FormatInt(s.Minimum, 10), strconv.FormatInt(s.Maximum, 10)
			f.Help += fmt.Sprintf(" From %d to %d.", s.Minimum, s.Maximum)
		}
	}
	if text := fmt.Sprint(s.Default); text != "" {
		f.Help += " Empty: " + text + "."
		f.Placeholder = text
	}
	return f
}

func (h *helpdesk) settingsForm(c echo.Context, s *session) error {
	p := h.registry.find(c.Param("id"))
	if p == nil {
		return notFound()
	}
	ctx := c.Request().Context()
	now, err := p.settings(ctx)
	if err != nil {
		return err
	}
	entered, changes, wrong := map[string]string{}, map[string]any{}, problems{}
	for _, setting := range p.manifest.Settings {
		text := strings.TrimSpace(c.FormValue(p.manifest.ID + "." + setting.Name))
		entered[setting.Name] = text
		switch {
		case text == fmt.Sprint(now[setting.Name]): // a default is not pinned by saving it
		case text == "":
			changes[setting.Name] = nil
		case setting.Type == plugin.IntegerSetting:
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				wrong[setting.Name] = "It must be a whole number."
			}
			changes[setting.Name] = n
		default:
			changes[setting.Name] = text
		}
	}
	if len(wrong) == 0 {
		err := p.config.Configure(ctx, s.caller(), changes)
		var refused *plugin.SettingsError
		switch {
		case err == nil:
			h.log.InfoContext(ctx, "settings changed", "plugin", p.manifest.ID, "by", s.WorkerID)
			return c.Redirect(http.StatusSeeOther, "/setup/plugins?done=settings")
		case errors.Is(err, plugin.ErrDisabled):
			return conflict("The plugin is off.", "Its settings are kept with its data: enable it, then change them.")
		case !errors.As(err, &refused):
			return fmt.Errorf("change the settings of the plugin %s: %w", p.manifest.ID, err)
		}
		for name, text := range refused.Fields {
			wrong[name] = "It " + text + "."
		}
	}
	return h.drawPlugins(c, s, p, entered, wrong)
}

func (h *helpdesk) pluginForm(c echo.Context, _ *session) error {
	p := h.registry.find(c.Param("id"))
	if p == nil {
		return notFound()
	}
	if err := h.switchPlugin(c.Request().Context(), p, c.FormValue("enabled") == "true"); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/setup/plugins")
}
