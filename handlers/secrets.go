package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// storedSecretJSON is a named secret as the API shows it: never its value.
type storedSecretJSON struct {
	Name       string   `json:"name"`
	Hosts      []string `json:"hosts" description:"where it may be sent to"`
	Set        bool     `json:"set"`
	Unreadable bool     `json:"unreadable" description:"sealed with a key that the host no longer has: set it again"`
	UsedBy     int      `json:"used_by" description:"count of listeners"`
	UpdatedAt  string   `json:"updated_at"`
	UpdatedBy  string   `json:"updated_by"`
}

type secretIn struct {
	Value optional[string]   `json:"value"`
	Hosts optional[[]string] `json:"hosts"`
}

const (
	maxSecret = 16 << 10
	maxHosts  = 20
)

var secretName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func (h *Handlers) listSecrets(c *call) error {
	if err := c.query("limit", "cursor"); err != nil {
		return err
	}
	rows, err := h.Store.Secrets(c.r.Context())
	if err != nil {
		return err
	}
	items := make([]storedSecretJSON, 0, len(rows))
	for _, s := range rows {
		items = append(items, showSecret(s))
	}
	return c.answer(http.StatusOK, list[storedSecretJSON]{Items: items})
}

// putSecret stores or replaces a named secret; hosts that are not sent stay. The
// value is asked for also where only hosts change: who cannot read it could
// otherwise have it sent to a host of their own.
func (h *Handlers) putSecret(c *call) error {
	var in secretIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	var errs []FieldError
	name := c.param("name")
	if !secretName.MatchString(name) {
		errs = append(errs, FieldError{"name", "format", "must be 1 to 100 letters, digits, dots, hyphens or underscores"})
	}
	switch {
	case in.Value.Value == "":
		errs = append(errs, FieldError{"value", "required", "a secret needs its value, also where only its hosts change"})
	case len(in.Value.Value) > maxSecret:
		errs = append(errs, FieldError{"value", "too_long", "must be at most 16 KiB"})
	}
	hosts, err := normalHosts(in.Hosts.Value)
	if err != nil {
		errs = append(errs, FieldError{"hosts", "format", err.Error()})
	}
	if errs != nil {
		return invalid(errs...)
	}
	ctx := c.r.Context()
	secret, err := h.Store.SecretByName(ctx, name)
	if errors.Is(err, models.ErrNotFound) {
		secret, err = &models.Secret{Name: name}, nil
	}
	if err != nil {
		return err
	}
	if in.Hosts.Sent {
		secret.Hosts = hosts
	}
	if host := hostOf(in.Value.Value); host != "" {
		secret.Hosts = []string{host} // one that is a URL belongs to that URL's host
	}
	secret.UpdatedBy = c.caller.ID
	if err := h.Store.PutSecret(ctx, secret, in.Value.Value); err != nil {
		return err
	}
	h.refresh(c.r)
	return h.answerSecret(c, name)
}

func (h *Handlers) answerSecret(c *call, name string) error {
	rows, err := h.Store.Secrets(c.r.Context())
	if err != nil {
		return err
	}
	for _, s := range rows {
		if s.Name == name {
			return c.answer(http.StatusOK, showSecret(s))
		}
	}
	return notFound() // deleted meanwhile
}

// hostOf is the host of a secret that is a URL, or "".
func hostOf(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return strings.ToLower(u.Host)
}

// normalHosts gives hosts in one spelling, each once.
func normalHosts(hosts []string) (normal []string, err error) {
	if len(hosts) > maxHosts {
		return nil, fmt.Errorf("must be at most %d", maxHosts)
	}
	for _, text := range hosts {
		host := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(text)), ".")
		if err := behaviors.CheckHost(host); err != nil {
			return nil, fmt.Errorf("%q %w", text, err)
		}
		if !slices.Contains(normal, host) {
			normal = append(normal, host)
		}
	}
	return normal, nil
}

func (h *Handlers) deleteSecret(c *call) error {
	ctx := c.r.Context()
	secret, err := h.Store.SecretByName(ctx, c.param("name"))
	if err != nil {
		return err
	}
	err = h.Store.DeleteSecret(ctx, secret.ID)
	var inUse *models.InUseError
	if errors.As(err, &inUse) {
		return conflict("listeners use the secret: " + strings.Join(inUse.Listeners, ", "))
	}
	if err != nil {
		return err
	}
	h.refresh(c.r)
	return c.noContent()
}

func showSecret(s *models.StoredSecret) storedSecretJSON {
	v := storedSecretJSON{s.Name, s.Hosts, s.Set, s.Unreadable, len(s.UsedBy), formatTime(s.UpdatedAt), s.UpdatedBy}
	if v.Hosts == nil {
		v.Hosts = []string{}
	}
	return v
}
