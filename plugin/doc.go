// Package plugin is the front door of Deskhook, the webhooks plugin of a
// helpdesk: what a host sees of it, and all that it needs to import.
//
// A listener has an unguessable URL. A service posts to it; the listener's
// behavior, written in the browser by an administrator, verifies the request,
// decides what to do, does it in the helpdesk and elsewhere, and shapes the
// answer.
//
// This page is the guide for embedding it. Follow it from the top; the example
// of this package is a whole small host that was written so, plugin/devhost a
// larger one. Then let plugin/hosttest hold yours to every rule of this page.
//
// # Lifecycle
//
//  1. The host builds its Echo, its database and its own routes.
//  2. [Register] reads the manifest, mounts the routes behind a gate, and
//     contributes menu entries, permissions, settings and a [Switch]. It does no
//     I/O, and the plugin is off: every URL of it answers 404. What does not fit
//     (the manifest, the registry, an option) is an error: do not start with it.
//  3. [Plugin.Enable] checks and migrates the database, starts the runner, and
//     opens the gate. Where it fails, nothing is left running.
//  4. Requests come in; runs go on in the background, on any node.
//  5. [Plugin.Disable] shuts the gate, lets requests and runs under way finish,
//     and stops. What was not finished goes on when the plugin is enabled again.
//  6. [Plugin.Close] is Disable for good, for the shutdown of the process: after
//     the HTTP server has ended, before the database is closed.
//
// The host remembers whether the plugin is enabled and brings every node to
// that state, say once a second. Enable and Disable may be called at any time
// and any number of times.
//
//	p, err := plugin.Register(registry, host, plugin.WithSessionCookie("session"))
//	if err != nil {
//		return err
//	}
//	if enabled { // where the host's stored state says so
//		if err := p.Enable(ctx); err != nil {
//			return err
//		}
//	}
//	…
//	err = server.Shutdown(ctx)
//	err = errors.Join(err, p.Close(ctx))
//
// # The host
//
// A [Host] gives its database, logger, base URL and keys, and two small
// interfaces: [Identity] (who is logged in and what they may do) and [Shell] (a
// page in the host's look). Everything else is an optional ability, an interface
// that is found by itself where the host's type has its methods:
//
//   - [Messages]: mails and what else people wrote: message.find, message.note
//   - [Addresses]: where mail goes to: address.defunct
//   - [Tickets]: what the helpdesk works on: ticket.create, ticket.find, ticket.note
//   - [Metered]: where the plugin's metrics go
//
// A host implements what it has and leaves out the rest; there is nothing to
// stub. A behavior that names what a host lacks gets the error absent-action
// when it is checked, with the ability's name, and the catalog lists it as
// absent.
//
// All methods are called from many goroutines at once. A panic in one is a
// failed step or a 500, and the process goes on.
//
// # Who may
//
// [Identity].Caller finds the worker of a request by the host's session cookie,
// or a script by its bearer token; nil, nil is nobody. The manifest declares the
// permissions [View], [Payloads], [Edit] and [Manage] with their labels, for the
// host's page of roles: a role has any of them, and May says just which. That
// manage contains the others, and any of them view, is the plugin's business;
// [Caller.Allows] says it for the host's menu.
//
// A session has a CSRF token, which is a secret of its own and goes with it. The
// plugin puts it into its page, whose script sends it back. Bearer is true for
// tokens alone: such a call needs no CSRF token, so a session that passes for
// one undoes the protection. Tokens are the host's to issue, to show once and to
// revoke. ID stands in the plugin's audit trail.
//
// # Pages
//
// [Shell].Page draws a page of the host around what it is given: Body is the
// plugin's element and trusted HTML, Title is text, and Script the URL of a
// module script for the head. The plugin has set the headers, among them a
// Content-Security-Policy without any inline script or style: leave them, and
// serve the shell's own scripts and styles from files. The plugin asks for the
// permission itself and answers 401 to nobody; a host may show its log-in there.
//
// # Record operations
//
// Each method of [Messages], [Addresses] and [Tickets] is called inside of the
// transaction that also writes the journal, and works through [Tx].DB alone, also
// in hooks and callbacks: no second connection, no mail, no queue, no goroutine.
// It neither commits nor rolls back, and keeps neither transaction nor context.
// That is what makes a step happen exactly once.
//
//   - What must leave (a mail, a call) goes into an outbox of the host: a row
//     that is written in that transaction, and sent by the host afterwards.
//   - What may be lost (a cache, a live update) goes into [Tx].AfterCommit, which
//     is called once the transaction has committed, and never where it has not.
//   - What is changed keeps [Tx].DeliveryID, so that the host can show why a note
//     or a ticket is there.
//   - What does not exist is nil, nil where one looks for it, and [ErrNotFound]
//     where one changes it; an external id that is taken is [ErrExists].
//   - Of other errors a [*StepError] is shown to the behavior's author; anything
//     else is in the log alone, and a step in the background is tried again.
//
// [Tx].DB is a transaction of gorm as gorm's own, but not a *sql.Tx underneath:
// use it as any *gorm.DB. Ticket.URL is absolute: it is sent to people elsewhere.
//
// # The registry
//
// A [Registry] says where the plugin goes and takes what it brings: three groups
// of Echo with their paths (listeners, pages, API), the [Manifest], menu entries,
// the [Switch], and the [Configuration]. The manifest's paths are the usual ones;
// the host's are what counts.
//
// # What the host keeps off
//
// Signatures are over the bytes that were sent, and the sender has no session.
// So nothing that reads or changes a request may stand in front of
// [Registry.Public]:
//
//   - no CSRF, session or log-in middleware, and no check of the origin
//   - no body limit: the plugin has its own, and counts what is in memory
//   - no decompression of bodies (Echo's Decompress), and nothing that parses forms
//   - no rewriting, no redirect for a slash at the end, no cleaning of paths (an
//     http.ServeMux in front of Echo cleans them)
//   - no Group.Use on the group: in Echo v4 it adds catch-all routes
//
// An unknown listener, a disabled one and a switched-off plugin answer the same
// bytes, so no page of the host's takes the place of that 404. [WithSessionCookie]
// names the cookie that no behavior's answer may set.
//
// A middleware that logs is fine where it logs the route and not the path: a
// listener's path is its secret. The server should set ReadHeaderTimeout, which
// Echo's own servers do not; the plugin sets the deadline for bodies itself. Behind
// a proxy, [WithClientIP] tells whom a request is from.
//
// # Options
//
// [WithMaxBody], [WithTimezone] and [WithAllowOutbound] (private networks that
// behaviors may reach; none by default) change what is set up. Four more add to
// the language. What they add is checked when a behavior is, completed and
// explained in the editor, and documented in the catalog, as what is built in:
//
//   - [WithAction]: an [Action] is what a step does: its parameters, output and
//     example, and a Do. With [ReachHost] Do works as a record operation does, in
//     Call.Tx; with [ReachOutside] it calls elsewhere, at least once, by Call.HTTP
//     and with Call.IdempotencyKey.
//   - [WithFunction]: a [Function] for expressions. It must be pure: it is called
//     again whenever a run is resumed. Its Example is an expression and, behind
//     ` -> `, what that gives.
//   - [WithRecordType]: a [RecordType] names the fields of what actions give.
//   - [WithPicker]: a [Picker] is a type of input, for which a person searches
//     one of the host's records in a listener's form.
//
// For example, an action in full:
//
//	plugin.WithAction(plugin.Action{
//		ActionSpec: plugin.ActionSpec{
//			Name: "worker.praise", Summary: "Praises a worker.", Reach: plugin.ReachHost,
//			Params: []plugin.Param{
//				{Name: "worker", Type: plugin.TextType(), Format: plugin.Plain, Required: true, Help: "The worker's name."},
//			},
//			Output: plugin.MapType(map[string]plugin.Type{"praises": plugin.IntType()}), Example: map[string]any{"praises": int64(3)},
//		},
//		Do: func(ctx context.Context, c *plugin.Call) (any, error) {
//			n, err := praise(c.Tx.DB.WithContext(ctx), c.Text("worker"), c.Tx.DeliveryID)
//			return map[string]any{"praises": n}, err
//		},
//	})
//
// [NewTools] takes the same options, for a command line of the host's that checks
// and simulates behaviors.
//
// # Settings
//
// The manifest declares the plugin's settings with type, label, help, default and
// bounds, from which the host's page of plugins draws a form. It reads and changes
// them by the [Configuration], which checks the values: a [*SettingsError] says
// what is wrong with which, and [ErrDisabled] that the plugin is off. A change is
// in effect on every node within a second. The plugin's API has the same settings.
//
// # Keys
//
// [Host].Keys gives a ring of keys, 32 random bytes each, by an id of one byte.
// The current one encrypts secrets and stored requests, all of them decrypt. Keep
// them apart from the database, and in its backups not at all. It is asked at each
// Enable, so a rotation is: give every node the new key, make it the current one,
// and disable and enable node by node. Secrets are then sealed anew in the
// background; when the status says that an old key is needed no more, it may go.
// plugin/docs/runbook.md has the steps.
//
// With a key lost the plugin starts: what it encrypted shows as unreadable,
// requests that it verifies get 503, and runs that need it wait for the key, or
// for the secret to be set again.
//
// # The database
//
// MySQL 8.0.1, MariaDB 10.6 or SQLite. For MySQL and MariaDB:
//
//   - innodb_flush_log_at_trx_commit=1, or accepted does not mean stored
//   - leave interpolateParams off: it halves the rate for bodies
//   - parseTime, loc and the character set of the DSN do not matter here
//
// For SQLite: _txlock=immediate, journal_mode(wal), synchronous(full), a
// busy_timeout of seconds, and one process a file. The status warns where the
// database does not keep what was promised.
//
// All tables of the plugin begin with webhooks_. Migrations only add to them, so
// during a roll-out nodes with an older and a newer version may work on one
// database, and several may be enabled at once: one migrates, the others wait. A
// version that cannot live with a newer schema says so when it is enabled.
//
// [Plugin.Uninstall] drops the tables, with all that is in them. It is for an
// explicit command of the host, and refuses while the plugin is enabled anywhere.
//
// # Test it
//
// Package plugin/hosttest runs all of this against a host: each rule is a test
// with a name, and its failure says why the rule is there.
//
//	func TestWebhooks(t *testing.T) {
//		hosttest.Run(t, func(t testing.TB) *hosttest.Host {
//			…
//		})
//	}
package plugin
