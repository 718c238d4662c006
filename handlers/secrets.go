package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/models"
)

// storedSecretJSON is a named secret as the API shows it: never its value.
type storedSecretJSON struct {
	Name      string   `json:"name"`
	Hosts     []string `json:"hosts"`
	UpdatedAt string   `json:"updated_at"`
	UpdatedBy string   `json:"updated_by"`
}

type secretIn struct {
	Value optional[string]   `json:"value"`
	Hosts optional[[]string] `json:"hosts"`
}

const maxSecret = 16 << 10

var (
	secretName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	hostName   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?$`)
)

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

// putSecret stores or replaces a named secret; hosts that are not sent stay.
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
		errs = append(errs, FieldError{"value", "required", "a secret needs a value"})
	case len(in.Value.Value) > maxSecret:
		errs = append(errs, FieldError{"value", "too_long", "must be at most 16 KiB"})
	}
	for _, host := range in.Hosts.Value {
		if !hostName.MatchString(host) {
			errs = append(errs, FieldError{"hosts", "format", "must be host names in lower case, such as hooks.example.com"})
		}
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
		secret.Hosts = in.Hosts.Value
	}
	if host := hostOf(in.Value.Value); host != "" {
		secret.Hosts = []string{host} // one that is a URL belongs to that URL's host
	}
	secret.UpdatedBy = c.caller.ID
	if err := h.Store.PutSecret(ctx, secret, in.Value.Value); err != nil {
		return err
	}
	return c.answer(http.StatusOK, showSecret(secret))
}

func hostOf(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return strings.ToLower(u.Host)
}

func (h *Handlers) deleteSecret(c *call) error {
	ctx := c.r.Context()
	secret, err := h.Store.SecretByName(ctx, c.param("name"))
	if err != nil {
		return err
	}
	var users []string
	err = h.eachListener(ctx, func(l *models.Listener) {
		for _, v := range l.Inputs {
			if ref, ok := v.(models.SecretInput); ok && ref.ID == secret.ID && !slices.Contains(users, l.Name) {
				users = append(users, l.Name)
			}
		}
	})
	if err != nil {
		return err
	}
	if users != nil {
		return conflict("listeners use the secret: " + strings.Join(users, ", "))
	}
	if err := h.Store.DeleteSecret(ctx, secret.ID); err != nil {
		return err
	}
	return c.noContent()
}

func showSecret(s *models.Secret) storedSecretJSON {
	v := storedSecretJSON{s.Name, s.Hosts, formatTime(s.UpdatedAt), s.UpdatedBy}
	if v.Hosts == nil {
		v.Hosts = []string{}
	}
	return v
}
