package hosttest

import (
	"net/http"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

// Host is a fresh instance of the host under test, with the plugin registered
// and switched off. Where one of its functions cannot do its work it fails the
// test that open was given. They are called from the test's goroutine, Switch
// from others too.
type Host struct {
	// Host is what plugin.Register was given, Plugin what it returned.
	Host   plugin.Host
	Plugin *plugin.Plugin
	// Handler is all of the host's HTTP side, with its middleware: what its
	// server serves.
	Handler http.Handler
	// PublicPath, PagesPath and APIPath are where the host's Registry mounted the
	// groups, such as "/webhooks".
	PublicPath, PagesPath, APIPath string

	// LogIn logs in a new worker, whose role has just these permissions, and
	// gives the session's cookie. LogOut ends that session.
	LogIn  func(may ...plugin.Permission) *http.Cookie
	LogOut func(session *http.Cookie)
	// Token issues a bearer token that has just these permissions, and Revoke
	// ends it. Both are nil where the host has no tokens.
	Token  func(may ...plugin.Permission) string
	Revoke func(token string)

	// SetKeys is what Keys gives from the next Enable on.
	SetKeys func(plugin.Keys)
	// SetBaseURL moves the host to another address. nil: that cannot be while it
	// runs.
	SetBaseURL func(baseURL string)
	// Switch enables or disables the plugin as the host's page of plugins does.
	// nil: the host has nothing but the plugin's own Switch.
	Switch func(on bool) error

	// Mail lets a mail arrive by the host's own ways, in a new ticket. It is
	// called for hosts that have Messages.
	Mail func(Mail)
	// Sent counts what has left the host so far, for good: mails, calls,
	// messages in a queue. A row of an outbox has not left. nil: nothing of this
	// host ever leaves.
	Sent func() int
}

// Mail is a message that arrives.
type Mail struct {
	MessageID     string // without angle brackets
	From          string // an address alone
	Subject, Text string
}

// Run holds a host to all rules of package plugin. Each is a subtest with a
// host of its own, which open makes and ends with the test that it is given.
// The cases run one after another; they change how many connections the host's
// pool has, and nothing but the host may use its database meanwhile.
func Run(t *testing.T, open func(t testing.TB) *Host) {
	judge(func(name string, check func(testing.TB)) bool {
		return t.Run(name, func(t *testing.T) { check(t) })
	}, open)
}
