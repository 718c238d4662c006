package hosttest

import (
	"net/http"
	"strings"

	"github.com/deskhook/deskhook/plugin"
)

// knower is the desk with another idea of who calls.
type knower struct {
	*desk
	change func(r *http.Request, c *plugin.Caller) *plugin.Caller
}

func (k *knower) Caller(r *http.Request) (*plugin.Caller, error) {
	c, err := k.desk.Caller(r)
	if err != nil {
		return nil, err
	}
	return k.change(r, c), nil
}

func withKnower(change func(d *desk, r *http.Request, c *plugin.Caller) *plugin.Caller) func(*desk) plugin.Host {
	return func(d *desk) plugin.Host {
		return &knower{d, func(r *http.Request, c *plugin.Caller) *plugin.Caller { return change(d, r, c) }}
	}
}

// addressed is the desk at another address.
type addressed struct {
	*desk
	base string
}

func (a *addressed) BaseURL() string { return a.base }

// keeper is the desk with other keys.
type keeper struct {
	*desk
	keys func() (plugin.Keys, error)
}

func (k *keeper) Keys() (plugin.Keys, error) { return k.keys() }

func identitySaboteurs() []saboteur {
	return []saboteur{
		{
			name: "slash at the end", fails: "start/base URL",
			host: func(d *desk) plugin.Host { return &addressed{d, "https://desk.example.com/"} },
		},
		{
			name: "short key", fails: "start/keys",
			host: func(d *desk) plugin.Host {
				return &keeper{d, func() (plugin.Keys, error) {
					return plugin.Keys{Current: 1, ByID: map[byte][]byte{1: make([]byte, 16)}}, nil
				}}
			},
		},
		{
			name: "does not mount the pages where it says", fails: enabled,
			suit: func(_ *desk, h *Host) { h.APIPath = "/api/elsewhere" },
		},
		{
			name: "session outlives its end", fails: "identity/nobody",
			suit: func(_ *desk, h *Host) { h.LogOut = func(*http.Cookie) {} },
		},
		{
			name: "everybody is an administrator", fails: "identity/permissions",
			host: withKnower(func(_ *desk, _ *http.Request, c *plugin.Caller) *plugin.Caller {
				if c != nil {
					c.May = func(plugin.Permission) bool { return true }
				}
				return c
			}),
		},
		{
			name: "whoever edits may see payloads", fails: "identity/permissions",
			host: withKnower(func(_ *desk, _ *http.Request, c *plugin.Caller) *plugin.Caller {
				if c != nil {
					may := c.May
					c.May = func(p plugin.Permission) bool { return may(p) || p == plugin.Payloads && may(plugin.Edit) }
				}
				return c
			}),
		},
		{
			name: "all workers are one", fails: "identity/names its workers",
			host: withKnower(func(_ *desk, _ *http.Request, c *plugin.Caller) *plugin.Caller {
				if c != nil {
					c.ID = "admin"
				}
				return c
			}),
		},
		{
			name: "log-in in front of the API", fails: "identity/API follows the permissions",
			front: func(d *desk, next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/api/") && d.worker(r) == nil {
						http.Redirect(w, r, "/login", http.StatusSeeOther)
						return
					}
					next.ServeHTTP(w, r)
				})
			},
		},
		{
			name: "a session counts as a token", fails: "identity/session needs CSRF",
			host: withKnower(func(_ *desk, _ *http.Request, c *plugin.Caller) *plugin.Caller {
				if c != nil {
					c.Bearer = true
				}
				return c
			}),
		},
		{
			name: "one CSRF token for all", fails: "identity/session needs CSRF",
			host: withKnower(func(_ *desk, _ *http.Request, c *plugin.Caller) *plugin.Caller {
				if c != nil {
					c.CSRF = "the same"
				}
				return c
			}),
		},
		{
			name: "a session with any bearer header counts as a token", fails: "identity/session needs CSRF",
			host: withKnower(func(d *desk, r *http.Request, c *plugin.Caller) *plugin.Caller {
				if c == nil && r.Header.Get("Authorization") != "" {
					r = r.Clone(r.Context())
					r.Header.Del("Authorization")
					if c, _ = d.Caller(r); c != nil {
						c.Bearer = true
					}
				}
				return c
			}),
		},
		{
			name: "token outlives its end", fails: "identity/tokens",
			suit: func(_ *desk, h *Host) { h.Revoke = func(string) {} },
		},
		{
			name: "token may everything", fails: "identity/tokens",
			host: withKnower(func(_ *desk, _ *http.Request, c *plugin.Caller) *plugin.Caller {
				if c != nil && c.Bearer {
					c.May = func(plugin.Permission) bool { return true }
				}
				return c
			}),
		},
	}
}
